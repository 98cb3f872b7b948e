"""What a build command asks for, as values; names are those of `docker buildx build`."""

from __future__ import annotations

import os

from ..dockerfile.syntax import Dockerfile
from ..named_tuple import NamedTuple
from ..typing import Literal

ContextKind = Literal["directory", "image", "oci-layout", "target", "git", "http", "stdin"]


class Platform(NamedTuple):
    """An OCI platform; `variant` is "" where there is none."""

    os: str
    arch: str
    variant: str = ""

    def __str__(self) -> str:
        return "/".join(part for part in self if part)


class ContextSpec(NamedTuple):
    """What the value of a context means: `location` is a path, image reference, address or target name."""

    kind: ContextKind
    location: str


class BuildOptions(NamedTuple):
    """The options of one build that can matter to its cache. Pairs keep the order of the command line."""

    context: str = "."
    file: str | None = None
    target: str | None = None
    build_args: tuple[tuple[str, str], ...] = ()
    build_contexts: tuple[tuple[str, str], ...] = ()
    platforms: tuple[str, ...] = ()
    no_cache: bool = False
    no_cache_filter: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    ssh: tuple[str, ...] = ()
    add_hosts: tuple[str, ...] = ()
    network: str | None = None
    shm_size: str | None = None
    ulimits: tuple[str, ...] = ()
    cgroup_parent: str | None = None
    devices: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    cache_from: tuple[str, ...] = ()
    cache_to: tuple[str, ...] = ()


class BuildPlan(NamedTuple):
    """One build of one Dockerfile: what is built, with which options, from which contexts.

    `contexts` holds the named contexts; the main context is `options.context`. `platform` is the one that this plan
    builds for, `build_platform` the one of the machine that builds.
    """

    dockerfile: Dockerfile
    options: BuildOptions
    contexts: tuple[tuple[str, ContextSpec], ...]
    platform: Platform
    build_platform: Platform


# containerd/platforms, database.go: what machine names and aliases are normalised to.
_ARCHS = {
    "x86_64": ("amd64", ""),
    "x86-64": ("amd64", ""),
    "i386": ("386", ""),
    "i686": ("386", ""),
    "aarch64": ("arm64", ""),
    "armhf": ("arm", "v7"),
    "armel": ("arm", "v6"),
    "armv7l": ("arm", "v7"),
    "armv6l": ("arm", "v6"),
}


_NATIVE = frozenset("386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x wasm".split())
_SYSTEMS = frozenset("darwin dragonfly freebsd illumos linux netbsd openbsd plan9 solaris wasip1 windows".split())


def parse_platform(text: str) -> Platform:
    """The platform that `os/arch[/variant]` or a bare `os` or `arch` names; ValueError where it names none."""
    parts = [part.strip().lower() for part in text.split("/")]
    if not all(parts) or len(parts) > 3:
        raise ValueError(f"`{text}` is not a platform; write it as os/arch or os/arch/variant")
    if len(parts) == 1:
        host = host_platform()
        if parts[0] in _SYSTEMS:
            return host._replace(os=parts[0])
        if parts[0] not in _ARCHS and parts[0] not in _NATIVE:
            raise ValueError(f"`{text}`: unknown operating system or architecture; write os/arch, such as linux/arm64")
        parts.insert(0, host.os)
    arch, variant = _ARCHS.get(parts[1], (parts[1], ""))
    if len(parts) == 3:
        variant = parts[2]
    if arch == "arm64" and variant in {"8", "v8"}:
        variant = ""
    if arch == "arm" and variant in {"", "7"}:
        variant = "v7"
    return Platform(parts[0], arch, variant)


def host_platform() -> Platform:
    """The Linux platform of this machine, which is what a local daemon builds for unless it is told otherwise."""
    machine = os.uname().machine
    return Platform("linux", *_ARCHS.get(machine, (machine, "")))


def context_spec(value: str) -> ContextSpec:
    """What the value of `--build-context` or of the context argument means (docker/buildx, build/opt.go)."""
    for prefix, kind in _PREFIXES:
        if value.startswith(prefix):
            return ContextSpec(kind, value[len(prefix) :])
    if value == "-":
        return ContextSpec("stdin", value)
    bare = value.partition("#")[0]
    if value.startswith(("http://", "https://")):
        return ContextSpec("git" if bare.endswith(".git") else "http", value)
    if value.startswith(("git://", "git@", "ssh://", "github.com/")):
        return ContextSpec("git", value)
    return ContextSpec("directory", value)


_PREFIXES: tuple[tuple[str, ContextKind], ...] = (
    ("docker-image://", "image"),
    ("oci-layout://", "oci-layout"),
    ("target:", "target"),
)
