"""Seeds, and inputs made of them: a fuzzer that needs nothing but a number to start from."""

from __future__ import annotations

import json
import os
import random
from functools import cache
from pathlib import Path

from .shapes import SHAPES

ROOT = Path(__file__).parents[2]
_SHELL = [
    "<<E\n",
    "E\n",
    "&&",
    "||",
    ";",
    "$(",
    ")",
    "`",
    "${A:-",
    "}",
    '"',
    "'",
    "\\",
    "\n",
    "if ",
    "case x in ",
    "fi",
    "#",
]
WORDS = {
    "reader": [
        *("FROM ", "RUN ", "COPY ", "ARG ", "ENV ", "ONBUILD ", "HEALTHCHECK ", "SHELL [", "LABEL ", "# escape=`\n"),
        *(
            "--mount=type=cache,",
            "--from=",
            "<<-E",
            "\nE\n",
            "\\\n",
            "`\n",
            "[",
            "]",
            '"',
            "=",
            "\0",
            "\r",
            "\r\n",
            "\t",
        ),
        *("\ufeff", "\u00a0", "\x85", "\u2028", "\x1c", "\ud7ff", "é", "# hadolint ignore=", "# check=skip=all\n"),
    ],
    "shell": [
        *_SHELL,
        "then ",
        "do ",
        "done",
        "for x in ",
        "while ",
        "function f(",
        "[[ ",
        " ]]",
        "{ ",
        "sh -c '",
        "é",
    ],
    "expansion": ["${", "}", "$", "A", ":-", ":+", "#", "##", "%", "%%", "/", "//", "*", "?", "\\", "'", '"', "C", "é"],
    "ignore": ["**", "*", "?", "/", "!", "\n", "\n--\n", "a", "b/", ".", "[", "]", "^", "-", "\\", "#", " ", "x*", "é"],
    "log": [
        *(
            "#1 ",
            "#2 ",
            "[1/2] ",
            "DONE 0.1s",
            "CACHED",
            "ERROR: ",
            "\n",
            "\r",
            "\x1b[0m",
            "::group::",
            "2026-01-01T00:00:00.0Z ",
        ),
        *(
            '{"vertexes":[',
            "]}",
            '{"digest":"',
            '"started":"',
            "null",
            "1e999",
            "exporting",
            "importing cache",
            "sha256:",
        ),
    ],
}
_PATHS = "\n--\na/b/c\nnode_modules/x/y.js\n.git/config\nsrc/app.py\na\nb/a/b\na b/c\n"


@cache
def seeds(target: str) -> tuple[bytes, ...]:
    """What a target starts from: files of corpus/, shapes, and Dockerfiles below DCACHE_CORPUS where that is set."""
    if target == "ignore":
        lists = ("*\n!src\n", "**/*.log\n!a/**\n", "a/*/c\n**/b\n", "# c\n/a/\n!a/b\nnode_modules\n", "[a-c]*\n\\!x\n")
        return tuple((text + _PATHS).encode() for text in lists)
    if target == "log":
        return _logs()
    texts = _dockerfiles()
    if target == "expansion":
        return tuple(b"${A:-x}/$B-${C%.py}/${C//x/y}" + text[:200] for text in texts[:50])
    if target == "shell":
        return tuple(run for text in texts for run in text.split(b"RUN ")[1:])
    return texts


@cache
def _dockerfiles() -> tuple[bytes, ...]:
    texts = [shape(300).encode() for shape in SHAPES.values()]
    found = sorted(path for path in (ROOT / "corpus").rglob("*Dockerfile*") if path.is_file())
    folder = os.environ.get("DCACHE_CORPUS")
    if folder:
        found += sorted(path for path in Path(folder, "dockerfiles").rglob("*") if path.is_file())[:400]
    texts += [path.read_bytes() for path in found if path.stat().st_size < 20_000]
    return tuple(texts)


def _logs() -> tuple[bytes, ...]:
    plain = "#1 [internal] load build definition from Dockerfile\n#1 DONE 0.0s\n\n#2 [1/2] FROM a\n#2 CACHED\n\n"
    plain += "#3 [2/2] RUN x\n#3 0.1 output\n#3 DONE 1.2s\n#4 exporting to image\n#4 DONE 0.1s\n"
    vertex = {"digest": "sha256:1", "name": "[1/1] RUN x", "started": "2026-01-01T00:00:00Z"}
    done = vertex | {"completed": "2026-01-01T00:00:01.5Z", "cached": False}
    raw = "".join(json.dumps({"vertexes": [one]}) + "\n" for one in (vertex, done))
    timed = "".join(f"2026-01-01T00:00:00.1234567Z {line}\n" for line in plain.splitlines())
    return tuple(text.encode() for text in (plain, raw, timed, plain.replace("\n", "\r\n"), plain + raw))


def mutated(target: str, chance: random.Random) -> bytes:
    """One input: a seed with some changes."""
    data = bytearray(chance.choice(seeds(target)))
    words = WORDS.get(target, WORDS["reader"] + _SHELL)
    for _ in range(chance.randrange(1, 9)):
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + chance.choice((1, 2, 5, 20, 100)))
        match chance.randrange(6):
            case 0:
                data[at:at] = chance.choice(words).encode()
            case 1:
                data[at:end] = b""
            case 2:
                data[at:at] = data[at:end] * chance.choice((1, 2, 50))
            case 3:
                data[at:end] = bytes(chance.randrange(256) for _ in range(min(3, end - at)))
            case 4:
                other = chance.choice(seeds(target))
                start = chance.randrange(len(other) + 1)
                data[at:at] = other[start : start + chance.choice((10, 100, 1000))]
            case _:
                data[at:end] = chance.choice(words).encode() * chance.choice((1, 3, 30))
    return bytes(data[:50_000])
