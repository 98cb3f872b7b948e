"""What ShellCheck says of the shell in RUN instructions.

## What it finds

Everything that the program ShellCheck finds in a RUN in the shell form or in its heredocs, in the dialect of its SHELL
or of the heredoc's first line, each at its place in the file. The variables of ARG and ENV are known to it: each
counts as set to one word.

## Why it costs

What a shell does with a word that is not quoted, or a test that is not portable, shows when the value changes: in
another build, on another base image.

## When to allow it

`# shellcheck disable=SC2086` before the RUN or between its lines, `# hadolint ignore=SC2086`, the option `ignore` and
`# dcache: ignore[SC2086]` do that. `# hadolint shell=bash` and `# shellcheck shell=bash` name the dialect where SHELL
does not. The rule is off unless selected, and needs the program `shellcheck`: it comes with the extra `dcache-
lint[shellcheck]`. SC1090 and SC1091 are left out: sourced files are not there. hadolint, which has ShellCheck built
in, keeps one finding a RUN only.

## References

- https://www.shellcheck.net/wiki/
- hadolint SC*
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Dockerfile, Instruction, Run
from ...analyzer.named_tuple import NamedTuple
from ...analyzer.shell.scripts import Script, dialect_of, script
from ...analyzer.shell.shellcheck import ShellCheckFailed, remarks
from ..environment import environment
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule, Severity

RULE = Rule("ShellCheck finds a fault in a RUN", "warning", default=False)


class Options(NamedTuple):
    """`ignore` are codes that are not reported; `shell` is the dialect where no SHELL says it."""

    ignore: tuple[str, ...] = ()
    shell: str = "sh"


BAD = (
    Example("FROM debian:12\nRUN X=$(date) && \\\n  # a note\n  echo «$X»\n"),
    Example("FROM debian:12\nRUN <<EOF\nset -e\nls «$(date)»\nEOF\n"),
    Example('FROM debian:12\nRUN «[[ -f /x ]]» && echo "é"\n'),
)
GOOD = (
    Example('FROM debian:12\nRUN X=$(date) && \\\n  echo "$X"\n'),
    Example("FROM debian:12\nARG X\nENV Y=1\nRUN echo $X $Y\n"),
    Example("FROM debian:12\n# shellcheck disable=SC2086\nRUN X=$(date) && echo $X\n"),
    Example("FROM debian:12\nRUN X=$(date) && \\\n  # shellcheck disable=SC2086\n  echo $X\n"),
    Example("FROM debian:12\n# hadolint ignore=SC2086\nRUN X=$(date) && echo $X\n"),
    Example('FROM debian:12\nSHELL ["/bin/bash", "-c"]\nRUN [[ -f /x ]] && true\n'),
    Example("FROM debian:12\n# hadolint shell=bash\nRUN [[ -f /x ]] && true\n"),
    Example("FROM debian:12\nRUN <<EOF\n#!/usr/bin/env bash\n[[ -f /x ]] && true\nEOF\n"),
    Example("FROM debian:12\nRUN <<EOF\n#!/usr/bin/env python3\nprint($X)\nEOF\n"),
    Example('FROM mcr.microsoft.com/windows\nSHELL ["powershell", "-command"]\nRUN Get-Item $x\n'),
    Example('FROM debian:12\nRUN ["echo", "$X"]\n'),
    Example("FROM debian:12\nRUN . /etc/profile\n"),
)

_SEVERITIES: dict[str, Severity] = {"error": "error", "warning": "warning", "info": "info", "style": "info"}
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY")


def check(dockerfile: Dockerfile, see: Facts, options: Options) -> Iterator[Diagnostic]:
    runs: list[Instruction] = []
    scripts: list[Script] = []
    for run in see.instructions((Run,)):
        made = script(run, see.source, dockerfile.escape, _dialect(run, see, options))
        if made is not None:
            runs.append(run)
            scripts.append(made)
    try:
        said = remarks(scripts, [_prelude(run, see) for run in runs])
    except ShellCheckFailed as error:
        see.tool_error = str(error)
        return
    for remark in (one for group in said for one in group):
        if remark.code not in options.ignore:
            yield Diagnostic(
                primary=remark.span,
                message=f"ShellCheck `{remark.code}`: {remark.message.rstrip('.').replace(chr(10), ' ')}",
                cost="the shell may do something else than what is meant",
                cure=f"see https://www.shellcheck.net/wiki/{remark.code}",
                severity=_SEVERITIES.get(remark.level),
                aliases=(remark.code,),
            )


def _dialect(run: Instruction, see: Facts, options: Options) -> str | None:
    """The dialect of a RUN: that of its SHELL, else what the last comment above it says."""
    shell = see.shell(run)
    if shell is not None:
        return dialect_of(shell)
    dialect = options.shell
    for silence in see.dockerfile.silences:
        named = re.match(r"#\s*(?:hadolint|shellcheck)\s+shell\s*=\s*([\w/.-]+)", silence.text)
        if named is not None and silence.span.start < run.span.end:
            dialect = named[1]
    return dialect_of((dialect,))


def _prelude(run: Instruction, see: Facts) -> str:
    """The lines before a script: directives from comments at the RUN, then the variables that are set there."""
    starts = see.dockerfile.stages[run.stage].instructions[run.index - 1].span.end
    directives = [
        one.text
        for one in see.dockerfile.silences
        if starts <= one.span.start < run.span.end and re.match(r"#\s*shellcheck\s+(?!shell)", one.text)
    ]
    names = (*_PROXIES, *(name.lower() for name in _PROXIES), *environment(run, see))
    exports = [f"export {name}=1" for name in dict.fromkeys(names) if re.fullmatch(r"[A-Za-z_]\w*", name)]
    return "".join(line + "\n" for line in (*directives, *exports))
