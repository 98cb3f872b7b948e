"""cargo installs a program without a version.

## What it finds

`cargo install NAME` (also `cargo binstall`) without `@VERSION` or `--version`, and `--git` without `--rev` or `--tag`.

## Why it costs

The text of the step, and so its key, is the same when a new version comes out: the version in the image is the one of
the day on which the step last ran, and differs between machines and from what was tested.

## When to allow it

For a path of the project (`--path`). `--locked` holds the dependencies, not the program itself.

## References

- https://doc.rust-lang.org/cargo/commands/cargo-install.html
- hadolint has no such rule: its ones are DL3013, DL3016 and DL3062 for other tools
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ...analyzer.shell import named, switches
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule
from ..unpinned import unpinned

RULE = Rule("cargo installs a program without a version", "warning", on=(Run,), words=("cargo",))

BAD = (
    Example("FROM rust:1.82\nRUN cargo install --locked «cargo-chef»\n"),
    Example("FROM rust:1.82\nRUN cargo install --git «https://github.com/a/b»\n"),
)
GOOD = (
    Example("FROM rust:1.82\nRUN cargo install --locked cargo-chef@0.1.68\n"),
    Example("FROM rust:1.82\nRUN cargo install cargo-chef --version 0.1.68\n"),
    Example("FROM rust:1.82\nRUN cargo +nightly install --path . && cargo install\n"),
    Example("FROM rust:1.82\nRUN cargo install --git https://github.com/a/b --rev 0123456\n"),
    Example("FROM rust:1.82\nRUN cargo build --release && cargo fetch\n"),
)

_HELD = frozenset({"--version", "--vers", "--path", "--rev", "--tag"})
_VALUED = frozenset(
    """
    --git --branch --root --features -F --bin --example --target --target-dir --profile --jobs -j --index --registry
    --config --color
    """.split()
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    for command in see.calls(instruction, "cargo"):
        given = switches(command)
        if given & _HELD:
            continue
        words = named(command, _VALUED)
        if words and words[0].text.startswith("+"):
            words = words[1:]
        if words and words[0].text in ("install", "binstall"):
            names = [word for word in command.words if "://" in word.text] if "--git" in given else words[1:]
            yield from unpinned(command, names, _is_pinned, instruction, see, "{}@VERSION", confidence="medium")


def _is_pinned(name: str) -> bool:
    return "@" in name and "://" not in name
