"""A real engine in a world of stubs: builds any Dockerfile without a network, and says which steps ran.

Every image is one stub in which every program succeeds at once; what the cache does with the steps is the engine's own
doing. Two modes bound the truth: in `stable` a step that runs again makes the same bytes again, in `fresh` other bytes.
"""

from __future__ import annotations

import hashlib
import http.client
import io
import json
import os
import re
import shutil
import socket
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, Literal, NamedTuple

from dcache.analyzer.plans import BuildOptions
from engines.needs import Needs

HERE = Path(__file__).parent
Mode = Literal["stable", "fresh"]
MODES: tuple[Mode, ...] = ("stable", "fresh")
# Programs that the stub image has, besides its shell.
PROGRAMS = ("bin/sh", "bin/bash", "bin/true", "usr/bin/env", "usr/bin/tool", "bin/echo")
# Files that every stub image holds for `COPY --from`; all of them change when a step runs again in the fresh mode.
OUTPUTS = ("o/a.txt", "o/b.md", "o/d/x.txt", "o/d/y.md", "o/d/e/z.txt", "o/p/x.txt")
# Where an engine's own registry listens, in its own network.
REGISTRY = "127.0.0.1:5000"
# What the configuration of an image says; the others say nothing.
SETTINGS: dict[str, dict[str, Any]] = {"stub/c": {"Env": ["V=c", "C=1"], "WorkingDir": "/o", "User": "ann"}}
USERS = {"ann": 1000, "bob": 1001}
NOTHING = Needs()
_STEP = re.compile(r"\[(?:(?P<platform>\S+/\S+) +)?(?:(?P<label>\S+) +)?(?P<number>\d+)/\d+\] (?P<text>.*)", re.S)


class Done(NamedTuple):
    """What the engine did with one step; `ran` is False where it came from the cache."""

    text: str
    ran: bool


class Built(NamedTuple):
    """One build: its steps by stage and number, FROM left out, or the error that ended it."""

    steps: dict[tuple[str, int], Done]
    error: str


def missing() -> str:
    """Why the engine cannot be had on this machine, in one line; empty where it can."""
    if os.geteuid() != 0:
        return "the engine tests need root"
    if not Path("/etc/apt/sources.list.d/debian.sources").exists():
        return "the engine tests need Debian with /etc/apt/sources.list.d/debian.sources"
    absent = [tool for tool in ("gcc", "apt-get", "dpkg-deb", "nsenter", "unshare") if shutil.which(tool) is None]
    return f"the engine tests need {', '.join(absent)}" if absent else ""


