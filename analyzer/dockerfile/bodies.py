"""What each kind of instruction says (parser/line_parsers.go, instructions/parse.go)."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..named_tuple import NamedTuple
from ..source import Span
from .expansion import ExpansionError, expand
from .flags import all_values, last_value, switch
from .health import health_faults
from .heredocs import opening
from .lines import Line
from .mounts import device_problems, read_mount
from .syntax import Arg, Body, Copy, Env, Flag, From, Mount, Other, Pair, Problem, Run, Shell, User, Word, Workdir
from .wording import quoted
from .words import BLANKS, NotStrings, Part, at_blanks, json_strings, past_blanks, with_quotes

_STAGE_NAME = re.compile(r"[a-z][a-z0-9\-_.]*")
_BLANK_RUN = re.compile(f"[{BLANKS}]+")
_ACTIVE = re.compile(r"[$'\"\\`]")


class Task(NamedTuple):
    """An instruction to read: its logical line, where its arguments begin, and the list that takes its problems."""

    keyword: str
    line: Line
    start: int
    span: Span
    flags: tuple[Flag, ...]
    escape: str
    problems: list[Problem]

    def refuse(self, message: str, span: Span | None = None) -> None:
        """Adds a problem, of the whole instruction unless a span is given."""
        self.problems.append(Problem(self.span if span is None else span, message))


def read_body(task: Task) -> Body:
    """The body of an instruction other than ONBUILD; unknown keywords have their words."""
    return _READERS.get(task.keyword, _unknown)(task)


def word_of(line: Line, part: Part) -> Word:
    """The word that a part of a logical line is."""
    return Word(part.text, line.span(part.start, part.end))


def _rest(task: Task) -> Part:
    text = task.line.text
    return Part(text[task.start :], task.start, len(text))


def _one(task: Task) -> Word:
    rest = _rest(task)
    if not rest.text:
        task.refuse(f"{task.keyword} requires exactly one argument")
    return word_of(task.line, rest)


def _json(task: Task, start: int) -> list[Part] | None:
    try:
        return json_strings(task.line.text, start)
    except NotStrings as error:
        task.refuse(str(error))
        return None


def _check_words(task: Task, *words: tuple[str, Span]) -> None:
    for text, span in words:
        if _ACTIVE.search(text) is not None:
            try:
                expand(text, _any, task.escape)
            except ExpansionError as error:
                task.refuse(str(error), span)


def _any(_name: str) -> str | None:
    return "x"


def _from(task: Task) -> From:
    line = task.line
    parts = at_blanks(line.text, task.start)
    named = len(parts) >= 3 and parts[1].text.lower() == "as"
    if len(parts) != (3 if named else 1):
        task.refuse("FROM requires either one or three arguments")
    elif named and _STAGE_NAME.fullmatch(parts[2].text.lower()) is None:
        task.refuse(
            f"invalid name for build stage: {quoted(parts[2].text)}, name can't start with a number or contain symbols",
            line.span(parts[2].start, parts[2].end),
        )
    image = word_of(line, parts[0] if parts else _rest(task))
    platform = last_value(task.flags, "platform")
    _check_words(task, image, (platform or "", task.span))
    return From(image, word_of(line, parts[2]) if named else None, platform)


def _run(task: Task) -> Run:
    argv = _json(task, task.start)
    mounts: list[Mount] = []
    for flag in task.flags:
        if flag.name == "mount" and flag.value is not None:
            mount, problems = read_mount(flag, task.escape)
            mounts.append(mount)
            task.problems.extend(problems)
        elif flag.name == "device" and flag.value is not None:
            task.problems.extend(device_problems(flag))
    network = last_value(task.flags, "network")
    if network not in (None, "default", "none", "host"):
        task.refuse(f"invalid network mode {quoted(network)}")
    security = last_value(task.flags, "security")
    if security not in (None, "insecure", "sandbox"):
        task.refuse(f"security {quoted(security)} is not valid")
    return Run(
        word_of(task.line, _rest(task)),
        None if argv is None else tuple(part.text for part in argv),
        tuple(mounts),
        network,
        security,
        all_values(task.flags, "device"),
    )


def _copy(task: Task) -> Copy:
    line, flags, keyword = task.line, task.flags, task.keyword
    strings = _json(task, task.start)
    parts = at_blanks(line.text, task.start) if strings is None else strings
    if len(parts) < 2:
        task.refuse(
            f"{keyword} requires at least two arguments, but only one was provided. Destination could not be determined"
        )
    words = tuple(word_of(line, part) for part in parts)
    dest = words[-1] if words else Word("", line.span(task.start, task.start))
    if "<<" in dest.text and _opens(dest.text):
        task.refuse(f"{keyword} cannot accept a heredoc as a destination", dest.span)
    sources = words[:-1]
    chown, chmod = last_value(flags, "chown"), last_value(flags, "chmod")
    checksum = last_value(flags, "checksum") if keyword == "ADD" else None
    paths = [word for word in sources if "<<" not in word.text or not _opens(word.text)]
    _check_words(task, *paths, dest, *((value or "", task.span) for value in (chown, chmod, checksum)))
    _check_chmod(task, chmod)
    stage = last_value(flags, "from") if keyword == "COPY" else None
    if keyword == "COPY":
        _check_copy(task, stage, paths)
    return Copy(
        sources,
        dest,
        stage,
        chown,
        chmod,
        bool(switch(flags, "link")),
        bool(switch(flags, "parents")) and keyword == "COPY",
        all_values(flags, "exclude"),
        checksum,
        switch(flags, "keep-git-dir") if keyword == "ADD" else None,
        switch(flags, "unpack") if keyword == "ADD" else None,
        strings is not None,
    )


def _opens(text: str) -> bool:
    try:
        return opening(text) is not None
    except ExpansionError:
        return False


def _check_chmod(task: Task, chmod: str | None) -> None:
    if chmod and chmod.isdecimal() and (chmod.strip("01234567") or len(chmod.lstrip("0")) > 4):
        task.refuse(f"invalid chmod parameter: '{chmod}'. it should be octal string and between 0 and 07777")


def _check_copy(task: Task, stage: str | None, paths: list[Word]) -> None:
    if stage:
        try:
            fixed = expand(stage, _nothing, task.escape) == stage
        except ExpansionError as error:
            task.refuse(str(error))
            fixed = True
        if not fixed:
            task.refuse(
                "variable expansion is not supported for --from, "
                "define a new stage with FROM using ARG from global scope as a workaround"
            )
    for path in paths:
        if path.text.startswith(("http://", "https://")) and ".git" not in path.text:
            task.refuse("source can't be a URL for COPY", path.span)


def _nothing(_name: str) -> str | None:
    return None


def _pairs(task: Task) -> tuple[tuple[Pair, ...], bool]:
    line, text = task.line, task.line.text
    parts = with_quotes(text, task.start, task.escape)
    if not parts:
        task.refuse(f"{task.keyword} requires at least one argument")
        return (), False
    pairs: list[Pair] = []
    if "=" not in parts[0].text:
        blank = _BLANK_RUN.search(text, task.start)
        span = line.span(task.start, len(text))
        if blank is None:
            task.refuse(f"{task.keyword} must have two arguments")
            return (Pair(text[task.start :], "", span),), True
        pairs.append(Pair(text[task.start : blank.start()], text[blank.end() :], span))
    else:
        for part in parts:
            key, equals, value = part.text.partition("=")
            span = line.span(part.start, part.end)
            if equals:
                pairs.append(Pair(key, value, span))
            else:
                fault = f"Syntax error - can't find = in {quoted(key)}. Must be of the form: name=value"
                task.refuse(fault, span)
    for pair in pairs:
        if not pair.key:
            task.refuse(f"{task.keyword} names can not be blank", pair.span)
        _check_words(task, (pair.key, pair.span), (pair.value or "", pair.span))
    return tuple(pairs), "=" not in parts[0].text


def _env(task: Task) -> Env:
    pairs, legacy = _pairs(task)
    return Env(pairs, legacy)


def _label(task: Task) -> Other:
    return Other((), None, _pairs(task)[0])


def _arg(task: Task) -> Arg:
    pairs: list[Pair] = []
    for part in with_quotes(task.line.text, task.start, task.escape):
        key, equals, value = part.text.partition("=")
        pair = Pair(key, value if equals else None, task.line.span(part.start, part.end))
        if not key:
            task.refuse("ARG names can not be blank", pair.span)
        _check_words(task, (value, pair.span))
        pairs.append(pair)
    if not pairs:
        task.refuse("ARG requires at least one argument")
    return Arg(tuple(pairs))


def _workdir(task: Task) -> Workdir:
    path = _one(task)
    _check_words(task, path)
    return Workdir(path)


def _user(task: Task) -> User:
    user = _one(task)
    _check_words(task, user)
    return User(user)


def _shell(task: Task) -> Shell:
    argv = _json(task, task.start)
    if argv:
        return Shell(tuple(part.text for part in argv))
    task.refuse(
        "SHELL requires at least one argument"
        if argv is not None or task.start == len(task.line.text)
        else "SHELL requires the arguments to be in JSON form"
    )
    return Shell(())


def _command(task: Task) -> Other:
    return _shell_or_json(task, task.start, ())


def _shell_or_json(task: Task, start: int, before: tuple[Word, ...]) -> Other:
    text = task.line.text
    strings = _json(task, start)
    if strings is not None:
        words = tuple(word_of(task.line, part) for part in strings)
        return Other((*before, *words), tuple(part.text for part in strings), ())
    rest = (word_of(task.line, Part(text[start:], start, len(text))),) if start < len(text) else ()
    return Other((*before, *rest), None, ())


def _healthcheck(task: Task) -> Other:
    text = task.line.text
    if task.start == len(text):
        task.refuse("HEALTHCHECK requires at least one argument")
        return Other((), None, ())
    kind = at_blanks(text, task.start)[0]
    body = _shell_or_json(task, past_blanks(text, kind.end), (word_of(task.line, kind),))
    for fault in health_faults(kind.text.upper(), len(body.words) - 1, task.flags):
        task.refuse(fault)
    return body


def _list(task: Task) -> Other:
    text = task.line.text
    strings = _json(task, task.start) if task.keyword == "VOLUME" else None
    parts = at_blanks(text, task.start) if strings is None else strings
    if not parts:
        task.refuse(f"{task.keyword} requires at least one argument")
    words = tuple(word_of(task.line, part) for part in parts)
    if any(not word.text.strip() for word in words):
        task.refuse("VOLUME specified can not be an empty string")
    _check_words(task, *words)
    return Other(words, None if strings is None else tuple(part.text for part in strings), ())


def _signal(task: Task) -> Other:
    word = _one(task)
    if task.keyword == "STOPSIGNAL":
        _check_words(task, word)
    return Other((word,) if word.text else (), None, ())


def _unknown(task: Task) -> Other:
    return Other(tuple(word_of(task.line, part) for part in at_blanks(task.line.text, task.start)), None, ())


_READERS: dict[str, Callable[[Task], Body]] = {
    "ADD": _copy,
    "ARG": _arg,
    "CMD": _command,
    "COPY": _copy,
    "ENTRYPOINT": _command,
    "ENV": _env,
    "EXPOSE": _list,
    "FROM": _from,
    "HEALTHCHECK": _healthcheck,
    "LABEL": _label,
    "MAINTAINER": _signal,
    "RUN": _run,
    "SHELL": _shell,
    "STOPSIGNAL": _signal,
    "USER": _user,
    "VOLUME": _list,
    "WORKDIR": _workdir,
}
KEYWORDS = (*_READERS, "ONBUILD")
