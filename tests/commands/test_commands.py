"""What the commands say: texts, documents and statuses."""

from pathlib import Path

import pytest

from commands.running import commit, dcache, verdicts, write
from dcache.schemas import violation

APP = {
    "Dockerfile": (
        "FROM python:3.12 AS build\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n"
        "COPY . .\nRUN make\nFROM scratch\nCOPY --from=build /app/out /\nFROM build AS lint\nRUN lint\n"
    ),
    ".dockerignore": ".git\nDockerfile\n",
    "requirements.txt": "flask\n",
    "src/app.py": "1\n",
}


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A committed project with its directory entered."""
    commit(tmp_path, APP)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_nothing_changed(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = dcache(capsys, "predict", "--target", "stage-1", "--exit-code")
    assert ended.status == 2  # the engine knows names and numbers only
    ended = dcache(capsys, "predict", "--exit-code")
    assert ended.status == 0
    assert ended.out.splitlines()[-1] == "all 7 steps are cached"


def test_an_edit_is_named(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(app, {"src/app.py": "2\n"})
    ended = dcache(capsys, "predict", "--target", "build")
    assert ended.out.splitlines()[-1] == "2 of 6 steps will run; the first is line 5, because src/app.py changed"
    found = dcache(capsys, "predict", "--format", "json", "--exit-code")
    assert found.status == 1
    assert violation("prediction", found.json) is None
    assert verdicts(found.json) == ["hit"] * 4 + ["miss"] * 2 + ["miss"]  # lint stands on build


def test_unused_stages_and_open_verdicts(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(app, {"src/app.py": "2\n"})
    found = dcache(capsys, "predict", "--format", "json", "--target", "1").json
    last, unused = found["steps"][-2:]
    assert (last["verdict"], last["best"], last["worst"]) == ("depends", "hit", "miss")
    assert [cause["kind"] for cause in last["causes"]] == ["producer-output", "parent-missed", "file-content"]
    assert last["causes"][-1]["path"] == "src/app.py"
    assert unused["verdict"] == unused["best"] == unused["worst"] == "unused"


@pytest.mark.parametrize(
    ("pattern", "status"), [("RUN pip*", 0), ("RUN make", 1), ("COPY *", 1), ("RUN lint", 1), ("FROM *", 0)]
)
def test_fail_on_some_steps(pattern: str, status: int, app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(app, {"src/app.py": "2\n"})
    assert dcache(capsys, "predict", "--fail-on", pattern).status == status


def test_what_if(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edited = dcache(capsys, "predict", "--change", "requirements.txt", "--format", "json").json
    assert verdicts(edited) == ["hit", "hit"] + ["miss"] * 5
    folder = dcache(capsys, "predict", "--change", "src", "--format", "json").json
    assert verdicts(folder) == ["hit"] * 4 + ["miss"] * 3
    new = dcache(capsys, "predict", "--change", "src/new.py", "--format", "json").json
    assert "file-added" in {cause["kind"] for cause in new["steps"][4]["causes"]}
    ignored = dcache(capsys, "predict", "--change", "Dockerfile", "--format", "json").json
    assert set(verdicts(ignored)) == {"hit"}


def test_revisions(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit(app, {"src/app.py": "2\n"})
    commit(app, {"src/app.py": "1\n"})
    assert "miss" in verdicts(dcache(capsys, "predict", "--at", "HEAD", "--format", "json").json)
    found = dcache(capsys, "predict", "--at", "HEAD", "--against", "HEAD~2", "--against", "HEAD~1", "--format", "json")
    assert set(verdicts(found.json)) == {"hit"}  # a cache holds many builds: a revert hits again [c41]
    assert found.json["against"] == ["HEAD~2", "HEAD~1"]


def test_untracked_files_and_umask_bits_are_no_changes(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(app, {"src/untracked.py": ""})
    (app / "src/app.py").chmod(0o664)
    found = dcache(capsys, "predict", "--format", "json").json
    assert set(verdicts(found)) == {"hit"}
    said = " ".join(note["text"] for note in found["notes"])
    assert "does not track" in said
    assert "--exact-modes" in said
    exact = dcache(capsys, "predict", "--exact-modes", "--format", "json").json
    assert "file-mode" in {cause["kind"] for cause in exact["steps"][4]["causes"]}
    (app / "src/app.py").chmod(0o755)
    assert "file-mode" in {
        cause["kind"] for cause in dcache(capsys, "predict", "--format", "json").json["steps"][4]["causes"]
    }


def test_a_snapshot_serves_as_a_cache(app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = tmp_path.parent / f"{tmp_path.name}.state"
    saved = dcache(capsys, "snapshot", "-o", state, "--target", "build", "--build-arg", "X=1", "--format", "json").json
    assert saved["steps"] == 6
    assert saved["bytes"] == state.stat().st_size
    write(app, {"src/app.py": "2\n"})
    found = dcache(capsys, "predict", "--target", "build", "--against", f"state:{state}", "--format", "json").json
    assert verdicts(found)[:6] == ["hit"] * 4 + ["miss"] * 2
    assert found["steps"][4]["causes"][0]["path"] == "src/app.py"


def test_a_snapshot_of_another_version_is_refused(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import gzip

    (app / "old.state").write_bytes(gzip.compress(b'{"format": "dcache-state/0"}'))
    ended = dcache(capsys, "predict", "--against", "state:old.state")
    assert ended.status == 2
    assert "make it anew" in ended.err


@pytest.mark.parametrize("command", ["docker buildx build", "docker build", "docker image build", "podman build"])
def test_a_whole_build_command(command: str, app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(app, {"src/app.py": "2\n", "other.Dockerfile": "FROM x\nCOPY src /src\n"})
    rest = "-t a:b --progress=plain --pull -q --cache-from type=gha --build-arg A=1 -f other.Dockerfile ."
    commit(app, {})
    write(app, {"src/app.py": "3\n"})
    found = dcache(capsys, "predict", "--format", "json", "--", *command.split(), *rest.split()).json
    assert found["dockerfile"] == "other.Dockerfile"
    assert verdicts(found) == ["hit", "miss"]


def test_build_arguments_from_the_environment(
    app: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(app, {"Dockerfile": "FROM a\nARG V=1\nRUN x\n"})
    commit(app, {})
    monkeypatch.setenv("V", "2")
    assert dcache(capsys, "snapshot", "-o", "a.state").status == 0
    found = dcache(capsys, "predict", "--build-arg", "V", "--against", "state:a.state", "--format", "json").json
    assert found["steps"][1]["causes"][0]["text"] == "ARG V is `2`, was `1`"
    assert found["steps"][1]["causes"][0]["line"] == 2


def test_explain(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(app, {"src/app.py": "2\n"})
    by_line = dcache(capsys, "explain", "8", "--target", "1")
    by_name = dcache(capsys, "explain", "stage-1 1/1", "--target", "1")
    assert by_line.out == by_name.out
    assert by_line.out.splitlines() == [
        "[stage-1 1/1] depends  line 8: COPY --from=build /app/out /",
        "  hit if re-run steps write the same bytes again, miss if not",
        "  [build 6/6] RUN runs again: a hit only if it writes the same bytes (line 8)",
        "    because [build 6/6]: after [build 5/6] (line 5)",
        "      because [build 5/6]: src/app.py changed (line 5)",
    ]
    assert len(dcache(capsys, "explain", "8", "--target", "1", "--format", "json").json["steps"]) == 1


def test_graph(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = dcache(capsys, "graph", "--format", "json", "--target", "1")
    assert violation("graph", found.json) is None
    assert found.json["critical_path"] == [f"step {at}" for at in range(7)]
    assert {"from": "step 5", "to": "step 6", "how": "content", "what": "/app/out"} in found.json["edges"]
    assert "s5 -.-> s6" in dcache(capsys, "graph", "--format", "mermaid", "--target", "1").out
    assert "s5 -> s6 [style=dashed];" in dcache(capsys, "graph", "--format", "dot", "--target", "1").out
    assert "← [build 6/6] /app/out" in dcache(capsys, "graph", "--target", "1").out


def test_parse(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(app, {"h.Dockerfile": "FROM a\nCOPY --chmod=755 <<A <<-B /x/\n1\nA\n\t2\nB\n"})
    found = dcache(capsys, "parse", "h.Dockerfile", "--format", "json")
    assert violation("parse", found.json) is None
    copy = found.json["files"][0]["instructions"][1]
    assert (copy["keyword"], copy["line"], copy["end_line"]) == ("COPY", 2, 6)
    assert (copy["flags"], copy["heredocs"][0]) == (["--chmod=755"], "1\n")


def test_colour_only_on_a_terminal(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "\x1b" not in dcache(capsys, "predict").out


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert dcache(capsys, "--version").out.startswith("dcache 0.")
    assert "predict" in dcache(capsys, "--help").out


@pytest.mark.parametrize(
    "value", ["https://example.org/x.git", "https://example.org/x.tar", "oci-layout://./x", "target:other"]
)
def test_contexts_that_cannot_be_read_are_open_and_said_so(
    value: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(
        tmp_path, {"Dockerfile": "FROM a\nCOPY --from=lib /x /x\nFROM lib\nCOPY y /y\nCOPY --from=0 /x /x\n", "y": ""}
    )
    given = ["predict", str(tmp_path), "--against", f"dir:{tmp_path}", "--build-context", f"lib={value}"]
    found = dcache(capsys, *given, "--format", "json").json
    assert verdicts(found) == ["hit", "depends", "depends", "depends"]
    assert any("context lib" in note["text"] and "cannot be read" in note["text"] for note in found["notes"])


def test_an_image_context_is_an_image(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, {"Dockerfile": "FROM lib\nCOPY y /y\n", "y": ""})
    given = ["predict", str(tmp_path), "--against", f"dir:{tmp_path}", "--build-context", "lib=docker-image://x:1"]
    assert verdicts(dcache(capsys, *given, "--format", "json").json) == ["hit"]


def test_a_named_directory_has_ignore_rules_of_its_own(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit(
        app,
        {"Dockerfile": "FROM a\nCOPY --from=lib . /l\n", "lib/.dockerignore": "*.md\n", "lib/x.md": "1", "lib/y": "1"},
    )
    write(app, {"lib/x.md": "2"})
    given = ["predict", "--build-context", "lib=lib", "--format", "json"]
    assert verdicts(dcache(capsys, *given).json) == ["hit", "hit"]
    write(app, {"lib/y": "2"})
    assert dcache(capsys, *given).json["steps"][1]["causes"][0]["path"] == "y"


def test_several_platforms(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit(app, {"Dockerfile": "FROM scratch\nCOPY src /src\nRUN x\n"})
    found = dcache(capsys, "predict", "--platform", "linux/amd64,linux/arm64", "--format", "json").json
    assert [step["platform"] for step in found["steps"]] == ["linux/amd64"] * 2 + ["linux/arm64"] * 2
    assert verdicts(found) == ["hit"] * 4
