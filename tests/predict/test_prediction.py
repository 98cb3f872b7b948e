"""Verdicts and causes on small builds, where the recorded cases are silent or a wrong answer would be dear."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcache.analyzer.plans import BuildOptions
from dcache.analyzer.predict import Prediction, chain, predict
from dcache.analyzer.state import Build, CacheState
from dcache.analyzer.workspace import Place, Workspace

Files = dict[str, str]


def build(folder: Path, dockerfile: str, files: Files, **options: object) -> Build:
    """The build of these files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {"Dockerfile": dockerfile, ".dockerignore": "Dockerfile\n.dockerignore\n", **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    values = BuildOptions(context=str(folder), **options)  # type: ignore[arg-type]
    return Workspace(values).builds(Place("a build"))[0]


def changed(folder: Path, before: tuple[str, Files], after: tuple[str, Files]) -> dict[str, Prediction]:
    """The predictions for `after` once `before` has been built, by `label number`."""
    old, new = build(folder / "old", *before), build(folder / "new", *after)
    found = predict(new, CacheState((old,)))
    return {f"{p.step.label} {p.step.number}".strip(): p for p in found}


def bounds(prediction: Prediction) -> str:
    return f"{prediction.best}/{prediction.worst}"


STAGES = "FROM a AS b\nWORKDIR /w\nCOPY src src\nCOPY lib lib\nRUN make\nFROM scratch\nCOPY --from=b {taken} /x\n"
FILES = {"src/a": "1", "lib/b": "1"}


@pytest.mark.parametrize(
    ("taken", "files", "expected", "why"),
    [
        ("/w/out", {"src/a": "2"}, "hit/miss", "make runs again; what it writes decides"),
        ("/w/src", {"src/a": "2"}, "miss/miss", "what is copied on was copied in, and changed"),
        ("/w/lib", {"src/a": "2"}, "hit/miss", "make may write there"),
        ("/w", {"src/a": "2"}, "miss/miss", "the whole directory holds the changed file"),
        ("/w/src/a", {"src/a": "2"}, "miss/miss", "the changed file itself"),
        ("/w/src/none", {"src/a": "2"}, "hit/miss", "not among what was copied: only make can have made it"),
        ("/w/out", {}, "hit/hit", "nothing changed"),
        ("/w/s*", {"src/a": "2"}, "miss/miss", "the pattern takes the changed directory"),
        ("/w/l*", {"src/a": "2"}, "hit/miss", "the pattern takes what did not change"),
        ("/w/*/a", {"src/a": "2"}, "miss/miss", "the pattern takes the changed file"),
        ("/w/src/*", {"src/a": "2"}, "miss/miss", "what is in the changed directory"),
        ("/*/src/b*", {"src/a": "2"}, "hit/miss", "the pattern takes nothing that was copied"),
    ],
)
def test_what_a_stage_hands_on(taken: str, files: Files, expected: str, why: str, tmp_path: Path) -> None:
    text = STAGES.format(taken=taken)
    found = changed(tmp_path, (text, FILES), (text, {**FILES, **files}))
    assert bounds(found["stage-1 1"]) == expected, why


@pytest.mark.parametrize(
    ("run", "expected", "why"),
    [
        ("make", "miss/miss", "nothing takes the changed file away"),
        ("make && rm -rf src", "hit/miss", "the changed file is gone"),
        ("make && rm -rf /w/src/*", "hit/miss", "by a pattern"),
        ("cd src && make && rm -rf a", "hit/miss", "relative to where the shell stands"),
        ("mv src /gone", "hit/miss", "moved away"),
        ("find . -name '*.c' -delete", "hit/miss", "perhaps found"),
        ("git clean -fdx", "hit/miss", "perhaps cleaned"),
        ("case $X in *) rm -rf src;; esac", "hit/miss", "not read: nothing is claimed"),
        ("rm -rf /var/lib/apt/lists/* /tmp/* lib", "miss/miss", "takes other things away"),
        ("rm -rf $GNUPGHOME", "miss/miss", "a variable of its own names no source"),
        ("make > src/out", "miss/miss", "writes beside it"),
    ],
)
def test_what_a_run_takes_away_again(run: str, expected: str, why: str, tmp_path: Path) -> None:
    text = STAGES.replace("RUN make", f"RUN {run}").format(taken="/w")
    found = changed(tmp_path, (text, FILES), (text, {**FILES, "src/a": "2"}))
    assert bounds(found["stage-1 1"]) == expected, why


def test_without_a_run_what_is_handed_on_is_known(tmp_path: Path) -> None:
    """The copies above are all that is there: an unchanged file hits though its stage misses before it."""
    text = STAGES.replace("RUN make\n", "").format(taken="/w/lib")
    found = changed(tmp_path, (text, FILES), (text, {**FILES, "src/a": "2"}))
    assert [bounds(p) for p in found.values()] == ["hit/hit", "hit/hit", "miss/miss", "miss/miss", "hit/hit"]


HANDED_ON = "FROM scratch AS b\n{}\nFROM scratch\nCOPY --from=b {} /x\n"


@pytest.mark.parametrize(
    ("before", "after", "taken", "expected", "why"),
    [
        ("COPY src/* /w/", "COPY src/a /w/", "/w/a", "hit/hit", "the pattern stands for that one file"),
        ("COPY src/* /w/", "COPY lib src/a /w/", "/w/a", "hit/hit", "the folder brings nothing of that name"),
        ("COPY --exclude=*.md src /w/", "COPY src /w/", "/w", "hit/hit", "nothing is excluded"),
        (
            "COPY --exclude=a src /w/",
            "COPY src /w/",
            "/w",
            "hit/miss",
            "a key can differ by the way of selecting alone",
        ),
        ("COPY src/a /w/", "COPY src/a lib/b /w/", "/w", "miss/miss", "one file more"),
        ("COPY src/a /w/", "COPY src/a /w/\nCOPY src/a /w/", "/w", "hit/miss", "most likely the same once more"),
        ("COPY src/a /w/", "COPY --chmod=644 src/a /w/", "/w", "hit/miss", "it has that mode already"),
        ("COPY src/a /w/", "COPY --chmod=600 src/a /w/", "/w", "miss/miss", "another mode"),
        ("COPY src/a /w/", "COPY --chown=7 src/a /w/", "/w", "miss/miss", "another owner"),
        ("COPY src/a /w/", "COPY --chown=ann src/a /w/", "/w", "hit/miss", "a name can stand for root"),
        ("COPY src /w/", "COPY --chmod=600 src /w/\nCOPY src /w/", "/w", "hit/miss", "it is covered"),
    ],
)
def test_what_copies_hand_on(before: str, after: str, taken: str, expected: str, why: str, tmp_path: Path) -> None:
    texts = (HANDED_ON.format(lines, taken) for lines in (before, after))
    old, new = ((text, FILES) for text in texts)
    assert bounds(changed(tmp_path, old, new)["stage-1 1"]) == expected, why


def test_another_image_may_have_another_directory(tmp_path: Path) -> None:
    text = "FROM {}\nCOPY --link src /x/\nCOPY --link src rel/\n"
    found = changed(tmp_path, (text.format("a"), FILES), (text.format("b"), FILES))
    assert [bounds(p) for p in found.values()][1:] == ["hit/hit", "hit/miss"]
    assert [cause.kind for cause in found["3"].causes] == ["base-moved"]


def test_the_owner_of_a_directory_is_handed_on_too(tmp_path: Path) -> None:
    text = "FROM {} AS b\nUSER {}\nWORKDIR /w/d\nFROM scratch\nCOPY --from=b /w /x\n"
    for base, expected in (("scratch", "miss/miss"), ("a", "hit/miss")):  # the image may have the directory
        found = changed(tmp_path / base, (text.format(base, 1), {}), (text.format(base, 2), {}))
        assert bounds(found["stage-1 1"]) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("FROM a:1\nRUN x\n", "FROM a:2\nRUN x\n", ["base-moved", "parent-missed"]),
        ("FROM a:1@sha256:" + "0" * 64 + "\nRUN x\n", "FROM a:2@sha256:" + "0" * 64 + "\nRUN x\n", []),
        ("FROM a\nENV A=1\nRUN x\n", "FROM a\nENV A=2\nRUN x\n", ["env-value"]),
        ("FROM a\nENV A=1\nENV B=1\nRUN x\n", "FROM a\nENV B=1\nENV A=1\nRUN x\n", ["env-order"]),
        ("FROM a\nARG A=1\nRUN x\n", "FROM a\nARG A=2\nRUN x\n", ["arg-value"]),
        ("FROM a\nRUN x\n", "FROM a\nUSER u\nRUN x\n", ["user"]),
        ("FROM a\nRUN x\n", "FROM a\nRUN y\n", ["instruction"]),
        ("FROM a\nRUN x\n", "FROM a\nRUN --network=none x\n", ["option"]),
        ("FROM a\nRUN x\n", "FROM a\nRUN --mount=type=cache,target=/c x\n", ["mount"]),
        ("FROM a\nCOPY <<E /e\n1\nE\n", "FROM a\nCOPY <<E /e\n2\nE\n", ["heredoc"]),
        ("FROM a\nRUN x\n", "FROM a\nRUN w\nRUN x\n", ["new-step", "parent-missed"]),
        (
            "FROM --platform=linux/amd64 a\nRUN x\n",
            "FROM --platform=linux/386 a\nRUN x\n",
            ["platform", "parent-missed", "platform"],
        ),
    ],
)
def test_the_cause_is_named(before: str, after: str, expected: list[str], tmp_path: Path) -> None:
    found = changed(tmp_path, (before, {}), (after, {}))
    assert [cause.kind for p in found.values() for cause in p.causes] == expected


