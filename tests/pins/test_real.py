"""Real services, as this machine's own clients are told to ask them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from commands.running import dcache
from dcache.analyzer.pins import Key
from dcache.pins.debian import own_sources
from dcache.pins.http import Client
from dcache.pins.python import own_indexes
from dcache.pins.services import Hosts, Services


def _said(*command: str) -> str:
    """What a client says, however quiet the settings of this run want it."""
    env = {name: value for name, value in os.environ.items() if name != "PIP_QUIET"}
    return subprocess.run(command, capture_output=True, text=True, check=True, env=env).stdout


@pytest.mark.network
def test_pip() -> None:
    found = Services(Client(), Hosts()).find(Key("pip", "idna", f"python/{sys.version_info[0]}.{sys.version_info[1]}"))
    said = _said(sys.executable, "-m", "pip", "index", "versions", "idna")
    assert found.value == said.partition("(")[2].partition(")")[0], "pip says the same"
    assert own_indexes().addresses


@pytest.mark.network
@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")
def test_npm() -> None:
    found = Services(Client(), Hosts()).find(Key("npm", "is-odd"))
    assert found.value == _said("npm", "view", "is-odd", "version").strip()


@pytest.mark.network
def test_apt() -> None:
    suites = [suite for source in own_sources() for suite in source.suites]
    codename = _said("sh", "-c", ". /etc/os-release; echo $ID/$VERSION_CODENAME").strip()
    if codename.partition("/")[2] not in suites:
        pytest.skip(f"this machine has no sources of {codename}")
    found = Services(Client(), Hosts()).find(Key("apt", "hello", codename))
    assert re.fullmatch(r"\d[\w.+~-]*", found.value)
    policy = re.search(r"Candidate: (\S+)", _said("apt-cache", "policy", "hello"))
    assert policy is None or policy[1] in ("(none)", found.value), "apt says the same, if its lists are there"


@pytest.mark.network
def test_a_dockerfile(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\nRUN pip install idna && npm i is-odd\n")
    ended = dcache(capsys, "pin", tmp_path, "--python", "3.12")
    assert ended.status == 0, ended.err
    assert re.search(r"pip install idna==[\d.]+ && npm i is-odd@[\d.]+\n", (tmp_path / "Dockerfile").read_text())
