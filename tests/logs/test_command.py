"""`dcache explain --log`: the log beside the Dockerfile and a prediction, and what is kept of it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from commands.running import dcache, write
from dcache.analyzer.dockerfile import parse
from dcache.analyzer.source import SourceFile
from dcache.pipeline.costs import costs_path, load_costs
from dcache.schemas import violation
from logs.builds import AFTER, BEFORE, DOCKERFILE, SAMPLES, sample

MOVED = "sha256:" + "a" * 64
BASE = "sha256:dba0df03a37d3f27a2c252d3d157005a8ee800c80e9fafa0bc92410d85619972"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project of the samples after the edit, entered; the one before lies in ../before."""
    write(tmp_path / "before", BEFORE)
    folder = write(tmp_path / "project", AFTER)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


def told(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> dict[str, dict[str, object]]:
    """The steps of the JSON document, by stage and number; the document is held to its schema."""
    ended = dcache(capsys, "explain", *arguments, "--format", "json")
    assert ended.status == 0, ended.err
    assert violation("log", ended.json) is None
    return {f"{step['stage']} {step['step']}": step for step in ended.json["steps"]}


def test_a_log_beside_its_dockerfile(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = dcache(capsys, "explain", "--log", SAMPLES / "edit.rawjson")
    assert ended.status == 0
    assert ended.out.splitlines()[-4:] == [
        "[stage-1 3/5] ran         0.1 s     8  COPY --link src/ src/",
        "[stage-1 4/5] ran         0.5 s     9  RUN ls src",
        "[stage-1 5/5] ran         0.1 s    10  COPY --from=assets /web /web",
        "3 of 7 steps ran, in 0.7 s together; 4 cached",
    ]
    steps = told(capsys, "--log", SAMPLES / "edit.rawjson")
    assert [step["line"] for step in steps.values()] == [1, 2, 3, 4, 6, 7, 8, 9, 10]
    assert steps["stage-1 1"]["verdict"] == "resolved"  # both stages stand on the one image of the log


def test_why_it_ran(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = dcache(capsys, "explain", "--log", SAMPLES / "edit.rawjson", "--against", "dir:../before")
    lines = ended.out.splitlines()
    assert "              src/a changed" in lines
    assert lines[-1] == (
        "3 of 7 steps ran, in 0.7 s together; 4 cached; "
        "the prediction against dir:../before came true for all 7 that can be judged"
    )
    steps = told(capsys, "--log", SAMPLES / "edit.plain", "--against", "dir:../before")
    assert steps["stage-1 3"]["agrees"] is None and steps["stage-1 4"]["agrees"] is True


def test_one_step(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = ("--log", SAMPLES / "edit.rawjson")
    for step in ("9", "stage-1 4/5", "[stage-1 4/5]"):
        assert [*told(capsys, step, *log)] == ["stage-1 4"]
    assert [*told(capsys, "9", project, *log)] == ["stage-1 4"]
    assert len(told(capsys, project, *log)) == 9
    assert dcache(capsys, "explain", "99", *log).err.startswith("dcache: no step of the log is called `99`")
    assert "name a STEP" in dcache(capsys, "explain").err
    assert "--log-build and --save-costs are about a log" in dcache(capsys, "explain", "9", "--save-costs").err


def test_a_cold_runner_is_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    steps = told(capsys, "--log", SAMPLES / "cold.plain", "--against", "dir:../before")
    cold = "nothing came from a cache: a cold runner, a pruned cache or another builder"
    assert (steps["assets 2"]["agrees"], steps["assets 2"]["because"]) == (False, cold)
    assert steps["assets 3"]["because"] == "it follows [assets 2/4], which ran against the prediction"
    assert steps["stage-1 4"]["agrees"] is True  # its source was edited: that much was predicted
    text = dcache(capsys, "explain", "--log", SAMPLES / "cold.plain", "--against", "dir:../before").out
    assert f"              predicted: cached\n              likely because {cold}\n" in text
    assert "the log does not tell whether it ran; predicted: a miss (src/a changed)" in text


def test_a_pruned_record_or_a_moved_base(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = write(project / "logs", {"log": sample("warm.rawjson")}) / "log"
    once = '"started":"2026-11-24T06:59:45.2","completed":"2026-11-24T06:59:45.9"}'
    ran = sample("edit.plain").replace(
        "[assets 2/4] WORKDIR /web\n#8 CACHED", "[assets 2/4] WORKDIR /web\n#8 DONE 1.0s"
    )
    log.write_text(ran)
    assert once not in ran
    because = told(capsys, "--log", log, "--against", "dir:../before")["assets 2"]["because"]
    assert str(because).startswith("its base may have moved (docker.io/local/bb:1, now sha256:dba0df03a37d")
    pruned = sample("edit.plain").replace("COPY package.json ./\n#7 CACHED", "COPY package.json ./\n#7 DONE 1.0s")
    log.write_text(pruned)
    because = told(capsys, "--log", log, "--against", "dir:../before")["assets 3"]["because"]
    assert str(because).startswith("its record was pruned, or this builder never made")
    log.write_text(sample("cold.plain").replace(BASE, MOVED) + "\n" + ran)
    because = told(capsys, "--log", log, "--against", "dir:../before")["assets 2"]["because"]
    assert because == "the base image moved: docker.io/local/bb:1 was sha256:aaaaaaaaaaaa…, is sha256:dba0df03a37d…"


def test_a_moved_base_is_known_from_kept_costs(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = write(project / "logs", {"log": sample("cold.plain").replace(BASE, MOVED)}) / "log"
    assert dcache(capsys, "explain", "--log", log, "--save-costs").status == 0
    because = told(capsys, "--log", SAMPLES / "cold.plain", "--against", "dir:../before")["stage-1 2"]["because"]
    assert str(because).startswith("the base image moved: docker.io/local/bb:1 was sha256:aaaaaaaaaaaa…, is")


def test_more_was_cached_than_predicted(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    steps = told(capsys, "--log", SAMPLES / "warm.rawjson", "--against", "dir:../before")
    assert steps["stage-1 3"]["agrees"] is False
    assert steps["stage-1 3"]["because"] == "the builder's cache holds it from a build that --against does not name"
    log = write(project / "logs", {"log": sample("edit.plain")}) / "log"
    log.write_text(
        sample("edit.plain").replace("#11 DONE 0.5s", "#11 CACHED").replace("#11 0.412 a\n", "")
        + "\n#13 importing cache manifest from example.org/c\n#13 DONE 0.0s\n"
    )
    because = told(capsys, "--log", log, "--against", "dir:../before")["stage-1 4"]["because"]
    assert because == "a build that --against does not name left it in example.org/c, which was imported"


def test_an_open_verdict_and_another_target(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project / ".." / "before", {"Dockerfile": DOCKERFILE.replace("sleep 0.2", "sleep 0.3"), "src/a": "22\n"})
    text = sample("edit.plain").replace(">&2\n#9 CACHED", ">&2\n#9 DONE 1.0s")
    log = write(project / "logs", {"log": text}) / "log"
    steps = told(capsys, "--log", log, "--against", "dir:../before")
    last = steps["stage-1 5"]
    assert (last["agrees"], last["because"]) == (True, "the steps that ran again wrote other bytes")
    other = told(capsys, "--log", log, "--against", "dir:../before", "--target", "assets")["stage-1 5"]
    assert (other["agrees"], other["because"]) == (False, "the log is that of a build with another --target")


def test_an_open_verdict_where_all_before_it_was_cached(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project / ".." / "before", {"Dockerfile": DOCKERFILE.replace("sleep 0.2", "sleep 0.3"), "src/a": "22\n"})
    text = sample("edit.plain").replace("#10 merging 0.1s done\n#10 DONE 0.2s", "#10 CACHED")
    log = write(project / "logs", {"log": text.replace("#11 0.412 a\n#11 DONE 0.5s", "#11 CACHED")}) / "log"
    last = told(capsys, "--log", log, "--against", "dir:../before")["stage-1 5"]
    assert last["agrees"] is True
    assert str(last["because"]).startswith("its record was pruned, or this builder never made the build of --against")


def test_a_log_that_ends_before_its_first_step(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = write(project / "logs", {"log": sample("edit.plain").partition("#5 ")[0] + "ERROR: no such image\n"}) / "log"
    ended = dcache(capsys, "explain", "--log", log, "--against", "dir:../before")
    assert ended.out.splitlines() == [
        "note: it holds no step: the build ended before its first",
        "0 of 0 steps ran, in 0.0 s together; 0 cached",
    ]


def test_a_log_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    ended = dcache(capsys, "explain", "--log", SAMPLES / "failed.plain")
    assert ended.status == 0
    assert "[stage-1 4/5] FAILED                   RUN ls src; exit 3" in ended.out
    assert "note: only the log is told: no Dockerfile at `Dockerfile`" in ended.out
    for name in sorted(path.name for path in SAMPLES.iterdir()):
        assert violation("log", dcache(capsys, "explain", "--log", SAMPLES / name, "--format", "json").json) is None
        assert dcache(capsys, "explain", "--log", SAMPLES / name).out.splitlines()[-1]
    lines = told(capsys, "--log", SAMPLES / "edit.rawjson", "--log", SAMPLES / "edit.metadata.json")
    assert lines["stage-1 5"]["line"] == 10
    for asked in (["nowhere"], ["--at", "HEAD"], ["--against", "dir:."], ["-f", "nothing"], ["--target", "x"]):
        assert dcache(capsys, "explain", *asked, "--log", SAMPLES / "edit.plain").status == 2


def test_another_dockerfile(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project, {"Dockerfile": "FROM scratch\nCOPY . /\n"})
    note = "8 of 8 steps of the log are not those of the Dockerfile: is it that of this build?"
    ended = dcache(capsys, "explain", "--log", SAMPLES / "edit.plain")
    assert f"note: only the log is told: {note}" in ended.out and "absent" not in ended.out
    named = dcache(capsys, "explain", "--log", SAMPLES / "edit.plain", ".").out
    assert f"note: {note}" in named and "absent" in named
    saved = dcache(capsys, "explain", "--log", SAMPLES / "edit.plain", "--save-costs")
    assert (saved.status, saved.err.strip()) == (2, f"dcache: --save-costs: {note}")


def test_an_edited_instruction_is_not_taken_for_the_logged_one(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(project, {"Dockerfile": DOCKERFILE.replace("RUN ls src", "RUN ls -l src")})
    found = dcache(capsys, "explain", "--log", SAMPLES / "edit.plain", "--format", "json").json["steps"]
    assert [step["verdict"] for step in found if step["instruction"].startswith("RUN ls")] == ["absent", "ran"]


def test_one_of_several_builds(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = write(project / "logs", {"log": sample("cold.plain") + "\n" + sample("edit.plain")}) / "log"
    assert dcache(capsys, "explain", "--log", log).out.splitlines()[-1].startswith("build 2 of 2 in the log: 2 of 7")
    first = dcache(capsys, "explain", "--log", log, "--log-build", "1").out.splitlines()[-1]
    assert first.startswith("build 1 of 2 in the log: 6 of 7")
    assert "holds 2 build(s)" in dcache(capsys, "explain", "--log", log, "--log-build", "3").err


def test_variables_of_the_base_and_heredocs_are_recognised(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(
        project, {"Dockerfile": "FROM local/bb:1\nWORKDIR /w/${V:-v}\nRUN <<EOF\necho a\nEOF\nCOPY ${F}.txt a$G /x\n"}
    )
    text = "#1 [2/4] WORKDIR /w/c\n#1 CACHED\n#2 [3/4] RUN <<EOF (echo a...)\n#2 DONE 2.0s\n#3 [4/4] COPY f.txt ab /x\n"
    log = write(project / "logs", {"log": text + "#3 CACHED\n"}) / "log"
    assert [step["verdict"] for step in told(capsys, "--log", log, ".").values()] == [
        "absent",
        "cached",
        "ran",
        "cached",
    ]


def test_bad_files_are_told(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert dcache(capsys, "explain", "--log", "nope").err == "dcache: --log nope: No such file or directory\n"
    assert dcache(capsys, "explain", "--log", ".").status == 2
    ended = dcache(capsys, "explain", "--log", "Dockerfile")
    assert (ended.status, ended.err.partition(";")[0]) == (
        2,
        "dcache: Dockerfile:1: no build can be found in its 10 lines",
    )


# What is kept -------------------------------------------------------------------------------------------------


def test_durations_are_kept(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("edit.rawjson", "cold.plain", "warm.rawjson"):
        ended = dcache(capsys, "explain", "--log", SAMPLES / name, "--save-costs")
        assert ended.status == 0
    assert "note: kept the durations of 0 steps in " in ended.out  # cached steps add none
    document = json.loads(Path(costs_path()).read_text())
    assert violation("costs", document) is None
    assert [(entry["root"], entry["dockerfile"]) for entry in document["projects"]] == [
        (os.path.realpath(project), "Dockerfile")
    ]
    known = load_costs().project(os.path.realpath(project), "Dockerfile")
    assert known.images == {"docker.io/local/bb:1": BASE}
    run = parse(SourceFile("Dockerfile", DOCKERFILE)).stages[1].instructions[3]
    assert known.seconds["RUN ls src"] == (0.479, 1.3) and round(known.typical(run) or 0, 4) == 0.8895
    assert known.typical(run._replace(text="RUN other")) is None
    assert os.listdir(Path(costs_path()).parent) == ["costs.json"]


def test_only_the_newest_durations_are_kept(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(12):
        assert dcache(capsys, "explain", "--log", SAMPLES / "edit.rawjson", "--save-costs").status == 0
    document = json.loads(Path(costs_path()).read_text())
    assert {len(step["seconds"]) for step in document["projects"][0]["steps"]} == {10}
    assert violation("costs", document) is None


def test_projects_are_kept_apart(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project, {"deploy/Dockerfile": DOCKERFILE})
    for arguments in (["."], ["-f", "deploy/Dockerfile", "."], ["../before"]):
        log = ("--log", SAMPLES / "edit.rawjson", "--save-costs")
        assert dcache(capsys, "explain", *log, *arguments).status == 0
    assert {key[1] for key in load_costs().projects} == {"Dockerfile", "deploy/Dockerfile"}
    assert len(load_costs().projects) == 3


@pytest.mark.parametrize("text", ["", "[", "{}", '{"version": 2, "projects": []}', "[" * 100_000])
def test_a_broken_file_of_costs_is_told(text: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(costs_path())
    path.parent.mkdir(parents=True)
    path.write_text(text)
    ended = dcache(capsys, "explain", "--log", SAMPLES / "edit.rawjson", "--save-costs")
    assert ended.status == 2 and ended.err.startswith(f"dcache: {path}: ") and "delete it" in ended.err
    assert dcache(capsys, "explain", "--log", SAMPLES / "edit.rawjson").status == 0  # not asked for


def test_costs_need_a_dockerfile_and_a_place(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(project / "Dockerfile"))
    ended = dcache(capsys, "explain", "--log", SAMPLES / "edit.rawjson", "--save-costs")
    assert ended.status == 2 and "set XDG_CACHE_HOME to a directory that can be written" in ended.err
    (project / "Dockerfile").unlink()
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert os.path.isabs(costs_path())
    ended = dcache(capsys, "explain", "--log", SAMPLES / "edit.rawjson", "--save-costs")
    assert ended.status == 2 and "no Dockerfile at `Dockerfile`" in ended.err
