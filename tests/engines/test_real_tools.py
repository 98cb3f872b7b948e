"""Fixes proven with real tools: pip, apt and npm in a Debian made of its packages, with no network.

The fixed Dockerfile makes the image of the original, but for what two builds of the original do not have in common
(logs with the time of day); and after an edit of the source, the install that ran again before stays cached. npm is
that of this machine, where it has one, and finds the package in its own cache.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import shutil
import tarfile
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

from dcache.analyzer.plans import BuildOptions
from dcache.pipeline.fix import FixRequest, run_fix, written
from dcache.pipeline.lint import LintRequest
from engines.images import Image, differences, exported
from engines.world import Engine

pytestmark = pytest.mark.engine

BASE = "local/debian:1"
SOURCE = "src/app.py"


class Case(NamedTuple):
    """A Dockerfile, what an install in it begins with, the rule that finds the fault, and whether the fix is safe.

    `tool` is the program of this machine that it takes, "" where it needs none.
    """

    text: str
    install: str
    rule: str
    files: dict[str, str]
    unsafe: bool = False
    tool: str = ""


def _npm_package() -> bytes:
    """A package of one module, as npm packs it."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, text in (
            ("package.json", '{"name": "one", "version": "1.0.0"}'),
            ("index.js", "module.exports = 1\n"),
        ):
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return out.getvalue()


def _npm_lock() -> str:
    """A lock file that names the package by what is in it."""
    package = {
        "version": "1.0.0",
        "resolved": "https://packages.invalid/one-1.0.0.tgz",
        "integrity": f"sha512-{base64.b64encode(hashlib.sha512(_npm_package()).digest()).decode()}",
    }
    root = {"name": "app", "dependencies": {"one": "1.0.0"}}
    return json.dumps({"name": "app", "lockfileVersion": 3, "packages": {"": root, "node_modules/one": package}})


FILES = {"requirements.txt": "one==1.0\n", SOURCE: "import one\n", "README.md": "x\n", "apt.txt": "hello\n"}
PIP = "pip install --break-system-packages --no-compile -r requirements.txt"
WHEELS = "ENV PYTHONDONTWRITEBYTECODE=1 PIP_NO_INDEX=1 PIP_FIND_LINKS=/wheels"
CASES = {
    "pip behind the source": Case(
        f"FROM {BASE}\n{WHEELS}\nCOPY --from=wheels . /wheels\nWORKDIR /app\nCOPY . .\n"
        f'RUN {PIP}\nRUN cp {SOURCE} built.py\nCMD ["python3", "{SOURCE}"]\n',
        "RUN pip install",
        "order/copy-before-install",
        FILES,
    ),
    "pip and what builds on it in one step": Case(
        f"FROM {BASE}\n{WHEELS}\nCOPY --from=wheels . /wheels\nWORKDIR /app\n"
        f"# all of it\nCOPY --chown=1000:1000 . .\nRUN {PIP} && cp {SOURCE} built.py\n",
        "RUN pip install",
        "order/copy-before-install",
        FILES,
    ),
    "apt behind the source": Case(
        f"FROM {BASE}\nCOPY . /app\nRUN apt-get update && apt-get install -y --no-install-recommends hello\n"
        f"RUN cp /app/{SOURCE} /app/built.py\n",
        "RUN apt-get update",
        "order/expensive-after-volatile",
        FILES,
        unsafe=True,
    ),
    "npm behind the source": Case(
        f"FROM {BASE}\nCOPY --from=node . /usr/local/\nCOPY --from=packages . /packages\n"
        "ENV npm_config_offline=true npm_config_logs_max=0 npm_config_cache=/var/cache/npm\n"
        f"RUN npm cache add /packages/one-1.0.0.tgz\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN cp {SOURCE} built.js\n",
        "RUN npm ci",
        "order/copy-before-install",
        {
            "package.json": '{"name": "app", "dependencies": {"one": "1.0.0"}}',
            "package-lock.json": _npm_lock(),
            SOURCE: "require('one')\n",
        },
        tool="npm",
    ),
}


