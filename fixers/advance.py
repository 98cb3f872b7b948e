"""An install moved in front of the copies that stand before it: what it reads is copied first, the rest behind it."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Mapping

from ..analyzer.dockerfile.syntax import Copy, Instruction, Onbuild, Run, Workdir
from ..analyzer.effects import covers
from ..analyzer.effects.scope import scopes
from ..analyzer.graph import ContextOrigin, CopyOp, RunOp, Step
from ..analyzer.named_tuple import NamedTuple
from ..analyzer.projects.needs import Refusal, needs
from ..analyzer.shell import Command, Install, Opaque, run_text
from ..analyzer.source import Edit, Span
from ..rules.copies import broad_sources
from ..rules.facts import BuildContext, Facts
from ..rules.reach import ancestors, is_copy
from ..rules.rule import Fix
from ..rules.worth import costs_more
from .apart import Ground, keep_off
from .blocks import block, insert_above, insert_below, lines, remove
from .destinations import place_fault
from .landings import Landed, Landing, landings
from .manifests import Line, manifest_lines, short, title
from .splits import Part, parts, split

__all__ = ["Refusal", "advanced"]


class _Halted(Exception):
    """Raised where there is no fix; the message says why, as a clause."""


class _Known(NamedTuple):
    """What is known of the commands that are to run before the copies: what they read, write and assume."""

    files: tuple[str, ...]
    writes: tuple[str, ...]
    assumes: tuple[str, ...]
    folders: tuple[str, ...]
    names: tuple[str, ...]


def advanced(copy: Step, step: Step, see: Facts, context: BuildContext) -> Fix | Refusal:
    """The fix that puts the install of a RUN in front of a copy; a Refusal where that may change what is built."""
    try:
        return _Advance(copy, step, see, context).fix()
    except _Halted as why:
        return Refusal(str(why))


class _Advance:
    """One copy, one RUN behind it, and what is between them."""

    def __init__(self, copy: Step, step: Step, see: Facts, context: BuildContext) -> None:
        if copy.instruction.stage != step.instruction.stage:
            raise _Halted("the copy stands in another stage")
        assert see.graph is not None
        self.copy, self.step, self.see, self.context = copy, step, see, context
        stage = see.dockerfile.stages[step.instruction.stage].instructions
        self.between = stage[copy.instruction.index + 1 : step.instruction.index]
        self.steps = {one.span: one for one in see.graph.steps if one.stage == step.stage}
        self.before = [one for one in ancestors(see.graph, step) if is_copy(one)]
        self.landings = {one.id: landings(one, context) for one in self.before}
        self.moved = self._moved()
        every = [landing for one in self.before for landing in self.landings[one.id] or ()]
        moving = {one.id for one in self.moved}
        self.landed = Landed(every, context)
        self.behind = Landed([one for one in every if one.step.id in moving], context)
        self.ground = Ground(self.behind, tuple(dict.fromkeys("/" + one.place for one in self.behind.landings)))
        self.known = scopes(see.graph, step.stage)
        self.environment = {one.name: one.value for one in step.scope.env if one.name}

    def fix(self) -> Fix:
        """The fix; _Halted where there is none."""
        self._check_copies()
        early = self._between()
        head, tail = self._head()
        known = _merged([*early.values(), head])
        ignored, assumes = self._collisions(known)
        brought = self._brought(known)
        kept = [one for one in self.before if one not in self.moved]
        if costs_more(self.moved, kept, [path for _, _, path in brought], self.see):
            raise _Halted("what it needs changed more often than what is copied before it")
        fault = place_fault(self.ground, self.landed, self.step, self.moved, brought)
        if fault is not None:
            raise _Halted(fault)
        made = [
            line for one in self.moved for line in manifest_lines(one, [b for b in brought if b[1].step.id == one.id])
        ]
        self._check_folders(known, made)
        edits = {self.see.path: self._edits(made, tail, early)}
        if ignored:
            edits[self._ignore_file()] = (self._ignore_edit(ignored),)
        assumed = (*assumes, *known.assumes)
        return Fix(title(made, head.names[-1], self.copy.instruction), not assumed, edits, assumes="; ".join(assumed))

    # What moves ----------------------------------------------------------------------------------------------

    def _moved(self) -> tuple[Step, ...]:
        """The copies that go below the install: those of source, and those that write over what they bring."""
        found = [self.copy]
        for instruction in self.between:
            step = self.steps.get(instruction.span)
            if step is None or not isinstance(step.op, CopyOp):
                continue
            if broad_sources(step, self.context) or self._meets(step, found):
                if any(source.origin != ContextOrigin("") for source in step.op.sources):
                    raise _Halted(f"`{short(instruction)}` writes to the same place")
                found.append(step)
        if any(self.landings.get(one.id) is None for one in found):
            raise _Halted("what the copy brings is not known")
        return tuple(found)

    def _meets(self, step: Step, moved: list[Step]) -> bool:
        """Whether a copy may write over what others bring, or they over it."""
        assert isinstance(step.op, CopyOp)
        places = [one.place for other in moved for one in self.landings.get(other.id) or ()]
        own = self.landings.get(step.id)
        if own is not None and all(source.origin == ContextOrigin("") for source in step.op.sources):
            brought = Landed([one for other in moved for one in self.landings.get(other.id) or ()], self.context)
            return any(
                one.node.kind != "file" or brought.at(one.place) is not None for one in own if _near(one.place, places)
            )
        return _near(_dest(step), places)

    def _check_copies(self) -> None:
        for one in self.before:
            assert isinstance(one.op, CopyOp)
            dest = _dest(one)
            foreign = any(source.origin != ContextOrigin("") for source in one.op.sources)
            place = posixpath.normpath(self.step.scope.workdir).strip("/")
            if (foreign or self.landings[one.id] is None) and (
                dest == place or (place + "/").startswith(dest + "/") or not dest
            ):
                raise _Halted(f"`{short(one.instruction)}` brings to the same place what is not known")
        for one in self.moved:
            body = one.instruction.body
            assert isinstance(body, Copy) and isinstance(one.op, CopyOp)
            if "$" in one.instruction.text and any(_declares(other) for other in self.between):
                raise _Halted("the copy names variables that are set behind it")
            if self._is_carried(body) and re.search("[\0\ue000\\s]", one.op.dest):
                raise _Halted("the working directory changes behind the copy")

    def _is_carried(self, body: Copy) -> bool:
        """Whether a copy with a relative destination is carried over a WORKDIR."""
        return not body.dest.text.startswith("/") and any(isinstance(other.body, Workdir) for other in self.between)

    # What runs before ----------------------------------------------------------------------------------------

    def _between(self) -> dict[int, _Known]:
        """What the RUNs between the copy and the install read, by index; _Halted where one needs what is copied."""
        found: dict[int, _Known] = {}
        for instruction in self.between:
            if instruction.keyword == "VOLUME":
                raise _Halted("a VOLUME is declared behind the copy")
            if isinstance(instruction.body, Onbuild) or not isinstance(instruction.body, Run):
                continue
            step = self.steps.get(instruction.span)
            if step is None:
                raise _Halted(f"`{short(instruction)}` is not known")
            self._check_mounts(step)
            read = self.see.commands(instruction)
            if isinstance(read, Opaque):
                raise _Halted(f"`{short(instruction)}` cannot be read")
            found[instruction.index] = self._judged(step, read)
        return found

    def _head(self) -> tuple[_Known, tuple[Part, ...]]:
        """What the part of the RUN reads that can run before the copies, and the parts that cannot."""
        self._check_mounts(self.step)
        read = self.see.commands(self.step.instruction)
        if isinstance(read, Opaque):
            raise _Halted("the RUN cannot be read")
        chain = parts(self.step.instruction, read, self.see.source, self.see.dockerfile.escape)
        known: _Known | None = None
        taken = 0
        why = ""
        done: tuple[Command, ...] = ()
        for number, part in enumerate(chain, 1):
            done += part.commands
            try:
                known_now = self._judged(self.step, done)
            except _Halted as error:
                why = str(error)
                break
            if any(not part.is_state for part in chain[taken:number]):
                known, taken = known_now, number
        while taken and chain[taken - 1].is_state:
            taken -= 1
        if known is None or not known.names:
            raise _Halted(why or "no install comes first")
        tail = chain[taken:]
        first, later = self._installs(chain[:taken]), self._installs(tail)
        if not any(one.reads for one in first) and any(one.reads and not one.local for one in later):
            raise _Halted(why)  # what only upgrades pip itself is not worth a step of its own
        if tail and not self._can_split(chain[:taken]):
            raise _Halted("the RUN cannot be divided")
        return known, tail

    def _installs(self, chain: tuple[Part, ...]) -> list[Install]:
        spans = {one.span for part in chain for one in part.commands}
        return [one for one in self.see.installs(self.step.instruction) if one.command.span in spans]

    def _judged(self, step: Step, commands: tuple[Command, ...]) -> _Known:
        """What commands read; _Halted where they may need what is copied."""
        workdir = step.scope.workdir
        others: list[Command] = []
        files: list[str] = []
        writes: list[str] = []
        assumes: list[str] = []
        names: list[str] = []
        spans = {one.span for one in commands}
        found = {one.command.span: one for one in self.see.installs(step.instruction) if one.command.span in spans}
        for command in commands:
            install = found.get(command.span)
            if install is None or command.words != install.command.words:
                others.append(command)
                continue
            if "$" in install.folder or command.background or command.function:
                raise _Halted(f"where `{install.name}` runs is not known")
            place = posixpath.normpath(posixpath.join(workdir, install.folder))
            asked = needs(install, place.strip("/"), self.landed, self.environment)
            if isinstance(asked, Refusal):
                raise _Halted(asked.why)
            open_words = [
                w.text for w in command.words if not w.fixed and "://" not in w.text and not w.text.startswith("--")
            ]
            files += asked.files
            writes += asked.writes
            assumes += [*asked.assumes, *(f"`{word}` chooses nothing else of the project" for word in open_words)]
            names.append(install.name)
        known, script = self.known[step.instruction.index], run_text(step.instruction)
        look = keep_off(tuple(others), workdir, known, self.ground, script)
        if look.why:
            first = next((o for o in others if keep_off((o,), workdir, known, self.ground, script).why), others[-1])
            raise _Halted(f"`{' '.join(word.text for word in first.words)[:60]}` may need what is copied: {look.why}")
        if look.accounts and any(self._names_owner(one) for one in self.moved):
            raise _Halted("the number of the copy's owner may change")
        return _Known((*files, *look.reads), tuple(writes), tuple(assumes), look.folders, tuple(names))

    def _names_owner(self, step: Step) -> bool:
        """Whether a copy gives its files to a user by name."""
        assert isinstance(step.op, CopyOp)
        return any(not part.isdigit() for part in step.op.chown.split(":") if part)

    def _check_mounts(self, step: Step) -> None:
        assert isinstance(step.op, RunOp)
        for mount in step.op.mounts:
            if mount.target and not self.ground.is_free(mount.target):
                raise _Halted(f"a mount lies at `{mount.target}`")

    def _can_split(self, head: tuple[Part, ...]) -> bool:
        """Whether a RUN can be two, so that the second finds all that the first left to it."""
        assert isinstance(self.step.op, RunOp)
        kept = [mount for mount in self.step.op.mounts if mount.kind in ("cache", "tmpfs")]
        if any(mount.kind == "tmpfs" or self.ground.is_inside(mount.target) for mount in kept):
            return False
        return all(part.is_repeatable for part in head if part.changes) and not any(
            one.background or one.function for part in head for one in part.commands
        )

    # What is copied first ------------------------------------------------------------------------------------

    def _collisions(self, known: _Known) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The paths of the context that must not be sent, and what that assumes."""
        found: list[str] = []
        for path in known.writes:
            there = self.behind.at(path)
            if there is None:
                continue
            if there.node.kind != "dir" or posixpath.basename(path) not in _GENERATED or not self._ignores():
                raise _Halted(f"`{there.path}` of the context would lie over what the install writes")
            found.append(there.path)
        assumes = tuple(f"nothing needs `{path}` of the context" for path in found)
        return tuple(found), assumes

    def _brought(self, known: _Known) -> list[tuple[str, Landing, str]]:
        """The files that must be copied first: where each lies in the image, its landing, its path in the context."""
        moving = {one.id for one in self.moved}
        found: list[tuple[str, Landing, str]] = []
        foreign = [
            one
            for one in self.before
            if isinstance(one.op, CopyOp) and any(source.origin != ContextOrigin("") for source in one.op.sources)
        ]
        for path in dict.fromkeys(known.files):
            if any(_near(path, [_dest(one)]) and not _dest(one).startswith(path + "/") for one in foreign):
                raise _Halted(f"`{path}` may come from another stage")
            every = list(self.landed.all_at(path))
            if not every or every[-1].node.kind != "file":
                raise _Halted(f"`{path}` is no file that is copied")
            last = every[-1]
            if last.landing.step.id in moving and not (
                len(every) > 1 and every[-2].landing.step.id not in moving and every[-2].path == last.path
            ):
                found.append((path, last.landing, last.path))
        ask = self.context.git_ignored
        hidden = ask(tuple(one[2] for one in found)) if ask is not None and found else frozenset[str]()
        if hidden:
            raise _Halted(f"git ignores `{min(hidden)}`: it is not there in every checkout")
        return found

    def _check_folders(self, known: _Known, made: list[Line]) -> None:
        """_Halted where a command changes to a folder that only the copy makes."""
        there = {posixpath.normpath(one.place).strip("/") for one in made}
        for folder in known.folders:
            inner = posixpath.normpath(folder).strip("/")
            made_by = any(one == inner or one.startswith(inner + "/") for one in there)
            if self.ground.is_inside(folder) and not made_by and not covers(folder, self.step.scope.workdir):
                raise _Halted(f"`{folder}` is made by the copy")

    # The edits -----------------------------------------------------------------------------------------------

    def _edits(self, made: list[Line], tail: tuple[Part, ...], early: Mapping[int, _Known]) -> tuple[Edit, ...]:
        dockerfile = self.see.dockerfile
        newline = dockerfile.source.newline
        found: list[Edit] = []
        moved = ""
        reader = self._reader(early)
        for one in self.moved:
            instruction = one.instruction
            span = block(dockerfile, instruction)
            own = "".join(line.text + newline for line in made if line.step is one)
            if own and reader is not None:
                found.append(insert_above(dockerfile, reader, own))
            stays = own and reader is None
            found.append(Edit(span, own) if stays else remove(dockerfile, instruction))
            blank = dockerfile.source.text[span.end : span.end + len(newline)] == newline
            moved += (newline if blank and not tail else "") + self._carried(one)
        if tail:
            found.append(split(self.step.instruction, tail, moved, self.see.source, newline))
        else:
            found.append(insert_below(dockerfile, self.step.instruction, moved))
        return tuple(found)

    def _reader(self, early: Mapping[int, _Known]) -> Instruction | None:
        """The RUN above which manifests are copied: the first that reads one; None where none stands above it."""
        stage = self.see.dockerfile.stages[self.step.instruction.stage].instructions
        at = self.copy.instruction.index + 1
        while at in early and not early[at].files and self._installs_alone(stage[at], early[at]):
            at += 1
        return stage[at] if len(self.moved) == 1 and at > self.copy.instruction.index + 1 else None

    def _installs_alone(self, run: Instruction, known: _Known) -> bool:
        """Whether a RUN does nothing but install, in a directory that is there without the copy."""
        made = any(self.ground.is_inside(at) and not covers(at, self.copy.scope.workdir) for at in known.folders)
        read = self.see.commands(run)
        return not made and not isinstance(read, Opaque) and len(known.names) == len(read)

    def _carried(self, step: Step) -> str:
        """The rows of a copy, with its destination as an absolute path where a WORKDIR comes to stand before it."""
        body = step.instruction.body
        assert isinstance(body, Copy) and isinstance(step.op, CopyOp)
        text = lines(self.see.dockerfile, step.instruction)
        if not self._is_carried(body):
            return text
        start = block(self.see.dockerfile, step.instruction).start
        dest = f'"{step.op.dest}"' if body.json else step.op.dest
        return text[: body.dest.span.start - start] + dest + text[body.dest.span.end - start :]

    def _ignores(self) -> bool:
        return self.context.ignore_file is not None or not self.context.given

    def _ignore_file(self) -> str:
        return self.context.ignore_file or os.path.join(os.path.dirname(self.see.path), ".dockerignore")

    def _ignore_edit(self, ignored: tuple[str, ...]) -> Edit:
        text = self.context.ignore_text
        head = "" if not text or text.endswith("\n") else "\n"
        return Edit(Span(len(text), len(text)), head + "".join(f"{path}\n" for path in ignored))


_GENERATED = frozenset({"node_modules", ".venv", "vendor", "target", "_build", "deps", ".gradle", "obj", ".dart_tool"})


def _dest(step: Step) -> str:
    """Where a copy goes, without slashes at its ends."""
    assert isinstance(step.op, CopyOp)
    return step.op.dest.rstrip("/").removesuffix("/.").strip("/")


def _near(place: str, places: list[str]) -> bool:
    """Whether a place is one of others, above or below it."""
    return any(
        not one or not place or one == place or one.startswith(place + "/") or place.startswith(one + "/")
        for one in places
    )


def _declares(instruction: Instruction) -> bool:
    return instruction.keyword in ("ARG", "ENV")


def _merged(known: list[_Known]) -> _Known:
    return _Known(*(tuple(item for one in known for item in one[at]) for at in range(5)))
