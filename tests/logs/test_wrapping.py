"""What CI and terminals put around a log is taken off again, and nothing of the log is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dcache.analyzer.logs.wrapping import unwrapped
from logs.builds import log, sample

WRAPPINGS: dict[str, Callable[[str], str]] = {
    "GitHub": lambda line: f"2024-05-01T12:34:56.1234567Z {line}",
    "GitHub, downloaded": lambda line: f"\ufeff2024-05-01T12:34:56.1234567Z {line}\r",
    "gh run view": lambda line: f"build\tBuild and push\t2024-05-01T12:34:56.1234567Z {line}",
    "GitHub, a group": lambda line: f"2024-05-01T12:34:56.1234567Z ##[group]{line}",
    "GitLab": lambda line: f"2024-05-22T12:43:46.962646Z 00O {line}",
    "GitLab, standard error": lambda line: f"2024-05-22T12:43:46.962646Z 01E {line}",
    "GitLab, continued": lambda line: f"2024-05-22T12:43:46.962646Z 00O+{line}",
    "GitLab, a section": lambda line: f"\x1b[0Ksection_start:1560896352:build[collapsed=true]\r\x1b[0K{line}",
    "Jenkins": lambda line: f"[2024-05-01T12:34:56.123Z] {line}",
    "a clock": lambda line: f"[12:34:56] {line}",
    "colours": lambda line: f"\x1b[36m\x1b[1m{line}\x1b[0m",
    "a title and colours": lambda line: f"\x1b]0;build\x07\x1b[38;5;12m{line}\x1b[K",
    "docker compose": lambda line: f"web-1  | {line}",
    "an offset": lambda line: f"2024-05-01 12:34:56,123+02:00 {line}",
    "indented": lambda line: f"    {line}",
}


@pytest.mark.parametrize("name", ["cold.plain", "edit.plain", "failed.plain", "bake.plain", "imported.rawjson"])
@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_a_wrapped_log_says_the_same(wrapping: str, name: str) -> None:
    text = sample(name)
    wrapped = "".join(WRAPPINGS[wrapping](line) + "\n" for line in text.split("\n"))
    assert log("before\n" + wrapped).steps == log(text).steps


@pytest.mark.parametrize(
    "line",
    [
        "#5 0.358 2024-05-01T12:34:56Z #7 CACHED",  # what a step wrote
        "#5 0.358 \x1b",
        "#5 0.3 a\rb",
        "0.358 #7 CACHED",  # the excerpt after an error
        " > [t 4/4] RUN x:",
        "12 #7 CACHED",
        "a b | #7 CACHED",
    ],
)
def test_what_is_no_wrapping_stays(line: str) -> None:
    assert unwrapped(line) == line


@pytest.mark.parametrize(
    "line", ["##[endgroup]", "section_end:1560896353:build\r\x1b[0K", "2024-05-01T12:34:56Z", "\x1b[0m", "\r\n"]
)
def test_lines_of_wrapping_alone_are_empty(line: str) -> None:
    assert unwrapped(line) == ""
