"""The rules of this repository that no linter knows; CONTRIBUTING.md gives their reasons."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINES = 400
OUTSIDE = ("tests/", "corpus/", "docs/", "bench/", ".")
VAGUE = {"base", "common", "handler", "handlers", "helper", "helpers", "manager", "misc", "util", "utils"}
SLOW = {
    "asyncio",
    "debian",
    "importlib.metadata",
    "jsonschema",
    "libcst",
    "networkx",
    "pypi_simple",
    "requests",
    "rich",
    "urllib3",
    "yaml",
}
URL_HOST = re.compile(r"https?://(?:[^/@\s\"']*@)?([\w.-]+)")


@cache
def _files() -> tuple[str, ...]:
    """The paths of the files that are committed or about to be, without links, relative to the root."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = set(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0"))
    return tuple(name for name in sorted(listed) if (ROOT / name).is_file() and not (ROOT / name).is_symlink())


@cache
def _text(name: str) -> str:
    """The text of a file; empty if it is binary."""
    data = (ROOT / name).read_bytes()
    return "" if b"\0" in data else data.decode("utf-8", "replace")


def _modules() -> list[str]:
    return [name for name in _files() if name.endswith(".py") and not name.startswith(OUTSIDE)]


def _said_by(command: list[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60).stdout
    except FileNotFoundError:
        return ""


def _registry_hosts() -> set[str]:
    """The hosts that this machine's pip, npm and apt fetch from: they differ from machine to machine."""
    said = [_said_by([sys.executable, "-m", "pip", "config", "list"]), _said_by(["npm", "config", "get", "registry"])]
    sources = [Path("/etc/apt/sources.list"), *Path("/etc/apt/sources.list.d").glob("*")]
    for path in sources:
        if path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            said.extend(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    return {host for text in said for host in URL_HOST.findall(text) if "." in host}


def _naming(pattern: str, files: list[str]) -> list[str]:
    """`path:line: text` of every line that matches."""
    sought = re.compile(pattern)
    return [
        f"{name}:{number}: {line.strip()[:100]}"
        for name in files
        if sought.search(_text(name))
        for number, line in enumerate(_text(name).splitlines(), 1)
        if sought.search(line)
    ]


def test_no_module_is_long() -> None:
    modules = [name for name in _files() if name.endswith(".py")]
    assert not {name: n for name in modules if (n := _text(name).count("\n")) > LINES}


def test_names_say_the_thing() -> None:
    assert not [name for name in _modules() if VAGUE & {Path(name).stem, *Path(name).parts[:-1]}]


def _undocumented(body: list[ast.stmt], prefix: str) -> Iterator[str]:
    """Names of the public functions without a docstring, methods of public classes included."""
    for node in body:
        match node:
            case ast.ClassDef(name=name) if not name.startswith("_"):
                yield from _undocumented(node.body, f"{prefix}{name}.")
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if not name.startswith("_"):
                declared = ast.unparse(node.body[-1]) == "..."  # of a Protocol: its class's docstring may speak for it
                if not declared and not ast.get_docstring(node):
                    yield prefix + name
            case _:
                pass


def _is_rule(name: str) -> bool:
    """Whether the module is `rules/<theme>/<rule>.py`: its own docstring speaks for its `check`."""
    return name.startswith("rules/") and name.count("/") == 2


def test_every_public_function_has_a_docstring() -> None:
    found = {name: list(_undocumented(ast.parse(_text(name)).body, "")) for name in _modules()}
    missing = {name: [f for f in names if not (f == "check" and _is_rule(name))] for name, names in found.items()}
    assert not {name: names for name, names in missing.items() if names}


def test_every_module_has_a_docstring() -> None:
    assert not [name for name in _modules() if not ast.get_docstring(ast.parse(_text(name)))]


def test_typing_is_imported_where_it_costs_nothing() -> None:
    own = {"analyzer/named_tuple.py", "analyzer/typing.py", "reports/rules.py", "schemas/__init__.py"}
    assert not _naming(r"^\s*(from|import) typing\b", [name for name in _modules() if name not in own])


def test_no_loose_ends() -> None:
    modules = [name for name in _files() if not name.startswith("corpus/")]
    assert not _naming(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b", modules)


def test_no_registry_host_is_written_down() -> None:
    hosts = _registry_hosts()
    sought = "|".join(rf"(?<![\w.-]){re.escape(host)}(?![\w-])" for host in sorted(hosts))
    assert not hosts or not _naming(sought, list(_files()))


def test_nothing_outside_the_repository_is_named() -> None:
    assert not _naming(re.escape("../" + "shared"), [name for name in _files() if name != ".ci/run"])


def test_ci_runs_what_the_readme_says() -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```", _text("README.md"), re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 2, "README.md gives two commands: to use dcache, and to work on it"
    assert blocks[1].startswith("python3 -m venv .venv && .venv/bin/pip install -e "), blocks[1]
    assert ".venv/bin/pytest" in blocks[1], ".ci/run runs README.md's second block"


def test_the_example_is_one_edit() -> None:
    before, after = (
        {path.relative_to(top): path.read_bytes() for path in top.rglob("*") if path.is_file()}
        for top in (ROOT / "corpus/example/before", ROOT / "corpus/example/after")
    )
    assert before.keys() == after.keys()
    assert [str(path) for path in before if before[path] != after[path]] == ["src/app.py"]


@pytest.mark.parametrize("arguments", [["--help"], ["lint", "--help"], ["lint", "corpus/example/before/Dockerfile"]])
def test_a_plain_run_loads_nothing_slow(arguments: list[str]) -> None:
    program = (
        "import json, sys\n"
        "from dcache.cli.main import main\n"
        "code = 0\n"
        "try:\n    main()\n"
        "except SystemExit as end:\n    code = end.code or 0\n"
        "print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)\n"
    )
    command = [sys.executable, "-c", program, *arguments]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    code, loaded = json.loads(ended.stderr.splitlines()[-1])
    assert code in (0, 1), ended.stderr
    assert not SLOW & set(loaded)
