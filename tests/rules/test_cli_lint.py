"""`dcache lint` as a user meets it: which files, which exit status, what is printed where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dcache.cli.lint import command
from dcache.cli.main import dcache
from dcache.schemas import violation

BAD = "FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\n"
GOOD = "FROM node:22\nCOPY package.json ./\nRUN npm ci\n"


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / name).write_text(text)


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(command, list(arguments), input=stdin)


@pytest.fixture(autouse=True)
def _inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_clean(tmp_path: Path) -> None:
    write(tmp_path, Dockerfile=GOOD)
    result = run("--select", "order/copy-before-install")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "nothing found in 1 file\n", "")


def test_text(tmp_path: Path) -> None:
    write(tmp_path, Dockerfile=BAD)
    write(tmp_path, **{"a.js": "", ".dockerignore": "Dockerfile\n.dockerignore\n"})
    result = run("Dockerfile", "--select", "order/copy-before-install")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "Dockerfile:3:1: warning order/copy-before-install: `COPY . .` brings the whole build context in before "
        "`npm ci`, which needs only `package.json` and `package-lock.json`",
        "     3 | COPY . .",
        "       | ^^^^^^^^",
        "    Dockerfile:4:5: `npm ci` runs here",
        "    cost: any change in the context re-runs `npm ci`",
        "    cure: copy `package.json` and `package-lock.json` alone before `npm ci`, and the rest after it",
        "",
        "1 finding (1 warning) in 1 of 1 file; "
        "cures for up to 1: `dcache fix --diff` shows the safe ones, with --unsafe all",
    ]


def test_json_is_as_its_schema_says(tmp_path: Path) -> None:
    write(tmp_path, Dockerfile=BAD)
    write(tmp_path, **{"b.Dockerfile": "FROM a\nNOPE\n"})
    result = run("--format", "json", ".", "missing")
    document = json.loads(result.stdout)
    assert violation("findings", document) is None
    first = next(one for one in document["findings"] if one["rule"] == "order/copy-before-install")
    assert {key: first[key] for key in ("file", "line", "column", "end_line", "end_column", "fix", "aliases")} == {
        "file": "Dockerfile",
        "line": 3,
        "column": 1,
        "end_line": 3,
        "end_column": 9,
        "fix": None,
        "aliases": [],
    }
    assert first["related"] == [{"file": "Dockerfile", "line": 4, "column": 5, "message": "`npm ci` runs here"}]
    assert [(one["file"], one["line"], bool(one["error"])) for one in document["files"]] == [
        ("Dockerfile", None, False),
        ("b.Dockerfile", 2, True),
        ("missing", None, True),
    ]
    assert document["summary"]["findings"] == len(document["findings"])
    assert result.exit_code == 2


def test_files_are_found_by_their_names(tmp_path: Path) -> None:
    names = ["Dockerfile", "Dockerfile.dev", "web.Dockerfile", "api.dockerfile", "Containerfile", "Containerfile.x"]
    others = ["Dockerfile.dockerignore", "dockerfile.txt", "README.md", "MyDockerfileNotes"]
    for folder in ("", "sub/deep", ".git", "node_modules/x", "env"):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        write(tmp_path / folder, **dict.fromkeys(names + others, GOOD))
    write(tmp_path / "env", **{"pyvenv.cfg": ""})
    found = [one["file"] for one in json.loads(run("--format", "json").stdout)["files"]]
    assert sorted(found) == sorted(names + [f"sub/deep/{name}" for name in names])


def test_standard_input_has_no_context() -> None:
    result = run("-", stdin=BAD)
    assert result.exit_code == 1
    assert result.stdout.startswith("-:3:1: warning order/copy-before-install")
    assert "context/" not in result.stdout


def test_context_of_standard_input(tmp_path: Path) -> None:
    write(tmp_path, **{"a.js": ""})
    assert "context/no-dockerignore" in run("-", "--context", ".", stdin=BAD).stdout


def test_context(tmp_path: Path) -> None:
    (tmp_path / "docker").mkdir()
    write(tmp_path / "docker", Dockerfile="FROM a\nCOPY . /x\nCOPY src /y\n")
    (tmp_path / "src").mkdir()
    assert "context/" not in run("docker").stdout, "what is copied lies elsewhere: so does the context"
    result = run("docker", "--context", ".")
    assert result.exit_code == 1
    assert "context/no-dockerignore" in result.stdout
    assert "takes `docker/Dockerfile` in" in result.stdout


def test_the_ignore_file_of_the_dockerfile_wins(tmp_path: Path) -> None:
    write(tmp_path, Dockerfile="FROM a\nCOPY . /x\n")
    write(tmp_path, **{"Dockerfile.dockerignore": "*\n", ".dockerignore": "\n"})
    assert "context/dockerfile-copied" not in run("Dockerfile").stdout
    (tmp_path / "Dockerfile.dockerignore").unlink()
    assert "context/dockerfile-copied" in run("Dockerfile").stdout


def test_select_and_ignore(tmp_path: Path) -> None:
    write(tmp_path, Dockerfile=BAD)
    write(tmp_path, **{"a.js": ""})
    assert "context/" not in run("--select", "order").stdout
    assert "context/" not in run("--select", "order,stages").stdout
    result = run("--ignore", "order/copy-before-install", "--ignore", "context")
    assert "order/copy-before-install" not in result.stdout and "context/" not in result.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--select", "ordr"], "did you mean `order`?"),
        (["--context", "nowhere"], "--context nowhere: no such directory"),
        (["empty"], "no Dockerfile below `empty`"),
    ],
)
def test_wrong_usage(arguments: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, Dockerfile=GOOD)
    (tmp_path / "empty").mkdir()
    from dcache.cli import main

    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as ended:
        patch.setattr("sys.argv", ["dcache", "lint", *arguments])
        main.main()
    assert ended.value.code == 2
    assert told in capsys.readouterr().err


def test_a_bad_file_stops_no_other(tmp_path: Path) -> None:
    write(tmp_path, Dockerfile=BAD)
    write(tmp_path, **{"a.Dockerfile": "FROM a\nRUM true\n", "b.Dockerfile": "\0"})
    result = run(".", "missing")
    assert result.exit_code == 2
    assert "Dockerfile:3:1: warning order/copy-before-install" in result.stdout
    assert "a.Dockerfile:2:1: error correctness/syntax-error: `unknown instruction: RUM" in result.stdout
    assert "`b.Dockerfile` is a binary file" in result.stderr
    assert "no Dockerfile at `missing`" in result.stderr


def test_a_malformed_ignore_file_is_told(tmp_path: Path) -> None:
    write(tmp_path, Dockerfile=BAD)
    write(tmp_path, **{".dockerignore": "a\n[\n"})
    result = run()
    assert result.exit_code == 2
    assert ".dockerignore: line 2" in result.stderr


def test_a_fault_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dcache.rules.order import unused_arg

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(unused_arg, "declarations", broken)
    write(tmp_path, Dockerfile=BAD + "ARG X\n")
    result = run()
    assert result.exit_code == 3
    assert "the rule order/unused-arg failed; this is a fault of dcache" in result.stderr
    assert "order/copy-before-install" in result.stdout


def test_help() -> None:
    result = CliRunner().invoke(dcache, ["lint", "--help"])
    assert result.exit_code == 0
    assert "--select" in result.stdout
