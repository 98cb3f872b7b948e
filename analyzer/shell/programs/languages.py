"""The package managers of languages, where they install for the whole system by name."""

from __future__ import annotations

import re

from ..effects import ANY, MANAGER, SYSTEM, Effects, Unsure
from .call import Call, Program, given
from .packages import PACKAGES as _PACKAGES
from .packages import is_file

# Images of PHP are made for Alpine too.
PACKAGES = _PACKAGES._replace(reads=_PACKAGES.reads - {MANAGER})
# Where official images of languages keep what is installed for all: golang, rust, ruby and node.
_PLACES = SYSTEM | frozenset({"/go"})
_ASSUMED = ("what is installed for the whole system goes into system directories",)


def _effects(call: Call, configured: frozenset[str]) -> Effects:
    """The effects of an install by name: the system, and files of settings where it runs."""
    reads = frozenset(f"{folder.rstrip('/')}/{name}" for folder in call.here() for name in configured)
    return Effects(
        reads=_PLACES | reads,
        writes=_PLACES,
        network=True,
        stable=False,
        variables=ANY,
        foreign=True,
        assumes=_ASSUMED,
    )


def _npm(call: Call) -> Effects:
    read = given(
        call,
        "-g --global --no-audit --no-fund --quiet --silent --unsafe-perm --no-optional --no-progress --force -f -s "
        "--production --no-package-lock --no-update-notifier --verbose --legacy-peer-deps --no-save",
        "--loglevel --omit --registry",
    )
    verb, *names = [one.text for one in read.operands] or [""]
    if verb not in ("install", "i", "add") or not read.has("-g", "--global") or not names:
        raise Unsure("what `npm` reads of the project is not known")
    return _named(call, names, frozenset({"package.json", ".npmrc", "node_modules"}))


def _named(call: Call, names: list[str], configured: frozenset[str]) -> Effects:
    for name in names:
        local = is_file(name) and re.fullmatch(r"@[\w.-]+/[\w.-]+(?:@[^/]*)?", name) is None
        if local or name.startswith((".", "~")) or name in ("/",):
            raise Unsure(f"`{call.program}` installs `{name}`, which may be a folder")
    return _effects(call, configured)


def _pip(call: Call) -> Effects:
    read = given(
        call,
        "-U -q -v --upgrade --no-cache-dir --quiet --break-system-packages --no-deps --disable-pip-version-check "
        "--ignore-installed -I --no-warn-script-location --pre --no-compile --prefer-binary --root-user-action "
        "--force-reinstall --no-input --no-build-isolation --user",
        "-i --index-url --extra-index-url --trusted-host --timeout --retries --default-timeout --root-user-action "
        "--progress-bar --upgrade-strategy --only-binary --no-binary",
    )
    verb, *names = [one.text for one in read.operands] or [""]
    if verb != "install" or not names or read.has("--user"):
        raise Unsure(f"what `{call.program}` reads of the project is not known")
    if any(
        re.fullmatch(r"[A-Za-z0-9][\w.-]*(?:\[[\w.,-]*\])?(?:[=<>!~]=?[\w.*,=<>!~$\{\}-]*)?", name) is None
        for name in names
    ):
        raise Unsure(f"`{call.program}` may install a folder")
    return _effects(call, frozenset(names))


def _gem(call: Call) -> Effects:
    read = given(call, "--no-document --no-ri --no-rdoc -N --force -f --quiet --conservative", "-v --version -i")
    verb, *names = [one.text for one in read.operands] or [""]
    if verb not in ("install", "update") or read.has("-i"):
        raise Unsure("what `gem` does is not known")
    return _named(call, names, frozenset({*names, *(f"{name}.gem" for name in names)}))


def _go(call: Call) -> Effects:
    """`go mod download` runs nothing of what it fetches, and neither it nor git reads variables but their own.

    Where it reads and writes is up to those, and to `replace` lines: anywhere.
    """
    read = given(call, "-x -json", "")
    if [one.text for one in read.operands] != ["mod", "download"]:
        raise Unsure("what `go` builds may read anything")
    return Effects(reads=frozenset({"/", "environment"}), writes=frozenset({"/"}), network=True, stable=False)


def _extension(call: Call) -> Effects:
    """docker-php-ext-install and its like: they compile in /usr/src/php, and call the package manager."""
    for one in call.arguments:
        if not one.known and not one.text.startswith(("-j", "$(nproc")):
            raise Unsure(f"`{call.program}` is given `{one.text}`")
        if is_file(one.text) and not one.text.startswith("-"):
            raise Unsure(f"`{call.program}` may install a folder")
    return PACKAGES


PROGRAMS: dict[str, Program] = {
    "npm": _npm,
    **dict.fromkeys(("pip", "pip3"), _pip),
    "gem": _gem,
    "go": _go,
    "docker-php-ext-install": _extension,
    "docker-php-ext-enable": _extension,
    "docker-php-ext-configure": _extension,
    "pecl": _extension,
}
