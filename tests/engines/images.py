"""Final images as values: every file with mode, owner, bytes and link, and the configuration; no times, no layers."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from dcache.analyzer.plans import BuildOptions
from engines.world import Engine, arguments

_HIDES = ".wh."
_HIDES_ALL = ".wh..wh..opq"
# Layers of base images come again with each image: what their digests name is read once.
_MANY = 1000
_LARGE: dict[str, list[tuple[str, Entry | str]]] = {}


class Entry(NamedTuple):
    """One path of an image: what it is, the 12 permission bits, its owner, and a digest of its bytes or its target."""

    kind: str
    mode: int
    owner: tuple[int, int]
    content: str
    attributes: tuple[tuple[str, str], ...] = ()


class Image(NamedTuple):
    """An image: its files by path, and what its configuration says of running it."""

    files: dict[str, Entry]
    config: dict[str, Any]


class ExportRefused(Exception):
    """A build that the engine ended with an error; the message is the end of its log."""


def exported(engine: Engine, options: BuildOptions, folder: Path) -> Image:
    """Build, and read the image that comes out; ExportRefused."""
    folder.mkdir(parents=True, exist_ok=True)
    archive = folder / "image.tar"
    program = shutil.which("docker-buildx", path=engine.env["PATH"]) or "docker-buildx"
    words = ["build", "--progress=plain", f"--output=type=oci,dest={archive}", "--provenance=false"]
    done = subprocess.run(
        [program, *words, *arguments(options)], env=engine.env, capture_output=True, text=True, errors="replace"
    )
    if done.returncode:
        raise ExportRefused("\n".join(done.stderr.splitlines()[-12:]))
    try:
        return _read(archive)
    finally:
        archive.unlink()


def differences(one: Image, other: Image) -> list[str]:
    """A line for each thing that is not the same in two images, the first fifty."""
    found = [
        f"{path}: {one.files.get(path)} became {other.files.get(path)}"
        for path in sorted(one.files.keys() | other.files.keys())
        if one.files.get(path) != other.files.get(path)
    ]
    found += [
        f"config {key}: {one.config.get(key)!r} became {other.config.get(key)!r}"
        for key in sorted(one.config.keys() | other.config.keys())
        if one.config.get(key) != other.config.get(key)
    ]
    return found[:50]


def _read(archive: Path) -> Image:
    with tarfile.open(archive) as outer:

        def blob(digest: str) -> Any:
            found = outer.extractfile("blobs/" + digest.replace(":", "/"))
            assert found is not None
            return found

        index = outer.extractfile("index.json")
        assert index is not None
        manifest = json.load(blob(json.load(index)["manifests"][0]["digest"]))
        config = json.load(blob(manifest["config"]["digest"]))
        files: dict[str, Entry] = {}
        for layer in manifest["layers"] or ():
            members = _LARGE.get(layer["digest"])
            if members is None:
                with tarfile.open(fileobj=blob(layer["digest"])) as inner:
                    members = _members(inner)
            if len(members) > _MANY:
                _LARGE[layer["digest"]] = members
            _apply(files, members)
    return Image(files, {key: value for key, value in config.get("config", {}).items() if value})


def _members(layer: tarfile.TarFile) -> list[tuple[str, Entry | str]]:
    """The paths of a layer in their order, each with what it is, or with the path that it is another name of."""
    return [
        (_bare(one.name), _bare(one.linkname) if one.islnk() else _entry(layer, one))
        for one in layer
        if _bare(one.name) not in ("", ".")
    ]


def _bare(name: str) -> str:
    return name.strip("/").removeprefix("./")


def _apply(files: dict[str, Entry], members: list[tuple[str, Entry | str]]) -> None:
    """One layer laid over those below it (OCI image-spec, layer.md): first what it hides, then what it has."""
    for name, _ in members:
        folder, _, last = name.rpartition("/")
        if last == _HIDES_ALL:
            _hide(files, folder, itself=False)
        elif last.startswith(_HIDES):
            _hide(files, f"{folder}/{last[len(_HIDES) :]}".lstrip("/"), itself=True)
    for name, found in members:
        if name.rpartition("/")[2].startswith(_HIDES):
            continue
        entry = files[found] if isinstance(found, str) else found
        if name in files and files[name].kind == "dir" and entry.kind != "dir":
            _hide(files, name, itself=True)
        files[name] = entry


def _hide(files: dict[str, Entry], path: str, *, itself: bool) -> None:
    for other in [one for one in files if one.startswith(path + "/") or (itself and one == path)]:
        del files[other]


def _entry(layer: tarfile.TarFile, member: tarfile.TarInfo) -> Entry:
    kind = "dir" if member.isdir() else "link" if member.issym() else "file" if member.isreg() else "other"
    content = member.linkname if member.issym() else ""
    if member.isreg():
        digest = hashlib.sha256()
        opened = layer.extractfile(member)
        assert opened is not None
        for block in _blocks(opened):
            digest.update(block)
        content = digest.hexdigest()
    attributes = tuple(sorted(item for item in member.pax_headers.items() if item[0].startswith("SCHILY.xattr.")))
    return Entry(kind, member.mode & 0o7777, (member.uid, member.gid), content, attributes)


def _blocks(file: Any) -> Iterator[bytes]:
    while block := file.read(1 << 20):
        yield block