def test_a_long_stage_has_short_chains(tmp_path: Path) -> None:
    text = "FROM a\nCOPY f f\n" + "".join(f"RUN step{at}\n" for at in range(200))
    found = list(changed(tmp_path, (text, {"f": "1"}), (text, {"f": "2"})).values())
    links = chain(found[-1].causes[0])
    assert [link.kind for link in links] == ["parent-missed", "file-content"]
    assert links[-1].path == "f"


def test_many_files_are_counted_and_a_few_named(tmp_path: Path) -> None:
    text = "FROM a\nCOPY . .\n"
    old = {f"f{at}": "1" for at in range(40)}
    found = changed(tmp_path, (text, old), (text, {name: "2" for name in old} | {"new": ""}))
    causes = found["2"].causes
    assert causes[0].text == "41 files differ: 40 changed, 1 added"
    assert [cause.path for cause in causes[1:]] == ["f0", "f1", "f10", "f11", "f12"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("COPY a/x b/x /m/", "COPY b/x a/x /m/"),  # s17c
        (
            "RUN --mount=source=a,target=/p --mount=source=b,target=/q x",
            "RUN --mount=source=b,target=/p --mount=source=a,target=/q x",
        ),  # s05g
    ],
)
def test_hits_that_the_engine_gets_wrong_are_said(before: str, after: str, tmp_path: Path) -> None:
    files = {"a/x": "1", "b/x": "2"}
    found = changed(tmp_path, (f"FROM a\n{before}\n", files), (f"FROM a\n{after}\n", files))
    prediction = list(found.values())[-1]
    assert prediction.verdict == "hit"
    assert len(prediction.traps) == 1


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("https://h/f", "hit/miss"),
        ("--checksum=sha256:00 https://h/f", "hit/hit"),
        ("https://h/r.git#main", "hit/miss"),
        ("https://h/r.git#" + "a" * 40, "hit/hit"),
    ],
)
def test_addresses_are_open_unless_pinned(source: str, expected: str, tmp_path: Path) -> None:
    text = f"FROM a\nADD {source} /f\n"
    assert bounds(changed(tmp_path, (text, {}), (text, {}))["2"]) == expected


