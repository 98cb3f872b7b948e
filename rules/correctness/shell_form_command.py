"""CMD or ENTRYPOINT runs in a shell, which keeps signals to itself.

## What it finds

CMD and ENTRYPOINT that are no JSON array. Where the stage chose its shell with SHELL, that is taken to be meant, and
told as mere information; so is a HEALTHCHECK in shell form.

## Why it costs

The container's first process is `/bin/sh -c`: it does not pass on SIGTERM, so that `docker stop` waits ten seconds and
kills. Arguments behind `docker run image` are not passed on either.

## When to allow it

Where the command needs a shell for its variables, and begins with `exec`; or in HEALTHCHECK, where no signal arrives.

## References

- https://docs.docker.com/reference/build-checks/json-args-recommended/
- BuildKit v0.32, frontend/dockerfile/dockerfile2llb/convert.go: dispatchCmd, dispatchEntrypoint
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Other, Shell, Stage
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("a command is not a JSON array", "warning", ("JSONArgsRecommended", "DL3025"), words=("cmd", "entrypoint"))

BAD = (
    Example("FROM alpine\nCMD «nginx -g 'daemon off;'»\n"),
    Example("FROM alpine\nENTRYPOINT «[ 'nginx' ]»\n"),
)
GOOD = (
    Example('FROM alpine\nENTRYPOINT ["nginx"]\nCMD ["-g", "daemon off;"]\n'),
    Example("FROM alpine\nONBUILD CMD nginx\n"),
    Example("FROM alpine\nCMD []\n"),
    Example('FROM alpine\nHEALTHCHECK CMD ["true"]\n'),
)


def check(stage: Stage, see: Facts) -> Iterator[Diagnostic]:
    shells: bool | None = None
    for at, one in enumerate(stage.instructions):
        body = one.body
        if not isinstance(body, Other) or body.argv is not None:
            continue
        if one.keyword == "HEALTHCHECK" and len(body.words) > 1 and body.words[0].text.upper() == "CMD":
            yield _found(one, body)._replace(severity="info", aliases=("DL3025",))
        elif one.keyword in ("CMD", "ENTRYPOINT"):
            if shells is None:
                shells = _inherits_shell(stage, see)
            if shells or any(isinstance(other.body, Shell) for other in stage.instructions[:at]):
                yield _found(one, body)._replace(severity="info", aliases=("DL3025",))
            else:
                yield _found(one, body)


def _found(one: Instruction, body: Other) -> Diagnostic:
    health = one.keyword == "HEALTHCHECK"
    return Diagnostic(
        body.words[-1].span if body.words else one.span,
        f"the command of `{one.keyword}` runs in a shell",
        "each check starts one more process"
        if health
        else "the shell does not pass on SIGTERM when the container stops",
        "write it as a JSON array",
    )


def _inherits_shell(stage: Stage, see: Facts) -> bool:
    return any(
        isinstance(one.body, Shell)
        for index in see.bases.lineage(stage.index)[:-1]
        for one in see.dockerfile.stages[index].instructions
    )
