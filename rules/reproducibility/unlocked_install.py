"""Dependencies are installed past their lock file.

## What it finds

An install that may choose other versions than those of a lock file which is copied beside it (`npm install` where there
is a `package-lock.json`, `yarn install` without `--frozen-lockfile`, `uv sync` without `--locked` …), and commands that
are there to go beyond one (`composer update`, `npm update`, `cargo update` …).

## Why it costs

What is installed depends on the day on which the step runs, not on what is in the repository: two machines with the
same key hold different packages, and a failure cannot be repeated.

## When to allow it

Where the newest versions are wanted. Installs that are strict by a setting (`CI`, `BUNDLE_DEPLOYMENT`, `UV_FROZEN` …)
are not reported, nor are those of packages that the command names. Where no lock file is copied at all, see
`order/lock-file-not-copied`.

## References

- https://docs.npmjs.com/cli/commands/npm-ci
- https://classic.yarnpkg.com/lang/en/docs/cli/install/#toc-yarn-install-frozen-lockfile
- https://docs.astral.sh/uv/concepts/projects/sync/#checking-if-the-lockfile-is-up-to-date
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from ...analyzer.dockerfile.syntax import Arg, Copy, Env, Instruction, Run, Word
from ...analyzer.named_tuple import NamedTuple
from ...analyzer.shell import Command, Install, Opaque, run_text
from ...analyzer.shell.options import arguments, subcommand, texts
from ..facts import Facts
from ..moving import before
from ..rule import Confidence, Diagnostic, Example, Rule

RULE = Rule("dependencies are installed past their lock file", "info", on=(Run,))

BAD = (
    Example("FROM node:22\nCOPY package.json package-lock.json ./\nRUN «npm install»\n"),
    Example("FROM node:22\nCOPY package.json yarn.lock ./\nRUN «yarn install --production»\n"),
    Example("FROM composer:2\nCOPY composer.json composer.lock ./\nRUN «composer update --no-dev»\n"),
)
GOOD = (
    Example("FROM node:22\nCOPY package*.json ./\nRUN npm ci\n"),
    Example("FROM node:22\nCOPY package.json ./\nRUN npm install\n"),
    Example("FROM node:22\nCOPY package.json package-lock.json ./\nRUN npm install -g pnpm\n"),
    Example("FROM node:22\nCOPY package.json package-lock.json ./\nRUN npm install --omit=dev express\n"),
    Example("FROM node:22\nENV CI=true\nCOPY package.json pnpm-lock.yaml ./\nRUN pnpm install\n"),
    Example("FROM ruby:3.4\nENV BUNDLE_DEPLOYMENT=1\nCOPY Gemfile Gemfile.lock ./\nRUN bundle install\n"),
)


class _Strict(NamedTuple):
    """How a tool is told to keep to its lock file: the cure, and what in the environment or the text does it too."""

    locks: tuple[str, ...]
    cure: str
    told: str


_STRICT = {
    "npm": _Strict(("package-lock.json", "npm-shrinkwrap.json"), "run `npm ci`", r"$^"),
    "yarn": _Strict(
        ("yarn.lock",),
        "add `--frozen-lockfile` (Yarn 1) or `--immutable`",
        r"\bCI\b|YARN_ENABLE_IMMUTABLE|enableImmutable",
    ),
    "pnpm": _Strict(("pnpm-lock.yaml",), "add `--frozen-lockfile`", r"\bCI\b|frozen-lockfile|frozen_lockfile"),
    "bun": _Strict(("bun.lock", "bun.lockb"), "add `--frozen-lockfile`", r"frozen"),
    "uv": _Strict(("uv.lock",), "add `--locked`", r"UV_FROZEN|UV_LOCKED"),
    "bundler": _Strict(
        ("Gemfile.lock",), "set `BUNDLE_FROZEN=true`", r"BUNDLE_(?:FROZEN|DEPLOYMENT)|(?:frozen|deployment)"
    ),
    "pipenv": _Strict(
        ("Pipfile.lock",), "run `pipenv sync`, or add `--deploy`", r"--deploy|--ignore-pipfile|PIPENV_IGNORE_PIPFILE"
    ),
}
_VALUED = frozenset(
    """
    --prefix --registry --cache --loglevel --omit --include --cwd -C --dir --filter -F --network-timeout --cache-folder
    --modules-folder --store-dir --network-concurrency --child-concurrency --mutex -w --workspace --only --maxsockets
    --group --extra --package --python -p --jobs -j --retry --path --without --with --gemfile --directory -d
    """.split()
)
_UPDATES = {
    "composer": ("update", "u"),
    "npm": ("update", "upgrade"),
    "yarn": ("upgrade", "up"),
    "pnpm": ("update", "up", "upgrade"),
    "bundle": ("update",),
    "cargo": ("update",),
    "poetry": ("update",),
    "pdm": ("update",),
    "pipenv": ("update",),
}


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    read = see.commands(instruction)
    if isinstance(read, Opaque):
        return
    for install in see.installs(instruction):
        strict = _STRICT.get(install.tool)
        if strict is None or install.strict or not _is_whole(install):
            continue
        lock = _lock(strict, install, instruction, see)
        if lock is not None and not _is_told(strict.told, instruction, see):
            yield Diagnostic(
                primary=install.command.span,
                message=f"`{install.name}` may install other versions than those in `{lock[0]}`",
                cost="what the step makes depends on the day, once a manifest and the lock file differ",
                cure=strict.cure,
                confidence=lock[1] if install.command.certain else "medium",
            )
    for command in read:
        yield from _update(command)


def _update(command: Command) -> Iterator[Diagnostic]:
    verbs = _UPDATES.get(command.program)
    if verbs is None:
        return
    words = texts(command)
    verb, rest = subcommand(words, _VALUED)
    if verb in verbs and not {"-g", "--global", "--help", "--lock"} & set(words) and not arguments(rest, _VALUED):
        yield Diagnostic(
            primary=command.span,
            message=f"`{command.program} {verb}` goes past the lock file to whatever is newest",
            cost="what the step makes depends on the day on which it runs",
            cure="update the lock file in the repository, and install from it here",
            severity="warning",
        )


def _is_whole(install: Install) -> bool:
    """Whether an install is that of the project, and not of packages that it names."""
    words = texts(install.command)
    verb, rest = subcommand(words, _VALUED)
    return bool(install.reads) and not arguments(rest, _VALUED) and verb not in ("add", "global", "link")


def _lock(strict: _Strict, install: Install, instruction: Instruction, see: Facts) -> tuple[str, Confidence] | None:
    """The lock file that is there when the install runs, and how surely; a pattern brings it if the context has it."""
    body = instruction.body
    sources = [word.text for word in _sources(instruction, see)]
    if isinstance(body, Run):
        sources += [mount.source for mount in body.mounts if mount.source]
    for lock in strict.locks:
        for source in sources:
            name = posixpath.basename(source.rstrip("/"))
            if name == lock:
                return lock, "high"
            if "*" in name and len(name) > 3 and fnmatchcase(lock, name):
                if see.context is None:
                    return lock, "medium"
                folder = posixpath.dirname(source).strip("./")
                if lock in see.context.context.tree.children(folder):
                    return lock, "high"
    return None


def _sources(instruction: Instruction, see: Facts) -> Iterator[Word]:
    for one in before(instruction, see):
        if isinstance(one.body, Copy) and one.body.from_ is None:
            yield from one.body.sources


def _is_told(pattern: str, instruction: Instruction, see: Facts) -> bool:
    """Whether a setting makes the tool strict."""
    texts_before = [
        one.text if isinstance(one.body, Env | Arg) else run_text(one)
        for one in before(instruction, see)
        if isinstance(one.body, Env | Arg | Run)
    ]
    return any(re.search(pattern, text) for text in (*texts_before, run_text(instruction)))
