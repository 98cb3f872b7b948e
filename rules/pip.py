"""The calls of pip in a RUN, in all ways in which it is called."""

from __future__ import annotations

from collections.abc import Iterator

from ..analyzer.dockerfile.syntax import Instruction, Run
from ..analyzer.shell import Command, Opaque, run_text
from .facts import Facts

PIP_VALUED = frozenset(
    """
    -r --requirement -c --constraint -i --index-url --extra-index-url -f --find-links --trusted-host -t --target
    --prefix --root --cache-dir --timeout --retries --proxy --platform --python-version --only-binary --no-binary
    --progress-bar --log --src --upgrade-strategy --python --index --default-index --cert --root-user-action
    --config-settings -C --global-option --install-option --report --use-feature --exists-action -p -e --editable
    --abi --implementation -b --build --default-timeout --client-cert --python-platform --group
    """.split()
)


def pip_calls(instruction: Instruction, see: Facts) -> Iterator[Command]:
    """The calls of pip, as if by its name: `python -m` is taken off, and the `uv` of `uv pip` is a wrapper."""
    if not isinstance(instruction.body, Run) or "pip" not in run_text(instruction):
        return
    read = see.commands(instruction)
    for command in () if isinstance(read, Opaque) else read:
        program = command.program
        if program.startswith("pip"):
            if program in ("pip", "pip2", "pip3") or program.removeprefix("pip").replace(".", "").isdecimal():
                yield command
        elif program.startswith(("python", "pypy", "uv")):
            words = [word.text for word in command.words]
            if program == "uv" and words[1:2] == ["pip"]:
                yield command._replace(words=command.words[1:], wrappers=(*command.wrappers, command.words[0]))
            elif "-m" in words and "pip" in words[words.index("-m") + 1 :][:1]:
                yield command._replace(words=command.words[words.index("-m") + 1 :])
