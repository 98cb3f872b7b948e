"""A RUN puts another shell in the place of /bin/sh.

## What it finds

`ln` with `/bin/sh` among its words.

## Why it costs

Scripts of the distribution are written for its own /bin/sh, and packages may put it back: the build then depends on
the order of its steps.

## When to allow it

Where programs in the image call `sh` and need bash; SHELL is for the build only.

## References

- hadolint DL4005
- https://docs.docker.com/reference/dockerfile/#shell
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule

RULE = Rule("/bin/sh is replaced by a link", "warning", aliases=("DL4005",), on=(Run,), words=("/sh",))

BAD = (
    Example("FROM debian:12\nRUN «ln -sf /bin/bash /bin/sh»\n"),
    Example("FROM debian:12\nRUN rm /bin/sh && «ln -s /bin/bash /bin/sh»\n"),
)
GOOD = (
    Example('FROM debian:12\nSHELL ["/bin/bash", "-c"]\nRUN true\n'),
    Example("FROM debian:12\nRUN ln -s /bin/shx /x\n"),
    Example("FROM debian:12\nRUN chsh -s /bin/bash\n"),
    Example("FROM debian:12\nRUN echo ln /bin/sh\n"),
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    for command in see.calls(instruction, "ln"):
        if any(word.text == "/bin/sh" for word in command.words[1:]):
            yield Diagnostic(
                primary=command.span,
                message="`/bin/sh` is replaced by a link",
                cost="scripts of the distribution run in a shell that they are not written for",
                cure='write `SHELL ["/bin/bash", "-c"]`',
                aliases=None if command.direct else (),
            )