@pytest.fixture(scope="module")
def debian(engine: Engine) -> Engine:
    """The engine with a real Debian."""
    engine.load_tree(BASE)
    return engine


@pytest.mark.parametrize("name", CASES)
def test_the_image_is_the_same_and_the_install_stays(name: str, debian: Engine, tmp_path: Path) -> None:
    case = CASES[name]
    if case.tool and shutil.which(case.tool) is None:
        pytest.skip(f"no {case.tool} on this machine")
    before, after = tmp_path / "before" / "context", tmp_path / "after" / "context"
    _lay(before, case)
    _lay(after, case)
    values = {"context": str(after), "select": [case.rule]}
    (fix,) = run_fix(FixRequest(LintRequest((str(after / "Dockerfile"),), values, config=""), case.unsafe))
    assert [one.found.rule for one in fix.fixed.applied], "nothing was fixed"
    assert written(fix) == fix
    fixed = (after / "Dockerfile").read_text()
    # What copies the whole context copies the Dockerfile too: both contexts hold the original.
    (tmp_path / "fixed").write_text(fixed)
    (tmp_path / "original").write_text(case.text)
    shutil.copy(before / "Dockerfile", after / "Dockerfile")
    original, other = _options(before, tmp_path / "original"), _options(after, tmp_path / "fixed")
    noise = set(_noise(debian, original, tmp_path))
    assert not any(path.startswith(("app", "usr/local")) for path in noise), noise
    told = [
        line for line in differences(*_images(debian, original, other, tmp_path)) if line.split(": ")[0] not in noise
    ]
    assert not told, (fixed, told)
    for options, ran in ((original, True), (other, False)):
        debian.build(options)
        Path(options.context, SOURCE).write_text("import one  # edited\n")
        steps = debian.build(options).steps.values()
        assert [step.ran for step in steps if step.text.startswith(case.install)] == [ran], fixed


def _noise(engine: Engine, options: BuildOptions, folder: Path) -> list[str]:
    """The paths that differ between two builds of the same."""
    return [line.split(": ")[0] for line in differences(*_images(engine, options, options, folder))]


def _images(engine: Engine, one: BuildOptions, other: BuildOptions, folder: Path) -> tuple[Image, Image]:
    engine.prune()
    first = exported(engine, one, folder)
    engine.prune()
    return first, exported(engine, other, folder)


def _options(context: Path, file: Path) -> BuildOptions:
    beside = tuple((name, str(context.parent / name)) for name in os.listdir(context.parent) if name != context.name)
    return BuildOptions(context=str(context), file=str(file), build_contexts=beside, network="none")


def _lay(context: Path, case: Case) -> None:
    for path, text in (case.files | {"Dockerfile": case.text}).items():
        (context / path).parent.mkdir(parents=True, exist_ok=True)
        (context / path).write_text(text)
    wheels, packages, node = (context.parent / name for name in ("wheels", "packages", "node"))
    wheels.mkdir()
    (wheels / "one-1.0-py3-none-any.whl").write_bytes(_wheel())
    if case.tool == "npm":
        packages.mkdir()
        (packages / "one-1.0.0.tgz").write_bytes(_npm_package())
        (node / "bin").mkdir(parents=True)
        shutil.copy(str(shutil.which("node")), node / "bin" / "node")
        program = Path(str(shutil.which("npm"))).resolve()  # …/npm/bin/npm-cli.js
        shutil.copytree(program.parents[1], node / "lib" / "npm")
        (node / "bin" / "npm").symlink_to("../lib/npm/bin/npm-cli.js")


def _wheel() -> bytes:
    """A package of one module."""
    about = "Metadata-Version: 2.1\nName: one\nVersion: 1.0\n"
    members = {
        "one.py": "value = 1\n",
        "one-1.0.dist-info/METADATA": about,
        "one-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "one-1.0.dist-info/RECORD": "",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in members.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return out.getvalue()
