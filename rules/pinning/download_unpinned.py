"""A RUN downloads a file that neither a version in its address nor a checksum holds fast.

## What it finds

curl, wget or aria2c with an address in which no version, date or digest stands, nor a variable that could bring one,
where the same RUN checks no checksum and no signature.

## Why it costs

Whoever runs the server decides what is built: the same text brings another file next week, and a step that re-runs for
it makes all that copy from it re-run.

## When to allow it

Where the address always gives the same file, as of one's own server. Keys and checksums are left alone, and installers
that get the version to install from an option or from the environment. Addresses that say that they move (`latest`, a
branch) are `stale/moving-download`, never both. With `require-checksum`, files with a version in their address are
reported too, where nothing checks them.

## References

- https://docs.docker.com/build/building/best-practices/#add-or-copy
- https://slsa.dev/spec/v1.0/requirements
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Arg, Env, Instruction, Run
from ...analyzer.named_tuple import NamedTuple
from ...analyzer.shell import run_text
from ...analyzer.shell.fetches import downloads
from ..facts import Facts
from ..moving import before, is_key, moving_part, place, resolved, verifies
from ..rule import Confidence, Diagnostic, Example, Rule

RULE = Rule("a download is held by no version and no checksum", "info", on=(Run,), words=("://",))


class Options(NamedTuple):
    """`require_checksum`: a version in the address does not suffice."""

    require_checksum: bool = False


BAD = (
    Example("FROM debian:12\nRUN curl -fsSL «https://get.example.com/install.sh» | sh\n"),
    Example("FROM debian:12\nRUN wget «https://example.com/tool-linux.tar.gz» && tar xf tool-linux.tar.gz\n"),
)
GOOD = (
    Example("FROM debian:12\nRUN wget https://example.com/tool-1.2.3.tar.gz\n"),
    Example("FROM debian:12\nRUN curl -o t https://example.com/t.tgz && echo 'abc  t' | sha256sum -c -\n"),
    Example("FROM debian:12\nARG V\nRUN curl -o t https://example.com/t-$V.tgz\n"),
    Example("FROM debian:12\nRUN curl https://example.com/key.gpg | gpg --dearmor > /k\n"),
    Example("FROM debian:12\nRUN curl -X POST https://example.com/hook\n"),
    Example("FROM debian:12\nENV TOOL_VERSION=1.2\nRUN curl -s https://tool.example.com/get | sh\n"),
)

_LOCAL = ("://localhost", "://127.", "://0.0.0.0", "://host.docker.internal", "://[::1]", "://169.254.")


def check(instruction: Instruction, see: Facts, options: Options) -> Iterator[Diagnostic]:
    text = run_text(instruction)
    if "://" not in text or (found := downloads(see.commands(instruction))) == () or verifies(instruction):
        return
    seen: set[str] = set()
    for one in found:
        if one.url in seen or any(place in one.url for place in _LOCAL):
            continue
        seen.add(one.url)
        url = resolved(one.url, instruction, see)
        held = _is_held(url)
        if is_key(url) or moving_part(url) is not None or (held and not options.require_checksum):
            continue
        if not held and _is_told_a_version(one.url, text, instruction, see):
            continue
        sure: Confidence = "low" if not one.command.certain or _is_page(one.url, text) else "medium"
        yield Diagnostic(
            primary=place(one.url, one.command.span, see),
            message=f"`{_short(one.url)}` is downloaded without a checksum"
            if held
            else f"`{_short(one.url)}` is downloaded without a version or a checksum",
            cost="what is built depends on the day on which the step runs",
            cure="compare it with a checksum, or use `ADD --checksum=sha256:…`"
            if held
            else "name a version, and compare the file with a checksum, as `ADD --checksum=sha256:…` does",
            confidence=sure,
        )


def _is_held(url: str) -> bool:
    """Whether something in an address says which of several files it is: a version, a date, a digest, a variable."""
    path = url.partition("://")[2].partition("/")[2]
    if "$" in url or "`" in url:
        return True
    return re.search(r"\d+[._-]\d+|\d{3,}|[vV]\d+|[0-9a-f]{7,}", path) is not None


def _is_page(url: str, text: str) -> bool:
    """Whether an address is that of a site or a listing, which is looked at and not run."""
    path = url.partition("://")[2].partition("/")[2]
    behind = text[text.find(url) + len(url) :].partition("&&")[0]
    return f"/{path}".endswith(("/", "/releases", "/tags")) and not re.search(r"\|\s*(?:sudo )?\S*sh\b", behind)


def _is_told_a_version(url: str, text: str, instruction: Instruction, see: Facts) -> bool:
    """Whether an installer is told what to install, by its options or by a variable such as POETRY_VERSION."""
    behind = text[text.find(url) + len(url) :].partition("&&")[0]
    if re.search(r"\||<\(", text) and re.search(
        r"\d+\.\d+|-version[= ]|-toolchain[= ]|\$\w*VERSION|\$\{\w*VERSION", behind
    ):
        return True
    names = {name for one in before(instruction, see) if isinstance(one.body, Arg | Env) for name in _keys(one.body)}
    names |= set(re.findall(r"\b([A-Z]\w*_(?:VERSION|TAG|RELEASE))=", text))
    stems = (name.rpartition("_")[0].lower() for name in names if name.endswith(("_VERSION", "_TAG", "_RELEASE")))
    return any(len(stem) > 2 and stem.replace("_", "") in re.sub(r"[-_.]", "", url.lower()) for stem in stems)


def _keys(body: Arg | Env) -> Iterator[str]:
    for pair in body.pairs:
        yield pair.key


def _short(url: str) -> str:
    return url if len(url) <= 80 else url[:79] + "…"
