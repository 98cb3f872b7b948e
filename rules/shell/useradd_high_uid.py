"""useradd makes a user with a high id, and with it a huge file.

## What it finds

`useradd -u` with an id of more than five digits, without `-l` (`--no-log-init`).

## Why it costs

useradd writes the user into /var/log/lastlog and faillog, at an offset that grows with the id: sparse files, which a
layer stores in full, some hundred MB up to GB.

## When to allow it

Where the base image has no such logs, or the files are removed in the same RUN. hadolint takes the length of a
variable's name for that of the id (`-u $USER_ID`).

## References

- hadolint DL3046
- moby/moby#5419
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ...analyzer.dockerfile.syntax import Instruction, Run
from ...analyzer.shell import switches
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule(
    "useradd with a high user id writes a huge log", "warning", aliases=("DL3046",), on=(Run,), words=("useradd",)
)

BAD = (
    Example("FROM debian:12\nRUN «useradd -u 1000000 app»\n"),
    Example("FROM debian:12\nRUN «useradd --uid=1234567890 -m app»\n"),
)
GOOD = (
    Example("FROM debian:12\nRUN useradd -l -u 1000000 app\n"),
    Example("FROM debian:12\nRUN useradd --no-log-init -u 1000000 app\n"),
    Example("FROM debian:12\nRUN useradd -u 1000 app\n"),
    Example("FROM debian:12\nRUN useradd app\n"),
    Example("FROM debian:12\nARG U\nRUN useradd -u $U app\n"),
    Example("FROM debian:12\nRUN usermod -u 1000000 app\n"),
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    for command in see.calls(instruction, "useradd"):
        words = [word.text for word in command.words]
        given = switches(command)
        uid = next((after for word, after in pairwise(words) if word == "--uid" or _ends_in_u(word)), "")
        uid = uid or next((word[6:] for word in words if word.startswith("--uid=")), "")
        if len(uid) > 5 and uid.isdecimal() and not given & {"-l", "--no-log-init"}:
            yield Diagnostic(
                primary=command.span,
                message=f"`useradd` makes a user with the id `{uid}`, and log files as large as that",
                cost="they are stored in the layer in full: hundreds of MB",
                cure="add `--no-log-init`",
                aliases=None if command.direct and "-u" in given else (),
            )


def _ends_in_u(word: str) -> bool:
    return word[:1] == "-" and word[1:2] != "-" and word[-1:] == "u"