def test_an_unknown_working_directory_is_open(tmp_path: Path) -> None:
    """A relative WORKDIR may mean the absolute one: only the base image's configuration tells."""
    found = changed(tmp_path, ("FROM a\nWORKDIR w\nRUN x\n", {}), ("FROM a\nWORKDIR /w\nRUN x\n", {}))
    assert [bounds(p) for p in found.values()] == ["hit/hit", "hit/miss", "hit/miss"]
    found = changed(tmp_path / "s", ("FROM scratch\nWORKDIR w\nRUN x\n", {}), ("FROM scratch\nWORKDIR /w\nRUN x\n", {}))
    assert [bounds(p) for p in found.values()] == ["hit/hit", "hit/hit"]


def test_a_cache_holds_many_builds(tmp_path: Path) -> None:
    text = "FROM a\nCOPY f f\nRUN x\n"
    one, two, three = (build(tmp_path / name, text, {"f": name}) for name in ("1", "2", "3"))
    again = build(tmp_path / "again", text, {"f": "1"})
    assert {p.verdict for p in predict(again, CacheState((one, two)))} == {"hit"}
    assert [p.verdict for p in predict(three, CacheState((one, two)))] == ["hit", "miss", "miss"]


LINES = st.sampled_from(
    "RUN a|RUN b|COPY f f|COPY d d|COPY . .|ENV E=1|ARG A=1|USER u|WORKDIR /w|LABEL l=1|COPY --link f g|"
    'COPY --from=0 /x /x|RUN --mount=target=/m m|COPY <<E /e\n1\nE|SHELL ["/s"]'.split("|")
)


