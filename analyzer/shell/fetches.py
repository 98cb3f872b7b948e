"""What the commands of a RUN fetch from afar: files by their addresses, and git repositories."""

from __future__ import annotations

from collections.abc import Iterator

from ..named_tuple import NamedTuple
from .commands import Command, Opaque
from .options import arguments, texts, value

_FETCHERS = frozenset({"curl", "wget", "wget2", "aria2c", "axel"})
_VALUED = frozenset(
    """
    -H --header -e --referer --referrer -A --user-agent -x --proxy -u --user -b --cookie -o --output
    --output-document --preproxy -P --directory-prefix --resolve --connect-to -w --write-out --retry
    --retry-delay -m --max-time --connect-timeout -C --cacert --ca-certificate --cert --key --noproxy --doh-url
    """.split()
)
# With these a command asks or sends, and keeps no file that a build goes on with.
_SENDS = (
    "-d", "--data", "--data-binary", "--data-raw", "--data-urlencode", "-F", "--form", "-T", "--upload-file", "-I",
    "--head", "--spider", "--post-data", "--post-file", "--json",
)  # fmt: skip
_SCHEMES = ("http://", "https://", "ftp://")
_GIT_VALUED = frozenset({"-C", "-c", "--git-dir", "--work-tree", "--namespace"})
_CLONE_VALUED = frozenset(
    """
    -b --branch --revision --depth -o --origin -j --jobs -c --config --reference --reference-if-able
    --separate-git-dir --shallow-since --shallow-exclude --filter --template -u --upload-pack --server-option
    """.split()
)


class Download(NamedTuple):
    """An address that a command fetches a file from, as written: variables are still in it."""

    url: str
    command: Command


class Clone(NamedTuple):
    """A repository that `git clone` fetches; `ref` is what it asks for, None for the default branch."""

    remote: str
    ref: str | None
    command: Command


def downloads(read: tuple[Command, ...] | Opaque) -> tuple[Download, ...]:
    """The files that curl, wget and their like fetch, in order."""
    return tuple(
        Download(url, command)
        for command in _read(read)
        if command.program in _FETCHERS and not _sends(texts(command))
        for url in _addresses(command)
    )


def clones(read: tuple[Command, ...] | Opaque) -> tuple[Clone, ...]:
    """The repositories that git clones from elsewhere, in order."""
    found: list[Clone] = []
    for command in _read(read):
        words = _git(command, "clone")
        named = arguments(words, _CLONE_VALUED) if words is not None else []
        if words is not None and named and _is_remote(named[0]):
            found.append(Clone(named[0], value(words, "-b", "--branch", "--revision"), command))
    return tuple(found)


def checked_out(read: tuple[Command, ...] | Opaque) -> tuple[str, ...]:
    """What git is told to check out, reset to or fetch by name, in order."""
    found: list[str] = []
    for command in _read(read):
        for verb in ("checkout", "switch", "reset", "fetch", "pull"):
            words = _git(command, verb)
            if words is None or "--" in words:
                continue
            named = arguments(words, frozenset({"--depth", "-b", "-B"}))
            found += named[1:2] if verb in ("fetch", "pull") else named[:1]
    return tuple(found)


def _read(read: tuple[Command, ...] | Opaque) -> tuple[Command, ...]:
    return () if isinstance(read, Opaque) else read


def _addresses(command: Command) -> Iterator[str]:
    skip = False
    for word in texts(command):
        if not skip and word.startswith(_SCHEMES) and len(word) > 10:
            yield word
        skip = word in _VALUED or (word == "-O" and command.program != "curl")


def _sends(words: list[str]) -> bool:
    method = value(words, "-X", "--request", "--method")
    return (method is not None and method.upper() != "GET") or any(word.partition("=")[0] in _SENDS for word in words)


def _git(command: Command, verb: str) -> list[str] | None:
    """The words behind `git VERB`; None for other commands."""
    if command.program != "git":
        return None
    words = texts(command)
    at = 0
    while at < len(words) and words[at].startswith("-"):
        at += 2 if words[at] in _GIT_VALUED else 1
    return words[at + 1 :] if at < len(words) and words[at] == verb else None


def _is_remote(word: str) -> bool:
    return word.startswith(("git@", "$")) or ("://" in word and not word.startswith("file:"))
