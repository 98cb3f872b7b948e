"""What is read of a project is found in its text; what cannot be known is said to be unknown."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pytest

from dcache.analyzer.projects import workspace
from dcache.analyzer.projects.packages import covered, package_reads
from dcache.analyzer.projects.scripts import script_reads


class Texts:
    """A project in memory."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts

    def text(self, path: str) -> str | None:
        return self.texts.get(path)

    def names(self, folder: str) -> Collection[str]:
        start = folder + "/" if folder else ""
        return {name[len(start) :].partition("/")[0] for name in self.texts if name.startswith(start)}


SCRIPTS: dict[str, tuple[dict[str, str], set[str]]] = {
    "alone": ({"x.py": "import os\nprint(os.name)\n", "y.py": ""}, {"x.py"}),
    "a module beside it": ({"x.py": "import y\n", "y.py": ""}, {"x.py", "y.py"}),
    "a package": (
        {"x.py": "from a.b import c\n", "a/__init__.py": "", "a/b.py": "", "a/d.py": ""},
        {"x.py", "a/__init__.py", "a/b.py"},
    ),
    "a module named by from": (
        {"x.py": "from a import b\n", "a/__init__.py": "", "a/b.py": ""},
        {"x.py", "a/__init__.py", "a/b.py"},
    ),
    "relative imports": (
        {
            "x.py": "import a.b\n",
            "a/__init__.py": "",
            "a/b.py": "from . import c\nfrom .d import e\n",
            "a/c.py": "",
            "a/d.py": "",
        },
        {"x.py", "a/__init__.py", "a/b.py", "a/c.py", "a/d.py"},
    ),
    "a circle": ({"x.py": "import y\n", "y.py": "import x\n"}, {"x.py", "y.py"}),
    "in a folder": ({"t/x.py": "import y\n", "t/y.py": "", "y.py": ""}, {"t/x.py", "t/y.py"}),
    "a file by name": ({"x.py": "open('models.json').read()\n", "models.json": ""}, {"x.py", "models.json"}),
    "a file beside it": (
        {"t/x.py": "import os\nopen(os.path.join(os.path.dirname(__file__), 'a', 'b.txt'))\n", "t/a/b.txt": ""},
        {"t/x.py", "t/a/b.txt", "t/a"},
    ),
    "a path by slash": ({"x.py": "(Path(__file__).parent / 'b.txt').read_text()\n", "b.txt": ""}, {"x.py", "b.txt"}),
    "a module by a text": ({"x.py": "importlib.import_module('y')\n", "y.py": ""}, {"x.py", "y.py"}),
    "a file that it writes": ({"x.py": "open(name, 'w').write('a')\n"}, {"x.py"}),
    "nothing outside": ({"x.py": "open('../../etc/passwd')\nfrom .... import z\n"}, {"x.py"}),
}

UNKNOWN = {
    "no such file": {"y.py": ""},
    "no Python": {"x.py": "def (:\n"},
    "a computed module": {"x.py": "importlib.import_module(name)\n"},
    "exec": {"x.py": "exec(code)\n"},
    "a folder is listed": {"x.py": "import os\nos.listdir('.')\n"},
    "a pattern": {"x.py": "from pathlib import Path\nlist(Path('.').glob('*'))\n"},
    "another program": {"x.py": "subprocess.run(['make'])\n"},
    "a computed file": {"x.py": "open(name).read()\n"},
    "the path of modules is changed": {"x.py": "import sys\nsys.path.insert(0, 'lib')\nimport y\n"},
    "an imported module lists a folder": {"x.py": "import y\n", "y.py": "import os\nos.walk('.')\n"},
    "too long": {"x.py": "#" * 300_000},
}


@pytest.mark.parametrize(("texts", "files"), SCRIPTS.values(), ids=SCRIPTS.keys())
def test_what_a_script_reads(texts: dict[str, str], files: set[str]) -> None:
    script = next(name for name in texts if name.endswith("x.py"))
    read = script_reads(script, Texts(texts))
    assert read is not None
    assert set(read.files) == files


@pytest.mark.parametrize("texts", UNKNOWN.values(), ids=UNKNOWN.keys())
def test_what_a_script_reads_is_unknown(texts: dict[str, str]) -> None:
    assert script_reads("x.py", Texts(texts)) is None


