"""What real builds printed, in each form; the same build says the same in all of them."""

import pytest

from logs.builds import log, logs, sample, verdicts

RUN = r"""RUN echo "#7 CACHED"; sleep 0.2; printf '#8 DONE 9.9s\r#9 ERROR: x\n' >&2"""
COLD = {
    "[assets 2/4] WORKDIR /web": "ran",
    "[assets 3/4] COPY package.json ./": "ran",
    f"[assets 4/4] {RUN}": "ran",
    "[stage-1 2/5] WORKDIR /app": "ran",
    "[stage-1 3/5] COPY --link src/ src/": "unknown",
    "[stage-1 4/5] RUN ls src": "ran",
    "[stage-1 5/5] COPY --from=assets /web /web": "ran",
}
EDIT = {name: "ran" if "stage-1" in name and "WORKDIR" not in name else "cached" for name in COLD}
BASE = ("docker.io/local/bb:1", "sha256:dba0df03a37d3f27a2c252d3d157005a8ee800c80e9fafa0bc92410d85619972")


def held(found: dict[str, str]) -> dict[str, str]:
    """The verdicts with hits that the engine inferred as hits, which plain progress does not tell apart."""
    return {name: "cached" if verdict == "inferred" else verdict for name, verdict in found.items()}


def test_a_cold_build() -> None:
    build = log(sample("cold.plain"))
    assert (build.form, build.line, build.images, build.error) == ("plain", 1, (BASE,), "")
    assert verdicts(build) == COLD
    times = {step.name.text: step.seconds for step in build.steps}
    assert times[RUN] == 1.7 and times["COPY --link src/ src/"] is None
    assert build.notes == ("plain progress does not tell all; --progress=rawjson does",)


def test_a_warm_build() -> None:
    build = log(sample("warm.rawjson"))
    assert set(verdicts(build).values()) == {"cached", "inferred"}
    assert all(step.seconds is None for step in build.steps if step.verdict != "resolved")


def test_an_edited_file() -> None:
    plain, raw = log(sample("edit.plain")), log(sample("edit.rawjson"))
    assert held(verdicts(raw)) == EDIT
    assert verdicts(plain) == {**EDIT, "[stage-1 3/5] COPY --link src/ src/": "unknown"}
    (copy,) = (step for step in raw.steps if "--link" in step.name.text)
    assert (copy.verdict, copy.seconds, copy.merge) == ("ran", 0.127, "ran")
    assert [step.seconds for step in raw.steps if step.name.text == "RUN ls src"] == [0.479]


def test_provenance_has_the_lines_of_raw_progress() -> None:
    build = log(sample("edit.rawjson"), sample("edit.metadata.json"))
    assert {step.name.text.partition(" ")[0] + str(step.line) for step in build.steps} == {
        *("FROM1", "WORKDIR2", "COPY3", "RUN4", "WORKDIR7", "COPY8", "RUN9", "COPY10")
    }
    assert log(sample("edit.metadata.json"), sample("edit.rawjson")) == build


def test_a_document_alone_says_what_it_lacks() -> None:
    build = log(sample("edit.metadata.json"))
    assert [(step.line, step.name.text, step.verdict) for step in build.steps][:2] == [
        (1, "FROM local/bb:1 AS assets", "unknown"),
        (2, "WORKDIR /web", "unknown"),
    ]
    assert build.notes == (
        "provenance does not say what was cached nor how long a step took: give the build's log too",
    )
    record = log(sample("inspect.json"))
    assert (record.form, record.steps) == ("history", ())
    assert "counts 13 steps, 4 of them cached" in record.notes[0]
    assert "docker buildx history logs --progress rawjson " in record.notes[0]


def test_a_failed_build() -> None:
    for name in ("failed.plain", "failed.rawjson"):
        build = log(sample(name))
        assert verdicts(build)["[stage-1 4/5] RUN ls src; exit 3"] == "failed"
        assert build.error.endswith("did not complete successfully: exit code: 3")
    assert verdicts(build)["[stage-1 5/5] COPY --from=assets /web /web"] == "unneeded"


def test_a_result_from_a_registry_is_a_hit_though_its_bytes_come_later() -> None:
    for name in ("imported.plain", "imported.rawjson"):
        build = log(sample(name))
        assert list(held(verdicts(build)).values()) == ["cached", "cached", "ran"]
        assert build.imports == ("127.0.0.1:5000/c",)


def test_targets_of_a_bake() -> None:
    build = log(sample("bake.rawjson"))
    assert build.targets == ("api", "web")
    found = {(step.name.target, step.name.title): step.verdict for step in build.steps}
    assert found["web", "[assets 3/4]"] == "unneeded" and found["web", "[assets 4/4]"] == "cached"
    assert found["api", "[stage-1 5/5]"] == "cached"
    plain = {(step.name.target, step.name.title): step.verdict for step in log(sample("bake.plain")).steps}
    assert plain["api", "[assets 4/4]"] == "ran"  # two vertices of that name: one ran, the other found its result


def test_platforms() -> None:
    found = {(step.name.platform, step.name.title): step.verdict for step in log(sample("platforms.rawjson")).steps}
    assert found == {
        ("linux/arm64", "[stage-1 1/2]"): "ran",
        ("linux/arm64", "[stage-1 2/2]"): "ran",
        ("linux/amd64", "[b 1/2]"): "resolved",
        ("linux/amd64", "[b 2/2]"): "ran",
    }


@pytest.mark.parametrize(
    "names",
    [
        ("cold.plain", "edit.plain"),
        ("cold.plain", "warm.rawjson", "edit.rawjson", "edit.plain"),
        ("edit.plain", "edit.plain"),
        ("failed.rawjson", "warm.rawjson"),
        ("warm.rawjson", "warm.rawjson", "bake.rawjson", "edit.rawjson"),
        ("edit.plain", "failed.plain", "bake.plain"),
    ],
)
def test_builds_in_one_file_are_told_apart(names: tuple[str, ...]) -> None:
    texts = [sample(name) if sample(name).endswith("\n") else sample(name) + "\n" for name in names]
    found = logs("".join(texts))
    assert [build.steps for build in found] == [log(text).steps for text in texts]
    assert [build.line for build in found] == [1 + "".join(texts[:at]).count("\n") for at in range(len(texts))]
