"""Fixes proven with real tools: pip, apt and npm in a Debian made of its packages, with no network.

The fixed Dockerfile makes the image of the original, but for what two builds of the original do not have in common
(logs with the time of day); and after an edit of the source, the install that ran again before stays cached. npm is
that of this machine, where it has one, and finds the package in its own cache. Where apt has a cache mount, a
repository that counts what it is asked for tells that one more package is the only one that is fetched.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
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

    `tool` is the program of this machine that it takes, "" where it needs none; `fetch` is what the step begins with
    that the fix adds, where it leaves the install behind the copy. `modes` are those of folders.
    """

    text: str
    install: str
    rule: str
    files: dict[str, str]
    unsafe: bool = False
    tool: str = ""
    fetch: str = ""
    modes: Mapping[str, int] = {}


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
    "a build that fetches by itself": Case(
        f"FROM {BASE}\nCOPY --from=cargo . /usr/local/bin/\nCOPY . /new/app\nWORKDIR /new/app\n"
        "RUN cargo build --release\n",
        "RUN cargo build",
        "order/copy-before-install",
        {
            "Cargo.toml": '[package]\nname = "x"\nversion = "0.1.0"\n',
            "Cargo.lock": '[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "registry+https://example.com/index"\n',
            "src/main.rs": "fn main() {}\n",
            SOURCE: "x\n",
        },
        unsafe=True,
        fetch="RUN mkdir -p src",
        modes={"src": 0o2770},
    ),
}
# What stands for cargo, the real one of which is held against the same cure in tests/fixers: it fetches what the lock
# file names, if the manifest and its target are there, and builds from the source.
CARGO = """#!/bin/sh
set -e
[ -f Cargo.toml ] && [ -f src/main.rs ]
mkdir -p /var/cache/cargo
grep source Cargo.lock > /var/cache/cargo/fetched
[ "$1" = fetch ] || { mkdir -p target; cat src/main.rs src/app.py > target/x; }
"""


# What apt makes of its lists, with the times at which it read them: two builds of the same may or may not agree.
APT_INDEXES = ("var/cache/apt/pkgcache.bin", "var/cache/apt/srcpkgcache.bin")


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
    assert case.fetch in fixed
    # What copies the whole context copies the Dockerfile too: both contexts hold the original.
    (tmp_path / "fixed").write_text(fixed)
    (tmp_path / "original").write_text(case.text)
    shutil.copy(before / "Dockerfile", after / "Dockerfile")
    original, other = _options(before, tmp_path / "original"), _options(after, tmp_path / "fixed")
    noise = {*_noise(debian, original, tmp_path), *APT_INDEXES}
    assert not any(path.startswith(("app", "new", "usr/local")) for path in noise), noise
    told = [
        line for line in differences(*_images(debian, original, other, tmp_path)) if line.split(": ")[0] not in noise
    ]
    assert not told, (fixed, told)
    for options, ran in ((original, True), (other, False)):
        debian.build(options)
        Path(options.context, SOURCE).write_text("import one  # edited\n")
        steps = debian.build(options).steps.values()
        begin = case.install if ran else case.fetch or case.install
        assert [step.ran for step in steps if step.text.startswith(begin)] == [ran], fixed


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
    for path, mode in case.modes.items():
        (context / path).chmod(mode)
    wheels, packages, node, cargo = (context.parent / name for name in ("wheels", "packages", "node", "cargo"))
    wheels.mkdir()
    if case.fetch:
        cargo.mkdir()
        (cargo / "cargo").write_text(CARGO)
        (cargo / "cargo").chmod(0o755)
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


# As images of Debian and Ubuntu have it.
DOCKER_CLEAN = (
    'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb '
    '/var/cache/apt/*.bin || true"; };\n'
    'APT::Update::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb '
    '/var/cache/apt/*.bin || true"; };\n'
    'Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";\n'
)
APT_LISTED = f"""FROM {BASE}
COPY --from=apt . /etc/apt/
RUN apt-get clean && rm -rf /var/lib/apt/lists/*
RUN apt-get update && apt-get install -y --no-install-recommends first \\
    && apt-get clean && rm -rf /var/lib/apt/lists/*
RUN apt update && apt install -y second
CMD ["true"]
"""
"""The first RUN makes the base like others, in which apt has been used: it has made its folders and locks."""
# Logs with the time of day and the command line.
APT_LOGS = {"var/log/apt/history.log", "var/log/apt/term.log", "var/log/dpkg.log"}


