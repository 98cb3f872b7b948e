"""What is shipped is what stands in the tree."""

import importlib.metadata
import tomllib
from pathlib import Path
from typing import Any

import dcache

ROOT = Path(__file__).parents[1]
OUTSIDE = {"tests", "corpus", "docs", "bench", "build", "dist"}
ROOT_MODULES = {"__init__.py", "__main__.py", "config.py"}


def _config() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _inside(path: Path) -> bool:
    first = path.relative_to(ROOT).parts[0]
    return first not in OUTSIDE and not first.startswith(".") and not first.endswith(".egg-info")


def _packages() -> set[Path]:
    return {path.parent for path in ROOT.rglob("__init__.py") if _inside(path)}


def test_every_package_is_listed() -> None:
    listed = _config()["tool"]["setuptools"]["packages"]
    assert set(listed) == {".".join(("dcache", *path.relative_to(ROOT).parts)) for path in _packages()}
    assert listed == sorted(listed)


def test_every_module_lies_in_a_package() -> None:
    folders = {path.parent for path in ROOT.rglob("*.py") if _inside(path)}
    assert folders == _packages(), "a folder with modules has no __init__.py and would not be installed"


def test_no_stray_module_at_the_root() -> None:
    assert {path.name for path in ROOT.glob("*.py")} <= ROOT_MODULES


def test_tests_are_no_package() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_every_data_file_of_a_package_is_shipped() -> None:
    listed = _config()["tool"]["setuptools"]["package-data"]
    shipped = {
        path
        for package, patterns in listed.items()
        for pattern in patterns
        for path in ROOT.joinpath(*package.split(".")[1:]).glob(pattern)
    }
    found = {path for folder in _packages() - {ROOT} for path in folder.iterdir() if path.is_file()}
    assert {path for path in found if path.suffix not in {".py", ".pyc"}} == shipped - {ROOT / "py.typed"}


def test_the_version_has_one_source() -> None:
    assert _config()["project"]["dynamic"] == ["version"]
    assert importlib.metadata.version("dcache-lint") == dcache.__version__