class Engine:
    """A running dockerd whose state lies in a directory of its own; packages are kept between sessions."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self._script("start", "docker")
        self.env = dict(os.environ)
        for word in self._script("env").split()[1:]:
            name, _, value = word.partition("=")
            self.env[name] = value.replace("$PATH", os.environ["PATH"])
        self.env |= {"BUILDX_CONFIG": str(state / "buildx"), "BUILDX_METADATA_PROVENANCE": "disabled"}
        self.stub = state / "stub"
        subprocess.run(["gcc", "-O1", "-static", "-o", self.stub, HERE / "stub.c"], check=True)

    def _script(self, *words: str) -> str:
        env = {**os.environ, "ENGINES_STATE": str(self.state)}
        done = subprocess.run(["bash", HERE / "engines.sh", *words], env=env, stdout=subprocess.PIPE, text=True)
        if done.returncode:
            raise RuntimeError(f"engines.sh {words[0]} failed")
        return done.stdout

    def stop(self) -> None:
        """End the daemon, by its process id."""
        self._script("stop")

    def version(self) -> str:
        """The version of the engine."""
        return str(json.loads(self._ask("GET", "/version"))["Version"])

    def load(self, image: str, mode: Mode, holding: Needs = NOTHING) -> None:
        """Make the stub image of that name, holding what builds need of it."""
        self._ask("POST", "/images/load?quiet=1", stub_archive(image, mode, self.stub.read_bytes(), holding))

    def publish(self, image: str, name: str) -> None:
        """Put an image that is loaded into the registry of this engine, as REGISTRY/name; the engine keeps no copy."""
        self._script("start", "registry")
        repository, _, tag = f"{REGISTRY}/{name}".rpartition(":")
        self._ask("POST", f"/images/{image}/tag?repo={repository}&tag={tag}")
        told = self._ask("POST", f"/images/{repository}/push?tag={tag}").decode()
        if '"error"' in told:
            raise RuntimeError(told)
        self._ask("DELETE", f"/images/{repository}:{tag}")

    def load_busybox(self, image: str, program: bytes) -> None:
        """Make an image of a static busybox with all its applets, on one layer, with PATH=/bin."""
        rows = [(name, tarfile.DIRTYPE, 0o755, b"") for name in ("bin", "etc", "root", "usr", "var")]
        rows += [("tmp", tarfile.DIRTYPE, 0o1777, b""), ("bin/busybox", tarfile.REGTYPE, 0o755, program)]
        rows.append(("etc/passwd", tarfile.REGTYPE, 0o644, b"root:x:0:0::/root:/bin/sh\n"))
        listed = subprocess.run(["busybox", "--list"], env=self.env, capture_output=True, text=True, check=True).stdout
        rows += [(f"bin/{name}", tarfile.SYMTYPE, 0o777, b"busybox") for name in listed.split() if name != "busybox"]
        self._ask("POST", "/images/load?quiet=1", _archive(image, "/bin", _tar(rows)))

    def load_tree(self, image: str) -> None:
        """Make an image of a real Debian, whose packages are fetched and kept."""
        archive = self._script("debian").strip()
        repository, _, tag = image.partition(":")
        with open(archive, "rb") as file:
            self._ask("POST", f"/images/create?fromSrc=-&repo={repository}&tag={tag}", file)

    def prune(self) -> None:
        """Empty the build cache."""
        self._ask("POST", "/build/prune?all=1")

    def _ask(self, method: str, path: str, body: bytes | IO[bytes] | None = None) -> bytes:
        connection = _Connection(str(self.state / "sock"))
        try:
            connection.request(method, path, body, {"Content-Type": "application/x-tar", "X-Registry-Auth": "e30="})
            answer = connection.getresponse()
            data = answer.read()
        finally:
            connection.close()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {data.decode()}")
        return data

    def build(self, options: BuildOptions) -> Built:
        """Build with these options, and keep nothing but the cache."""
        command = ["docker-buildx", "build", "--progress=rawjson", "--output=type=cacheonly", "--provenance=false"]
        program = shutil.which(command[0], path=self.env["PATH"]) or command[0]
        done = subprocess.run(
            [program, *command[1:], *arguments(options)], env=self.env, capture_output=True, text=True
        )
        return Built(read(done.stderr), _error(done.stderr) if done.returncode else "")


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("engine")
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def arguments(options: BuildOptions) -> list[str]:
    """The command line of `docker buildx build` for these options."""
    words: list[str] = []
    for name, value in (
        ("file", options.file),
        ("target", options.target),
        ("network", options.network),
        ("shm-size", options.shm_size),
        ("cgroup-parent", options.cgroup_parent),
    ):
        words += [f"--{name}={value}"] if value is not None else []
    for name, values in (
        ("no-cache-filter", options.no_cache_filter),
        ("secret", options.secrets),
        ("add-host", options.add_hosts),
        ("ulimit", options.ulimits),
        ("label", options.labels),
        ("platform", options.platforms),
    ):
        words += [f"--{name}={value}" for value in values]
    words += [f"--build-arg={name}={value}" for name, value in options.build_args]
    words += [f"--build-context={name}={value}" for name, value in options.build_contexts]
    words += ["--no-cache"] if options.no_cache else []
    return [*words, options.context]


# What the engine said ------------------------------------------------------------------------------------------


def read(log: str) -> dict[tuple[str, int], Done]:
    """The verdicts in a raw progress log, by stage and number; the copy half speaks for `COPY --link`."""
    names: dict[str, str] = {}
    events: dict[str, list[dict[str, Any]]] = {}
    for line in log.splitlines():
        status: dict[str, Any] = json.loads(line) if line.startswith("{") else {}
        for vertex in status.get("vertexes") or ():
            names[vertex["digest"]] = vertex["name"]
            events.setdefault(vertex["digest"], []).append(vertex)
    found: dict[tuple[str, int], Done] = {}
    for digest, name in names.items():
        match = _STEP.fullmatch(name)
        ran = _ran(events[digest])
        if match and ran is not None and not match["text"].startswith(("LINK ", "FROM ")):
            found[match["label"] or "", int(match["number"])] = Done(match["text"], ran)
    return found


def _ran(events: list[dict[str, Any]]) -> bool | None:
    """Whether a vertex was executed: the last event is not the verdict, and an inferred hit starts as it completes.

    A vertex without inputs first shows the question for its key, as sources do (solver/jobs.go: sharedOp.CacheMap).
    """
    done = [event for event in events if event.get("completed")]
    if done and not any(event.get("inputs") for event in events) and not done[0].get("cached"):
        done = done[1:] or [{**done[0], "cached": True, "started": done[0]["completed"]}]
    if any(event.get("cached") and event.get("started") != event["completed"] for event in done):
        return False
    if any(not event.get("cached") for event in done):
        return True
    return False if done else None


def _error(log: str) -> str:
    plain = [line for line in log.splitlines() if line and not line.startswith("{")]
    return "\n".join(plain[-12:])


# Stub images ---------------------------------------------------------------------------------------------------


def stub_archive(image: str, mode: Mode, stub: bytes, holding: Needs = NOTHING) -> bytes:
    """A docker archive of the stub image of that name.

    Images of other names have other layers; what is copied out of them is the same in the stable mode only.
    """
    users = USERS | {name: 2000 + at for at, name in enumerate(sorted(holding.names - USERS.keys()))}
    people = "".join(f"{name}:x:{number}:{number}::/:/bin/sh\n" for name, number in users.items())
    groups = "".join(f"{name}:x:{number}:\n" for name, number in users.items())
    held = [
        path[1:] + ("stub.txt" if path.endswith("/") else "")
        for path in sorted(holding.paths)
        if not path.startswith("/.stub")
    ]
    folders = {str(parent) for path in (*held, *holding.programs) for parent in Path(path).parents}
    programs = [path for path in sorted({*PROGRAMS, *holding.programs}) if path not in folders]
    held = [f"{path}/stub.txt" if path in folders else path for path in held if path not in programs]
    origin = image if mode == "fresh" else ""
    files = {
        ".stub/mode": mode.encode(),
        ".stub/image": image.encode(),
        ".stub/paths": "".join(f"/{path}\n" for path in held).encode(),
        "etc/passwd": f"root:x:0:0::/root:/bin/sh\n{people}".encode(),
        "etc/group": f"root:x:0:\n{groups}".encode(),
        **{path: f"{path} {origin}\n".encode() for path in (*OUTPUTS, *held)},
    }
    settings = SETTINGS.get(image.removeprefix("docker.io/").partition(":")[0], {})
    return _archive(image, "/usr/local/bin:/usr/bin:/bin", _layer(files, programs, stub), settings)


def _archive(image: str, path: str, layer: bytes, settings: Mapping[str, Any] = MappingProxyType({})) -> bytes:
    diff = hashlib.sha256(layer).hexdigest()
    config = json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "created": "1970-01-01T00:00:01Z",
            "config": {"Cmd": ["/bin/sh"], **settings, "Env": [f"PATH={path}", *settings.get("Env", ())]},
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{diff}"]},
            "history": [{"created": "1970-01-01T00:00:01Z", "created_by": "stub"}],
        }
    ).encode()
    name = f"{hashlib.sha256(config).hexdigest()}.json"
    manifest = json.dumps([{"Config": name, "RepoTags": [image], "Layers": [f"{diff}.tar"]}]).encode()
    members = {name: config, f"{diff}.tar": layer, "manifest.json": manifest}
    return _tar([(path, tarfile.REGTYPE, 0o644, data) for path, data in members.items()])


def _layer(files: dict[str, bytes], programs: list[str], stub: bytes) -> bytes:
    folders: set[str] = {"tmp", "w"}
    for path in (*files, *programs, ".stub/bin"):
        folders |= {str(parent) for parent in Path(path).parents if str(parent) != "."}
    rows = [(folder, tarfile.DIRTYPE, 0o1777 if folder == "tmp" else 0o755, b"") for folder in sorted(folders)]
    rows += [(path, tarfile.REGTYPE, 0o644, data) for path, data in sorted(files.items())]
    rows.append((".stub/bin", tarfile.REGTYPE, 0o4755, stub))
    rows += [(path, tarfile.LNKTYPE, 0o4755, b".stub/bin") for path in programs]
    return _tar(rows)


def _tar(rows: list[tuple[str, bytes, int, bytes]]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for path, kind, mode, data in rows:
            info = tarfile.TarInfo(path)
            info.type, info.mode = kind, mode
            if kind in (tarfile.LNKTYPE, tarfile.SYMTYPE):
                info.linkname = data.decode()
                archive.addfile(info)
            else:
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
    return out.getvalue()
