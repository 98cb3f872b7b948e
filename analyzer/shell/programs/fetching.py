"""curl, wget and git: what they fetch, and where they put it."""

from __future__ import annotations

import posixpath
import re

from ..effects import Effects, Unsure, united
from .call import Argument, Call, Program, given, reading, writing

_HOMES = frozenset({"/root", "/home", "/etc"})
_FETCHES = Effects(reads=_HOMES, network=True, stable=False)

_CURL = (
    "-f -s -S -L -k -O -J -v -i -g -4 -6 -# -q --fail --silent --show-error --location --insecure --remote-name "
    "--remote-header-name --compressed --progress-bar --tlsv1.2 --tlsv1.3 --create-dirs --retry-all-errors "
    "--retry-connrefused --no-progress-meter --fail-with-body --verbose --globoff --http1.1 --http2 --ipv4"
)
_CURL_VALUED = (
    "-o -H -A -e -u -x -m -y -Y --output --header --user-agent --referer --user --proxy --proto --retry --retry-delay "
    "--retry-max-time --max-time --connect-timeout --max-redirs --url --speed-limit --speed-time --proto-redir "
    "--output-dir"
)


def _curl(call: Call) -> Effects:
    read = given(call, _CURL, _CURL_VALUED)
    addresses = [*read.operands, *read.values("--url")]
    if not addresses:
        raise Unsure("`curl` is given no address")
    if any(one.text.startswith(("file:", "@")) for one in (*addresses, *read.values("-H", "--header"))):
        raise Unsure("`curl` reads a file")
    outputs = [one for one in read.values("-o", "--output") if one.text != "-"]
    folder = read.values("--output-dir")
    if folder or read.has("-J", "--remote-header-name"):
        raise Unsure("how `curl` names its file is not known")
    if read.has("-O", "--remote-name"):
        outputs += [_named(one) for one in addresses]
    return united((_FETCHES, writing(call, outputs, making=read.has("--create-dirs"))))


def _named(address: Argument) -> Argument:
    """The file in the working directory that an address is kept under; the directory where its name is not known."""
    name = posixpath.basename(address.text.partition("?")[0].partition("#")[0])
    known = address.known or ("$" not in name and "`" not in name and ")" not in name)
    return Argument(name) if known and name else Argument(".")


_WGET = (
    "-q -N -c -nv -nc -v -S -4 -6 --quiet --no-verbose --no-check-certificate --show-progress --continue --https-only "
    "--content-disposition --no-cache --no-cookies --no-hsts --retry-connrefused --inet4-only --timestamping"
)
_WGET_VALUED = (
    "-O -P -t -T -U --output-document --directory-prefix --tries --timeout --user-agent --header --secure-protocol "
    "--progress --waitretry --read-timeout --connect-timeout --max-redirect --wait --retry-on-http-error"
)


def _wget(call: Call) -> Effects:
    read = given(call, _WGET, _WGET_VALUED)
    if not read.operands or read.has("--content-disposition"):
        raise Unsure("how `wget` names its file is not known")
    fetched = _FETCHES._replace(writes=_HOMES)  # what it knows of hosts: ~/.wget-hsts
    outputs, folder = read.values("-O", "--output-document"), read.values("-P", "--directory-prefix")
    if outputs:
        return united((fetched, writing(call, [one for one in outputs if one.text != "-"])))
    if folder:
        return united((fetched, writing(call, folder, making=True)))
    return united((fetched, writing(call, [_named(one) for one in read.operands])))


_CLONE = (
    "-q -v --quiet --single-branch --no-single-branch --recursive --recurse-submodules --no-tags --progress --bare "
    "--mirror --shallow-submodules"
)
_CLONE_VALUED = "-b --branch --depth -j --jobs -c --config --filter --shallow-since -o --origin"


def _git(call: Call) -> Effects:
    words = list(call.arguments)
    if words and words[0].text == "--version":
        return Effects()
    if words and words[0].text == "clone":
        read = given(call._replace(arguments=tuple(words[1:])), _CLONE, _CLONE_VALUED)
        if not read.operands or not re.match(r"(?:https?|git|ssh)://|git@", read.operands[0].text):
            raise Unsure("`git clone` is given what is no address")
        if len(read.operands) > 1:
            return united((_FETCHES, writing(call, read.operands[1:2], making=True)))
        name = _named(Argument(read.operands[0].text.rstrip("/"), read.operands[0].known))
        return united((_FETCHES, writing(call, [Argument(name.text.removesuffix(".git") or ".")])))
    if words and words[0].text == "config":
        read = given(call._replace(arguments=tuple(words[1:])), "--global --system --add --unset --replace-all")
        if read.has("--system"):
            return Effects(reads=frozenset({"/etc"}), writes=frozenset({"/etc"}))
        if read.has("--global") and call.home is not None:
            files = [Argument(f"{call.home}/.gitconfig"), Argument(f"{call.home}/.config/git")]
            return united((reading(call, files), writing(call, files)))
    raise Unsure("what `git` does here is not known")


PROGRAMS: dict[str, Program] = {"curl": _curl, "wget": _wget, "git": _git}
