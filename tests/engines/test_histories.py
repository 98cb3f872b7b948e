"""Histories of real repositories: commits laid out as a checkout has them, stubs that fit, verdicts that agree."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from checkout import Checkout, commits
from dcache.analyzer.plans import BuildOptions
from dcache.analyzer.workspace import Place, Workspace
from engines.needs import Needs, needs, stubbed
from engines.world import MODES, Engine, Mode, stub_archive
from histories import History, Replayed, asked_for, replay, report

OLD, NEW = "1" * 64, "2" * 64
DOCKERFILE = f"""\
# syntax=docker/dockerfile:1
FROM example.com/vault:1@sha256:{OLD} AS vault
FROM golang:1.22 AS build
WORKDIR /src
COPY go.mod .
RUN go mod download
COPY . .
RUN <<EOF
#!/usr/bin/env python3
print("made")
EOF
FROM debian:12
USER app
COPY --from=build --chown=app:staff /src/server /usr/bin/
COPY --from=vault /web/*.html /web/
COPY --from=busybox:1 /bin/busybox.txt /b
RUN ["server", "--check"]
"""


def git(folder: Path, *words: str) -> str:
    """What git says in a folder."""
    names = ("-c", "user.name=n", "-c", "user.email=e@example.com", "-c", "init.defaultBranch=main")
    env = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
    done = subprocess.run(["git", "-C", folder, *names, *words], env=env, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit(folder: Path, title: str, files: dict[str, str]) -> str:
    """Write files, commit everything; the commit's id."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", title)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository of four commits: the first one, another file, a moved image, another base."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q")
    commit(folder, "first", {"Dockerfile": DOCKERFILE, "go.mod": "module m\n", "src/main.go": "a\n"})
    commit(folder, "a file", {"src/main.go": "b\n"})
    commit(folder, "a moved image", {"Dockerfile": DOCKERFILE.replace(OLD, NEW)})
    commit(folder, "another base", {"Dockerfile": DOCKERFILE.replace(OLD, NEW).replace("debian:12", "debian:13")})
    return folder


def history(repository: Path, number: int = 3, at: str = "HEAD") -> History:
    """The last commits of a repository."""
    return History(repository, "made", ".", "Dockerfile", None, (), number, at)


def test_the_last_commits_come_oldest_first(repository: Path) -> None:
    assert [one.title for one in commits(repository, "HEAD", 2, ".")] == ["a moved image", "another base"]
    assert [one.title for one in commits(repository, "HEAD", 9, "src")] == ["a file"], "the first has no parent"
    assert [one.title for one in commits(repository, "HEAD~1", 1, "Dockerfile")] == ["a moved image"]


def test_a_checkout_holds_the_files_of_a_commit(tmp_path: Path, repository: Path) -> None:
    (repository / "run.sh").write_text("x")
    (repository / "run.sh").chmod(0o755)
    (repository / "link").symlink_to("src/main.go")
    (repository / "src" / "main.go").unlink()
    last = commit(repository, "modes", {"deep/er/b.bin": "b"})
    checkout = Checkout(repository, tmp_path / "out", "Dockerfile")
    checkout.show("HEAD~1")
    before = (checkout.folder / "go.mod").stat().st_mtime_ns
    checkout.show(last)
    assert sorted(os.listdir(checkout.folder)) == ["Dockerfile", "deep", "go.mod", "link", "run.sh"]
    assert (checkout.folder / "run.sh").stat().st_mode & 0o777 == 0o755
    assert (checkout.folder / "go.mod").stat().st_mode & 0o777 == 0o644
    assert (checkout.folder / "go.mod").stat().st_mtime_ns == before
    assert os.readlink(checkout.folder / "link") == "src/main.go"
    checkout.show("HEAD~1")
    assert sorted(os.listdir(checkout.folder)) == ["Dockerfile", "go.mod", "src"]


def test_stubbed_texts_ask_for_no_frontend_and_no_digest() -> None:
    text = stubbed(DOCKERFILE)
    assert "sintax=docker" in text and "sha256" not in text and f"example.com/vault:1-{OLD[:12]}" in text
    assert stubbed(DOCKERFILE.replace(OLD, NEW)) != text
    assert stubbed(text) == text
    assert stubbed("FROM a\n# syntax=b\n") == "FROM a\n# syntax=b\n", (
        "a comment after the first instruction is no directive"
    )


def test_needs_are_what_a_build_takes_out_of_images(repository: Path) -> None:
    workspace = Workspace(BuildOptions(context=str(repository), file=str(repository / "Dockerfile")))
    (build,) = workspace.builds(Place("HEAD~1", "HEAD~1"))
    images = {"golang:1.22", "debian:12", "busybox:1"}
    assert needs(build.graph, repository) == Needs(
        frozenset(images | {f"example.com/vault:1-{NEW[:12]}"}),
        frozenset({"/src/server/", "/web/x.html", "/bin/busybox.txt"}),
        frozenset({"bin/sh", "usr/bin/env", "usr/local/bin/server"}),
        frozenset({"app", "staff"}),
    )


@pytest.mark.parametrize("mode", MODES)
def test_what_images_hold_differs_by_name_in_the_fresh_mode_only(mode: Mode) -> None:
    holding = Needs(paths=frozenset({"/app/out.bin", "/app/dist/"}))

    def layer(image: str) -> dict[str, bytes]:
        archive = stub_archive(image, mode, b"program", holding)
        with tarfile.open(fileobj=io.BytesIO(archive)) as outer:
            inner = next(
                member for member in outer.getmembers() if member.name.endswith("layer.tar") or ".tar" in member.name
            )
            data = outer.extractfile(inner)
            assert data is not None
            with tarfile.open(fileobj=io.BytesIO(data.read())) as files:
                return {m.name: one.read() for m in files.getmembers() if m.isfile() and (one := files.extractfile(m))}

    first, second = layer("a:1"), layer("a:2")
    assert first.keys() == second.keys() >= {"app/out.bin", "app/dist/stub.txt"}
    assert (first["app/out.bin"] == second["app/out.bin"]) is (mode == "stable")
    assert first[".stub/image"] != second[".stub/image"]


def test_the_command_of_the_figures_replays_the_same_commits() -> None:
    asked = asked_for(["x/clone", "--context", "a", "--build-arg", "V=1", "--commits", "3", "--touching", "a/b"])
    words = asked.command("0123456789abcdef").split()
    assert asked_for(words[1:]) == asked._replace(repository=Path("CLONE"), name="CLONE: Dockerfile", at="0123456789ab")


@pytest.mark.engine
def test_every_commit_is_predicted(repository: Path, engine: Engine, tmp_path: Path) -> None:
    found = replay(history(repository), engine, tmp_path)
    assert [one.error for one in found] == ["", "", ""]
    assert [row.told for one in found for row in one.rows if not row.right] == []
    moved = {row.text: row.truth for row in found[1].rows}
    assert moved["COPY --from=vault /web/*.html /web/"] == ("hit", "miss")
    assert {row.truth for row in found[2].rows if row.key[0] == "stage-2"} == {("miss", "miss")}


@pytest.mark.engine
def test_a_disagreement_is_told_with_commit_line_and_cause(
    repository: Path, engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (one,) = replay(history(repository, 1, "HEAD~1"), engine, tmp_path)
    turned = tuple(row._replace(truth=("hit", "hit")) if row.text == "COPY . ." else row for row in one.rows)
    refused = Replayed(one.commit, (), None, "12345678aa refused: out of paper")
    count = report(history(repository), [one._replace(rows=turned), refused])
    told = capsys.readouterr().out
    assert count["wrong"] == 1 and count["builds"] == 1
    assert f"WRONG: {one.commit.ident[:10]} (a moved image) Dockerfile:7 [build 5] COPY . .: hit/hit, predicted" in told
    assert "Dockerfile changed" in told and "not built: 1 commits: … refused: out of paper" in told
