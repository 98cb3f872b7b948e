"""Users and groups: shadow's programs, Debian's and BusyBox's."""

from __future__ import annotations

from ..effects import Effects, Unsure, united
from .call import Call, Program, given, writing

# Where accounts are kept, and the homes and mail boxes of new ones.
_ACCOUNTS = frozenset("/etc /home /run /root /var/mail /var/spool /var/lib /var/log".split())
_CHANGED = Effects(reads=_ACCOUNTS, writes=_ACCOUNTS)
_FLAGS = (
    "-m -M -r -l -o -N -U -f -D -S -H -a -q -L --create-home --no-create-home --system --no-log-init --non-unique "
    "--group --disabled-password --disabled-login --quiet --force --no-user-group --user-group --append "
    "--allow-bad-names --allow-badname --force-badname --remove"
)
_VALUED = (
    "-u -g -G -d -s -c -h -k -p -K -b -e -U --uid --gid --groups --home --home-dir --shell --comment --gecos --ingroup "
    "--password --skel --base-dir --firstuid --add_extra_groups --lock"
)
_HOMES = ("-d", "-h", "--home", "--home-dir", "-b", "--base-dir")


def _account(call: Call) -> Effects:
    """A program that makes or changes an account: all accounts, and a home that it names."""
    valued = _VALUED
    if call.program in ("useradd", "usermod"):
        valued = valued.replace(" -h", "").replace(" -U", "")
    elif call.program in ("adduser", "addgroup", "deluser", "delgroup"):
        valued = valued.replace(" -d", "").replace(" -U", "")
    read = given(call, _FLAGS, valued)
    if not all(one.known for one in read.operands):
        raise Unsure(f"which account `{call.program}` changes is not known")
    homes = [one for one in read.values(*_HOMES) if one.text not in ("/dev/null", "/nonexistent")]
    return united((_CHANGED, writing(call, homes, making=True)))


def _plain(flags: str, valued: str = "") -> Program:
    """A program that changes nothing but the files of accounts."""

    def program(call: Call) -> Effects:
        given(call, flags, valued)
        return _CHANGED

    return program


_GROUP = _plain("-r -f -o --system --force --non-unique -S", "-g --gid -n")

PROGRAMS: dict[str, Program] = {
    **dict.fromkeys(("useradd", "adduser", "usermod"), _account),
    "groupadd": _GROUP,
    "groupmod": _GROUP,
    "addgroup": _GROUP,
    "chpasswd": _plain("-e --encrypted"),
    "gpasswd": _plain("", "-a -d"),
    "chsh": _plain("", "-s --shell"),
}
