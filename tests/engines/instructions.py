"""Random instructions that succeed in the stub world."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from engines.trees import Entry

# Paths of contexts: files, folders, patterns.
FILES = "a.txt b.txt d/x.txt run.sh c.md link p/x.txt p/y.md d/up l2 dlink/x.txt d/e/z.txt".split()
FOLDERS = "d d/ p d/e . ./ dlink d/empty dlink/e q q/r".split()
GLOBS = "*.txt d/* */x.txt ?.txt [ab].txt d* d/*.md * p* d/*/z.txt *.zip l*".split()
EXCLUDES = "*.md **/*.md x.txt **/z.txt *.zip e".split()
WORKDIRS = "/w /w/ sub /w/sub /o/d . .. / /w/${V:-v}".split()
USERS = "ann 1000 root 0 1000:1001 bob:ann".split()
ARGS = ("V", "V=1", "W", "W=$V", "W=2 V", "TARGETARCH", "TARGETSTAGE", "X=")
ENVS = ("V=1", "V=2 W=$V", "W=1", "W 1", "E=${V:-x}${W}", 'Q="a b" R=1')
SHELLS = ('"/bin/bash", "-c"', '"/bin/sh", "-c"', '"/bin/bash", "-ec"')
TRIGGERS = ("RUN tool onbuild", "COPY a.txt /w/on/", "ENV V=on", "WORKDIR /w/on")
SILENT = (
    *("LABEL l=1", "EXPOSE 80", "STOPSIGNAL 9", "VOLUME /v", "HEALTHCHECK NONE", "# a comment"),
    *('CMD ["x"]', 'ENTRYPOINT ["y"]'),
)
HEREDOCS = (
    "COPY <<EOF /w/here.txt\ntext $V\nEOF",
    "COPY <<'EOF' /w/here.txt\ntext $V\nEOF",
    "COPY <<EOF a.txt /w/both/\ntext 1\nEOF",
    "COPY --chmod=755 <<one <<two /w/two/\n1\none\n2\ntwo",
    "ADD <<EOF /w/here2.txt\n${V:-none} 1\nEOF",
)
# What may follow the target of a mount, by its kind.
CONTEXT_MOUNTS = (*("", "", ",source=a.txt", ",source=d", ",source=/d/"), *(",source=p", ",source=d/x.txt,ro", ",rw"))
CACHE_MOUNTS = (
    *("", ",id=one", ",id=two", ",sharing=locked", ",sharing=shared"),
    *(",id=one,sharing=private", ",uid=1000", ",mode=0700"),
)
TMPFS_MOUNTS = ("", ",size=1000000", ",size=1m")
SECRET_MOUNTS = ("", ",target=/k", ",env=K", ",mode=0444", ",required=false")
RUN_FLAGS = ("--network=none ", "--network=default ")


@dataclass
class StageDraft:
    """What is known of a stage while it grows: `paths` exist in it; `stub` says that programs run in it.

    `rooted`: its working directory is known, so that relative destinations are.
    """

    name: str
    stub: bool
    paths: list[str]
    rooted: bool = False


class Kit:
    """The dice, the context, and the stages so far, the current one last."""

    def __init__(self, dice: random.Random, tree: dict[str, Entry]) -> None:
        self.dice, self.tree = dice, tree
        self.stages: list[StageDraft] = []
        self.globals: list[str] = []
        self.current = StageDraft("", False, [])

    def chance(self, share: float) -> bool:
        """True for that share of calls."""
        return self.dice.random() < share

    def earlier(self) -> list[tuple[str, StageDraft]]:
        """The stages before the current one, by a name that COPY --from takes."""
        return [(draft.name or str(at), draft) for at, draft in enumerate(self.stages[:-1])]


def instruction(kit: Kit) -> str:
    """One instruction for the current stage."""
    kind = kit.dice.choices(
        ["run", "copy", "from", "workdir", "env", "arg", "user", "shell", "label", "onbuild", "heredoc", "mount"],
        [18, 22, 18, 7, 7, 8, 4, 2, 3, 2, 5, 12],
    )[0]
    dice = kit.dice
    if kind == "run":
        return _run(kit, "")
    if kind == "mount":
        return _run(kit, " ".join(_mount(kit, target) for target in dice.choice([["/m"], ["m"], ["/n", "/m"]])) + " ")
    if kind == "copy":
        return _copy(kit)
    if kind == "from":
        return _copy_from(kit)
    simple: dict[str, tuple[str, Sequence[str]]] = {
        "heredoc": ("", HEREDOCS),
        "env": ("ENV ", ENVS),
        "arg": ("ARG ", ARGS),
        "user": ("USER ", USERS),
        "onbuild": ("ONBUILD ", TRIGGERS),
        "label": ("", SILENT),
    }
    if kind == "user" and not kit.current.stub:  # names are looked up in the stage
        return f"USER {dice.choice(['1000', '1000:1001'])}"
    if kind == "workdir":
        path = dice.choice([path for path in WORKDIRS if path.startswith("/") or kit.current.rooted])
        kit.current.rooted |= path.startswith("/")
        return f"WORKDIR {path}"
    if kind == "shell":
        return f"SHELL [{dice.choice(SHELLS)}]"
    return simple[kind][0] + dice.choice(simple[kind][1])


def _run(kit: Kit, mounts: str) -> str:
    dice = kit.dice
    number = dice.randrange(1, 4)
    flags = mounts + (dice.choice(RUN_FLAGS) if kit.chance(0.08) else "")
    if not kit.current.stub:
        return f'RUN {flags}--mount=type=bind,from=stub/a:MODE,source=/.stub,target=/.stub ["/.stub/bin", "{number}"]'
    form = dice.randrange(8)
    if form == 0:
        return f'RUN {flags}["tool", "{number}"]'
    if form == 1:
        return f"RUN {flags}<<EOF\ntool {number}\necho $V\nEOF"
    if form == 2:
        return f"RUN {flags}<<EOF\n#!/bin/sh\ntool {number}\nEOF"
    if form == 3:
        return f"RUN {flags}tool \\\n  # comment\n  --n {number} \\\n\n  $V"
    if form == 4:
        return f"RUN {flags}cat <<A >x && tool <<B\n{number}\nA\nbody\nB"
    return f"RUN {flags}tool {dice.choice(['$V', '${W}', str(number), str(number)])}"


def _mount(kit: Kit, target: str) -> str:
    dice = kit.dice
    kind = dice.choice(["context", "context", "stage", "stage", "cache", "cache-from", "tmpfs", "secret"])
    earlier = [(name, draft) for name, draft in kit.earlier() if draft.name]
    if kind == "context":
        source = dice.choice(
            ["", "", ",source=a.txt", ",source=d", ",source=/d/", ",source=p", ",source=d/x.txt,ro", ",rw"]
        )
        return f"--mount=type=bind,target={target}{source}"
    if kind in ("stage", "cache-from"):
        if not earlier or kit.chance(0.15):
            place, paths = "stub/a:MODE", ["/o/a.txt", "/o/d"]
        else:
            name, draft = dice.choice(earlier)
            place, paths = name, draft.paths
        if kind == "cache-from":
            folders = [path for path in paths if not path.rpartition("/")[2].count(".")]
            source = f",source={dice.choice(folders)}" if folders and kit.chance(0.6) else ""
            return f"--mount=type=cache,from={place}{source},target={target}"
        source = f",source={dice.choice(paths)}" if paths and kit.chance(0.6) else ""
        return f"--mount=from={place}{source},target={target}{dice.choice(['', '', ',rw', ',ro'])}"
    if kind == "cache":
        return f"--mount=type=cache,target={target}{dice.choice(CACHE_MOUNTS)}"
    if kind == "tmpfs":
        return f"--mount=type=tmpfs,target={target}{dice.choice(TMPFS_MOUNTS)}"
    return f"--mount=type=secret,id={dice.choice('kl')}{dice.choice(SECRET_MOUNTS)}"


def _flags(kit: Kit) -> str:
    flags: list[str] = []
    link = kit.chance(0.2)
    if link:
        flags.append("--link")
    if kit.chance(0.12):
        names = ["0:0", "1000", "1000:1000"] + ([] if link or not kit.current.stub else ["ann", "ann:bob", "$V"])
        flags.append(f"--chown={kit.dice.choice(names)}".replace("$V", "bob"))
    if kit.chance(0.12):
        flags.append(f"--chmod={kit.dice.choice(['755', '0644', '600', '0755'])}")
    if kit.chance(0.12):
        flags.append(f"--exclude={kit.dice.choice(EXCLUDES)}")
    return "".join(f"{flag} " for flag in flags)


def _destination(kit: Kit, several: bool) -> str:
    places = ["/w/", "/w/k/", "/o/d/"] + ["./", "sub/"] * kit.current.rooted
    if not several:
        places += ["/w/", "/w/one", "/w/sub/deep/", "/w/k"] + ["."] * kit.current.rooted
    return kit.dice.choice(places)


def _exists(kit: Kit, path: str) -> bool:
    if ".dockerignore" in kit.tree and path not in ("", "a.txt", "b.txt", "d", ".", "./"):
        return False  # a source that is ignored is an error
    if path == "l2" and "link" not in kit.tree:
        return False
    clean = path.strip("/").removeprefix("dlink").lstrip("/") if path.startswith("dlink/") else path.strip("/")
    if path.startswith("dlink/"):
        return "dlink" in kit.tree and f"d/{clean}" in kit.tree
    return clean in (".", "") or clean in kit.tree


def _copy(kit: Kit) -> str:
    dice = kit.dice
    keyword = "ADD" if kit.chance(0.12) else "COPY"
    pool = [path for path in (*FILES, *FILES, *FOLDERS) if _exists(kit, path)] + list(GLOBS)
    sources = [dice.choice(pool) for _ in range(dice.choice([1, 1, 1, 2, 3]))]
    several = len(sources) > 1 or sources[0] in GLOBS
    dest = _destination(kit, several)
    _note(kit, sources, dest)
    return f"{keyword} {_flags(kit)}{' '.join(sources)} {dest}"


def _copy_from(kit: Kit) -> str:
    dice = kit.dice
    earlier = [(name, draft) for name, draft in kit.earlier() if draft.paths]
    if not earlier or kit.chance(0.08):
        place, paths = "stub/a:MODE", ["/o/a.txt", "/o/d", "/o/p", "/o/d/e"]
    else:
        place, draft = dice.choice(earlier)
        paths = draft.paths
    pool = [*paths, *paths] + (["/o", "/o/*.txt", "/o/d/*", "/o/*/x.txt", "/o/d/e"] if "/o/d" in paths else [])
    pool += ["/w/*", "/w/*.txt"] if any(path.startswith("/w") for path in paths) else []
    sources = [dice.choice(pool) for _ in range(dice.choice([1, 1, 1, 2]))]
    several = len(sources) > 1 or "*" in sources[0]
    dest = _destination(kit, several)
    _note(kit, sources, dest)
    return f"COPY --from={place} {_flags(kit)}{' '.join(sources)} {dest}"


def _note(kit: Kit, sources: list[str], dest: str) -> None:
    """Remember what a copy leaves in the stage, where that is plain."""
    if not dest.startswith("/"):
        return
    if not dest.endswith("/"):
        kit.current.paths.append(dest)
        return
    kit.current.paths.append(dest.rstrip("/"))
    for source in sources:
        base = source.rstrip("/").rpartition("/")[2]
        if "." in base[1:] and not set(base) & set("*?["):
            kit.current.paths.append(dest + base)
