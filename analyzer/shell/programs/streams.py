"""Programs that turn one stream of bytes into another: sed, tee, archivers, compressors, gpg."""

from __future__ import annotations

import re

from ..effects import Effects, Unsure, united
from .call import Argument, Call, Program, given, reading, writing

_ADDRESS = r"(?:\d+|\$|/(?:[^/\\]|\\.)*/I?)"
_SED = re.compile(
    rf"\s*(?:{_ADDRESS}(?:\s*,\s*{_ADDRESS})?\s*!?\s*)?(?:"
    r"s(?P<d>[^\w\s\\])(?:(?!(?P=d))[^\\\n]|\\.|\n)*(?P=d)(?:(?!(?P=d))[^\\\n]|\\.|\n)*(?P=d)[gpiIm0-9]*"
    r"|[dpDPnNhHgGx=]|[aic]\\?\s?[^\n]*"
    r")\s*",
    re.DOTALL,
)


def _is_tame(script: str) -> bool:
    """Whether a script of sed is one substitution, deletion or insertion after the other: it opens no file itself."""
    at = 0
    while at < len(script):
        match = _SED.match(script, at)
        if match is None or match.end() == at:
            return False
        at = match.end()
        if at < len(script):
            if script[at] not in ";\n":
                return False
            at += 1
    return True


def _sed(call: Call) -> Effects:
    words: list[Argument] = []
    suffix = ""
    for word in call.arguments:
        match = re.fullmatch(r"(?:-i|--in-place=)([\w.~-]+)", word.text)
        if match is not None:
            suffix = match[1]
            word = Argument("-i")
        words.append(word)
    read = given(
        call._replace(arguments=tuple(words)),
        "-i -r -E -n -s -z --in-place --regexp-extended --quiet -u",
        "-e --expression",
    )
    scripts, files = read.values("-e", "--expression"), read.operands
    if not scripts:
        scripts, files = read.operands[:1], read.operands[1:]
    if not scripts or not all(one.text and _is_tame(one.text) for one in scripts):
        raise Unsure("`sed` has a script that may open files")
    if not read.has("-i", "--in-place"):
        return reading(call, files)
    if "*" in suffix or "/" in suffix:
        raise Unsure(f"`sed -i{suffix}` keeps its copies elsewhere")
    kept = [Argument(one.text + suffix, one.known) for one in files] if suffix else []
    return writing(call, [*files, *kept])


def _tee(call: Call) -> Effects:
    return writing(call, given(call, "-a -i --append").operands)


_TAR = (
    "-x -c -t -z -j -J -v -p -P -k -m -h -U -a -o -O --extract --create --list --gzip --bzip2 --xz --zstd --verbose "
    "--preserve-permissions --same-permissions --no-same-owner --no-same-permissions --same-owner --numeric-owner "
    "--overwrite --skip-old-files --keep-old-files --wildcards --no-wildcards --no-anchored --touch --auto-compress "
    "--strip-components --unlink-first --no-overwrite-dir --warning"
)
_TAR_VALUED = (
    "-f -C --file --directory --strip-components --strip --exclude --owner --group --mode --transform --warning "
    "--checkpoint --mtime --sort --one-top-level"
)


def _tar(call: Call) -> Effects:
    words = list(call.arguments)
    if words and re.fullmatch(r"[xctzjJvpfPkmhao]+", words[0].text):
        words[0] = Argument("-" + words[0].text)
    read = given(call._replace(arguments=tuple(words)), _TAR.replace("--strip-components ", ""), _TAR_VALUED)
    places = read.values("-C", "--directory")
    if len(places) > 1 or (places and any("{" in one.text for one in places)) or read.has("-P"):
        raise Unsure("`tar` changes its directory more than once, or keeps absolute names")
    folder = call if not places else call._replace(folders=call.paths(places[0]) or None)
    archives = [one for one in read.values("-f", "--file") if one.text != "-"]
    if read.has("-t", "--list"):
        return reading(call, archives)
    if read.has("-x", "--extract"):
        if read.has("-O"):
            return reading(call, archives)
        top = [Argument(".")]
        return united((reading(call, archives), writing(folder, top)))
    if read.has("-c", "--create"):
        return united((reading(folder, read.operands), writing(call, archives)))
    raise Unsure("`tar` is not told what to do")


def _unzip(call: Call) -> Effects:
    read = given(call, "-q -qq -o -n -j -u -a -l -p", "-d -x")
    if not read.operands:
        raise Unsure("`unzip` is not told what to unpack")
    archive = reading(call, read.operands[:1])
    if read.has("-l", "-p"):
        return archive
    return united((archive, writing(call, read.values("-d") or [Argument(".")], making=True)))


def _compressor(ending: str, *, unpacks: bool) -> Program:
    """A program that puts a file in the place of another, with another ending."""

    def program(call: Call) -> Effects:
        read = given(call, "-d -k -f -c -v -q -n -9 -6 -1 -z -t -T0 --decompress --keep --force --stdout --best")
        if read.has("-c", "--stdout", "-t") or not read.operands:
            return reading(call, read.operands)
        back = unpacks or read.has("-d", "--decompress")
        made = [
            Argument(one.text.removesuffix(ending) if back else one.text + ending, one.known) for one in read.operands
        ]
        if any("*" in one.text for one in read.operands):
            made = []
        return writing(call, [*read.operands, *made])

    return program


PROGRAMS: dict[str, Program] = {
    "sed": _sed,
    "tee": _tee,
    "tar": _tar,
    "unzip": _unzip,
    "gzip": _compressor(".gz", unpacks=False),
    "gunzip": _compressor(".gz", unpacks=True),
    "bzip2": _compressor(".bz2", unpacks=False),
    "bunzip2": _compressor(".bz2", unpacks=True),
    "xz": _compressor(".xz", unpacks=False),
    "unxz": _compressor(".xz", unpacks=True),
}
