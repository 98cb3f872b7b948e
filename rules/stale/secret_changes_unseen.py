"""What a secret holds goes into the image, and a new value of it is not noticed.

## What it finds

`RUN --mount=type=secret` whose content the command copies, prints to a file, or reads in as settings of a build:
`cp /run/secrets/…`, `cat … > .env`, `. /run/secrets/env`, a target such as `.env`, a variable such as `VITE_API_URL`.

## Why it costs

A secret's value is no part of the step's key, by design. With other settings the step is a hit all the same: the image
that is shipped holds the old ones, until something before the step changes.

## When to allow it

Where the secret never changes. Secrets that only open a door (tokens, `.npmrc`, `.netrc`, keys) are not reported here;
`mounts/secret-not-in-key`, off by default, lists them too. Neither are commands that read a build argument beside the
secret, which can be changed with it.

## References

- https://docs.docker.com/build/building/secrets/
- docker/buildx#551, moby/buildkit#2547; corpus cases r22, r22d and r22g
- BuildKit v0.32, solver/llbsolver/ops/exec.go: CacheMap
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Mount, Run
from ...analyzer.shell import run_text
from ..facts import Facts
from ..reach import later_steps, step_of
from ..rule import Confidence, Diagnostic, Example, Rule

RULE = Rule("a secret goes into the image, and the key does not hold it", "warning", on=(Run,), words=("secret",))

BAD = (
    Example("FROM node:22\nRUN «--mount=type=secret,id=env,target=/app/.env» npm run build\n"),
    Example("FROM alpine\nRUN «--mount=type=secret,id=conf» cp /run/secrets/conf /etc/app.conf\n"),
    Example("FROM node:22\nRUN «--mount=type=secret,id=url,env=VITE_API_URL» npm run build\n"),
)
GOOD = (
    Example("FROM node:22\nRUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci\n"),
    Example("FROM alpine\nRUN --mount=type=secret,id=token TOKEN=$(cat /run/secrets/token) ./fetch\n"),
    Example("FROM node:22\nARG ENV_HASH\nRUN --mount=type=secret,id=env,target=.env : $ENV_HASH && npm run build\n"),
    Example("FROM node:22\nRUN --mount=type=secret,id=key,target=/root/.ssh/id_rsa git clone git@a.b:c\n"),
    Example("FROM alpine\nRUN --mount=type=secret,id=pip,target=/etc/pip.conf pip install x\n"),
)

_PUBLIC = ("VITE_", "NEXT_PUBLIC_", "REACT_APP_", "NUXT_PUBLIC_", "GATSBY_", "VUE_APP_", "EXPO_PUBLIC_", "PUBLIC_")
_DOORS = (
    r"(?i)token|npmrc|netrc|passw|credential|auth|pip\.conf|pypirc|\.ssh|id_\w+$|key|settings\.xml|nuget|yarnrc|aws"
    r"|cert|gem"
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    body = instruction.body
    if not isinstance(body, Run) or not any(mount.kind == "secret" for mount in body.mounts):
        return
    step = step_of(instruction, see)
    if see.graph is None or step is None or not step.used:
        return
    given = {one.name for one in step.scope.env if one.origin in ("arg", "build-arg")}
    text = run_text(instruction)
    if any(re.search(rf"\$\{{?{re.escape(name)}\b", text) for name in given if name):
        return
    for mount in body.mounts:
        kept = _kept(mount, text) if mount.kind == "secret" else None
        if kept is not None:
            name = mount.id or posixpath.basename(mount.target or "") or "default"
            yield Diagnostic(
                primary=mount.span,
                message=f"the secret `{name}` goes into what the step makes, and its value is no part of the key",
                cost=f"a new value leaves this step{later_steps(see.graph, step)} cached, with the old one inside",
                cure="read an ARG in the command that changes with the secret, such as its hash",
                confidence=kept,
            )


def _kept(mount: Mount, text: str) -> Confidence | None:
    """How surely the content of a secret stays in what the step makes; None where nothing says so."""
    name = mount.id or posixpath.basename(mount.target or "")
    if mount.env is not None:
        return "high" if mount.env.startswith(_PUBLIC) else None
    path = mount.target or f"/run/secrets/{name}"
    if re.search(_DOORS, path) or re.search(_DOORS, name):
        return None
    place = re.escape(path)
    if re.search(rf"\b(?:cp|install|mv)\b[^;&|\n]*{place}\s+\S|\bcat\s+{place}\s*(?:\|[^;&\n]*)?>", text):
        return "high"
    reads = (
        rf"(?:^|[;&|\s])(?:\.|source)\s+{place}|export\s+[^;&\n]*\b(?:cat|grep)[^;&\n]*{place}|--env-file[= ]{place}"
    )
    if re.search(reads, text) or re.fullmatch(r"\.env(?:\.\w+)?", posixpath.basename(path)):
        return "medium"
    return None
