"""Packages of Debian and Ubuntu: the version that apt would install, from the indexes of a suite.

Signatures are not checked here: a pin is only a number, and apt checks what it installs. What an index says of itself,
size and SHA-256, is.
"""

from __future__ import annotations

import bz2
import glob
import hashlib
import lzma
import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence

from ..analyzer.named_tuple import NamedTuple
from ..analyzer.typing import Any
from .clients import settings_text
from .http import Client, Unresolved, shown

_LARGEST = 1 << 30
_COMPONENTS: Mapping[str, tuple[str, ...]] = {
    "debian": ("main",),
    "ubuntu": ("main", "restricted", "universe", "multiverse"),
}
"""The components that the base images of a distribution enable."""
_POCKETS = ("", "-updates", "-security")
_UNRELEASED = frozenset({"sid"})


class Source(NamedTuple):
    """An archive that apt on this machine knows: its address, and the suites that it is asked for."""

    address: str
    suites: tuple[str, ...]


class Candidate(NamedTuple):
    """The version that apt would install, and the pockets of the suite of which no index is known."""

    version: str
    unseen: tuple[str, ...]


class Archive:
    """The indexes of suites, each read once."""

    def __init__(
        self,
        client: Client,
        mirrors: Sequence[str] = (),
        architectures: Sequence[str] = ("amd64",),
        date: str | None = None,
    ) -> None:
        """Nothing is read yet. Without `mirrors`, addresses of archives, this machine's own apt sources are asked.

        With a `date`, only indexes that were made on that day or before count.
        """
        self._client = client
        self._mirrors = mirrors
        self._architectures = architectures
        self._date = date
        self._texts: dict[str, tuple[list[bytes], tuple[str, ...]]] = {}

    def candidate(self, name: str, system: str) -> Candidate:
        """The version of a package that apt would install on a system such as `debian/bookworm`; Unresolved."""
        library = _library()
        found: dict[str, str] = {}
        unseen: tuple[str, ...] = ()
        for architecture in self._architectures:
            texts, unseen = self._indexes(system, architecture)
            versions = [
                str(paragraph["Version"])
                for text in texts
                for paragraph in map(library.deb822.Packages, _paragraphs(text, name))
                if paragraph.get("Architecture") in (architecture, "all")
            ]
            if not versions:
                virtual = any(_provides(text, name) for text in texts)
                what = (
                    "is a virtual package; name one that provides it" if virtual else "is in no index; check the name"
                )
                raise Unresolved(f"`{name}` of {system} for {architecture} {what}")
            found[architecture] = max(versions, key=library.debian_support.Version)
        if len(set(found.values())) > 1:
            told = ", ".join(f"{version} for {one}" for one, version in sorted(found.items()))
            raise Unresolved(f"`{name}` of {system} has no version in common: {told}; pin it by hand, by platform")
        return Candidate(next(iter(found.values())), unseen)

    def _indexes(self, system: str, architecture: str) -> tuple[list[bytes], tuple[str, ...]]:
        key = f"{system} {architecture}"
        if key not in self._texts:
            distribution, _, suite = system.partition("/")
            texts: list[bytes] = []
            unseen: list[str] = []
            pockets = ("",) if suite in _UNRELEASED else _POCKETS
            for pocket in pockets:
                read = self._pocket(distribution, suite + pocket, architecture)
                if read is None:
                    unseen.append(suite + pocket)
                else:
                    texts += read
            if suite in unseen:
                raise Unresolved(
                    f"no index of {system} is known: give an archive that has it, as `--apt-mirror URL`, "
                    "the part before /dists/"
                )
            self._texts[key] = texts, tuple(unseen)
        return self._texts[key]

    def _pocket(self, distribution: str, suite: str, architecture: str) -> list[bytes] | None:
        """The texts of the indexes of a suite, from the first archive that has it; None where none has."""
        for address, sure in self._addresses(suite):
            base = f"{address.rstrip('/')}/dists/{suite}"
            try:
                release = self._release(base, distribution)
            except Unresolved:
                if sure:
                    raise
                continue  # it was only a guess that it has the suite
            if release is not None:
                found = (self._packages(base, release, part, architecture) for part in _COMPONENTS[distribution])
                return [text for text in found if text is not None]
        return None

    def _addresses(self, suite: str) -> Iterator[tuple[str, bool]]:
        """The archives that may have a suite, and whether they surely should: those for another suite may, too."""
        for address in self._mirrors:
            yield address, True
        if self._mirrors:
            return
        own = list(own_sources())
        sure = dict.fromkeys(one.address for one in own if suite in one.suites)
        for address in sure:
            yield address, True
        pocket = suite.partition("-")[1:]
        for address in dict.fromkeys(
            one.address for one in own if any(_is_alike(other, pocket) for other in one.suites)
        ):
            if address not in sure:
                yield address, False

    def _release(self, base: str, distribution: str) -> Any:
        """The Release file of a suite of that distribution, None where the archive has no such suite."""
        library = _library()
        for name in ("InRelease", "Release"):
            answer = self._client.get(f"{base}/{name}", also=frozenset({404, 403}))
            if answer.status == 200:
                release = library.deb822.Release(answer.body)
                if "SHA256" not in release:
                    raise Unresolved(
                        f"{shown(answer.url)} lists no SHA-256 of its indexes; is it an archive of packages?"
                    )
                if str(release.get("Origin", distribution)).lower() != distribution:
                    return None
                self._of_day(release, base)
                return release
        return None

    def _of_day(self, release: Any, base: str) -> None:
        """Unresolved where a suite is newer than the day that is asked for."""
        from email.utils import parsedate_to_datetime

        if self._date is None:
            return
        try:
            made = parsedate_to_datetime(str(release["Date"])).date().isoformat()
        except (KeyError, ValueError):
            raise Unresolved(
                f"{shown(base)} does not say of which day it is, so nothing is known as of a day"
            ) from None
        if made > self._date:
            raise Unresolved(
                f"{shown(base)} is of {made}, after {self._date}; give the snapshots of that day as --apt-mirror URL"
            )

    def _packages(self, base: str, release: Any, component: str, architecture: str) -> bytes | None:
        """The text of one index, None where the suite has none; Unresolved where it is not what the suite says."""
        listed = {str(one["name"]): one for one in release["SHA256"]}
        for ending, opened in _opened().items():
            entry = listed.get(f"{component}/binary-{architecture}/Packages{ending}")
            if entry is None:
                continue
            url = f"{base}/{entry['name']}"
            answer = self._client.get(url, {"Accept-Encoding": "identity"}, also=frozenset({404}))
            if answer.status == 404:
                continue  # uncompressed ones are listed, and seldom there
            if len(answer.body) != int(entry["size"]) or hashlib.sha256(answer.body).hexdigest() != entry["sha256"]:
                raise Unresolved(f"{shown(url)} is not what {shown(base)} says; its mirror is being updated, try again")
            try:
                return opened(answer.body)
            except (lzma.LZMAError, OSError, EOFError, zlib.error):
                raise Unresolved(f"{shown(url)} is damaged") from None
        return None


