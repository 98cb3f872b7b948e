"""Python packages: the version that pip would install, from the indexes that pip is configured with."""

from __future__ import annotations

import configparser
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import unquote, urlsplit

from ..analyzer.named_tuple import NamedTuple
from ..analyzer.typing import TYPE_CHECKING, Any
from .http import Client, Unresolved, shown, split_login

if TYPE_CHECKING:
    from pypi_simple import DistributionPackage

_INSTALL = "pins of pip need pypi-simple: pip install 'dcache-lint[pin]'"


class Indexes(NamedTuple):
    """The indexes that pip asks, all of them for every package, and the certificates that it trusts, None for usual."""

    addresses: tuple[str, ...]
    certificates: str | None = None


def candidate(name: str, version: str, client: Client, indexes: Indexes, date: str | None = None) -> str:
    """The version of a package that pip would install for a version of Python; Unresolved.

    `name` may have extras. With a `date`, only what was uploaded on that day or before counts. Files for other systems
    than Linux do not count, nor do yanked ones.
    """
    from packaging.utils import canonicalize_name
    from packaging.version import InvalidVersion, Version

    bare = canonicalize_name(name.partition("[")[0])
    files = [one for address in indexes.addresses for one in _files(bare, address, client, indexes)]
    if not files:
        told = ", ".join(shown(address) for address in indexes.addresses)
        raise Unresolved(f"`{bare}` is in no index ({told}); check the name, or give the index: --pip-index URL")
    if date is not None and all(one.upload_time is None for one in files):
        raise Unresolved(f"the index does not tell when the files of `{bare}` were uploaded, so --date cannot be kept")
    found: set[Version] = set()
    for one in files:
        try:
            if one.version and _fits(one, version, date):
                found.add(Version(one.version))
        except InvalidVersion:
            continue  # of the time before versions had an order: pip passes over them, too
    if not found:
        day = f" on {date}" if date else ""
        raise Unresolved(f"`{bare}` has no version for Python {version} on Linux{day}")
    return str(max([one for one in found if not one.is_prerelease] or found))


def _fits(one: DistributionPackage, version: str, date: str | None) -> bool:
    """Whether pip would install a file."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    if one.is_yanked or one.package_type not in ("sdist", "wheel"):
        return False
    if date is not None and (one.upload_time is None or one.upload_time.date().isoformat() > date):
        return False
    if one.requires_python:
        try:
            if not SpecifierSet(one.requires_python).contains(_whole(version)):
                return False
        except InvalidSpecifier:
            return True  # as pip does
    return one.package_type == "sdist" or _is_for(one.filename, version)


def _whole(version: str) -> str:
    """A version with the patch that images of `3.12` have: some, so that `>=3.12.1` is met."""
    return version if version.count(".") > 1 else f"{version}.99"


def _is_for(filename: str, version: str) -> bool:
    """Whether a wheel is for a version of Python, and for Linux or any system."""
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename

    try:
        tags = parse_wheel_filename(filename)[3]
    except InvalidWheelFilename:
        return False
    major, minor = version.split(".")[:2]
    for tag in tags:
        if tag.platform != "any" and "linux" not in tag.platform:
            continue
        digits = tag.interpreter.removeprefix("py").removeprefix("cp")
        if digits in (major, major + minor):
            return True
        if (
            tag.abi in ("abi3", "none")
            and digits[:1] == major
            and digits[1:].isdecimal()
            and int(digits[1:]) <= int(minor)
        ):
            return True
    return False


def _files(project: str, index: str, client: Client, indexes: Indexes) -> list[DistributionPackage]:
    """The files of a project in one index, none where it has no such project."""
    library = _library()
    address, login = split_login(index)
    url = f"{address.rstrip('/')}/{project}/"
    if url.startswith("file:"):
        return _local(project, url)
    answer = client.get(
        url,
        {"Accept": library.ACCEPT_ANY},
        auth=login,
        certificates=indexes.certificates,
        also=frozenset({404, 410}),
    )
    if answer.status != 200:
        return []
    try:
        if "json" in answer.headers.get("content-type", ""):
            page = library.ProjectPage.from_json_data(answer.json(), answer.url)
        else:
            page = library.ProjectPage.from_html(project, answer.body, answer.url)
    except (ValueError, KeyError, TypeError):
        raise Unresolved(f"{shown(url)} answered with something that is no page of an index") from None
    return list(page.packages)


def _local(project: str, url: str) -> list[DistributionPackage]:
    """The files of a project in an index that is a folder."""
    path = os.path.join(unquote(urlsplit(url).path), "index.html")
    try:
        with open(path, "rb") as file:
            page = _library().ProjectPage.from_html(project, file.read(), url)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise Unresolved(f"{path}: {error.strerror}") from None
    return list(page.packages)


def own_indexes() -> Indexes:
    """The indexes that pip on this machine is configured with; its own where nothing is configured."""
    values: dict[str, str] = {}
    for path in _files_of_settings():
        values |= _settings(path)
    for name in ("index-url", "extra-index-url", "cert", "no-index"):
        given = os.environ.get(f"PIP_{name.replace('-', '_').upper()}")
        if given is not None:
            values[name] = given
    first = values.get("index-url") or _library().PYPI_SIMPLE_ENDPOINT
    addresses = () if values.get("no-index", "").lower() in ("1", "true", "yes", "on") else (first,)
    more = values.get("extra-index-url", "").split()
    return Indexes(tuple(dict.fromkeys((*addresses, *more))), values.get("cert") or None)


def _files_of_settings() -> Sequence[str]:
    """Where pip reads its settings, the last goes first (pip's documentation, Configuration)."""
    home = os.path.expanduser("~")
    user = os.environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
    named = os.environ.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return ()
    shared = (os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":")
    return (
        *(os.path.join(folder, "pip", "pip.conf") for folder in reversed(shared)),
        "/etc/pip.conf",
        os.path.join(home, ".pip", "pip.conf"),
        os.path.join(user, "pip", "pip.conf"),
        os.path.join(sys.prefix, "pip.conf"),
        *((named,) if named else ()),
    )


def _settings(path: str) -> Mapping[str, str]:
    parser = configparser.RawConfigParser()
    try:
        parser.read(path, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError):
        raise Unresolved(f"{path} is no settings file that pip could read; mend it, or give --pip-index URL") from None
    return {
        key: value for section in ("global", "install") if section in parser for key, value in _pairs(parser[section])
    }


def _pairs(section: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for key, value in section.items():
        yield key.lower().replace("_", "-"), value


def _library() -> Any:
    try:
        import pypi_simple
    except ImportError:
        raise Unresolved(_INSTALL) from None
    return pypi_simple
