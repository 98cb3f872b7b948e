"""The packages of distributions in cache mounts: what is mounted, and what an install is told to keep them there.

Images of Debian and Ubuntu have a file for apt, docker-clean, that empties /var/cache/apt/archives behind each
install, and `apt` does that by itself: an install is told to keep its packages in a folder beside it, for that one
time. So the image keeps its settings, and what apt does in a container.

apt takes an archive that lies there by its name and size, whatever is in it (apt-pkg/acquire-item.cc, pkgAcqArchive),
and distributions build other packages under the same name and version. Thus a cache is named after the distribution
and its suite, or after the base image where the file does not tell: none is shared by Debian and Ubuntu, and no
update removes the lists of another suite.

apk keeps packages where it is told a cache of its own, and dnf where it is told to. Both check what they find there;
indexes are asked for anew, as old ones name packages that mirrors have no more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..analyzer.dockerfile.syntax import From, Instruction, Run
from ..analyzer.effects import overlap
from ..analyzer.graph import BuildGraph, Step
from ..analyzer.graph.images import image_ref, is_image_ref
from ..analyzer.named_tuple import NamedTuple
from ..analyzer.shell import Command, Install, clears, run_text
from ..analyzer.shell.options import texts
from ..analyzer.source import Edit
from ..rules.download_caches import removed, target_of
from ..rules.facts import Facts
from ..rules.kept import mounted
from ..rules.reach import ancestors, following, is_run
from ..rules.systems import OF_ONE_DISTRIBUTION, system_of
from .caches import Folder, Plan, is_copied, is_filled, is_named
from .cleaning import cached, uncleaned
from .runs import as_root, behind, verb_of

_LISTS = "/var/lib/apt/lists"
_UPDATERS = ("apt-get", "apt", "aptitude")
_BESIDE = "-o Dir::Cache::archives={}/kept"
_RELATED = frozenset({"dnf", "yum"})  # they have one cache
_ANEW = "--refresh --setopt=keepcache=1"
_RPMS = r"(?i)cachedir|installroot|cacheonly|downloadonly|keepcache|\b(?:dnf|yum)\b[^\n&|;]*\s-C\b"
# Images with dnf 4, which is their yum, too; that of Fedora is dnf 5 from 41 on, and keeps packages elsewhere.
_DNF_4 = re.compile(
    r"(?:almalinux|rockylinux(?:/rockylinux)?):(?:8|9|10)\b.*|amazonlinux:2023.*|fedora:(?:[23]\d|40)|oraclelinux:[89].*"
    r"|quay\.io/centos/centos:stream(?:8|9|10).*|(?:redhat|registry\.access\.redhat\.com)/ubi(?:8|9|10)(?:/ubi)?:.*"
)
# apk knows `--cache-dir` from 2.7 on, which came with Alpine 3.6.
_APK_2_7 = re.compile(r"(?!.*alpine[:-]?v?(?:[12]\.|3\.[0-5](?!\d))).*")
_ANY = re.compile(r".*")


class Manager(NamedTuple):
    """How a package manager's packages are kept in a mounted folder, in `images` by name and tag.

    `told` is what its programs are told for that, `{}` for the folder; those that are not named cannot be. Where the
    text of a step, or of one before it, has what `elsewhere` matches, packages may lie elsewhere, or be wanted where
    they lie.
    """

    folder: str
    told: Mapping[str, str]
    elsewhere: re.Pattern[str]
    images: re.Pattern[str] = _ANY


MANAGERS: dict[str, Manager] = {
    "apt": Manager(
        "/var/cache/apt",
        {"apt-get": _BESIDE, "apt": f"{_BESIDE} -o APT::Keep-Downloaded-Packages=1"},
        re.compile(
            r"(?i)\bDir::|RootDir|docker-clean|Keep-Downloaded|APT_CONFIG|distclean"
            r"|\bapt(?:-get)?\b[^\n&|;]*\s(?:-c|--config-file|-d|--download-only|--no-download|--print-uris)\b"
        ),
    ),
    "apk": Manager(
        "/var/cache/apk",
        {"apk": "-U --cache-dir {}"},
        re.compile(
            r"--cache-|--root\b|--initdb|--no-network|--no-cache=|/etc/apk/cache|\bapk\b[^\n&|;]*\s-p\b|setup-apkcache"
        ),
        _APK_2_7,
    ),
    "dnf": Manager("/var/cache/dnf", {"dnf": _ANEW}, re.compile(_RPMS), _DNF_4),
    "yum": Manager("/var/cache/dnf", {"yum": _ANEW}, re.compile(_RPMS), _DNF_4),
}
"""How packages are kept, by `Install.tool`."""


def system_plan(tool: str, steps: tuple[Step, ...], see: Facts, graph: BuildGraph) -> Plan | None:
    """The mounts for those of the steps, all of one stage, of which all is known; None where it is known of none."""
    manager, stage = MANAGERS[tool], steps[0].stage
    name = _name(steps[0].instruction, manager, see)
    paths = [manager.folder, _LISTS] if tool == "apt" else [manager.folder]
    if not name or any(one.stage != stage for one in steps) or is_copied(paths, steps[0], graph):
        return None
    mounts: list[tuple[Step, tuple[Folder, ...]]] = []
    edits: list[Edit] = []
    installs: list[Install] = []
    for step in steps:
        mine = [one for one in see.package_installs(step.instruction) if one.tool == tool]
        told = keeping(tool, manager.folder, step, see)
        if not told or any(_may_need(path, manager, step, see, graph) for path in paths) or _has_mounts(paths, step):
            continue
        kept = [manager.folder]
        if tool == "apt" and _throws_lists_away(mine, step, see, graph):
            kept.append(_LISTS)
        freed = _freed(tool, kept, step, see)
        if freed is None:
            continue
        mounts.append((step, tuple(_folder(tool, path, name) for path in kept)))
        edits += (*told, *freed)
        installs += mine
    assumes = "" if tool != "apk" or name.startswith("alpine") else "the base image has Alpine 3.6 or newer"
    return Plan(installs[0], tuple(mounts), tuple(edits), assumes) if mounts else None


def revived(target: str, step: Step, see: Facts) -> tuple[Edit, ...]:
    """The edits after which apk or dnf uses the cache that a step mounts for it; none where that is not known."""
    tools = {one.tool for one in see.package_installs(step.instruction)} & MANAGERS.keys() - {"apt"}
    if see.graph is None or len(tools) != 1:
        return ()
    (tool,) = tools
    manager = MANAGERS[tool]
    texts_of = [run_text(one.instruction) for one in (*ancestors(see.graph, step), step) if is_run(one)]
    if target != manager.folder or not _name(step.instruction, manager, see):
        return ()
    told, freed = keeping(tool, target, step, see), _freed(tool, [target], step, see)
    return (*told, *freed) if told and freed and not any(map(manager.elsewhere.search, texts_of)) else ()


def _folder(tool: str, path: str, name: str) -> Folder:
    what = f"{tool}-lists" if path == _LISTS else tool
    return Folder(path, f"--mount=type=cache,id={what}-{name},target={path},sharing=locked", certain=True)


def _name(run: Instruction, manager: Manager, see: Facts) -> str:
    """What a cache is named after: the suite or the base image that a RUN is on; "" where it is none that is known."""
    root = see.dockerfile.stages[see.bases.lineage(run.stage)[0]]
    base, image = root.instructions[0].body, see.bases.stages[root.index].image
    assert isinstance(base, From)
    if not image.text or image.text == "scratch" or image.unmatched or not is_image_ref(image.text):
        return ""
    reference = image_ref(image.text)
    name, tag = reference.familiar, "" if reference.tag == "latest" else reference.tag
    if not manager.images.fullmatch(f"{name}:{tag}"):
        return ""
    if image.matched:  # whoever builds may say which image it is
        written = base.image.text.partition("$")[0]
        if ":" not in written.rpartition("/")[2] or name not in OF_ONE_DISTRIBUTION:
            return ""
        tag = ""
    found = (system_of(run, see) if tag else None) or f"{name}:{tag}"
    return re.sub(r"[^\w.]+", "-", found.lower()).strip("-")


def keeping(tool: str, folder: str, step: Step, see: Facts) -> tuple[Edit, ...]:
    """The edits that make the installs of a step keep their packages below a folder; none where one of them cannot."""
    edits: list[Edit] = []
    user = (step.scope.user or "root").partition(":")[0]
    for install in see.package_installs(step.instruction):
        if install.tool != tool:
            continue
        rights, told = as_root(install.command), MANAGERS[tool].told.get(install.command.program)
        if rights is None or told is None or (not rights and user not in ("root", "0")):
            return ()
        verb = verb_of(install.command, install.name.rpartition(" ")[2])
        edit = behind(verb, told.format(folder), see)
        if not edit:
            return ()
        edits += edit
    hidden = any(one.tool == tool and one.command.program == "xargs" for one in see.installs(step.instruction))
    return () if hidden else tuple(edits)


def _may_need(path: str, manager: Manager, step: Step, see: Facts, graph: BuildGraph) -> bool:
    """Whether a step, or one before or behind it, may want a folder where it is, or with what is in it."""
    if is_filled(path, step, see) or any(one.name == "APT_CONFIG" for one in step.scope.env):
        return True
    before = (*ancestors(graph, step), step)
    for one in (*before, *following(graph, step)):
        if not isinstance(one.instruction.body, Run) or mounted(one.instruction.body, path):
            continue
        if is_named(path, one.instruction, see) or (
            one in before and manager.elsewhere.search(run_text(one.instruction))
        ):
            return True
    return False


def _has_mounts(paths: list[str], step: Step) -> bool:
    """Whether a step mounts something at, above or below one of the folders."""
    assert isinstance(step.instruction.body, Run)
    targets = [target_of(one) for one in step.instruction.body.mounts if one.target]
    return any(overlap(target, path) for target in targets for path in paths)


def _throws_lists_away(installs: list[Install], step: Step, see: Facts, graph: BuildGraph) -> bool:
    """Whether a step gets the lists before it installs, and leaves none to the image, where there were none before."""
    updates = [one for one in see.calls(step.instruction, *_UPDATERS) if _is_plain(one) and "update" in texts(one)]
    swept = [one for one in see.calls(step.instruction, "rm") if _is_plain(one) and _empties_lists(one)]
    spans = [one.command.span for one in installs]
    if not updates or not swept or updates[0].span > min(spans) or swept[-1].span < max((*spans, updates[-1].span)):
        return False
    return not any(is_run(one) and _may_leave_lists(one.instruction) for one in ancestors(graph, step))


def _empties_lists(command: Command) -> bool:
    recursive = any(re.fullmatch(r"-\w*[rR]\w*", word.text) for word in command.words)
    return recursive and f"{_LISTS}/*" in removed(command)


def _may_leave_lists(run: Instruction) -> bool:
    text = run_text(run)
    return (
        re.search(r"\bapt(?:-get|itude)?\b.*\bupdate\b|apt-repository", text, re.DOTALL) is not None
        and _LISTS not in text
    )


def _is_plain(command: Command) -> bool:
    """Whether a command surely runs, and by itself."""
    return command.certain and not (command.pipeline or command.nested or command.background or command.function)


def _freed(tool: str, paths: list[str], step: Step, see: Facts) -> tuple[Edit, ...] | None:
    """The edits after which a step uses the mounted folders and leaves them filled; None where it may empty one."""
    for command in see.calls(step.instruction, "rm", "find"):
        for path in removed(command):
            above = re.match(r"[^*?\[{$`]*", path.removesuffix("/*"))
            assert above is not None
            if (
                above.end() < len(path.removesuffix("/*"))
                and above[0]
                and any(one.startswith(above[0]) for one in paths)
            ):
                return None
    if any(clears(one) in _RELATED - {tool} for one in see.calls(step.instruction, *_RELATED) if tool in _RELATED):
        return None
    kept, used = uncleaned(step.instruction, tool, paths, "/root", see), cached(step.instruction, tool, see)
    return None if kept is None or used is None else (*kept, *used)
