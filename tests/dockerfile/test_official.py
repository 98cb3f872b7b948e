"""The reader against the official parser: the corpus, and texts mutated from it and from samples.

The parser of the `dockerfile` package is that of BuildKit 0.12.5. Where the engine reads a text in another way by now
the reader follows the engine, and `newer` names the difference.
"""

from __future__ import annotations

import importlib
import os
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, cast

import pytest

from dcache.analyzer.dockerfile.lines import SPACES
from dcache.analyzer.dockerfile.syntax import (
    Arg,
    Body,
    Copy,
    Dockerfile,
    Env,
    Instruction,
    Onbuild,
    Other,
    Run,
    User,
    Workdir,
)
from dcache.analyzer.source import decode

CORPUS = os.environ.get("DCACHE_CORPUS", "")
MUTATIONS = int(os.environ.get("DCACHE_MUTATIONS", "1500"))
SEED = int(os.environ.get("DCACHE_SEED", "1"))


class TheirHeredoc(NamedTuple):
    """A heredoc of the official package; its content keeps leading tabs."""

    name: str
    file_descriptor: int
    content: str


class Command(NamedTuple):
    """An instruction of the official package."""

    cmd: str | None
    sub_cmd: str | None
    json: bool
    original: str | None
    start_line: int
    end_line: int
    flags: tuple[str, ...]
    value: tuple[str, ...]
    heredocs: tuple[TheirHeredoc, ...]


# This folder has the package's name, so that type checkers would take it for the package.
_official = importlib.import_module("dockerfile")
officially = cast(Callable[[str], tuple[Command, ...]], _official.parse_string)
Refused = cast(type[Exception], _official.GoParseError)

Instructions = Callable[[Dockerfile], list[Instruction]]
Sound = Callable[[str], Dockerfile]

SAMPLES = (
    "FROM alpine:3.20 AS base\nRUN apk add --no-cache curl\nCOPY . /src\n",
    "# syntax=docker/dockerfile:1\n# escape=`\nFROM windows\nRUN dir `\n  c:\\ `\n\nCOPY <<E c:\\x\nbody\nE\n",
    "FROM a\nRUN --mount=type=bind,target=/x,from=y cat <<A <<'B'\nx\nA\n\ty\nB\nENV a=b c='d e' \\\n f=g\n",
    'FROM a\nRUN <<-EOF sh\n\techo 1\n\tEOF\nCOPY --chown=1:1 <<"one" <<two /d/\n$A\none\n$B\ntwo\n',
    'FROM a\nONBUILD RUN cat <<E\nx\nE\nONBUILD COPY --from=x ["a","b"]\nONBUILD ENV a b\n',
    'FROM a AS b\nHEALTHCHECK --interval=5s CMD ["x", "y"]\nENV a b c\nLABEL a=b "c d"=e\nEXPOSE 80 81/tcp\n',
    'ARG V=1\nFROM a:${V:-2}\nVOLUME ["/a b"]\nVOLUME /c /d\nSHELL ["/bin/sh", "-c"]\nUSER me\nWORKDIR /w d\n',
    'FROM a\nRUN a && \\\n  # why\n  b && \\\n\n  c\n\n#end\nCMD echo "$HOME" \\\n  # more\n',
    'FROM a\r\nRUN a \\\r\n  b\r\nCOPY <<E /x\r\nq\r\nE\r\nENTRYPOINT [ "a" , "b" ]\r\n',
    "FROM a\nADD --checksum=sha256:1 http://h/x.tgz \\\n  --y /z\nSTOPSIGNAL SIGINT\nMAINTAINER A  B\nARG x y=z\n",
)