def test_modules_from_elsewhere_and_arguments() -> None:
    read = script_reads(
        "x.py", Texts({"x.py": "import os, requests\nfrom nltk.data import find\n", "c.yml": ""}), ["c.yml"]
    )
    assert read is not None
    assert (read.modules, read.files) == (frozenset({"requests", "nltk"}), frozenset({"x.py", "c.yml"}))


def test_the_closure_is_bounded() -> None:
    chain = {f"m{at}.py": f"import m{at + 1}\n" for at in range(100)}
    assert script_reads("m0.py", Texts(chain)) is None


PACKAGES: dict[str, tuple[dict[str, str], set[str] | None]] = {
    "setup.py with found packages": (
        {"setup.py": "setup(packages=find_packages())\n", "a/__init__.py": "", "b/x.py": "", "t/y.py": ""},
        {"setup.py", "a"},
    ),
    "found below a folder": (
        {"setup.py": "setup(packages=find_packages('src'))\n", "src/a/__init__.py": "", "a/__init__.py": ""},
        {"setup.py", "src/a", "src"},
    ),
    "packages by name": ({"setup.py": "setup(packages=['a'])\n", "a/x.py": "", "b/x.py": ""}, {"setup.py", "a"}),
    "a module": ({"setup.py": "setup(py_modules=['a'])\n", "a.py": "", "b.py": ""}, {"setup.py", "a.py"}),
    "the readme and the version": (
        {
            "setup.py": "import a\nlong = open('README.md').read()\nsetup(version=a.__version__, packages=['a'])\n",
            "a/__init__.py": "__version__ = '1'\n",
            "README.md": "",
            "docs/x.md": "",
        },
        {"setup.py", "README.md", "a", "a/__init__.py"},
    ),
    "the version read with a function": (
        {
            "setup.py": "def read(n):\n    return open(n).read()\nsetup(version=read('V'), packages=['a'])\n",
            "V": "",
            "a/x.py": "",
        },
        {"setup.py", "V", "a"},
    ),
    "setup.cfg": (
        {
            "setup.cfg": "[metadata]\nversion = attr: a.__version__\nlong_description = file: R.md\n"
            "[options]\npackages = find:\n",
            "a/__init__.py": "",
            "R.md": "",
            "x.py": "",
        },
        {"setup.cfg", "a", "R.md", "a/__init__.py"},
    ),
    "pyproject.toml": (
        {
            "pyproject.toml": '[project]\nname="a"\nreadme="R.md"\ndynamic=["version"]\n'
            '[tool.setuptools]\npackages=["a"]\n[tool.setuptools.dynamic]\nversion={attr="a.__version__"}\n',
            "a/__init__.py": "",
            "R.md": "",
            "tests/x.py": "",
        },
        {"pyproject.toml", "a", "R.md", "a/__init__.py"},
    ),
    "packages that setuptools finds": (
        {"pyproject.toml": '[project]\nname="a"\n', "src/a/__init__.py": "", "tests/__init__.py": ""},
        {"pyproject.toml", "src/a"},
    ),
    "no package at all": ({"app.py": ""}, None),
    "an extension": ({"setup.py": "setup(packages=['a'], ext_modules=[E('x.c')])\n", "a/x.py": ""}, None),
    "a version from git": ({"setup.py": "setup(packages=['a'], use_scm_version=True)\n", "a/x.py": ""}, None),
    "another build system": (
        {"pyproject.toml": '[build-system]\nrequires=["hatchling"]\nbuild-backend="hatchling.build"\n'},
        None,
    ),
    "a package that is not there": ({"setup.py": "setup(packages=['a'])\n"}, None),
    "files that are looked for": (
        {"setup.py": "import glob\nsetup(packages=['a'], x=glob.glob('*'))\n", "a/x.py": ""},
        None,
    ),
}


@pytest.mark.parametrize(("texts", "files"), PACKAGES.values(), ids=PACKAGES.keys())
def test_what_an_install_of_a_package_reads(texts: dict[str, str], files: set[str] | None) -> None:
    read = package_reads("", Texts(texts))
    assert (None if read is None else set(read.files)) == files


def test_a_folder_covers_what_lies_in_it() -> None:
    read = package_reads("", Texts({"setup.py": "setup(packages=['a'])\n", "a/x.py": ""}))
    assert read is not None
    assert [covered(path, read) for path in ("a/x.py", "setup.py", "ab/x.py", "x.py")] == [True, True, False, False]


