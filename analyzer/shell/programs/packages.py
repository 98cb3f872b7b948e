"""The packages of distributions: they and their scripts touch the whole of the system, and fetch."""

from __future__ import annotations

import re

from ..effects import ANY, MANAGER, SYSTEM, Effects, Unsure
from .call import Argument, Call, Program, given, reading

# What a package manager, and the scripts of packages that it runs, read and write.
PACKAGES = Effects(reads=SYSTEM | {MANAGER}, writes=SYSTEM, network=True, stable=False, variables=ANY, foreign=True)
# Programs of the distribution that only arrange what packages brought.
_ARRANGED = Effects(reads=SYSTEM, writes=SYSTEM)

_APT = (
    "-y -q -qq -f -m -d -s -u -V --yes --assume-yes --force-yes --no-install-recommends --no-install-suggests "
    "--install-recommends --install-suggests --fix-missing --fix-broken --quiet --allow-downgrades "
    "--allow-remove-essential --allow-change-held-packages --allow-unauthenticated --purge --auto-remove --autoremove "
    "--reinstall --no-upgrade --only-upgrade --allow-releaseinfo-change --ignore-missing --no-cache --show-progress "
    "--no-remove --download-only --allow-insecure-repositories"
)
_APT_VALUED = "-t -o --target-release --default-release --option"
_APT_VERBS = frozenset(
    "update install upgrade dist-upgrade full-upgrade remove purge autoremove clean autoclean build-dep".split()
)
_APK = (
    "-q -U -u -f -v --no-cache --update --update-cache --quiet --upgrade --available --latest --no-progress --force "
    "--allow-untrusted --purge --clean-protected --force-overwrite --no-scripts"
)
_APK_VERBS = frozenset("add update upgrade del cache fix".split())
_RPM = (
    "-y -q -v --assumeyes --quiet --nodocs --allowerasing --nogpgcheck --best --nobest --skip-broken --refresh "
    "--noplugins --verbose --no-allow-downgrade --downloadonly"
)
_RPM_VALUED = "--setopt --enablerepo --disablerepo --exclude -x --releasever --repo --repoid --disableplugin -d -e"
_RPM_VERBS = frozenset(
    "install update upgrade remove erase clean makecache groupinstall module autoremove reinstall distro-sync "
    "swap check-update builddep group".split()
)
_ZYPPER = (
    "-n -y -q -l -f --non-interactive --no-recommends --no-confirm --quiet --gpg-auto-import-keys "
    "--auto-agree-with-licenses"
)
_ZYPPER_VERBS = frozenset("install in update up refresh ref clean cc remove rm dup dist-upgrade patch".split())
_PACMAN = "-S -Sy -Syu -Syyu -Syy -Scc -Sc -Rs -Rns -R -y -u -c -s -n --noconfirm --needed --noprogressbar --overwrite"


def _manager(flags: str, valued: str, verbs: frozenset[str]) -> Program:
    """A package manager that is told what to do by its first operand."""

    def program(call: Call) -> Effects:
        read = given(call, flags, valued)
        if not read.operands or read.operands[0].text not in verbs:
            raise Unsure(f"what `{call.program}` does is not known")
        return _of(read.operands[1:], call)

    return program


def _of(packages: list[Argument], call: Call) -> Effects:
    """The effects of handling packages, some of which may be files that lie there."""
    for one in packages:
        if not one.known and not re.match(r"[A-Za-z0-9][\w.+-]*[=~<>:-]", one.text):
            raise Unsure(f"which packages `{one.text}` names is not known")
    files = [one for one in packages if is_file(one.text)]
    return PACKAGES._replace(reads=PACKAGES.reads | reading(call, files).reads)


def _apk(call: Call) -> Effects:
    found = _APKS(call)
    return found._replace(reads=found.reads - {MANAGER})


def is_file(name: str) -> bool:
    """Whether a word that names a package is the path of one."""
    return not re.match(r"https?://", name) and ("/" in name or name.endswith((".deb", ".rpm", ".apk")))


def _pacman(call: Call) -> Effects:
    return _of(given(call, _PACMAN).operands, call)


def _dpkg(call: Call) -> Effects:
    words = [one.text for one in call.arguments]
    if words in (["--print-architecture"], ["--print-foreign-architectures"]):
        return Effects()
    if words[:1] == ["--add-architecture"] and len(words) == 2:
        return _ARRANGED
    read = given(
        call, "-i -P -r --install --purge --remove --force-all --force-depends --force-confold --force-confdef"
    )
    if read.has("-i", "--install"):
        found = reading(call, read.operands).reads
        return PACKAGES._replace(reads=SYSTEM | found, network=False, stable=True)
    if read.has("-P", "-r", "--purge", "--remove"):
        return PACKAGES._replace(network=False, stable=True)
    raise Unsure("what `dpkg` does is not known")


def _rpm(call: Call) -> Effects:
    read = given(call, "-i -U -v -h -e -F --import --install --upgrade --nodeps --force --erase --quiet -Uvh -ivh")
    return _of([one for one in read.operands if not one.text.startswith(("http:", "https:"))], call)


def _arranging(flags: str = "", valued: str = "", *, scripts: bool = False) -> Program:
    """A program that rewrites what packages brought, and reads paths that it is given; `scripts`: it runs theirs."""

    def program(call: Call) -> Effects:
        read = given(call, flags, valued)
        paths = frozenset(path for one in read.operands if "/" in one.text for path in call.paths(one))
        variables = ANY if scripts else frozenset[str]()
        return _ARRANGED._replace(reads=SYSTEM | paths, variables=variables, foreign=scripts)

    return program


def _repository(call: Call) -> Effects:
    given(
        call,
        "-y -n -u -s -c --yes --no-update --update --remove --add-repo --set-enabled --set-disabled --enable --save",
        "-k --setopt",
    )
    return PACKAGES


_APKS = _manager(_APK, "-t -X --virtual --repository --cache-dir", _APK_VERBS)
_RPMS = _manager(_RPM, _RPM_VALUED, _RPM_VERBS)

PROGRAMS: dict[str, Program] = {
    **dict.fromkeys(("apt-get", "apt"), _manager(_APT, _APT_VALUED, _APT_VERBS)),
    "apk": _apk,
    **dict.fromkeys(("dnf", "yum", "microdnf", "tdnf"), _RPMS),
    "zypper": _manager(_ZYPPER, "", _ZYPPER_VERBS),
    "pacman": _pacman,
    "dpkg": _dpkg,
    "rpm": _rpm,
    "add-apt-repository": _repository,
    "yum-config-manager": _repository,
    "apt-mark": _arranging(),
    "dpkg-reconfigure": _arranging("", "-f --frontend -p", scripts=True),
    "debconf-set-selections": _arranging(),
    "ldconfig": _arranging("-v -X"),
    "update-ca-certificates": _arranging("--fresh --verbose", scripts=True),
    "update-ca-trust": _arranging(),
    "locale-gen": _arranging("--purge"),
    "update-locale": _arranging(),
    "localedef": _arranging("-c --no-archive --quiet", "-i -f -A"),
    "update-alternatives": _arranging("--install --set --auto --quiet --remove", "--slave"),
    "fc-cache": _arranging("-f -v -s -r"),
    **dict.fromkeys(("a2enmod", "a2dismod", "a2ensite", "a2dissite", "a2enconf", "phpenmod"), _arranging("-q")),
}