@settings(max_examples=60, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=8), st.lists(LINES, min_size=1, max_size=8), st.booleans())
def test_less_known_is_never_more_cached(one: list[str], other: list[str], edit: bool) -> None:
    """An unchanged build hits throughout; an empty cache has no hit; a bigger cache loses none; best >= worst."""
    import tempfile

    def text(lines: list[str]) -> str:
        return "FROM a\nRUN z\nFROM b\n" + "\n".join(lines) + "\n"

    files = {"f": "1", "d/g": "1"}
    with tempfile.TemporaryDirectory() as folder:
        first = build(Path(folder, "1"), text(one), files)
        same = build(Path(folder, "2"), text(one), files)
        second = build(Path(folder, "3"), text(other), {**files, "f": "2"} if edit else files)
        assert all(p.verdict in ("hit", "unused") for p in predict(same, CacheState((first,))))
        assert all(p.best != "hit" for p in predict(second, CacheState()))
        small = predict(second, CacheState((first,)))
        large = predict(second, CacheState((first, build(Path(folder, "4"), text(other), files))))
        for before, after in zip(small, large, strict=True):
            assert not (before.worst == "hit" and after.worst != "hit")
            assert not (before.best == "hit" and after.best != "hit")
            assert not (before.worst == "hit" and before.best != "hit")
        for prediction in (*small, *large):
            assert prediction.causes or prediction.worst in ("hit", "unused")


def test_a_pattern_takes_a_changed_manifest(tmp_path: Path) -> None:
    text = "FROM a AS b\nWORKDIR /app\nCOPY . .\nFROM a\nCOPY --from=b /app/package*.json ./\nRUN npm ci\n"
    files = {"package.json": "1", "src/x": "1"}
    found = changed(tmp_path / "1", (text, files), (text, {**files, "package.json": "2"}))
    assert bounds(found["stage-1 2"]) == "miss/miss"
    found = changed(tmp_path / "2", (text, files), (text, {**files, "src/x": "2"}))
    assert bounds(found["stage-1 2"]) == "hit/hit"


def test_merged_directories_are_one(tmp_path: Path) -> None:
    text = "FROM a AS b\nCOPY f /bin/tool\nFROM a\nCOPY --from=b /usr/bin/tool /t\n"
    assert bounds(changed(tmp_path, (text, {"f": "1"}), (text, {"f": "2"}))["stage-1 2"]) == "miss/miss"


def test_an_empty_base_is_another_base(tmp_path: Path) -> None:
    """The place of the base is in the key, and --link copies onto none."""
    text = "FROM a AS b\nCOPY f /w/\nFROM b\nCOPY {} --from=b /o ./\n"
    found = changed(tmp_path, (text.format(""), {"f": "1"}), (text.format("--link"), {"f": "1"}))
    assert bounds(found["stage-1 1"]) == "miss/miss"


@pytest.mark.parametrize(
    ("producer", "taken", "expected", "why"),
    [
        ("RUN ln -s /src /app\nCOPY f /src/f", "/app/f", "hit/miss", "the link leads to what changed"),
        ("RUN ln -s /bin/python3 /bin/python\nCOPY f /src/f", "/app/f", "hit/hit", "a link that leads elsewhere"),
        ("COPY d /d\nCOPY f /src/f", "/d/l", "hit/miss", "a link in what was copied"),
        ("COPY d /d\nCOPY f /src/f", "/d/g", "hit/hit", "beside the link"),
    ],
)
def test_links_in_a_stage_leave_it_open(producer: str, taken: str, expected: str, why: str, tmp_path: Path) -> None:
    text = f"FROM a AS b\n{producer}\nFROM a\nCOPY --from=b {taken} /x\n"
    builds: list[Build] = []
    for name in ("1", "2"):
        (tmp_path / name / "d").mkdir(parents=True)
        (tmp_path / name / "d/l").symlink_to("/src/f")
        builds.append(build(tmp_path / name, text, {"f": name, "d/g": ""}))
    last = predict(builds[1], CacheState((builds[0],)))[-1]
    assert bounds(last) == expected, why


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("WORKDIR $GOPATH/src", "WORKDIR /src", "miss/miss"),
        ("ENV A=$GOPATH", 'ENV A=""', "miss/miss"),
        ("ENV A=${GOPATH:-/d}", "ENV A=/d", "miss/miss"),
        ("ENV PATH=$PATH:/x", "ENV PATH=${PATH}:/x", "hit/hit"),
        ("ARG A\nENV B=$A", "ENV B=", "hit/hit"),  # declared here: the base image has no say
    ],
)
def test_what_only_the_base_image_sets_is_not_empty(before: str, after: str, expected: str, tmp_path: Path) -> None:
    found = changed(tmp_path, (f"FROM a\n{before}\nRUN x\n", {}), (f"FROM a\n{after}\nRUN x\n", {}))
    assert bounds(list(found.values())[-1]) == expected


