"""What a Dockerfile consists of, as values; nothing here reads text.

Words carry logical text: the text as the engine sees it, continuations joined and comment lines dropped,
quotes and variables still in place. Spans point into the file's text.
"""

from __future__ import annotations

from ..named_tuple import NamedTuple
from ..source import SourceFile, Span


class Problem(NamedTuple):
    """A fault of the text that makes the engine refuse it; `message` is in the engine's words where it has some."""

    span: Span
    message: str


class Directive(NamedTuple):
    """A parser directive, `# name=value`, at the top of the file; the name is in lower case."""

    name: str
    value: str
    span: Span


class Silence(NamedTuple):
    """A comment for a linter, most of them ask it to be quiet, `# <tool> …`: read by the rules, not here."""

    text: str
    span: Span


class Word(NamedTuple):
    """One argument: its logical text, raw (quotes and `$` kept), and where it stands."""

    text: str
    span: Span


class Flag(NamedTuple):
    """`--name=value` before the arguments; `value` is None for a bare `--name`; `text` is the whole, as written."""

    name: str
    value: str | None
    text: str
    span: Span


class Heredoc(NamedTuple):
    """`<<NAME` and its body. `content` is what the step gets: leading tabs are gone where it is chomped (`<<-`).

    `expand` is False where the name was quoted; `span` is the body's, without the line of the terminator.
    """

    name: str
    fd: int
    expand: bool
    chomp: bool
    content: str
    span: Span


class Mount(NamedTuple):
    """A `--mount` of RUN: every field as raw text, or None where it is not given.

    `kind` is bind, cache, tmpfs, secret or ssh; booleans keep BuildKit's defaults (`readonly` None = not given).
    """

    kind: str
    target: str | None
    source: str | None
    from_: str | None
    id: str | None
    sharing: str | None
    readonly: bool | None
    required: bool
    size: str | None
    mode: str | None
    uid: str | None
    gid: str | None
    env: str | None
    span: Span


class From(NamedTuple):
    """FROM image [AS name]; `name` is None where the stage has none."""

    image: Word
    name: Word | None
    platform: str | None


class Run(NamedTuple):
    """RUN: `command` is the shell text (continuations joined), `argv` the words of the JSON form, else None.

    A body whose first word is a heredoc has the line as `command` and the bodies in the instruction's `heredocs`.
    """

    command: Word
    argv: tuple[str, ...] | None
    mounts: tuple[Mount, ...]
    network: str | None
    security: str | None
    devices: tuple[str, ...]


class Copy(NamedTuple):
    """COPY and ADD: sources and destination, raw. A heredoc source is a Word whose text begins with `<<`.

    `link`, `parents` and the like are True where the flag is given and not `=false`; `unpack` and
    `keep_git_dir` are None where they are not given. With `json`, the words are the strings of a JSON array:
    their texts are unquoted, their spans include the quotes.
    """

    sources: tuple[Word, ...]
    dest: Word
    from_: str | None
    chown: str | None
    chmod: str | None
    link: bool
    parents: bool
    exclude: tuple[str, ...]
    checksum: str | None
    keep_git_dir: bool | None
    unpack: bool | None
    json: bool = False


class Pair(NamedTuple):
    """`key=value` of ARG, ENV and LABEL, raw; `value` is None for an ARG without a default."""

    key: str
    value: str | None
    span: Span


class Arg(NamedTuple):
    pairs: tuple[Pair, ...]


class Env(NamedTuple):
    """ENV; `legacy` is the form without an equals sign, `ENV key value`."""

    pairs: tuple[Pair, ...]
    legacy: bool


class Workdir(NamedTuple):
    path: Word


class User(NamedTuple):
    user: Word


class Shell(NamedTuple):
    argv: tuple[str, ...]


class Onbuild(NamedTuple):
    """ONBUILD; the trigger is an instruction of its own, with spans of the same file."""

    trigger: Instruction


class Other(NamedTuple):
    """LABEL, EXPOSE, CMD, ENTRYPOINT, HEALTHCHECK, STOPSIGNAL, VOLUME, MAINTAINER and unknown keywords.

    No step of a build depends on them: their words are kept for the rules.
    """

    words: tuple[Word, ...]
    argv: tuple[str, ...] | None
    pairs: tuple[Pair, ...]


Body = From | Run | Copy | Arg | Env | Workdir | User | Shell | Onbuild | Other


class Instruction(NamedTuple):
    """One instruction: `keyword` in upper case, `span` from the keyword to the end of its last line's text.

    With heredocs, the span ends behind the terminator of the last. `start_line` and `end_line` are not here:
    reports ask for them. `text` is the logical line without heredoc bodies, with the keyword in upper case.
    `index` is the place among the instructions of the stage, FROM is 0 (or of the preamble, where `stage` is -1).
    The trigger of an ONBUILD has the heredocs, the stage and the index of its ONBUILD.
    """

    keyword: str
    span: Span
    flags: tuple[Flag, ...]
    body: Body
    heredocs: tuple[Heredoc, ...]
    text: str
    stage: int
    index: int  # type: ignore[assignment]  # pyright: ignore[reportIncompatibleMethodOverride]


class Stage(NamedTuple):
    """A build stage: `name` in lower case, or None; `instructions` begin with its FROM."""

    index: int  # type: ignore[assignment]  # pyright: ignore[reportIncompatibleMethodOverride]
    name: str | None
    instructions: tuple[Instruction, ...]
    span: Span


class Dockerfile(NamedTuple):
    """A whole file. `stage` -1 of an instruction means: before the first FROM (global ARGs, misplaced ones)."""

    source: SourceFile
    directives: tuple[Directive, ...]
    preamble: tuple[Instruction, ...]
    stages: tuple[Stage, ...]
    silences: tuple[Silence, ...]
    problems: tuple[Problem, ...]
    escape: str
