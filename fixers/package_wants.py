"""The packages that the rules on pinning find without a version, as what can be pinned."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ..analyzer.dockerfile.syntax import Instruction, Run
from ..analyzer.named_tuple import NamedTuple
from ..analyzer.pins import SIGNS, Key, Kind
from ..analyzer.shell import Command, Opaque, switches
from ..analyzer.source import Span
from ..rules.environment import environment
from ..rules.facts import Facts
from ..rules.pinning import (
    apk_unpinned,
    apt_unpinned,
    cargo_unpinned,
    gem_unpinned,
    go_unpinned,
    npm_unpinned,
    pip_unpinned,
)
from ..rules.rule import Diagnostic
from ..rules.systems import added_source, language_of, system_of
from ..rules.unpinned import Evidence
from .wants import Want, at

Check = Callable[[Instruction, Facts], Iterator[Diagnostic]]

CHECKS: dict[Kind, Check] = {
    "apt": apt_unpinned.check,
    "apk": apk_unpinned.check,
    "pip": pip_unpinned.check,
    "npm": npm_unpinned.check,
    "gem": gem_unpinned.check,
    "go": go_unpinned.check,
    "cargo": cargo_unpinned.check,
}
# The options and variables by which a step names an index of its own.
_INDEXES: dict[Kind, tuple[frozenset[str], tuple[str, ...]]] = {
    "apt": (frozenset({"-t", "--target-release", "--default-release", "-c", "--config-file", "-a"}), ()),
    "apk": (frozenset({"-X", "--repository", "--repositories-file", "--root", "-p", "--arch"}), ()),
    "pip": (
        frozenset({
            "-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--no-index", "--index", "--default-index",
            "--pre", "--platform", "--python-version", "--python", "--prerelease",
        }),
        ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_NO_INDEX", "PIP_CONFIG_FILE", "PIP_PRE", "PIP_CONSTRAINT",
         "UV_INDEX_URL", "UV_DEFAULT_INDEX", "UV_EXTRA_INDEX_URL", "UV_INDEX"),
    ),
    "npm": (
        frozenset({"--registry", "--tag", "--before", "--userconfig"}),
        ("NPM_CONFIG_REGISTRY", "npm_config_registry", "YARN_REGISTRY", "NPM_CONFIG_USERCONFIG"),
    ),
    "gem": (
        frozenset({"-s", "--source", "--clear-sources", "--pre", "--prerelease", "--platform", "-g", "--file"}), (),
    ),
    "go": (frozenset({"-modfile"}), ("GOPROXY", "GOPRIVATE", "GONOPROXY", "GOFLAGS")),
    "cargo": (frozenset({"--index", "--registry", "--config"}), ()),
}  # fmt: skip
# Settings of apt, given with -o, that do the same.
_DECIDES = re.compile(
    r"^(?:-o)?(?:APT::Default-Release|APT::Architecture|APT::Snapshot|Dir::(?!Cache)|RootDir)", re.IGNORECASE
)
_LANGUAGE: dict[Kind, str] = {"pip": "python", "gem": "ruby", "cargo": "rust"}
_NAMES: dict[Kind, re.Pattern[str]] = {
    "apt": re.compile(r"[a-z0-9][a-z0-9+.-]+"),
    "apk": re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9+._-]*"),
    "pip": re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:\[[A-Za-z0-9._,-]*\])?"),
    "npm": re.compile(r"(?:@[a-z0-9~_.-]+/)?[a-zA-Z0-9~_][a-zA-Z0-9~_.-]*"),
    "gem": re.compile(r"[A-Za-z0-9_.-]+"),
    "go": re.compile(r"[a-z0-9.-]+\.[a-z]+(?:/[\w.~-]+)+(?:@latest|@upgrade)?"),
    "cargo": re.compile(r"[A-Za-z0-9_-]+"),
}
_REPOSITORY = re.compile(r"(?:git\+)?(?:https?|ssh|git)://[^#?@\s]+(?:@[^#?@/\s]+/[^#?@\s]+)?")


class _Found(NamedTuple):
    """A word of a command that installs it."""

    kind: Kind
    text: str
    span: Span
    command: Command
    instruction: Instruction


def package_wants(see: Facts) -> Iterator[Want]:
    """What the rules find, however unsure they are that it matters."""
    for kind, check in CHECKS.items():
        for instruction in see.instructions((Run,)):
            if not see.is_trigger(instruction):
                for found in check(instruction, see):
                    yield from wants_of(kind, found, instruction, see)


def wants_of(kind: Kind, found: Diagnostic, instruction: Instruction, see: Facts) -> Iterator[Want]:
    """The packages that one finding is about."""
    evidence = found.evidence
    read = see.commands(instruction)
    if not isinstance(evidence, Evidence) or isinstance(read, Opaque):
        return
    added = added_source(instruction, see) if kind == "apt" else None
    if added is not None and "snapshot" in added.text:
        return  # the whole archive is pinned
    for text, span in zip(evidence.names, evidence.spans, strict=True):
        command = next(one for one in read if any(word.span == span and word.text == text for word in one.words))
        yield _want(_Found(kind, text, span, command, instruction), see)


def _want(one: _Found, see: Facts) -> Want:
    """The want for a word, as far as it is plain which version the step would install."""
    kind, text, span = one.kind, one.text, one.span
    end = at(text, span, see)
    if _REPOSITORY.match(text):
        return _repository(one, end)
    where = where_of(kind, one.command, one.instruction, see)
    bare = text.removesuffix("@latest").removesuffix("@upgrade") if kind == "go" else text
    want = Want(Key(kind, bare, where or ""), span, span)
    why = _refusal(one, where, see)
    if why or end is None:
        return want._replace(refusal=why or "it is not written out as one plain word; pin it by hand")
    return want._replace(span=Span(end.start - len(text) + len(bare), end.end), before=SIGNS[kind])


def _refusal(one: _Found, where: str | None, see: Facts) -> str:
    """Why the version that a step would install is not known, "" where it is."""
    kind, text, command = one.kind, one.text, one.command
    if "$" in text or "`" in text or "*" in text:
        return "its name is a variable; pin it where that is set"
    if not _NAMES[kind].fullmatch(text):
        return "it is no plain name; pin it by hand"
    options, variables = _INDEXES[kind]
    asked = sorted(options & switches(command)) + [word.text for word in command.words if _DECIDES.search(word.text)]
    if asked:
        return f"`{asked[0]}` decides which version is installed; pin it by hand"
    given = [name for name in variables if name in environment(one.instruction, see)]
    given += [word.text.partition("=")[0] for word in command.assignments if word.text.partition("=")[0] in variables]
    if given:
        return f"`{given[0]}` decides which version is installed; pin it by hand"
    if kind in ("apt", "apk"):
        added = added_source(one.instruction, see)
        if added is not None:
            line = see.source.count("\n", 0, added.span.start) + 1
            return f"line {line} may add a source of packages, which is not known; pin it by hand"
    if where is None and kind in ("apt", "apk"):
        return "the base image does not say which suite it is; give it, as `--suite debian/bookworm`"
    if where is None and kind in ("pip", "gem"):
        language = _LANGUAGE[kind]
        return f"the base image does not say which version of {language} it has; give it, as `--{language} 3.12`"
    return ""


def where_of(kind: Kind, command: Command, instruction: Instruction, see: Facts) -> str | None:
    """What decides which version a step installs: `debian/bookworm`, `python/3.12`; None where it is not known."""
    if kind in ("apt", "apk"):
        system = system_of(instruction, see)
        fits = system is not None and (system.startswith("alpine/") == (kind == "apk"))
        return system if fits else None
    language = _LANGUAGE.get(kind)
    if language is None:
        return ""
    version = language_of(language, instruction, see)
    if kind == "pip" and version is not None and not _is_of(command, version):
        return None
    if version is None:
        return "" if kind == "cargo" else None
    return f"{language}/{version}"


def _is_of(command: Command, version: str) -> bool:
    """Whether a command that calls pip is one of that version of Python, as far as its name says one."""
    words = [word.text.rpartition("/")[2] for word in (*command.wrappers, *command.words[:1])]
    numbers = [number[1] for word in words if (number := re.fullmatch(r"(?:pip|python|pypy)(\d+\.\d+)", word))]
    return all(version == one or version.startswith(one + ".") for one in numbers)


def _repository(one: _Found, end: Span | None) -> Want:
    """A repository in the place of a package: `git+https://…@COMMIT`, `…#COMMIT`, or `--rev COMMIT` behind it."""
    address, _, fragment = one.text.partition("#")
    remote = address.removeprefix("git+")
    want = Want(Key("git", f"{remote}#HEAD"), one.span, one.span)
    if end is None or "$" in one.text or "?" in one.text:
        return want._replace(refusal="its address is not plain; pin it by hand")
    if one.kind == "pip":
        start = end.start - len(one.text) + len(address)
        return want._replace(span=Span(start, start), before="@")
    if one.kind == "npm" and not fragment:
        return want._replace(span=end, before="#")
    if one.kind == "cargo" and not switches(one.command) & {"--branch", "--tag"}:
        return want._replace(span=Span(one.span.end, one.span.end), before=" --rev ")
    return want._replace(refusal="a branch or a tag is named too; write the commit in its place by hand")
