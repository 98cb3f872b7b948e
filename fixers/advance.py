"""An install moved in front of the copies that stand before it: what it reads is copied first, the rest behind it."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Mapping

from ..analyzer.dockerfile.syntax import Copy, Instruction, Onbuild, Run, Workdir
from ..analyzer.effects import covers
from ..analyzer.effects.scope import ROOT, scopes
from ..analyzer.graph import ContextOrigin, CopyOp, RunOp, Step
from ..analyzer.projects.needs import Refusal, needs
from ..analyzer.shell import Command, Install, Opaque, run_text
from ..analyzer.source import Edit, Span
from ..rules.copies import broad_sources
from ..rules.facts import BuildContext, Facts
from ..rules.reach import ancestors, is_copy
from ..rules.rule import Fix
from ..rules.volatile import shortened
from ..rules.worth import costs_more
from .apart import Ground, keep_off
from .blocks import block, insert_above, insert_below, lines, remove
from .destinations import place_fault
from .fetches import Fetch, fetch_of
from .judged import Halted, Known, brought_first, collisions, dest_of, merged, near
from .landings import Landed, landings
from .manifests import Line, is_plain, manifest_lines, title
from .splits import Part, parts, split

__all__ = ["Refusal", "advanced", "fetched_first"]


def advanced(copy: Step, step: Step, see: Facts, context: BuildContext) -> Fix | Refusal:
    """The fix that puts the install of a RUN in front of a copy; a Refusal where that may change what is built."""
    try:
        return _Advance(copy, step, see, context).fix()
    except Halted as why:
        return Refusal(str(why))


def fetched_first(copy: Step, step: Step, see: Facts, context: BuildContext) -> Fix | Refusal:
    """The fix that fetches in front of a copy what a build behind it needs; a Refusal where that may break it."""
    try:
        fetch = fetch_of(copy, step, see)
        return _Advance(copy, fetch.anchor, see, context, fetch).fix()
    except Halted as why:
        return Refusal(str(why))


class _Advance:
    """One copy, one RUN behind it, and what is between them; a command that fetches for the RUN where that stays."""

    def __init__(self, copy: Step, step: Step, see: Facts, context: BuildContext, fetch: Fetch | None = None) -> None:
        if copy.instruction.stage != step.instruction.stage:
            raise Halted("the copy stands in another stage")
        assert see.graph is not None
        self.copy, self.step, self.see, self.context, self.fetch = copy, step, see, context, fetch
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
        """The fix; Halted where there is none."""
        self._check_copies()
        early = self._between()
        head, tail = self._head() if self.fetch is None else self._fetched(self.fetch)
        known = merged([*early.values(), head])
        if known.stubs and (self.fetch is None or any(one.stubs for one in early.values())):
            raise Halted(f"`{known.stubs[0]}` has to be there")
        ignored, assumes = collisions(known, self.behind, can_ignore=self._ignores())
        brought = brought_first(known, self.before, {one.id for one in self.moved}, self.landed, self.context)
        kept = [one for one in self.before if one not in self.moved]
        if costs_more(self.moved, kept, [path for _, _, path in brought], self.see):
            raise Halted("what it needs changed more often than what is copied before it")
        fault = place_fault(self.ground, self.landed, self.step, self.moved, brought)
        if fault is not None:
            raise Halted(fault)
        made = [
            line
            for one in self.moved
            for line in manifest_lines(one, [b for b in brought if b[1].step.id == one.id], self.see.dockerfile)
        ]
        self._check_folders(known, made)
        run = "" if self.fetch is None else self._fetching(self.fetch, head, made)
        edits = {self.see.path: self._edits(made, tail, early, run)}
        if ignored:
            edits[self._ignore_file()] = (self._ignore_edit(ignored),)
        assumed = (*assumes, *known.assumes)
        told = title(made, head.names[-1], self.copy.instruction)
        if self.fetch is not None:
            waits = self.fetch.step.instruction.span
            assumed = (*assumed, self.fetch.assumes)
            return Fix(f"fetch first: {told}", False, edits, assumes="; ".join(assumed), waits_for=waits)
        return Fix(told, not assumed, edits, assumes="; ".join(assumed))

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
                    raise Halted(f"`{shortened(instruction, 60)}` writes to the same place")
                found.append(step)
        if any(self.landings.get(one.id) is None for one in found):
            raise Halted("what the copy brings is not known")
        return tuple(found)

    def _meets(self, step: Step, moved: list[Step]) -> bool:
        """Whether a copy may write over what others bring, or they over it."""
        assert isinstance(step.op, CopyOp)
        places = [one.place for other in moved for one in self.landings.get(other.id) or ()]
        own = self.landings.get(step.id)
        if own is not None and all(source.origin == ContextOrigin("") for source in step.op.sources):
            brought = Landed([one for other in moved for one in self.landings.get(other.id) or ()], self.context)
            return any(
                one.node.kind != "file" or brought.at(one.place) is not None for one in own if near(one.place, places)
            )
        return near(dest_of(step), places)

    def _check_copies(self) -> None:
        for one in self.before:
            assert isinstance(one.op, CopyOp)
            dest = dest_of(one)
            foreign = any(source.origin != ContextOrigin("") for source in one.op.sources)
            place = posixpath.normpath(self.step.scope.workdir).strip("/")
            if (foreign or self.landings[one.id] is None) and (
                dest == place or (place + "/").startswith(dest + "/") or not dest
            ):
                raise Halted(f"`{shortened(one.instruction, 60)}` brings to the same place what is not known")
        for one in self.moved:
            body = one.instruction.body
            assert isinstance(body, Copy) and isinstance(one.op, CopyOp)
            if "$" in one.instruction.text and any(_declares(other) for other in self.between):
                raise Halted("the copy names variables that are set behind it")
            if self._is_carried(body) and re.search("[\0\ue000\\s]", one.op.dest):
                raise Halted("the working directory changes behind the copy")

    def _is_carried(self, body: Copy) -> bool:
        """Whether a copy with a relative destination is carried over a WORKDIR."""
        return not body.dest.text.startswith("/") and any(isinstance(other.body, Workdir) for other in self.between)

    # What runs before ----------------------------------------------------------------------------------------

    def _between(self) -> dict[int, Known]:
        """What the RUNs between the copy and the install read, by index; Halted where one needs what is copied."""
        found: dict[int, Known] = {}
        for instruction in self.between:
            if instruction.keyword == "VOLUME":
                raise Halted("a VOLUME is declared behind the copy")
            if isinstance(instruction.body, Onbuild) or not isinstance(instruction.body, Run):
                continue
            step = self.steps.get(instruction.span)
            if step is None:
                raise Halted(f"`{shortened(instruction, 60)}` is not known")
            self._check_mounts(step)
            read = self.see.commands(instruction)
            if isinstance(read, Opaque):
                raise Halted(f"`{shortened(instruction, 60)}` cannot be read")
            found[instruction.index] = self._judged(step, read)
        return found

    def _head(self) -> tuple[Known, tuple[Part, ...]]:
        """What the part of the RUN reads that can run before the copies, and the parts that cannot."""
        self._check_mounts(self.step)
        read = self.see.commands(self.step.instruction)
        if isinstance(read, Opaque):
            raise Halted("the RUN cannot be read")
        chain = parts(self.step.instruction, read, self.see.source, self.see.dockerfile.escape)
        known: Known | None = None
        taken = 0
        why = ""
        done: tuple[Command, ...] = ()
        for number, part in enumerate(chain, 1):
            done += part.commands
            try:
                known_now = self._judged(self.step, done)
            except Halted as error:
                why = str(error)
                break
            if any(not part.is_state for part in chain[taken:number]):
                known, taken = known_now, number
        while taken and chain[taken - 1].is_state:
            taken -= 1
        if known is None or not known.names:
            raise Halted(why or "no install comes first")
        tail = chain[taken:]
        first, later = self._installs(chain[:taken]), self._installs(tail)
        if not any(one.reads for one in first) and any(one.reads and not one.local for one in later):
            raise Halted(why)  # what only upgrades pip itself is not worth a step of its own
        if tail and not self._can_split(chain[:taken]):
            raise Halted("the RUN cannot be divided")
        return known, tail

    def _fetched(self, fetch: Fetch) -> tuple[Known, tuple[Part, ...]]:
        """What the command reads that fetches in advance, and the parts of the RUN behind it where it joins it."""
        self._check_mounts(fetch.step)
        asked = needs(fetch.install, fetch.folder.strip("/"), self.landed, self.environment)
        if isinstance(asked, Refusal):
            raise Halted(asked.why)
        if fetch.install.tool == "maven" and sum(path.endswith("pom.xml") for path in asked.files) > 1:
            raise Halted("modules of Maven may depend on one another, and none is built yet")
        user = self.known[self.step.instruction.index].user
        if asked.stubs and user not in ROOT and user is not None:
            raise Halted(f"`{user}` may not write where the project goes")
        known = Known(asked.files, asked.writes, asked.assumes, (fetch.folder,), (fetch.text,), asked.stubs)
        read = self.see.commands(self.step.instruction)
        if not fetch.joins or isinstance(read, Opaque):
            return known, ()
        chain = parts(self.step.instruction, read, self.see.source, self.see.dockerfile.escape)
        at = next((n for n, one in enumerate(chain) if fetch.build.command in one.commands), 0)
        if not at or not self._can_split(chain[:at]):
            raise Halted("the RUN cannot be divided")
        before = self._judged(self.step, tuple(one for part in chain[:at] for one in part.commands))
        return merged((before, known)), chain[at:]

    def _installs(self, chain: tuple[Part, ...]) -> list[Install]:
        spans = {one.span for part in chain for one in part.commands}
        return [one for one in self.see.installs(self.step.instruction) if one.command.span in spans]

    def _judged(self, step: Step, commands: tuple[Command, ...]) -> Known:
        """What commands read; Halted where they may need what is copied."""
        workdir = step.scope.workdir
        others: list[Command] = []
        files: list[str] = []
        writes: list[str] = []
        stubs: list[str] = []
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
                raise Halted(f"where `{install.name}` runs is not known")
            place = posixpath.normpath(posixpath.join(workdir, install.folder))
            asked = needs(install, place.strip("/"), self.landed, self.environment)
            if isinstance(asked, Refusal):
                raise Halted(asked.why)
            open_words = [
                w.text for w in command.words if not w.fixed and "://" not in w.text and not w.text.startswith("--")
            ]
            files += asked.files
            stubs += asked.stubs
            writes += asked.writes
            assumes += [*asked.assumes, *(f"`{word}` chooses nothing else of the project" for word in open_words)]
            names.append(install.name)
        known, script = self.known[step.instruction.index], run_text(step.instruction)
        look = keep_off(tuple(others), workdir, known, self.ground, script)
        if look.why:
            first = next((o for o in others if keep_off((o,), workdir, known, self.ground, script).why), others[-1])
            raise Halted(f"`{' '.join(word.text for word in first.words)[:60]}` may need what is copied: {look.why}")
        if look.accounts and any(self._names_owner(one) for one in self.moved):
            raise Halted("the number of the copy's owner may change")
        return Known((*files, *look.reads), tuple(writes), tuple(assumes), look.folders, tuple(names), tuple(stubs))

    def _names_owner(self, step: Step) -> bool:
        """Whether a copy gives its files to a user by name."""
        assert isinstance(step.op, CopyOp)
        return any(not part.isdigit() for part in step.op.chown.split(":") if part)

    def _check_mounts(self, step: Step) -> None:
        assert isinstance(step.op, RunOp)
        for mount in step.op.mounts:
            if mount.target and not self.ground.is_free(mount.target):
                raise Halted(f"a mount lies at `{mount.target}`")

    def _can_split(self, head: tuple[Part, ...]) -> bool:
        """Whether a RUN can be two, so that the second finds all that the first left to it."""
        assert isinstance(self.step.op, RunOp)
        kept = [mount for mount in self.step.op.mounts if mount.kind in ("cache", "tmpfs")]
        if any(mount.kind == "tmpfs" or self.ground.is_inside(mount.target) for mount in kept):
            return False
        return all(part.is_repeatable for part in head if part.changes) and not any(
            one.background or one.function for part in head for one in part.commands
        )

    def _check_folders(self, known: Known, made: list[Line]) -> None:
        """Halted where a command changes to a folder that only the copy makes."""
        there = {posixpath.normpath(place).strip("/") for one in made for place in one.places}
        for folder in known.folders:
            inner = posixpath.normpath(folder).strip("/")
            made_by = any(one == inner or one.startswith(inner + "/") for one in there)
            if self.ground.is_inside(folder) and not made_by and not covers(folder, self.step.scope.workdir):
                raise Halted(f"`{folder}` is made by the copy")

    # The edits -----------------------------------------------------------------------------------------------

    def _fetching(self, fetch: Fetch, known: Known, made: list[Line]) -> str:
        """The rows of the RUN that fetches in advance."""
        moving, stubs = {one.id for one in self.moved}, list[str]()
        for path in known.stubs:
            there = self.landed.at(path)
            if there is None or not is_plain(path):
                raise Halted(f"`{path}` cannot be made in advance")
            if there.landing.step.id in moving:
                if there.landing.node.kind != "dir":
                    raise Halted(f"`{there.path}` is copied alone")
                stubs.append(path)
        folders = {posixpath.normpath(place).strip("/") for one in made for place in one.places}
        if fetch.joins:
            return fetch.lines(stubs, folders, self.see.dockerfile)
        start = self.see.source.rfind("\n", 0, self.step.instruction.span.start) + 1
        indent = self.see.source[start : self.step.instruction.span.start]
        return indent + fetch.lines(stubs, folders, self.see.dockerfile) + self.see.dockerfile.source.newline

    def _edits(
        self, made: list[Line], tail: tuple[Part, ...], early: Mapping[int, Known], run: str
    ) -> tuple[Edit, ...]:
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
            edit = split(self.step.instruction, tail, moved, self.see.source, newline)
            found.append(edit._replace(text=f" && {run}{edit.text}") if run else edit)
        elif run:
            end = newline if moved.startswith(newline) else ""
            found.append(insert_above(dockerfile, self.step.instruction, run + moved + end))
        else:
            found.append(insert_below(dockerfile, self.step.instruction, moved))
        return tuple(found)

    def _reader(self, early: Mapping[int, Known]) -> Instruction | None:
        """The RUN above which manifests are copied: the first that reads one; None where none stands above it."""
        stage = self.see.dockerfile.stages[self.step.instruction.stage].instructions
        at = self.copy.instruction.index + 1
        while at in early and not early[at].files and self._installs_alone(stage[at], early[at]):
            at += 1
        return stage[at] if len(self.moved) == 1 and at > self.copy.instruction.index + 1 else None

    def _installs_alone(self, run: Instruction, known: Known) -> bool:
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


def _declares(instruction: Instruction) -> bool:
    return instruction.keyword in ("ARG", "ENV")
