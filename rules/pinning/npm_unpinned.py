"""npm installs a package by name alone.

## What it finds

`npm install NAME`, `yarn global add NAME`, `pnpm add NAME` and the like without `@VERSION`, and a repository without
`#COMMIT`.

## Why it costs

The text of the step, and so its key, is the same when a new version comes out: the version in the image is the one of
the day on which the step last ran, and differs between machines and from what was tested.

## When to allow it

For `npm install -g npm@latest`, a tag is a version for this rule as it is for hadolint, though it moves. Without a
name, the versions are those of the lock file. hadolint looks at `npm install` only.

## References

- hadolint DL3016
- https://docs.npmjs.com/cli/commands/npm-install
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ...analyzer.shell import named
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule
from ..unpinned import packages, unpinned

RULE = Rule(
    "npm installs packages without a version", "warning", aliases=("DL3016",), on=(Run,), words=("npm", "yarn", "bun")
)

BAD = (
    Example("FROM node:22\nRUN npm install -g «typescript»\n"),
    Example("FROM node:22\nRUN npm install --global yarn@1 «@angular/cli»\n"),
    Example("FROM node:22\nRUN yarn global add «serve»\n"),
    Example("FROM node:22\nRUN npm i «git+https://github.com/a/b.git»\n"),
)
GOOD = (
    Example("FROM node:22\nRUN npm install && npm ci && yarn install\n"),
    Example("FROM node:22\nRUN npm install -g typescript@5.6 @angular/cli@19\n"),
    Example("FROM node:22\nRUN npm install --registry https://example.org --prefix /opt typescript@5\n"),
    Example("FROM node:22\nRUN npm install ./lib ../x ~/y /tmp/z a.tgz\n"),
    Example("FROM node:22\nRUN npm install git+https://github.com/a/b.git#0123456\n"),
    Example("FROM node:22\nRUN npm run install typescript\n"),
)

_VERBS = frozenset({"install", "i", "add"})
_VALUED = frozenset(
    """
    --prefix --registry --cache --loglevel --omit --include --cwd -C --dir --network-timeout --cache-folder -w
    --workspace --only --userconfig --depth --filter -F --modules-folder --location --fetch-timeout --maxsockets
    """.split()
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    for command in see.calls(instruction, "npm", "pnpm", "bun"):
        names = packages(command, _VERBS, _VALUED)
        seen = command.direct and command.program == "npm" and "install" in {word.text for word in command.words}
        yield from unpinned(command, names, _is_pinned, instruction, see, "{}@VERSION", seen=seen)
    for command in see.calls(instruction, "yarn"):
        words = named(command, _VALUED)
        if words and words[0].text == "global":
            words = words[1:]
        names = words[1:] if words and words[0].text == "add" else []
        yield from unpinned(command, names, _is_pinned, instruction, see, "{}@VERSION", seen=False)


def _is_pinned(name: str) -> bool:
    if name.startswith("git") and ":" in name:
        return "#" in name
    if name.startswith(("/", "./", "../", "~/", ".")) or name.endswith((".tar", ".tar.gz", ".tgz")):
        return True
    return "@" in name[1:]