WORKSPACES: dict[str, tuple[str, dict[str, str], list[str]]] = {
    "npm": (
        "npm",
        {"package.json": '{"workspaces": ["packages/*"]}', "packages/a/package.json": "", "packages/b/x.js": ""},
        ["packages/a/package.json"],
    ),
    "yarn, an object": (
        "yarn",
        {"package.json": '{"workspaces": {"packages": ["a", "b/**"]}}', "a/package.json": "", "b/c/d/package.json": ""},
        ["a/package.json", "b/c/d/package.json"],
    ),
    "pnpm": (
        "pnpm",
        {
            "pnpm-workspace.yaml": "packages:\n  # ours\n  - 'apps/*'\n  - \"!apps/old\"\ncatalog:\n  - no\n",
            "apps/a/package.json": "",
            "apps/old/package.json": "",
            "no/package.json": "",
        },
        ["apps/a/package.json"],
    ),
    "pnpm, in one line": ("pnpm", {"pnpm-workspace.yaml": "packages: [a]\n", "a/package.json": ""}, ["a/package.json"]),
    "cargo": (
        "cargo",
        {
            "Cargo.toml": '[workspace]\nmembers = ["crates/*", "x"]\nexclude = ["crates/old"]\n',
            "crates/a/Cargo.toml": "",
            "crates/old/Cargo.toml": "",
            "x/Cargo.toml": "",
        },
        ["crates/a/Cargo.toml", "x/Cargo.toml"],
    ),
    "go": (
        "go",
        {"go.work": "go 1.25\nuse (\n\t./a // x\n\t./b\n)\n", "a/go.mod": "", "b/go.mod": ""},
        ["a/go.mod", "b/go.mod"],
    ),
    "uv": (
        "uv",
        {"pyproject.toml": '[tool.uv.workspace]\nmembers = ["p/*"]\n', "p/a/pyproject.toml": ""},
        ["p/a/pyproject.toml"],
    ),
    "maven": (
        "maven",
        {
            "pom.xml": "<module>a</module><!-- <module>z</module> -->",
            "a/pom.xml": "<module>b</module>",
            "a/b/pom.xml": "",
            "z/pom.xml": "",
        },
        ["a/pom.xml", "a/b/pom.xml"],
    ),
    "gradle": (
        "gradle",
        {
            "settings.gradle.kts": 'include(":a", ":b:c")\n// include(":z")\n',
            "a/build.gradle": "",
            "b/c/build.gradle.kts": "",
            "z/build.gradle": "",
        },
        ["a/build.gradle", "b/c/build.gradle.kts"],
    ),
    "dotnet": (
        "dotnet",
        {
            "x.sln": 'Project("{F}") = "A", "src\\A\\A.csproj", "{1}"\nProject("{F}") = "src", "src", "{2}"\n',
            "src/A/A.csproj": "",
        },
        ["src/A/A.csproj"],
    ),
}


@pytest.mark.parametrize(("tool", "texts", "members"), WORKSPACES.values(), ids=WORKSPACES.keys())
def test_the_members_of_a_workspace(tool: str, texts: dict[str, str], members: list[str]) -> None:
    found = workspace(tool, "", Texts(texts))
    assert found is not None
    assert list(found.members) == members


@pytest.mark.parametrize(
    ("tool", "texts"),
    [
        ("npm", {"package.json": "{}"}),
        ("npm", {"package.json": '{"workspaces": '}),
        ("npm", {"package.json": '{"workspaces": ["../a"]}', "a/package.json": ""}),
        ("cargo", {"Cargo.toml": "[package]\nname = 'workspace'\n"}),
        ("cargo", {"Cargo.toml": "[workspace\n"}),
        ("pnpm", {"pnpm-workspace.yaml": "catalog: {}\n"}),
        ("maven", {"pom.xml": "<project/>"}),
        ("pip", {"setup.py": ""}),
        ("gradle", {"settings.gradle": "rootProject.name = 'a'\n"}),
    ],
)
def test_no_workspace(tool: str, texts: dict[str, str]) -> None:
    assert workspace(tool, "", Texts(texts)) is None


@pytest.mark.parametrize(
    "text",
    ["tool = 1\n", "project = 1\nbuild-system = 2\n", "[tool]\nsetuptools = [1]\nuv = 'x'\n", "[[tool.uv]]\n", "[\n"],
)
def test_manifests_that_hold_something_else(text: str) -> None:
    project = Texts({"pyproject.toml": text, "Cargo.toml": text, "package.json": '["workspaces"]'})
    assert package_reads("", project) is None or "project" in text
    assert [workspace(tool, "", project) for tool in ("uv", "cargo", "npm")] == [None, None, None]