def test_one_more_package_is_the_only_one_that_is_fetched(debian: Engine, tmp_path: Path) -> None:
    context = tmp_path / "before" / "context"
    context.mkdir(parents=True)
    (context / "Dockerfile").write_text(APT_LISTED)
    rule = "mounts/cache-mount-missing"
    settings = tmp_path / "dcache.toml"
    settings.write_text(f'[rules."{rule}"]\nsystem = true\n')
    values = {"context": str(context), "select": [rule]}
    (fix,) = run_fix(FixRequest(LintRequest((str(context / "Dockerfile"),), values, str(settings)), unsafe=True))
    fixed = fix.fixed.texts[str(context / "Dockerfile")]
    assert fixed.count("target=/var/cache/apt,") == 2 and fixed.count("target=/var/lib/apt/lists,") == 1
    (tmp_path / "original").write_text(APT_LISTED)
    (tmp_path / "fixed").write_text(fixed)
    with _repository(debian, context.parent, tmp_path / "requests") as fetched:
        original, other = (
            _options(context, tmp_path / name)._replace(network="host") for name in ("original", "fixed")
        )
        debian.prune()
        told = differences(exported(debian, original, tmp_path), exported(debian, other, tmp_path))
        assert {line.split(": ")[0] for line in told} == APT_LOGS, (fixed, told)
        assert fetched() == ["first", "second"] * 2
        for options, wanted in ((original, ["first", "second", "third"]), (other, ["third"])):
            text = Path(str(options.file)).read_text()
            Path(str(options.file)).write_text(text.replace(" first", " first third"))
            built = debian.build(options)
            assert not built.error
            assert sorted(fetched()) == wanted, fixed


@contextmanager
def _repository(engine: Engine, beside: Path, log: Path) -> Generator[Callable[[], list[str]]]:
    """A repository on the engine's own loopback, which the context `apt` names; gives what was fetched since."""
    archives = log.parent / "archives"
    archives.mkdir()
    index = ""
    for name in ("first", "second", "third"):
        (archives / name / "DEBIAN").mkdir(parents=True)
        about = f"Package: {name}\nVersion: 1.0\nArchitecture: all\nMaintainer: me <me@example.org>\n"
        (archives / name / "DEBIAN" / "control").write_text(f"{about}Description: one\n")
        (archives / name / "usr").mkdir()
        (archives / name / "usr" / name).write_text(name)
        archive = archives / f"{name}_1.0_all.deb"
        subprocess.run(["dpkg-deb", "--build", archives / name, archive], check=True, stdout=subprocess.DEVNULL)
        digest = hashlib.sha256(archive.read_bytes()).hexdigest()
        index += f"{about}Filename: ./{archive.name}\nSize: {archive.stat().st_size}\nSHA256: {digest}\n\n"
    (archives / "Packages").write_text(index)
    command = ["nsenter", "-t", (engine.state / "net.pid").read_text().strip(), "-n", "--", sys.executable, "-u"]
    command += ["-m", "http.server", "--bind", "127.0.0.1", "--directory", str(archives), "0"]
    with log.open("w") as requests, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=requests) as server:
        assert server.stdout is not None
        port = re.search(rb"port (\d+)", server.stdout.readline())
        assert port is not None
        (beside / "apt" / "apt.conf.d").mkdir(parents=True)
        (beside / "apt" / "sources.list").write_text(f"deb [trusted=yes] http://127.0.0.1:{int(port[1])} ./\n")
        (beside / "apt" / "apt.conf.d" / "docker-clean").write_text(DOCKER_CLEAN)
        seen = 0

        def fetched() -> list[str]:
            nonlocal seen
            lines = log.read_text().splitlines()
            new, seen = lines[seen:], len(lines)
            return [found[1] for line in new if (found := re.search(r"/(\w+)_1\.0_all\.deb \S+ 200", line))]

        try:
            yield fetched
        finally:
            server.terminate()
