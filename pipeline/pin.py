"""Pinning: what Dockerfiles name is looked up, and what was found is written into them and into the lock."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterable, Mapping, Sequence

from ..analyzer.dockerfile import parse
from ..analyzer.files import InputError
from ..analyzer.named_tuple import NamedTuple
from ..analyzer.pins import USUAL, Key, Kind, Lock, Pin
from ..analyzer.typing import Any
from ..fixers.pins import FilePins, PinReport, pinned
from ..fixers.wants import Want, all_wants
from ..pins.http import Client, Limits, Unresolved
from ..pins.services import Found, Hosts, Services
from ..rules.catalogue import aliases
from ..rules.comments import Comment, comments
from ..rules.facts import Facts
from ..rules.files import Contexts
from ..rules.rule import Diagnostic
from ..rules.silence import silenced
from .files import write_files
from .lint import LintRequest, called, lint_files, opened
from .pins import load_lock, lock_bytes, lock_path

Progress = Callable[[Sequence[Key]], Iterable[Key]]

# The names by which comments ask to leave a name alone: the rules that find it.
_RULES: Mapping[Kind, tuple[str, ...]] = {
    "image": ("base-without-digest", "base-untagged", "base-latest", "external-copy-from-unpinned"),
    "git": ("git-clone-unpinned", "add-git-unpinned"),
    "download": ("add-without-checksum",),
    "snapshot": ("apt-without-snapshot",),
}


class PinRequest(NamedTuple):
    """What `dcache pin` is asked.

    With `update` pins that are there are looked up, too; `offline` asks the lock alone. `lock` is its path, None for
    the one that lies nearest to each Dockerfile. `environments` are what base images do not tell, as a lock has them.
    """

    lint: LintRequest
    hosts: Hosts = Hosts()
    limits: Limits = Limits()
    kinds: frozenset[Kind] = frozenset(USUAL)
    update: bool = False
    offline: bool = False
    lock: str | None = None
    environments: Mapping[str, str] = {}


class _Read(NamedTuple):
    settings: Mapping[str, Any]
    lock: str
    see: Facts
    wants: tuple[Want, ...]


def run_pin(request: PinRequest, progress: Progress = iter) -> PinReport:
    """What pinning finds, nothing written; InputError or ConfigError where what is asked cannot be done.

    `progress` is given what is looked up, and gives it back one by one.
    """
    contexts = Contexts()
    locks: dict[str, Lock] = {}
    read = [_read(path, request, contexts, locks) for path in lint_files(request.lint)]
    found, missing = _looked_up([one for one in read if isinstance(one, _Read)], request, locks, progress)
    files: list[FilePins] = []
    changed: dict[str, Lock] = {}
    for one in read:
        if isinstance(one, FilePins):
            files.append(one)
            continue
        new = {key: pin for (path, key), (pin, _) in found.items() if path == one.lock}
        why = {key: said for (path, key), said in missing.items() if path == one.lock}
        notes = {key: answer.notes for (path, key), (_, answer) in found.items() if path == one.lock}
        lock = locks[one.lock].over(new)
        files.append(pinned(one.see.dockerfile, one.wants, lock, why, notes, update=request.update))
        if lock != load_lock(one.lock):
            changed[one.lock] = lock
    return PinReport(tuple(files), changed)


def write_pins(report: PinReport) -> None:
    """Write the Dockerfiles and the locks that differ: all of them, or none and an InputError."""
    data = {file.path: _encoded(file) for file in report.files if file.differs}
    data |= {path: lock_bytes(lock) for path, lock in report.locks.items()}
    try:
        write_files(data)
    except OSError as error:
        raise InputError(f"{error.filename or 'the files'}: {error.strerror}; nothing was changed") from None


def _encoded(file: FilePins) -> bytes:
    assert file.source is not None
    return file.source._replace(text=file.text).encode()


def _read(path: str, request: PinRequest, contexts: Contexts, locks: dict[str, Lock]) -> _Read | FilePins:
    try:
        source, config = one = opened(path, request.lint)
        lock = request.lock or lock_path(source.path)
        if lock not in locks:
            known = load_lock(lock)
            locks[lock] = known._replace(environments={**known.environments, **request.environments})
    except InputError as error:
        return FilePins(called(path, request.lint), None, failure=str(error))
    dockerfile = parse(source)
    if dockerfile.problems:
        problem = dockerfile.problems[0]
        line = source.text.count("\n", 0, problem.span.start) + 1
        return FilePins(source.path, source, source.text, failure=f"{source.path}:{line}: {problem.message}")
    see = Facts(dockerfile, one.context(contexts), locks[lock])
    wanted = [one for one in all_wants(see) if one.key.kind in request.kinds]
    if request.lint.comments:
        asked = comments(dockerfile)
        wanted = [one for one in wanted if not asked or not _is_silenced(one, see, asked)]
    return _Read(config.values["pin"], lock, see, tuple(wanted))


def _is_silenced(want: Want, see: Facts, asked: tuple[Comment, ...]) -> bool:
    """Whether a comment of the file asks to leave a name alone."""
    names = _RULES.get(want.key.kind, (f"{want.key.kind}-unpinned",))
    theme = "reproducibility" if want.key.kind == "snapshot" else "pinning"
    known = aliases()
    return any(not silenced([Diagnostic(want.place, "", rule=f"{theme}/{name}")], asked, known)[0] for name in names)


def _looked_up(
    read: Sequence[_Read], request: PinRequest, locks: Mapping[str, Lock], progress: Progress
) -> tuple[dict[tuple[str, Key], tuple[Pin, Found]], dict[tuple[str, Key], str]]:
    """What services say of the names that have to be looked up, by lock and name; why, of those they say nothing of."""
    asked: dict[tuple[str, Key], None] = {}
    for one in read:
        for want in one.wants:
            known = want.key in locks[one.lock].pins
            if not want.refusal and (request.update or not (known or want.held)):
                asked[one.lock, want.key] = None
    found: dict[tuple[str, Key], tuple[Pin, Found]] = {}
    missing: dict[tuple[str, Key], str] = {}
    if not asked:
        return found, missing
    if request.offline:
        return found, dict.fromkeys(asked, "the lock does not hold it; run `dcache pin` without --offline")
    try:
        client = Client(request.limits)
    except Unresolved as error:
        raise InputError(str(error)) from None
    services = {
        one.lock: Services(
            client, request.hosts.over(one.settings)._replace(folder=os.path.dirname(one.lock) or os.curdir)
        )
        for one in reversed(read)
    }
    day = request.hosts.date or datetime.datetime.now(datetime.UTC).date().isoformat()
    waiting = iter(asked)
    for _ in progress([key for _, key in asked]):
        lock, key = next(waiting)
        try:
            answer = services[lock].find(key)
            found[lock, key] = Pin(answer.value, day), answer
        except Unresolved as error:
            missing[lock, key] = str(error)
    return found, missing
