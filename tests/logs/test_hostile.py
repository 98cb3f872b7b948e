"""Input that is no log, or one made to break a reader: told in a line, in time that grows with its size alone."""

import io
import time

import pytest

from dcache.analyzer.files import InputError
from dcache.analyzer.logs import LogReader
from dcache.analyzer.logs.wrapping import LONGEST, lines
from logs.builds import log, logs, raw, verdicts, vertex

PLAIN = "#1 [2/2] RUN x\n#1 DONE 1.0s\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "log1: empty; print a build with --progress=rawjson"),
        ("\n\n", "log1: empty"),
        ("hello\n", "log1:1: no build can be found in its 1 line; print"),
        ("\x00\x01\xff", "log1:1: no build can be found"),
        ("[+] Building 1.2s (5/9)\n => CACHED [2/4] RUN x\n", "log1:1: progress for a terminal"),
        ("#12 0.3 the end of a step that began elsewhere\n", "log1:1: no build can be found"),
        ('{\n"a": 1,\n}', "log1:3: neither progress nor a JSON document"),
        ('{"a": 1}', "log1:1: a JSON document, but no provenance and no record"),
        ("[" * 200_000, "log1:1: the document is nested too deeply"),
        ('{"a": ' + "9" * 5000 + "}", "log1:1: the document cannot be read"),
        ('{"buildConfig": [], "metadata": 5}', None),
        ('{"predicate": {"buildConfig": {"digestMapping": {"a": []}}}}', None),
        ('{"Ref": "x", "NumTotalSteps": "y", "Error": []}', None),
    ],
)
def test_what_holds_no_build_is_told(text: str, said: str | None) -> None:
    if said is None:
        assert log(text).steps == ()
        return
    with pytest.raises(InputError) as error:
        logs(text)
    assert str(error.value).startswith(said) and "\n" not in str(error.value)


def test_bytes_that_are_no_text_do_no_harm() -> None:
    assert verdicts(log(b"\xff\xfe\n" + PLAIN.encode() + b"#1 \xc3\x28\n")) == {"[2/2] RUN x": "ran"}


def test_deep_events_are_skipped_and_said() -> None:
    deep = '{"vertexes":' + "[" * 100_000 + "\n"
    assert "line 2 cannot be read" in log(raw(vertex("[2/2] RUN x")) + deep).notes[0]


def test_endless_lines_are_cut() -> None:
    text = b"#1 [2/2] RUN x\n#1 0.1 " + b"x" * (100 << 20) + b"\n#1 DONE 1.0s\n"
    begun = time.process_time()
    assert [line.cut for line in lines(io.BytesIO(text))] == [False, True, False]
    assert verdicts(log(text)) == {"[2/2] RUN x": "ran"}
    assert time.process_time() - begun < 20
    assert "line 3 cannot be read" in log(PLAIN.encode() + b'{"vertexes":' + b" " * LONGEST + b"[]}\n").notes[-1]


@pytest.mark.parametrize(
    "line",
    [
        "#1 [" + "a" * 1_000_000,
        "#1 [" + "a " * 500_000 + "1/2] RUN x",
        "\x1b[" * 500_000,
        "\x1b]" * 500_000,
        "[12:00:00] " * 100_000,
        "\t" * 1_000_000 + "2024-",
        "section_start:" * 100_000,
        "a" * 1_000_000 + "|",
        "#1 COPY " + "--link " * 200_000,
        "1" * 1_000_000,
    ],
)
def test_time_grows_with_size_alone(line: str) -> None:
    begun = time.process_time()
    reader = LogReader()
    reader.read("log", io.BytesIO(f"{PLAIN}{line}\n#9 [3/3] {line}\n#9 {line}\n".encode()))
    assert reader.builds()[0].steps
    assert time.process_time() - begun < 3


def test_many_steps_are_read_quickly() -> None:
    text = "".join(f"#{n} [{n}/99999] RUN {n}\n#{n} DONE 0.1s\n" for n in range(2, 60_000))
    begun = time.process_time()
    assert len(log(text).steps) == 59_998
    assert time.process_time() - begun < 15