SNIPPETS = (
    *(
        "\\\n",
        "\\",
        "\\\\",
        "`",
        "`\n",
        "\n",
        "\r\n",
        "\r",
        " ",
        "\t",
        "#",
        "# x\n",
        "\\ \n",
        "\\\t\n",
        "\\\r\n",
        "\n\n",
    ),
    *("<<EOF", "<<-E", "<<'A B'", "EOF\n", "<<", "<", "2<<F", "'", '"', '""', "''", "$X", "${X:-a}", "${", "}", "="),
    *("--from=x ", "--mount=type=cache,target=/x ", "--", '["a"]', "[", "]", ",", "RUN ", "COPY ", "ONBUILD ", "ENV "),
    *("FROM a\n", "ENV a=b ", "ARG ", "HEALTHCHECK CMD ", "# escape=`\n", "LABEL ", "EXPOSE 80 ", 'SHELL ["x"]\n'),
    *("VOLUME ", "CMD ", "\\\n#c\n", "\\\n\n", "COMMENT x\n", "é", "à", "\v", "\f", "\x85", "\xa0", "\u2003", "\u3000"),
    *("\x1c", "\ufeff", "\x00", "\udc80"),
)


def mutated(text: str, chance: random.Random) -> str:
    """The text after one to six small accidents."""
    for _ in range(chance.randint(1, 6)):
        at = chance.randint(0, len(text))
        match chance.randint(0, 4):
            case 0:
                text = text[:at] + chance.choice(SNIPPETS) + text[at:]
            case 1:
                text = text[:at] + text[at + chance.randint(1, 30) :]
            case 2:
                piece = text[at : at + chance.randint(1, 80)]
                at = chance.randint(0, len(text))
                text = text[:at] + piece + text[at:]
            case 3:
                text = text[:at] + chance.choice(SNIPPETS) + text[at + 1 :]
            case _:
                rows = text.split("\n")
                rows.insert(chance.randint(0, len(rows)), rows.pop(chance.randrange(len(rows))))
                text = "\n".join(rows)
    return text


def values(instruction: Instruction) -> tuple[tuple[str, ...], bool] | None:
    """The values and the JSON-ness as the official package gives them; None where the types do not keep them."""
    body = instruction.body
    match body:
        case Onbuild():
            return values(body.trigger)
        case Run():
            words = body.argv if body.argv is not None else (body.command.text,) if body.command.text else ()
            return words, body.argv is not None
        case Copy() if body.sources:
            return tuple(word.text for word in (*body.sources, body.dest)), body.json
        case Arg():
            return tuple(key if value is None else f"{key}={value}" for key, value, _ in body.pairs), False
        case Env():
            return tuple(text or "" for key, value, _ in body.pairs for text in (key, value)), False
        case Workdir():
            return ((body.path.text,) if body.path.text else ()), False
        case User():
            return ((body.user.text,) if body.user.text else ()), False
        case Other() if instruction.keyword == "LABEL":
            return tuple(text or "" for key, value, _ in body.pairs for text in (key, value)), False
        case Other() if instruction.keyword in (
            *("CMD", "ENTRYPOINT", "HEALTHCHECK", "EXPOSE", "VOLUME", "STOPSIGNAL", "MAINTAINER"),
        ):
            return tuple(word.text for word in body.words), body.argv is not None
        case _:
            return None


def logical(original: str) -> str:
    """What the official parser keeps of an instruction, with the keyword in upper case."""
    return re.sub(r"^[^\t\v\f\r ]*", lambda keyword: keyword[0].upper(), original.strip(SPACES))


def differences(read: Dockerfile, found: list[Instruction]) -> Iterator[str]:
    """What the official parser says otherwise, one sentence a difference; Refused where it refuses the text."""
    text = read.source.text
    commands = officially(text)
    if len(commands) != len(found):
        yield f"{len(commands)} instructions, not {len(found)}"
        return
    for command, one in zip(commands, found, strict=True):
        start, end = (text.count("\n", 0, offset) + 1 for offset in one.span)
        if (command.start_line, command.end_line) != (start, end):
            yield f"lines {command.start_line} to {command.end_line}, not {start} to {end}"
        if (command.cmd or "").upper() != one.keyword:
            yield f"{command.cmd}, not {one.keyword}"
        flags = tuple(f"--{name}" if value is None else f"--{name}={value}" for name, value, _, _ in one.flags)
        if command.flags != flags:
            yield f"flags {command.flags}, not {flags}"
        ours = values(one)
        if ours is not None and ours != (command.value, command.json):
            yield f"values {command.value}, json {command.json}, not {ours}"
        original = (command.original or "").split("\n")[0] if command.heredocs else command.original or ""
        if logical(original) != one.text:
            yield f"text {original!r}, not {one.text!r}"
        if isinstance(one.body, Onbuild):
            if (command.sub_cmd or "").upper() != one.body.trigger.keyword:
                yield f"trigger {command.sub_cmd}, not {one.body.trigger.keyword}"
            continue  # the official package drops the heredocs of a trigger
        theirs = tuple((heredoc.name, heredoc.file_descriptor, heredoc.content) for heredoc in command.heredocs)
        bodies = tuple((heredoc.name, heredoc.fd, text[slice(*heredoc.span)]) for heredoc in one.heredocs)
        if theirs != bodies:
            yield f"heredocs {theirs}, not {bodies}"


