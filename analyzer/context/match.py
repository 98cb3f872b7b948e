"""Wildcards of COPY sources: Go's path.Match, path.Clean and what BuildKit takes for a wildcard."""

from __future__ import annotations

import re
from functools import lru_cache

from .charsets import Ranges, holds, inverse, normal, single, written
from .tree import ContextError

_NOT_SLASH = written(inverse(single("/")))
_ANY = inverse(single("/"))


def clean(path: str) -> str:
    """The shortest equivalent path, as Go's path.Clean gives it: "." for the empty one."""
    rooted = path.startswith("/")
    out: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if out and out[-1] != "..":
                out.pop()
            elif not rooted:
                out.append(part)
        elif part and part != ".":
            out.append(part)
    return "/" + "/".join(out) if rooted else "/".join(out) or "."


def inside(path: str) -> str:
    """The path below the context's root that a COPY source or a mount's `source=` names: "" is the root.

    `..` never leads out of the root (util/system/path.go:NormalizePath, BuildKit v0.32.2).
    """
    return clean("/" + path)[1:]


def has_wildcard(path: str) -> bool:
    """Whether BuildKit takes the path for a pattern (solver/llbsolver/ops/file.go:containsWildcards)."""
    at = 0
    while at < len(path):
        if path[at] == "\\":
            at += 1
        elif path[at] in "*?[":
            return True
        at += 1
    return False


def split_wildcard(path: str) -> tuple[str, str]:
    """The leading components without a wildcard, and the rest (cache/contenthash/checksum.go:splitWildcards)."""
    parts = path.split("/")
    plain = 0
    while plain < len(parts) and not has_wildcard(parts[plain]):
        plain += 1
    return "/".join(parts[:plain]), "/".join(parts[plain:])


def match(pattern: str, name: str) -> bool:
    """Whether the whole name matches, as Go's path.Match says; raises ContextError where the pattern is malformed.

    Characters are code points; Go's `*` may also stop inside the bytes of one, which only shows in patterns such as
    `*??` on names that are not ASCII.
    """
    return compiled(pattern).match(name) is not None


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern as a regular expression that takes time linear in the name; raises ContextError as `match` does."""
    out: list[str] = []
    rest = pattern
    while rest:
        body = rest.lstrip("*")
        star = len(body) < len(rest)
        end = _chunk_end(body)
        chunk, rest = body[:end], body[end:]
        text = "".join(written(one) for one in _singles(chunk, pattern))
        if not star:
            out.append(text)
        elif not chunk:
            out.append(f"{_NOT_SLASH}*+")
        elif rest:
            # Go settles each star at the first place where the text up to the next star fits, and never goes back.
            out.append(f"(?>{_NOT_SLASH}*?{text})")
        else:
            out.append(f"{_NOT_SLASH}*?{text}")
    return re.compile("".join(out) + r"\Z")


def crosses_slashes(pattern: str) -> bool:
    """Whether a class or an escape lets the pattern match names with more or fewer slashes than it has itself."""
    if "[" not in pattern:
        return "\\/" in pattern
    rest = pattern
    while rest:
        body = rest.lstrip("*")
        end = _chunk_end(body)
        chunk, rest = body[:end], body[end:]
        if any(holds(one, "/") and one != single("/") for one in _singles(chunk, pattern)):
            return True
    return "\\/" in pattern or "/" in "".join(re.findall(r"\[[^]]*\]", pattern))


def _chunk_end(text: str) -> int:
    within, at = False, 0
    while at < len(text):
        character = text[at]
        if character == "\\":
            at += 1
        elif character == "[":
            within = True
        elif character == "]":
            within = False
        elif character == "*" and not within:
            return at
        at += 1
    return len(text)


def _singles(chunk: str, pattern: str) -> list[Ranges]:
    """The characters that the chunk takes, place by place."""
    out: list[Ranges] = []
    at = 0
    while at < len(chunk):
        character = chunk[at]
        at += 1
        if character == "?":
            out.append(_ANY)
        elif character == "[":
            ranges, at = _class(chunk, at, pattern)
            out.append(ranges)
        elif character == "\\":
            if at == len(chunk):
                raise _malformed(pattern)
            out.append(single(chunk[at]))
            at += 1
        else:
            out.append(single(character))
    return out


def _class(chunk: str, at: int, pattern: str) -> tuple[Ranges, int]:
    negated = chunk.startswith("^", at)
    at += negated
    ranges: list[tuple[int, int]] = []
    while not (ranges and chunk.startswith("]", at)):
        low, at = _member(chunk, at, pattern)
        high = low
        if chunk[at] == "-":
            high, at = _member(chunk, at + 1, pattern)
        ranges.append((low, high))
    members = normal(ranges)
    return (inverse(members) if negated else members), at + 1


def _member(chunk: str, at: int, pattern: str) -> tuple[int, int]:
    if at >= len(chunk) or chunk[at] in "-]":
        raise _malformed(pattern)
    if chunk[at] == "\\":
        at += 1
    if at + 1 >= len(chunk) or 0xDC80 <= ord(chunk[at]) <= 0xDCFF:  # the class must go on, and Go wants UTF-8 in it
        raise _malformed(pattern)
    return ord(chunk[at]), at + 1


def _malformed(pattern: str) -> ContextError:
    return ContextError(
        f"malformed pattern `{pattern}`: close every `[`, and put `\\` before a literal `[`, `]` or `-`"
    )