def test_an_unset_variable_in_a_source_is_empty(tmp_path: Path) -> None:
    """So the whole context is taken, as the engine does."""
    text = "FROM a\nCOPY $UNSET /x\nCOPY ${UNSET:-d} /y\n"
    found = changed(tmp_path, (text, {"f": "1", "d/g": "1"}), (text, {"f": "2", "d/g": "1"}))
    assert bounds(found["2"]) == "miss/miss"


@pytest.mark.parametrize(
    ("before", "after", "expected", "why"),
    [
        ("COPY f /w/\nCOPY d /w/d", "COPY d /w/d\nCOPY f /w/", "hit/hit", "the order of what does not meet"),
        ("COPY f /w/\nCOPY d /w/d", "COPY f /w/\nCOPY d /w/d\nRUN x", "hit/miss", "a new RUN may write there"),
        ("COPY f /w/\nCOPY d /w/d", "COPY f /w/", "miss/miss", "a directory is gone"),
        ("COPY f /w/", "COPY f /w/\nCOPY d /w/d", "miss/miss", "a directory is new"),
        ("COPY f /w/x/\nCOPY d/g /w/x/f", "COPY d/g /w/x/f\nCOPY f /w/x/", "hit/miss", "the last one wins"),
        ("COPY f /w/\nWORKDIR /w", "WORKDIR /w\nCOPY f /w/", "hit/hit", "a directory that is there anyway"),
    ],
)
def test_other_steps_may_make_the_same_files(before: str, after: str, expected: str, why: str, tmp_path: Path) -> None:
    text = "FROM a AS b\n{}\nFROM a\nCOPY --from=b /w /x\n"
    files = {"f": "1", "d/g": "1"}
    found = changed(tmp_path, (text.format(before), files), (text.format(after), files))
    assert bounds(found["stage-1 2"]) == expected, why


def test_what_is_overwritten_does_not_count(tmp_path: Path) -> None:
    text = "FROM a AS b\nCOPY a/x /w/\nCOPY b/x /w/\nFROM a\nCOPY --from=b /w/x /x\n"
    found = changed(tmp_path, (text, {"a/x": "1", "b/x": "1"}), (text, {"a/x": "2", "b/x": "1"}))
    assert bounds(found["stage-1 2"]) == "hit/hit"


def test_a_workdir_of_the_image_may_be_the_root(tmp_path: Path) -> None:
    found = changed(tmp_path, ("FROM a\nRUN x\n", {}), ("FROM a\nWORKDIR /\nRUN x\n", {}))
    assert bounds(found["2"]) == "hit/miss"


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("COPY f /w/x\nCOPY g /w/x", "COPY f /w/x\nCOPY g /w/x", "covered by the later copy"),
        ("COPY g /w/", "COPY --chown=0:0 g /w/", "root is the owner either way"),
        ("COPY --chown=7 g /w/", "COPY --chown=7:7 g /w/", "the group is the user's"),
        ("COPY d /w/", "COPY --exclude=*.zip d /w/", "nothing is excluded"),
    ],
)
def test_what_is_read_may_differ_though_what_is_written_does_not(
    before: str, after: str, why: str, tmp_path: Path
) -> None:
    text = "FROM scratch AS p\n{}\nFROM a\nCOPY --from=p /w /got\n"
    files = {"g": "1", "d/x": "1"}
    found = changed(tmp_path, (text.format(before), {**files, "f": "1"}), (text.format(after), {**files, "f": "2"}))
    assert found["stage-1 2"].best == "hit", why


@pytest.mark.parametrize("copy", ["COPY --chmod=600 f /w/", "COPY d /w/"])
def test_modes_that_are_left_behind(copy: str, tmp_path: Path) -> None:
    text = f"FROM scratch AS p\n{copy}\nFROM a\nCOPY --from=p /w /got\n"
    builds = [build(tmp_path / name, text, {"f": "1", "d/x": "1"}) for name in ("1", "2")]
    (tmp_path / "2/f").chmod(0o755)
    (tmp_path / "2/d").chmod(0o700)
    assert predict(builds[1], CacheState((builds[0],)), warm=False)[-1].best == "hit"