def newer(text: str, found: list[Instruction]) -> str:
    """Why the engine of today reads the text in another way than that of the official package, or nothing."""
    if any(re.search(r"<<-?[\t\r ]", one.text) for one in found):
        return "white space between << and the name is allowed"
    if any(_falls_back(one.body) for one in found):
        return "text behind a JSON array makes it a shell command"
    if any(re.search(r"\}\S*<<", one.text) for one in found):
        return "a word that begins before ${name-word} is forgotten"
    if re.match(r"(?:\s*#.*\n)*\s*#(?:[ \t]*[^ -~\t]\s*(?:syntax|escape)|\s*check)\s*=", text, re.IGNORECASE):
        return "check is a directive, and any white space may precede a directive"
    return ""


def _falls_back(body: Body) -> bool:
    match body:
        case Onbuild():
            return _falls_back(body.trigger.body)
        case Run():
            return body.argv is None and body.command.text.startswith("[")
        case Copy():
            return not body.json and (*body.sources, body.dest)[0].text.startswith("[")
        case Other():
            return body.argv is None and any(word.text.startswith("[") for word in body.words[:2])
        case _:
            return False


def corpus_texts() -> dict[str, str]:
    """The texts of the corpus by file name; none where no corpus is given."""
    folder = Path(CORPUS, "dockerfiles")
    return {path.name: decode(path.name, path.read_bytes()).text for path in sorted(folder.iterdir())} if CORPUS else {}


@pytest.mark.skipif(not CORPUS, reason="DCACHE_CORPUS does not name the folder of the corpus")
def test_the_corpus_is_read_as_the_official_parser_reads_it(sound: Sound, instructions: Instructions) -> None:
    texts = corpus_texts()
    wrong: list[str] = []
    for name, text in texts.items():
        read = sound(text)
        try:
            wrong += [f"{name}: {fault}" for fault in differences(read, instructions(read))]
        except Refused as error:
            if not any(problem.message in str(error) for problem in read.problems):
                wrong.append(f"{name}: refused: {error}")
    assert texts
    assert wrong == []


@pytest.mark.parametrize("text", SAMPLES)
def test_samples_are_read_as_the_official_parser_reads_them(
    text: str, sound: Sound, instructions: Instructions
) -> None:
    read = sound(text)
    assert list(differences(read, instructions(read))) == []


def test_mutated_texts_are_read_as_the_official_parser_reads_them(sound: Sound, instructions: Instructions) -> None:
    chance = random.Random(SEED)
    longer = [text for text in corpus_texts().values() if len(text) < 6000]
    compared = 0
    for _ in range(MUTATIONS):
        text = mutated(chance.choice(longer if longer and chance.random() < 0.5 else SAMPLES), chance)
        text = text.lstrip("\ufeff")  # SourceFile has stripped it
        read = sound(text)
        if "\0" in text or "\udc80" in text:
            continue  # the official package takes C strings of UTF-8
        found = instructions(read)
        try:
            faults = list(differences(read, found))
        except Refused:
            assert read.problems or newer(text, found), text
            continue
        except UnicodeDecodeError:
            continue  # it cuts flags at bytes
        compared += 1
        assert not faults or newer(text, found), (faults, text)
    assert compared > MUTATIONS / 2
