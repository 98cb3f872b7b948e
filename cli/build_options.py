"""The options of `docker buildx build`, same names, and the reading of a whole command line of it."""

from __future__ import annotations

import os
import re
import sys

import click

from ..analyzer.files import InputError
from ..analyzer.plans import BuildOptions
from ..analyzer.typing import Any
from ..pipeline.predict import PredictRequest
from .completion import files
from .output import F

_VALUES: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("-f", "--file"), "file", "Name of the Dockerfile (default: CONTEXT/Dockerfile)."),
    (("--target",), "target", "The stage to build."),
    (("--network",), "network", "Network mode of RUN."),
    (("--shm-size",), "shm_size", "Size of /dev/shm."),
    (("--cgroup-parent",), "cgroup_parent", "Parent cgroup of RUN."),
)
_LISTS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("--build-arg",), "build_args", "Set a build argument, NAME=VALUE; NAME alone takes it from the environment."),
    (("--build-context",), "build_contexts", "A named context, NAME=PATH or NAME=docker-image://…"),
    (("--platform",), "platforms", "Target platforms, os/arch, separated by commas."),
    (("--no-cache-filter",), "no_cache_filter", "Stages that run whatever the cache holds."),
    (("--secret",), "secrets", "Secrets: no part of any key."),
    (("--ssh",), "ssh", "SSH agents: no part of any key."),
    (("--add-host",), "add_hosts", "Extra hosts, name:ip."),
    (("--ulimit",), "ulimits", "Limits of RUN, name=soft:hard."),
    (("--device",), "devices", "Devices of RUN."),
    (("--label",), "labels", "Labels: no part of any key."),
    (("--cache-from",), "cache_from", "Caches to import: recorded."),
    (("--cache-to",), "cache_to", "Caches to export: recorded."),
)
# Options of docker that change nothing in a key: read and dropped. --output is among them in a whole command only:
# `dcache snapshot` has an -o of its own.
_DROPPED_VALUES = tuple(
    """
    -t --tag --progress --builder --metadata-file --iidfile --provenance --sbom --attest --annotation --allow
    --call --policy -m --memory --memory-swap -c --cpu-shares --cpu-period --cpu-quota --cpuset-cpus
    --cpuset-mems --isolation --security-opt
    """.split()
)
_DROPPED_FLAGS = tuple("--pull --push --load -q --quiet --check -D --debug --rm --force-rm --compress --squash".split())


# A variable set for one command, as in `DOCKER_BUILDKIT=1 docker build .`.
_SETTING = re.compile(r"[A-Z_][A-Z0-9_]*=.*")


def build_options(function: F) -> F:
    """Give a click command the options of a build; those that change no key are accepted, and not shown."""
    for name in _DROPPED_VALUES:
        function = click.option(name, multiple=True, hidden=True, expose_value=False)(function)
    for name in _DROPPED_FLAGS:
        function = click.option(name, is_flag=True, hidden=True, expose_value=False)(function)
    for names, key, help_text in reversed(_LISTS):
        function = click.option(*names, key, multiple=True, help=help_text)(function)
    function = click.option("--no-cache", is_flag=True, help="Run every RUN, COPY and ADD.")(function)
    for names, key, help_text in reversed(_VALUES):
        offered = files if key == "file" else None
        function = click.option(*names, key, shell_complete=offered, help=help_text)(function)
    return function


def request(arguments: tuple[str, ...], values: dict[str, Any], **more: Any) -> PredictRequest:
    """The request that a command's arguments and options make; a whole `docker build` command may be the arguments."""
    while len(arguments) > 1 and (arguments[0] == "sudo" or _SETTING.fullmatch(arguments[0])):
        arguments = arguments[1:]
    if arguments and arguments[0] in ("docker", "podman", "buildx", "nerdctl"):
        given = [name for name, value in values.items() if value]
        if given:
            names = ", ".join(f"--{name.replace('_', '-')}" for name in given)
            raise click.UsageError(f"options of the build belong into the command after `--`: move {names} there")
        arguments, values = _command_line(arguments)
    if len(arguments) > 1:
        raise click.UsageError(f"one build context, please: got {', '.join(arguments)}")
    options = _options(arguments[0] if arguments else ".", values)
    stdin = sys.stdin.buffer.read() if options.file == "-" else None
    return PredictRequest(options, stdin=stdin, **more)


def _options(context: str, values: dict[str, Any]) -> BuildOptions:
    known = {key: values[key] for key in BuildOptions._fields if key in values}
    known["build_args"] = tuple(pair for text in known["build_args"] if (pair := _build_arg(text)) is not None)
    known["build_contexts"] = tuple(_pair("--build-context", text) for text in known["build_contexts"])
    for key in ("platforms", "no_cache_filter"):
        known[key] = tuple(part for text in known[key] for part in text.split(",") if part)
    return BuildOptions(context=context, **known)


def _build_arg(text: str) -> tuple[str, str] | None:
    name, equals, value = text.partition("=")
    if not name:
        raise InputError(f"--build-arg {text}: a name is missing; write NAME=VALUE")
    if equals:
        return name, value
    inherited = os.environ.get(name)
    return None if inherited is None else (name, inherited)


def _pair(option: str, text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise InputError(f"{option} {text}: write NAME=VALUE")
    return name, value


def _command_line(words: tuple[str, ...]) -> tuple[tuple[str, ...], dict[str, Any]]:
    """The context and options of `docker [buildx] build …`; options that change no key are dropped."""
    rest = list(words[1:])
    while rest and rest[0] not in ("build", "b"):
        taken = rest.pop(0)
        if taken in ("--context", "-c", "--config", "-H", "--host", "--builder", "-l", "--log-level") and rest:
            rest.pop(0)
        elif not taken.startswith("-") and taken not in ("buildx", "builder", "image"):
            rest.clear()
    if not rest:
        raise click.UsageError(f"`{' '.join(words[:3])} …` is not a build command; dcache reads docker [buildx] build")
    flags = {f"{name}={word}": word for name in ("--no-cache", *_DROPPED_FLAGS) for word in ("true", "false")}
    argv: list[str] = []
    for word in rest[1:]:
        if word not in flags:
            argv.append(word)
        elif flags[word] == "true":
            argv.append(word.partition("=")[0])
    parameters: list[click.Parameter] = [click.Argument(["context"], nargs=-1)]
    parameters += [click.Option(["-o", "--output"], multiple=True, expose_value=False)]
    reader = build_options(click.Command("docker build", params=parameters, add_help_option=False))
    try:
        values = reader.make_context("docker build", argv).params
    except click.ClickException as error:
        raise click.UsageError(f"in `{' '.join(words)}`: {error.format_message()}") from error
    if not values["context"]:
        raise click.UsageError("the build command names no context; docker wants a path at its end, such as `.`")
    return tuple(values.pop("context")), values
