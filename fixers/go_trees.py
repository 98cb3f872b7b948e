"""Whether files of a context are seen by nothing but builds of Go that read none of them: the image is without them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from weakref import WeakKeyDictionary

from ..analyzer.context import ContextError, Ignore, has_wildcard
from ..analyzer.context.ignore import Sent
from ..analyzer.effects import overlap
from ..analyzer.effects.scope import scopes
from ..analyzer.graph import BuildGraph, ContextOrigin, CopyOp, Origin, RunOp, Step, StepOrigin
from ..analyzer.graph.steps import is_unknown
from ..analyzer.projects.go import embeds, is_source, may_embed, uses_cgo
from ..analyzer.shell import Command, Opaque, run_text
from ..rules.build_files import files
from ..rules.copies import context_mounts, is_whole
from ..rules.facts import BuildContext, Facts
from ..rules.taken import GENERATED
from .apart import Ground, keep_off
from .landings import Landed, Landing, landings, node_at

_MOST_FILES = 8_000
_VERBS = ("build", "install", "mod download", "mod verify", "version")
_SWITCHES = frozenset({"-v", "-x", "-a", "-trimpath", "-race", "-msan", "-buildvcs=false", "-buildvcs=true"})
_VALUED = frozenset({"-o", "-ldflags", "-gcflags", "-asmflags", "-tags", "-p", "-mod", "-buildmode", "-installsuffix"})
_GOFLAGS = re.compile(r"(?:-mod=\w+|-trimpath|-buildvcs=false|-v|\s)*")
_BUILDS = re.compile(
    r"(?i).*\.(?:ya?ml|hcl|mk|sh|json|toml)|(?:GNU)?makefile.*|justfile|jenkinsfile.*|tiltfile|earthfile|dagger.*"
)


def unseen(paths: Collection[str], see: Facts) -> bool:
    """Whether files and directories of the context surely change nothing of the image.

    All RUN steps that find them build with Go and otherwise keep off them; no embed directive, and nothing of cgo,
    can take them; the final image does not stand on them, and no step copies a place from there in which they lie.
    """
    context, graph = see.context, see.graph
    if context is None or graph is None or not paths:
        return False
    try:
        return not _is_read(paths, see, context) and _Places(see, context, graph).keep_off(paths)
    except ContextError:
        return False  # what may not be read is not known


# What the files of the project say -----------------------------------------------------------------------------


_known: WeakKeyDictionary[Facts, tuple[tuple[str, str], ...] | None] = WeakKeyDictionary()


def _is_read(paths: Collection[str], see: Facts, context: BuildContext) -> bool:
    """Whether a build of Go may read one of the paths, or something in it."""
    if see not in _known:
        _known[see] = _embedded(context)
    patterns = _known[see]
    if patterns is None:
        return True
    sent = Sent(context.context.tree, context.context.ignore)
    for path in paths:
        if "vendor" in path.split("/") or any(may_embed(folder, one, path) for folder, one in patterns):
            return True
        inside = list(_walk(sent, path))
        if len(inside) > _MOST_FILES or any(is_source(one.rpartition("/")[2]) for one in inside):
            return True
    return False


def _embedded(context: BuildContext) -> tuple[tuple[str, str], ...] | None:
    """The folders and patterns of all embed directives; None where there is too much to read, or cgo."""
    sent = Sent(context.context.tree, context.context.ignore)
    found: list[tuple[str, str]] = []
    for count, path in enumerate(_walk(sent, "")):
        if count >= _MOST_FILES:
            return None
        if not path.endswith(".go"):
            continue
        text = context.context.tree.read(path).decode("utf-8", "replace")
        if uses_cgo(text):
            return None
        found += [(path.rpartition("/")[0], one) for one in embeds(text)]
    return tuple(found)


def _walk(sent: Sent, path: str) -> Iterable[str]:
    """The files that are sent at or below a path."""
    node = node_at(sent, path)
    if node is None or node.kind != "dir":
        yield from [path] if node is not None else ()
        return
    waiting = [path]
    while waiting:
        at = waiting.pop()
        for name, one in sent.children(at).items():
            inner = f"{at}/{name}" if at else name
            if one.kind != "dir":
                yield inner
            elif name not in GENERATED and inner != ".git":
                waiting.append(inner)


# What the steps of the build do --------------------------------------------------------------------------------


class _Places:
    """Where in the stages of a build files of the context lie, and what may see them there."""

    def __init__(self, see: Facts, context: BuildContext, graph: BuildGraph) -> None:
        self.see, self.context, self.graph = see, context, graph
        self.sent = Sent(context.context.tree, context.context.ignore)
        self.has_git = ".git" in self.sent.children("")

    def keep_off(self, paths: Collection[str]) -> bool:
        """Whether nothing sees the paths, wherever they are copied or mounted."""
        found = False
        for step in self.graph.steps:
            if isinstance(step.op, CopyOp):
                places = self._copied(step, paths)
                if places is None or (places and not self._is_hidden(step, places)):
                    return False
            elif isinstance(step.op, RunOp):
                places = self._mounted(step, paths)
                if places and not self._only_builds(step, places):
                    return False
            else:
                continue
            found = found or bool(places)
        return found

    def _copied(self, step: Step, paths: Collection[str]) -> list[Landing] | None:
        """Where a copy puts them; None where that is not known."""
        assert isinstance(step.op, CopyOp)
        if not any(isinstance(one.origin, ContextOrigin) and not one.origin.name for one in step.op.sources):
            return []
        known = landings(step, self.context)
        if known is None or is_unknown(step.op.dest):
            return None
        return [place for one in known for path in paths if (place := self._inside(one, path)) is not None]

    def _inside(self, one: Landing, path: str) -> Landing | None:
        """A path of the context where a landing puts it."""
        if one.path and path != one.path and not path.startswith(one.path + "/"):
            return None
        inner = path[len(one.path) :].strip("/")
        node = node_at(self.sent, path)
        if node is None or (one.exclude and Ignore(one.exclude).excluded(inner)):
            return None
        return Landing(one.step, f"{one.place}/{inner}".strip("/"), path, node)

    def _mounted(self, step: Step, paths: Collection[str]) -> list[Landing]:
        """Where the bind mounts of a RUN show them."""
        assert isinstance(step.op, RunOp)
        targets = {mount.span: mount.target for mount in step.op.mounts}
        found: list[Landing] = []
        for _, span, taken in context_mounts(step):
            root = "" if is_whole(taken) else taken.path.strip("/")
            node = node_at(self.sent, root)
            if node is not None:
                whole = Landing(step, targets[span].strip("/"), root, node)
                found += [place for path in paths if (place := self._inside(whole, path)) is not None]
        return found

    def _is_hidden(self, copy: Step, places: list[Landing]) -> bool:
        """Whether what stands on a copy only builds, and nothing of the places leaves its stages."""
        reached = {copy.id}
        for step in self.graph.steps:
            if step.base in reached:
                reached.add(step.id)
                if isinstance(step.op, RunOp) and not self._only_builds(step, places):
                    return False
            if any(_takes(path, places) for origin, path in _sources(step) if origin in reached):
                return False
        if self.graph.stages[self.graph.target].output in reached:
            return False
        return not self._are_targets({self.graph.steps[one].stage for one in reached})

    def _are_targets(self, stages: set[int]) -> bool:
        """Whether a file of the project says that one of the stages is built on its own."""
        names = [stage.name for stage in self.see.dockerfile.stages if stage.index in stages and stage.name]
        if not names:
            return False
        said = re.compile(rf"(?i)\btarget[\"']?\s*[=:\s]\s*[\"']?(?:{'|'.join(map(re.escape, names))})\b")
        return any(
            said.search(self.context.context.tree.read(path).decode("utf-8", "replace"))
            for path in files(self.context)
            if _BUILDS.fullmatch(path.rpartition("/")[2])
        )

    def _only_builds(self, step: Step, places: list[Landing]) -> bool:
        """Whether a RUN builds with Go, and does nothing else with the places."""
        read = self.see.commands(step.instruction)
        if isinstance(read, Opaque) or is_unknown(step.scope.workdir):
            return False
        flags = next((one.value for one in step.scope.env if one.name == "GOFLAGS"), "")
        builds = [one for one in read if one.program == "go"]
        if builds and not (_GOFLAGS.fullmatch(flags) and all(self._is_plain(one, flags) for one in builds)):
            return False
        ground = Ground(Landed(places, self.context), tuple(dict.fromkeys("/" + one.place for one in places)))
        known = scopes(self.graph, step.instruction.stage)[step.instruction.index]
        others = tuple(one for one in read if one.program != "go")
        look = keep_off(others, step.scope.workdir, known, ground, run_text(step.instruction))
        return not look.why and not look.reads

    def _is_plain(self, command: Command, flags: str) -> bool:
        """Whether a command of Go reads packages, and nothing that its options name."""
        words = [word.text for word in command.words[1:]]
        verb = next((one for one in _VERBS if words[: len(one.split())] == one.split()), None)
        if verb is None or command.wrappers or command.words[0].text not in ("go", "/usr/local/go/bin/go"):
            return False
        if any(one.text.startswith("GOFLAGS") for one in command.assignments):
            return False
        if verb not in ("build", "install"):
            return True
        if self.has_git and "-buildvcs=false" not in words and "-buildvcs=false" not in flags:
            return False  # what git says of the work tree goes into the binary
        waiting = iter(words[1:])
        for word in waiting:
            name, _, value = word.partition("=")
            name = name.replace("--", "-", 1)
            if name in _VALUED:
                value = value or ("" if "=" in word else next(waiting, ""))
                if name == "-ldflags" and re.search(r"-extldflags|-T\b", value) and re.search(r"-[LT]|-Wl", value):
                    return False
            elif name.startswith(("-", "$")) and word.replace("--", "-", 1) not in _SWITCHES:
                return False
        return True


def _sources(step: Step) -> Iterable[tuple[int | None, str]]:
    """The steps that a step copies or mounts from, each with the path there."""
    if isinstance(step.op, CopyOp):
        return _from_steps((source.origin, source.path) for source in step.op.sources)
    mounts = step.op.mounts if isinstance(step.op, RunOp) else ()
    return _from_steps((mount.origin, mount.source) for mount in mounts)


def _from_steps(read: Iterable[tuple[Origin | None, str]]) -> Iterable[tuple[int | None, str]]:
    return ((origin.step, path) for origin, path in read if isinstance(origin, StepOrigin))


def _takes(path: str, places: list[Landing]) -> bool:
    """Whether a source in another stage may take one of the places, or something in it."""
    whole = "/" + path.strip("/")
    if has_wildcard(whole):
        whole = re.split(r"[*?\[\\]", whole)[0].rpartition("/")[0] or "/"
    return is_unknown(whole) or "$" in whole or any(overlap(whole, "/" + one.place) for one in places)
