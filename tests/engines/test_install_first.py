"""Installs that were put in front of copies, on a live engine: the image stays the same, whatever modes files have."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engines.test_fixes import proven
from engines.world import Engine
from fixers.test_copy_before_install import CURED

pytestmark = pytest.mark.engine

# Directories of 0755, those that a group may write to, and those that nobody else may read.
UMASKS = (0o022, 0o002, 0o077)
WHERE = {
    "a directory that the copy makes": "FROM node\nCOPY . /new\nRUN cd /new && npm ci && npm test\n",
    "one that is given away": "FROM node\nCOPY --chown=7:8 . /new\nRUN cd /new && npm ci && npm test\n",
    "one in one": "FROM node\nCOPY . /new/deep/\nWORKDIR /new/deep\nRUN npm ci\n",
    "a folder of the context": "FROM node\nCOPY src /new/src\nCOPY package*.json /new/\nRUN cd /new && npm ci\n",
    "a layer of its own": "FROM node\nWORKDIR /new\nCOPY --link . .\nRUN npm ci\nRUN npm test\n",
    "with a mode": "FROM node\nWORKDIR /new\nCOPY --chmod=700 . .\nRUN npm ci\n",
    "another user": "FROM node\nWORKDIR /new\nUSER 7\nCOPY --chown=7 . .\nRUN npm ci\n",
    "a directory behind it": "FROM node\nWORKDIR /new\nCOPY . .\nWORKDIR /new/src\nRUN cd .. && npm ci\n",
}
LOCK = '{"packages": {"node_modules/a": {}}}'
NPM = {"package.json": "{}", "package-lock.json": LOCK, "src/a.js": "", "lib/b/c.js": ""}


@pytest.mark.parametrize("umask", UMASKS, ids=oct)
@pytest.mark.parametrize("name", [*CURED, *WHERE])
def test_the_image_is_the_same(name: str, umask: int, engine: Engine, tmp_path: Path) -> None:
    text, context = (WHERE[name], NPM) if name in WHERE else CURED[name][:2]
    before = os.umask(umask)
    try:
        found = proven(engine, text, context, tmp_path / "one")
    finally:
        os.umask(before)
    assert found.what in ("same", "unchanged"), found.told
    assert found.what == "same" or umask != 0o022 or name in WHERE, found