def own_sources(folder: str = "/etc/apt") -> Iterator[Source]:
    """The archives that apt on this machine is configured with, in both forms of such files."""
    for path in sorted((*glob.glob(f"{folder}/sources.list"), *glob.glob(f"{folder}/sources.list.d/*"))):
        text = settings_text(path) or ""
        if path.endswith(".sources"):
            yield from _stanzas(text)
        elif path.endswith(".list"):
            yield from _lines(text)


def _stanzas(text: str) -> Iterator[Source]:
    for one in _library().deb822.Deb822.iter_paragraphs(text, use_apt_pkg=False):
        if "deb" in one.get("Types", "").split() and one.get("Enabled", "yes").lower() not in ("no", "false", "0"):
            for address in one.get("URIs", "").split():
                yield Source(address, tuple(one.get("Suites", "").split()))


def _lines(text: str) -> Iterator[Source]:
    for row in text.splitlines():
        fields = re.sub(r"\[[^\]]*\]", " ", row.partition("#")[0]).split()
        if len(fields) > 2 and fields[0] == "deb":
            yield Source(fields[1], (fields[2],))


def _is_alike(suite: str, pocket: tuple[str, str]) -> bool:
    """Whether a suite of Debian or Ubuntu is the same pocket of perhaps another release: `bookworm-security`."""
    return suite.partition("-")[1:] == pocket and suite.isascii() and "/" not in suite


def _paragraphs(text: bytes, name: str) -> Iterator[bytes]:
    """The paragraphs of an index that are about one package: reading all of them takes a minute."""
    wanted = f"Package: {name}\n".encode()
    at = 0 if text.startswith(wanted) else text.find(b"\n" + wanted) + 1
    while at or text.startswith(wanted, at):
        end = text.find(b"\n\n", at)
        yield text[at : len(text) if end < 0 else end + 1]
        at = text.find(b"\n" + wanted, at + 1) + 1
        if not at:
            return


def _provides(text: bytes, name: str) -> bool:
    return re.search(rb"^Provides:.*[ ,]" + re.escape(name.encode()) + rb"(?:[ ,(]|$)", text, re.MULTILINE) is not None


def _opened() -> Mapping[str, Callable[[bytes], bytes]]:
    """How the forms of an index are unpacked, the smallest first; none becomes larger than an index can be."""
    return {
        ".xz": lambda data: _bounded(lzma.LZMADecompressor().decompress(data, _LARGEST)),
        ".gz": lambda data: _bounded(zlib.decompressobj(31).decompress(data, _LARGEST)),
        ".bz2": lambda data: _bounded(bz2.BZ2Decompressor().decompress(data, _LARGEST)),
        "": lambda data: data,
    }


def _bounded(text: bytes) -> bytes:
    if len(text) >= _LARGEST:
        raise Unresolved(f"an index of packages is larger than {_LARGEST:,} bytes")
    return text


class _Library(NamedTuple):
    """The modules of python-debian."""

    deb822: Any
    debian_support: Any


def _library() -> _Library:
    try:
        from debian import deb822, debian_support
    except ImportError:
        raise Unresolved("pins of apt need python-debian: pip install 'dcache-lint[pin]'") from None
    return _Library(deb822, debian_support)
