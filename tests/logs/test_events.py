"""Raw and plain progress, event by event: the traps of the engine's prints."""

import json
from typing import Any

import pytest

from logs.builds import at, log, logs, raw, verdicts, vertex

RUN = "[2/2] RUN x"
KEY = "[1/2] WORKDIR /x"


@pytest.mark.parametrize(
    ("events", "verdict", "seconds"),
    [
        ([], "unneeded", None),
        ([{"started": at(1)}], "unknown", None),
        ([{"started": at(1), "completed": at(2.5)}], "ran", 1.5),
        ([{"started": at(1), "completed": at(2), "cached": True}], "cached", None),
        ([{"started": at(1), "completed": at(1), "cached": True}], "inferred", None),
        # loaded from a registry, and fetched later: the last event is not the verdict
        (
            [{"started": at(1), "completed": at(2), "cached": True}, {"started": at(3), "completed": at(4)}],
            "cached",
            None,
        ),
        # inferred, then executed after all
        ([{"started": at(1), "completed": at(1), "cached": True}, {"started": at(3), "completed": at(4)}], "ran", 1),
        ([{"started": at(1), "completed": at(2)}, {"started": at(3), "completed": at(4)}], "ran", 2),
        ([{"started": at(1), "completed": at(2), "error": "exit code: 1"}], "failed", None),
        ([{"started": at(1), "completed": at(2), "error": "rpc: context canceled"}], "cancelled", None),
        ([{"started": "soon", "completed": "later"}], "ran", None),
    ],
)
def test_a_vertex(events: list[dict[str, Any]], verdict: str, seconds: float | None) -> None:
    (step,) = log(raw(vertex(RUN), *(vertex(RUN, **event) for event in events))).steps
    assert (step.verdict, step.seconds) == (verdict, seconds)


def test_a_vertex_without_inputs_is_asked_for_its_key_first() -> None:
    asked = vertex(KEY, inputs=(), started=at(1), completed=at(2))
    assert verdicts(log(raw(asked))) == {KEY: "inferred"}
    built = log(raw(asked, vertex(KEY, inputs=(), started=at(3), completed=at(5))))
    assert [(step.verdict, step.seconds) for step in built.steps] == [("ran", 2)]


def test_the_copy_half_speaks_for_a_link() -> None:
    name, merge = "[2/2] COPY --link a b", "[2/2] LINK COPY --link a b"
    text = raw(
        vertex(name, started=at(1), completed=at(2), cached=True),
        vertex(merge, started=at(3), completed=at(4), progressGroup={"id": "g", "name": name}),
    )
    (step,) = log(text).steps
    assert (step.verdict, step.merge) == ("cached", "ran")


def test_from_is_never_run_and_a_stage_may_be_called_like_anything() -> None:
    events = [vertex(name, started=at(1), completed=at(2)) for name in ("[a 1/2] FROM x", "[from 2/2] RUN y")]
    assert [(step.name.label, step.verdict) for step in log(raw(*events)).steps] == [("a", "resolved"), ("from", "ran")]


def test_raw_builds_are_told_apart_by_the_definition_that_is_loaded_again() -> None:
    load = "[internal] load build definition from Dockerfile"
    build = [
        vertex(load, inputs=()),
        vertex(load, inputs=(), started=at(1), completed=at(2)),
        vertex(RUN, started=at(3), completed=at(4)),
    ]
    assert [len(found.steps) for found in logs(raw(*build, *build))] == [1, 1]
    assert len(logs(raw(build[0], build[1], build[0], build[1], build[2]))) == 1  # a `# syntax=` loads it twice


def test_a_broken_line_is_said() -> None:
    text = raw(vertex(RUN, started=at(1), completed=at(2))) + '{"vertexes":[{"dig\n{"vertexes":[[[\n'
    assert log(text).notes == ("line 2 and 1 more cannot be read and counts as nothing",)


@pytest.mark.parametrize("event", [5, None, "x", [], {"vertexes": [1]}, {"vertexes": [{"digest": 1, "name": 2}]}])
def test_events_of_another_form_are_nothing(event: object) -> None:
    known = raw(vertex(RUN, started=at(1), completed=at(2)))
    assert verdicts(log(known + '{"vertexes":' + json.dumps(event) + "}\n")) == {RUN: "ran"}


@pytest.mark.parametrize(
    ("lines", "verdict"),
    [
        (["CACHED"], "cached"),
        (["DONE 1.2s"], "ran"),
        (["DONE"], "ran"),
        (["0.1 CACHED", "DONE 0.2s"], "ran"),
        (["CACHED", "sha256:" + "0" * 64 + " 3MB / 3MB 0.1s done", "DONE 0.2s"], "cached"),
        (["extracting sha256:" + "0" * 64 + " 0.0s done", "DONE 0.2s"], "cached"),
        (["ERROR: process x: exit code: 1"], "failed"),
        (["CANCELED"], "cancelled"),
        (["...", "0.3 still at it"], "ran"),
        ([], "unknown"),
    ],
)
def test_lines_of_plain_progress(lines: list[str], verdict: str) -> None:
    text = f"#1 [internal] load build definition from Dockerfile\n#1 DONE 0.0s\n#2 {RUN}\n"
    assert verdicts(log(text + "".join(f"#2 {line}\n" for line in lines))) == {RUN: verdict}


@pytest.mark.parametrize(
    ("instruction", "verdict"),
    [
        ("COPY --link a b", "unknown"),
        ("ADD --chown=1 --link=true a b", "unknown"),
        ("COPY --link=false a b", "ran"),
        ("COPY --link --chmod=600 a b", "ran"),
        ("COPY a --link", "ran"),
        ("RUN --link", "ran"),
    ],
)
def test_plain_progress_does_not_tell_the_halves_of_a_link_apart(instruction: str, verdict: str) -> None:
    name = f"[2/2] {instruction}"
    assert verdicts(log(f"#1 {name}\n#1 DONE 0.1s\n")) == {name: verdict}
    assert verdicts(log(f"#1 {name}\n#1 CACHED\n")) == {name: "cached"}


def test_the_first_step_on_scratch_is_as_the_next_one() -> None:
    text = f"#1 {KEY}\n#1 DONE 0.0s\n#2 [2/2] COPY a b\n"
    assert verdicts(log(text + "#2 CACHED\n"))[KEY] == "cached"
    assert verdicts(log(text + "#2 DONE 0.1s\n"))[KEY] == "unknown"


def test_numbers_take_turns() -> None:
    text = "#1 [a 2/2] RUN x\n#1 0.1 one\n#1 ...\n\n#2 [b 2/2] RUN y\n#2 CACHED\n\n#1 [a 2/2] RUN x\n#1 DONE 3.0s\n"
    assert verdicts(log(text)) == {"[a 2/2] RUN x": "ran", "[b 2/2] RUN y": "cached"}
