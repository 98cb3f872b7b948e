"""The commands of a RUN instruction, in all its forms, with their places in the file."""

from __future__ import annotations

from ..dockerfile.lines import Line, join, rows_of
from ..dockerfile.syntax import Heredoc, Instruction, Run
from ..source import Span
from .commands import Command, Opaque, ShellWord, commands

_SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh", "busybox"})
# Programs that run the command in their arguments, and those of their options that take a value.
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
        whole = Command(tuple(ShellWord(text) for text in body.argv), (), body.command.span)
        return _unwrapped((whole,), 0) if body.argv else ()
    if shell and not any(_is_shell(word) for word in shell):
        return Opaque(f"the shell is {shell[0]}", 0)
    line = body.command.text
    if not instruction.heredocs:
        return _placed(line, body.command.span, source, escape)
    first = instruction.heredocs[0]
    head = line.strip()
    if head.startswith("<<") and len(head.split()) == 1:
        return _document(first, source)
    outer = _placed(line, body.command.span, source, escape)
    if isinstance(outer, Opaque) or len(instruction.heredocs) != 1:
        return outer
    inner: tuple[Command, ...] = ()
    if outer and outer[-1].program in _SHELLS and all(w.text.startswith("-") for w in outer[-1].words[1:]):
        read = _document(first, source)
        if isinstance(read, Opaque):
            return read
        inner = read
    return outer + inner


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
            return Opaque(f"a script of {program[0].removeprefix('#!') or program[-1]}", 0)
    read = commands(content)
    if isinstance(read, Opaque):
        return read
    if heredoc.chomp:
        read = tuple(command._replace(span=heredoc.span) for command in read)
    else:
        read = tuple(command._replace(span=_moved(command.span, heredoc.span.start)) for command in read)
    return _unwrapped(read, 0)


def _moved(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)


def _placed(text: str, span: Span, source: str, escape: str) -> tuple[Command, ...] | Opaque:
    """The commands of a logical line, their spans led back through its continuations."""
    read = commands(text)
    if isinstance(read, Opaque) or not read:
        return read
    if span.end - span.start == len(text):
        return _unwrapped(tuple(command._replace(span=_moved(command.span, span.start)) for command in read), 0)
    rows = rows_of(source[span.start : span.end])
    line: Line = join(rows, 0, len(rows.texts) - 1, escape)
    if not line.text.startswith(text):
        return _unwrapped(tuple(command._replace(span=span) for command in read), 0)
    return _unwrapped(tuple(command._replace(span=_moved(line.span(*command.span), span.start)) for command in read), 0)


def _unwrapped(read: tuple[Command, ...], depth: int) -> tuple[Command, ...]:
    found: list[Command] = []
    for command in read:
        inner = _without_wrappers(command)
        script = _nested(inner)
        if script is not None and depth < _DEEPEST:
            nested = commands(script)
            if not isinstance(nested, Opaque):
                placed = (
                    one._replace(
                        span=command.span, certain=command.certain and one.certain, subshell=(-1, *one.subshell)
                    )
                    for one in nested
                )
                found += _unwrapped(tuple(placed), depth + 1)
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
    return command._replace(words=words, assignments=tuple(assignments))


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
