"""The commands of a RUN instruction, in all its forms, with their places in the file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ..dockerfile.lines import join, rows_of
from ..dockerfile.syntax import Heredoc, Instruction, Run, Word
from ..source import Span
from .commands import Command, Opaque, ShellWord, commands

_SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh", "busybox"})
# Programs that run the command in their arguments, and those of their options that take a value.
_OTHER_USERS = frozenset({"su", "runuser"})
_WRAPPERS: dict[str, frozenset[str]] = {
    "sudo": frozenset({"-u", "-g", "-C", "-h", "-p", "--user", "--group"}),
    "doas": frozenset({"-u"}),
    "env": frozenset({"-u", "--unset", "-C", "--chdir"}),
    "exec": frozenset({"-a"}),
    "command": frozenset(),
    "nice": frozenset({"-n"}),
    "nohup": frozenset(),
    "eatmydata": frozenset(),
    "catchsegv": frozenset(),
    "xvfb-run": frozenset({"-s", "-e", "-n", "--server-args"}),
}
_DEEPEST = 4


def run_commands(
    instruction: Instruction, source: str, escape: str = "\\", shell: tuple[str, ...] | None = None
) -> tuple[Command, ...] | Opaque:
    """The commands of a RUN, wrappers such as sudo and `sh -c` taken off; spans are in `source`, the file's text.

    `shell` is what SHELL says at that place. The JSON form and nested shells have the whole RUN as their span.
    """
    body = instruction.body
    if not isinstance(body, Run):
        return ()
    if body.argv is not None:
        span = body.command.span
        whole = Command(tuple(ShellWord(text, True, span) for text in body.argv), (), span)
        return _unwrapped((whole,), 0) if body.argv else ()
    if shell and not any(_is_shell(word) for word in shell):
        return Opaque(f"the shell is {shell[0]}")
    line, heredocs = body.command.text, instruction.heredocs
    if not heredocs:
        return _read(line, places(body.command, source, escape))
    if line.startswith("<<") and len(line.split()) == 1:
        return _document(heredocs[0], source)
    outer = _read(_with_files(line, heredocs), places(body.command, source, escape))
    if isinstance(outer, Opaque):
        return outer
    first = [one for one in outer if any(redirect.operator.endswith("<") for redirect in one.redirects)]
    if len(heredocs) != 1 or not first or not reads_script(first[0]):
        return outer
    inner = _document(heredocs[0], source)
    return inner if isinstance(inner, Opaque) else outer + inner


def reads_script(command: Command) -> bool:
    """Whether a command is a shell that runs what it is given on its standard input."""
    return command.program in _SHELLS and all(word.text.startswith("-") for word in command.words[1:])


def _with_files(line: str, heredocs: tuple[Heredoc, ...]) -> str:
    """A line with files in the place of its heredocs, whose bodies stand elsewhere; equally long."""
    for heredoc in heredocs:
        opener = "<<-" if heredoc.chomp else "<<"
        for quote in ("", "'", '"'):
            line = line.replace(opener + quote + heredoc.name, "<".ljust(len(opener)) + quote + heredoc.name, 1)
    return line


def run_text(instruction: Instruction) -> str:
    """All text of a RUN in which a variable can be named: its command and the bodies of its heredocs."""
    body = instruction.body
    assert isinstance(body, Run)
    return "\n".join((body.command.text, *(heredoc.content for heredoc in instruction.heredocs)))


def _is_shell(word: str) -> bool:
    return word.rpartition("/")[2] in _SHELLS


def _document(heredoc: Heredoc, source: str) -> tuple[Command, ...] | Opaque:
    content = heredoc.content
    if content.startswith("#!"):
        program = content.partition("\n")[0].split()
        if not any(_is_shell(word.removeprefix("#!")) for word in program):
            return Opaque(f"a script of {program[0].removeprefix('#!') or program[-1]}")
    begin = heredoc.span.start
    if heredoc.chomp:
        return _read(content, lambda _start, _end: heredoc.span)
    return _read(content, lambda start, end: Span(begin + start, begin + end))


def places(word: Word, source: str, escape: str) -> Callable[[int, int], Span]:
    """What gives the span in the file of a range of a logical text, through its continuations."""
    text, span = word
    begin = span.start
    if span.end - begin == len(text):
        return lambda start, end: Span(begin + start, begin + end)
    rows = rows_of(source[begin : span.end])
    line = join(rows, 0, len(rows.texts) - 1, escape)
    if not line.text.startswith(text):
        return lambda _start, _end: span

    def place(start: int, end: int) -> Span:
        first = line.offset(start)
        return Span(begin + first, begin + line.offset(end - 1) + 1 if end > start else begin + first)

    return place


def _read(text: str, place: Callable[[int, int], Span]) -> tuple[Command, ...] | Opaque:
    read = commands(text, place)
    return read if isinstance(read, Opaque) else _unwrapped(read, 0)


def _everywhere(span: Span, _start: int, _end: int) -> Span:
    """The place of what stands in a nested script: that of the whole command."""
    return span


def _unwrapped(read: tuple[Command, ...], depth: int) -> tuple[Command, ...]:
    found: list[Command] = []
    for command in read:
        inner = _without_wrappers(command)
        script = _nested(inner)
        if script is not None and depth < _DEEPEST:
            nested = commands(script, partial(_everywhere, command.span))
            if not isinstance(nested, Opaque):
                found += _unwrapped(tuple(_inside(one, inner) for one in nested), depth + 1)
                continue
        found.append(inner)
    return tuple(found)


def _without_wrappers(command: Command) -> Command:
    words = command.words
    assignments = list(command.assignments)
    while words and words[0].fixed and words[0].text.rpartition("/")[2] in _WRAPPERS:
        valued = _WRAPPERS[words[0].text.rpartition("/")[2]]
        at = 1
        while at < len(words):
            text = words[at].text
            if text.startswith("-"):
                at += 2 if text in valued else 1
            elif "=" in text and text.partition("=")[0].isidentifier():
                assignments.append(words[at])
                at += 1
            else:
                break
        if at >= len(words):
            break
        words = words[at:]
    taken = command.words[: len(command.words) - len(words)]
    return command._replace(words=words, assignments=tuple(assignments), wrappers=taken) if taken else command


def _inside(one: Command, outer: Command) -> Command:
    """A command of a script that another command runs."""
    return one._replace(
        certain=outer.certain and one.certain,
        subshell=(*outer.subshell, -1, *one.subshell),
        pipeline=one.pipeline or outer.pipeline,
        nested=outer.nested or one.nested,
        function=one.function or outer.function,
        wrappers=(*outer.wrappers, *outer.words[:1]) if outer.program in _OTHER_USERS else outer.wrappers,
    )


def _nested(command: Command) -> str | None:
    """The script of `sh -c SCRIPT`, `bash -lc SCRIPT` or `su USER -c SCRIPT`, where it is known."""
    program = command.program
    if program not in _SHELLS and program not in ("su", "runuser"):
        return None
    words = command.words
    for at, word in enumerate(words[1:], 1):
        text = word.text
        if text.startswith("-") and not text.startswith("--") and text.endswith("c") and at + 1 < len(words):
            return words[at + 1].text
        if not text.startswith("-") and program in _SHELLS:
            return None
    return None


# Programs that read no variable of a build's own but those that stand in their words: neither scripts of the
# project nor its build tools. What is not here may read anything.
_HARMLESS = frozenset(
    """
    : [ [[ add-apt-repository addgroup adduser apk apt apt-get apt-key apt-mark awk basename brew bunzip2 bzip2 cat cd
    chgrp chmod chown chpasswd chsh command corepack cp curl cut date deluser df dirname dnf dpkg
    dpkg-reconfigure du echo egrep env exit export false fc-cache fgrep find getent git gosu gpg grep groupadd groupmod
    gunzip gzip head hash hostname id install ldconfig ln locale-gen ls mkdir mkfifo microdnf mktemp mv openssl
    pacman passwd printf pwd readlink realpath rev rm rmdir rpm sed set setcap sha1sum sha256sum sha512sum sleep sort
    stat strip su sync tail tar tdnf tee test touch tr true ulimit umask unlink update-alternatives
    update-ca-certificates update-locale uname uniq unset unxz unzip useradd usermod wc wget which whoami xz yum zip
    zypper
    """.split()
)


def harmless(command: Command) -> bool:
    """Whether a command surely reads no variable of the environment but those that its words name."""
    if not command.words:
        return True
    return command.program in _HARMLESS and "/" not in command.words[0].text.removeprefix("/usr/").removeprefix(
        "/bin/"
    ).removeprefix("bin/").removeprefix("sbin/")
