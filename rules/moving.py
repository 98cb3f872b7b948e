"""What is fetched from afar: whether its name stays the same while it moves, and whether that is noticed.

The border between the rules on it: `stale` reports names that say that they move (a branch, `latest`), since the cache
goes on serving what once stood there; `pinning` reports what no name or checksum holds fast, and that does not say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..analyzer.dockerfile.syntax import Arg, Env, Instruction
from ..analyzer.shell import run_text
from ..analyzer.source import Span
from ..analyzer.typing import Literal
from .facts import Facts

RefKind = Literal["commit", "tag", "branch", "unknown"]

_BRANCHES = frozenset(
    "master main develop devel development dev trunk head latest nightly edge next canary unstable stable".split()
)
_HOSTS_OF_CODE = (
    "github.com/",
    "githubusercontent.com/",
    "gitlab.com/",
    "bitbucket.org/",
    "huggingface.co/",
    "gitee.com/",
)
_BEFORE_REFS = frozenset("archive raw blob tree zipball tarball resolve".split())
_KEYS = (".asc", ".gpg", ".key", ".pub", ".pem", ".crt", ".sha256", ".sha512", ".md5", ".sig")
_NAMES_OF_KEYS = ("gpgkey", "gpg-key", "/gpg", "pubkey", "public-key", "release-key", "signing-key", "archive-key")


def ref_kind(ref: str | None) -> RefKind:
    """What the name of a git revision is, as far as it tells; None is the default branch."""
    if ref is None:
        return "branch"
    name = ref.removeprefix("origin/").removeprefix("refs/heads/")
    if "$" in name or "`" in name:
        return "unknown"
    if re.fullmatch(r"[0-9a-f]{7,64}", name):
        return "commit"
    if ref.startswith(("refs/heads/", "origin/")) or name.lower() in _BRANCHES:
        return "branch"
    if name.endswith((".x", "-dev", "-SNAPSHOT")):
        return "branch"
    if ref.startswith(("refs/tags/", "tags/")) or re.search(r"\d[._-]\d|^v?\d+$|\d{6}", name):
        return "tag"
    return "unknown"


def moving_part(url: str) -> str | None:
    """The part of an address that says that what lies there moves, such as `latest` or `/main/`; None for none."""
    path = url.partition("://")[2].partition("?")[0]
    if is_key(url):
        return None
    for part in path.split("/")[1:]:
        name = part.lower()
        if name in ("latest", "nightly", "latest.txt", "stable.txt", "snapshot") or (
            re.search(r"(?:^|[-_.])(?:latest|nightly)(?:[-_.]|$)", name) and not re.search(r"\d\.\d+\.\d", name)
        ):
            return part
    if any(host in url for host in _HOSTS_OF_CODE):
        parts = path.split("/")[3:]
        for at, part in enumerate(parts):
            bare = part.removesuffix(".tar.gz").removesuffix(".zip").removesuffix(".tgz")
            if bare in ("master", "main", "HEAD", "develop", "trunk") and (not at or parts[at - 1] in _BEFORE_REFS):
                return part
            if part == "heads" and parts[at - 1 : at] == ["refs"]:
                return "refs/heads"
    return None


def is_key(url: str) -> bool:
    """Whether an address names a public key, a certificate or a checksum: those are there to stay, or to check with."""
    path = url.partition("?")[0].lower()
    return path.endswith(_KEYS) or any(name in path for name in _NAMES_OF_KEYS) or path.endswith(("/key", "keyring"))


def verifies(run: Instruction) -> bool:
    """Whether a RUN compares something with a checksum or checks a signature."""
    text = run_text(run)
    return (
        re.search(
            r"\b(?:sha\d*sum|shasum|md5sum|b[23]sum|cksum|gpgv|minisign|cosign|rhash)\b|--verify\b|--checksum\b"
            r"|\bdgst\b|slsa-verifier|signify",
            text,
        )
        is not None
    )


def holds_checksum(run: Instruction) -> bool:
    """Whether a RUN compares something with a checksum that its own text or a variable holds."""
    return verifies(run) and re.search(
        r"\b[0-9a-f]{32,128}\b|\$\{?\w*(?:SHA|CHECKSUM|DIGEST|HASH|MD5)", run_text(run), re.IGNORECASE
    ) is not None  # fmt: skip


def resolved(text: str, instruction: Instruction, see: Facts) -> str:
    """The text with the variables that the Dockerfile gives a value; the others stay."""
    if "$" not in text:
        return text
    values = dict(_values(instruction, see))

    def given(match: re.Match[str]) -> str:
        value = values.get(match[1] or match[2])
        return value if value and "$" not in value else match[0]

    return re.sub(r"\$(?:(\w+)|\{(\w+)\})", given, text)


def _values(instruction: Instruction, see: Facts) -> Iterator[tuple[str, str]]:
    shared = {
        pair.key: pair.value
        for one in see.dockerfile.preamble
        if isinstance(one.body, Arg)
        for pair in one.body.pairs
        if pair.value
    }
    for one in before(instruction, see):
        if isinstance(one.body, Arg | Env):
            for pair in one.body.pairs:
                value = pair.value or (shared.get(pair.key) if isinstance(one.body, Arg) else None)
                if value:
                    yield pair.key, value.strip("\"'")


def before(instruction: Instruction, see: Facts) -> Iterator[Instruction]:
    """The instructions that stand before one in its stage, and in the stages that it is based on, in order."""
    chain = [instruction.stage]
    names = {stage.name: stage.index for stage in see.dockerfile.stages if stage.name}
    while True:
        first = see.dockerfile.stages[chain[0]].instructions[0]
        base = getattr(first.body, "image", None)
        above = None if base is None else names.get(base.text.lower())
        if above is None or above >= chain[0]:
            break
        chain.insert(0, above)
    for stage in chain:
        for one in see.dockerfile.stages[stage].instructions:
            if stage == instruction.stage and one.index >= instruction.index:
                return
            yield one


def is_renewed(instruction: Instruction, see: Facts) -> bool:
    """Whether something before an instruction makes it run again on purpose: an ARG to bust the cache, a remote ADD."""
    for one in before(instruction, see):
        if isinstance(one.body, Arg) and any(
            re.search(r"CACHE|BUST|INVALIDATE|REBUILD|REFRESH|FORCE|TIMESTAMP|NOCACHE", pair.key, re.IGNORECASE)
            for pair in one.body.pairs
        ):
            return True
        if one.keyword == "ADD" and re.search(r"\shttps?://|\sgit@|\.git\b", one.text):
            return True
    return False


def place(text: str, around: Span, see: Facts) -> Span:
    """Where a text stands in a range of the file; the range itself where it is not found as such."""
    at = see.source.find(text, around.start, around.end)
    return around if at < 0 else Span(at, at + len(text))
