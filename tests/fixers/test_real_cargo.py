"""A fetch in front of the source with the real cargo: manifests and stubs suffice, and the build needs no network.

The packages lie in git repositories of this machine, which git takes for those that the manifest names.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from dcache.analyzer.dockerfile import parse
from dcache.analyzer.dockerfile.syntax import Copy, Run
from dcache.analyzer.source import SourceFile

from .conftest import FixText

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("cargo", "git", "cc"))), reason="cargo, git or a linker is missing"
)

PACKAGE = '[package]\nname = "{}"\nversion = "0.1.0"\nedition = "2021"\n'
PROJECT = {
    "Cargo.toml": PACKAGE.format("root") + 'default-run = "two"\nlinks = "z"\n[workspace]\nmembers = ["crates/*"]\n'
    '[[example]]\nname = "shown"\n[[bench]]\nname = "timed"\nharness = false\n'
    '[dependencies]\none = { git = "https://packages.invalid/one" }\nlib = { path = "crates/lib" }\n'
    '[target."cfg(windows)".dependencies]\nother = { git = "https://packages.invalid/other" }\n',
    "build.rs": 'fn main() { println!("cargo:rustc-env=MADE=by-build"); }\n',
    "src/main.rs": 'fn main() { println!("{} {} {}", one::VALUE, lib::VALUE, env!("MADE")); }\n',
    "src/bin/two.rs": "fn main() {}\n",
    "examples/shown.rs": "fn main() {}\n",
    "benches/timed/main.rs": "fn main() {}\n",
    "crates/lib/Cargo.toml": PACKAGE.format("lib"),
    "crates/lib/src/lib.rs": "pub const VALUE: u8 = 2;\n",
    "crates/tool/Cargo.toml": PACKAGE.format("tool"),
    "crates/tool/src/bin/tool.rs": "fn main() {}\n",
    ".cargo/config.toml": '[build]\nrustflags = ["--cfg", "x"]\n',
}
DOCKERFILES = {
    "a copy of all": "FROM rust\nWORKDIR /app\nCOPY . .\nRUN cargo build --release\n",
    "a lock file that is insisted on": "FROM rust\nCOPY . /app\nRUN cd /app && cargo build --locked\n",
    "tidied first": "FROM rust\nADD ./ /app\nWORKDIR /app\nRUN cargo clean\nRUN cargo build\n",
}


@pytest.fixture
def cargo(tmp_path: Path) -> dict[str, str]:
    """The environment of a cargo with a home of its own, for which two packages can be had from git."""
    settings = tmp_path / "gitconfig"
    settings.write_text(
        f'[url "file://{tmp_path}/git/"]\n\tinsteadOf = https://packages.invalid/\n[user]\n\tname = a\n\temail = a@a\n'
    )
    environment = os.environ | {"GIT_CONFIG_GLOBAL": str(settings), "CARGO_NET_GIT_FETCH_WITH_CLI": "true"}
    for name in ("one", "other"):
        folder = tmp_path / "git" / name
        lay(folder, {"Cargo.toml": PACKAGE.format(name), "src/lib.rs": "pub const VALUE: u8 = 1;\n"})
        for words in ("init -q", "add .", "commit -q -m a"):
            subprocess.run(["git", *words.split()], cwd=folder, env=environment, check=True)
    return environment | {"CARGO_HOME": str(tmp_path / "home")}


def lay(folder: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def ran(command: str, folder: Path, environment: Mapping[str, str]) -> str:
    done = subprocess.run(["sh", "-c", command], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", DOCKERFILES)
def test_what_is_fetched_first_is_all_that_the_build_needs(
    name: str, cargo: dict[str, str], fix_text: FixText, tmp_path: Path
) -> None:
    context, image = tmp_path / "context", tmp_path / "app"
    lay(context, PROJECT)
    ran("cargo generate-lockfile", context, cargo | {"CARGO_HOME": str(tmp_path / "another")})
    files = {str(path.relative_to(context)): path.read_text() for path in context.rglob("*") if path.is_file()}
    fixed = fix_text(DOCKERFILES[name], "order/copy-before-install", context=files, unsafe=True)
    assert fixed.applied and not fixed.withdrawn
    dockerfile = parse(SourceFile("Dockerfile", fixed.texts["Dockerfile"]))
    image.mkdir()
    first = True
    for instruction in dockerfile.stages[0].instructions:
        body = instruction.body
        if isinstance(body, Copy):
            whole = body.sources[0].text in (".", "./")
            paths = [path for path in files if whole or path in [word.text for word in body.sources]]
            lay(image, {path: files[path] for path in paths})
        elif isinstance(body, Run):
            environment = cargo if first else cargo | {"CARGO_NET_OFFLINE": "true"}
            ran(body.command.text.replace("/app", str(image)), image, environment)
            if first:
                left = {str(path.relative_to(image)) for path in image.rglob("*") if path.is_file()}
                assert left == {path for path in files if path.endswith(("Cargo.toml", "Cargo.lock", "config.toml"))}
                first = False
    assert (image / "Cargo.lock").read_text() == files["Cargo.lock"]
    assert ran("cargo run --offline --locked -q --bin root", image, cargo) == "1 2 by-build\n"
