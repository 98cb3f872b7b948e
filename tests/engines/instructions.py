"""Random instructions that succeed in the stub world."""

from __future__ import annotations

import random
from typing import NamedTuple

from engines.trees import Files, chance

# Stands in FROM for the tag that says which mode the stub image has.
MODE = "MODE"
# Paths of contexts: files, folders, patterns.
FILES = "a.txt b.txt d/x.txt run.sh c.md link p/x.txt p/y.md d/up l2 dlink/x.txt d/e/z.txt arc.tar".split()
FOLDERS = "d d/ p d/e . ./ dlink d/empty dlink/e q q/r d/. ./d".split()
GLOBS = "*.txt d/* */x.txt ?.txt [ab].txt d* d/*.md * p* d/*/z.txt *.zip l* [!a].txt d/?.txt */* ./*.txt".split()
EXCLUDES = "*.md **/*.md x.txt **/z.txt *.zip e e/z.txt d **".split()
WORKDIRS = "/w /w/ sub /w/sub /o/d . .. / /w/${V:-v} sub/".split()
USERS = "ann 1000 root 0 1000:1001 bob:ann".split()
ARGS = (
    "V",
    "V=1",
    "W",
    "W=$V",
    "W=2 V",
    "TARGETARCH",
    "TARGETSTAGE",
    "X=",
    "SOURCE_DATE_EPOCH",
    "HTTP_PROXY",
    "V=2 V=1",
)
ENVS = (*("V=1", "V=2 W=$V", "W=1", "W 1", "E=${V:-x}${W}", 'Q="a b" R=1'), *("V=${W:+3}", "V=$V", "W='$V'"))
SHELLS = ('"/bin/bash", "-c"', '"/bin/sh", "-c"', '"/bin/bash", "-ec"')
TRIGGERS = ("RUN tool onbuild", "COPY a.txt /w/on/", "ENV V=on", "WORKDIR /w/on", "ARG V=on", "USER 1000")
SILENT = (
    *("LABEL l=1", "EXPOSE 80", "STOPSIGNAL 9", "VOLUME /v", "HEALTHCHECK NONE", "# a comment"),
    *('CMD ["x"]', 'ENTRYPOINT ["y"]', "MAINTAINER me", 'LABEL l="$V"'),
)
HEREDOCS = (
    "COPY <<EOF /w/here.txt\ntext $V\nEOF",
    "COPY <<'EOF' /w/here.txt\ntext $V\nEOF",
    "COPY <<EOF a.txt /w/both/\ntext 1\nEOF",
    "COPY --chmod=755 <<one <<two /w/two/\n1\none\n2\ntwo",
    "ADD <<EOF /w/here2.txt\n${V:-none} 1\nEOF",
    "COPY --link <<EOF /w/\n\tbody 1\nEOF",
    "COPY <<-EOF /w/here.txt\n\ttext 1\n\tEOF",
)
# What may follow the target of a mount, by its kind.
CONTEXT_MOUNTS = (*("", "", ",source=a.txt", ",source=d", ",source=/d/"), *(",source=p", ",source=d/x.txt,ro", ",rw"))
CACHE_MOUNTS = (
    *("", ",id=one", ",id=two", ",sharing=locked", ",sharing=shared"),
    *(",id=one,sharing=private", ",uid=1000", ",mode=0700", ",id=m", ",id=/m", ",ro"),
)
TMPFS_MOUNTS = ("", ",size=1000000", ",size=1m")
SECRET_MOUNTS = ("", ",target=/k", ",env=K", ",mode=0444", ",required=false", ",uid=1000")
SSH_MOUNTS = ("", ",id=default", ",target=/s", ",mode=0666")
RUN_FLAGS = ("--network=none ", "--network=default ")
IMAGE_PATHS = ("/o/a.txt", "/o/d", "/o/p", "/o/d/e")
# Instructions by how often they come.
KINDS = tuple(
    kind
    for kind, share in (
        *(("copy", 22), ("run", 18), ("from", 18), ("mount", 12), ("arg", 8), ("workdir", 7), ("env", 7)),
        *(("heredoc", 5), ("user", 4), ("label", 3), ("shell", 2), ("onbuild", 2)),
    )
    for _ in range(share)
)


class StageDraft(NamedTuple):
    """What is known of a stage while it grows: `paths`, a list that grows with it, exist in it.

    `stub` says that programs run in it, `rooted` that its working directory is known, so that relative paths are.
    """

    name: str
    stub: bool
    paths: list[str]
    rooted: bool = False


class Kit:
    """The dice, the contexts, and the stages so far, the current one last."""

    def __init__(self, dice: random.Random, tree: Files, contexts: dict[str, Files | str]) -> None:
        self.dice, self.tree, self.contexts = dice, tree, contexts
        self.stages: list[StageDraft] = []
        self.globals: list[str] = []

    @property
    def current(self) -> StageDraft:
        """The stage that grows."""
        return self.stages[-1]

    def chance(self, share: float) -> bool:
        """True for that share of calls."""
        return chance(self.dice, share)

    def earlier(self) -> list[tuple[str, list[str]]]:
        """What can be copied from, by a name that COPY --from takes, with paths that exist there."""
        found = [(draft.name or str(at), draft.paths) for at, draft in enumerate(self.stages[:-1]) if draft.paths]
        for name, contents in self.contexts.items():
            if "/" not in name:  # such a name stands for an image
                found.append((name, list(IMAGE_PATHS) if isinstance(contents, str) else sent(contents)))
        return found


def sent(tree: Files) -> list[str]:
    """Paths of a named context that are there whatever it ignores: without rules all."""
    return [f"/{path}" for path in tree] if ".dockerignore" not in tree else ["/*.txt"]


def instruction(kit: Kit) -> str:
    """One instruction for the current stage."""
    dice = kit.dice
    kind = dice.choice(KINDS)
    if kind == "run":
        return _run(kit, "")
    if kind == "mount":
        targets = dice.choice([["/m"], ["m"], ["/n", "/m"]])
        return _run(kit, " ".join(_mount(kit, target) for target in targets) + " ")
    if kind == "copy":
        return _copy(kit)
    if kind == "from":
        return _copy_from(kit)
    if kind == "user" and not kit.current.stub:  # users are looked up in the stage by what runs there
        return dice.choice(["LABEL u=1", "LABEL u=1", "USER 1000", "USER 1000:1001"])
    if kind == "workdir":
        path = dice.choice([path for path in WORKDIRS if path.startswith("/") or kit.current.rooted])
        kit.stages[-1] = kit.current._replace(rooted=kit.current.rooted or path.startswith("/"))
        return f"WORKDIR {path}"
    if kind == "shell":
        return f"SHELL [{dice.choice(SHELLS)}]"
    words, choices = {
        "heredoc": ("", HEREDOCS),
        "env": ("ENV ", ENVS),
        "arg": ("ARG ", ARGS),
        "user": ("USER ", USERS),
        "onbuild": ("ONBUILD ", TRIGGERS),
        "label": ("", SILENT),
    }[kind]
    return words + dice.choice(choices)


def _run(kit: Kit, mounts: str) -> str:
    dice = kit.dice
    number = dice.randrange(1, 4)
    flags = mounts + (dice.choice(RUN_FLAGS) if kit.chance(0.08) else "")
    if not kit.current.stub:
        return f'RUN {flags}--mount=type=bind,from=stub/a:{MODE},source=/.stub,target=/.stub ["/.stub/bin", "{number}"]'
    forms = (
        *(f"tool {number}", "tool $V", "tool ${W}", f"tool {number}", f'["tool", "{number}"]'),
        *(f"<<EOF\ntool {number}\necho $V\nEOF", f"<<EOF\n#!/bin/sh\ntool {number}\nEOF"),
        *(f"tool \\\n  # comment\n  --n {number} \\\n\n  $V", f"cat <<A >x && tool <<B\n{number}\nA\nbody\nB"),
        *(f"<<-EOF\n\ttool {number}\n\tEOF", f"tool '{number}  $V' # {number}"),
    )
    return f"RUN {flags}{dice.choice(forms)}"


def _mount(kit: Kit, target: str) -> str:
    dice = kit.dice
    kind = dice.choice(["context", "context", "stage", "stage", "cache", "cache-from", "tmpfs", "secret", "ssh"])
    plain = {"cache": CACHE_MOUNTS, "tmpfs": TMPFS_MOUNTS}
    if kind == "context":
        return f"--mount=type=bind,target={target}{dice.choice(CONTEXT_MOUNTS)}"
    if kind in plain:
        return f"--mount=type={kind},target={target}{dice.choice(plain[kind])}"
    if kind == "secret":
        return f"--mount=type=secret,id={dice.choice('kl')}{dice.choice(SECRET_MOUNTS)}"
    if kind == "ssh":
        return f"--mount=type=ssh{dice.choice(SSH_MOUNTS)}"
    earlier = [(name, paths) for name, paths in kit.earlier() if not name.isdecimal()]
    if not earlier or kit.chance(0.15):
        earlier = [(f"stub/a:{MODE}", list(IMAGE_PATHS))]
    place, paths = dice.choice(earlier)
    paths = [path for path in paths if "*" not in path]
    if kind == "cache-from":
        folders = [path for path in paths if "." not in path.rpartition("/")[2]]
        source = f",source={dice.choice(folders)}" if folders and kit.chance(0.6) else ""
        return f"--mount=type=cache,from={place}{source},target={target}"
    source = f",source={dice.choice(paths)}" if paths and kit.chance(0.6) else ""
    return f"--mount=from={place}{source},target={target}{dice.choice(['', '', ',rw', ',ro'])}"


def _flags(kit: Kit) -> str:
    flags: list[str] = []
    link = kit.chance(0.2)
    if link:
        flags.append(kit.dice.choice(["--link", "--link", "--link=true"]))
    if kit.chance(0.12):
        names = ["0:0", "1000", "1000:1000"] + ([] if link or not kit.current.stub else ["ann", "ann:bob", "root"])
        flags.append(f"--chown={kit.dice.choice(names)}")
    if kit.chance(0.12):
        flags.append(f"--chmod={kit.dice.choice(['755', '0644', '600', '0755', 'u=rwX,go=rX', 'a+x'])}")
    for _ in range(2):
        if kit.chance(0.08):
            flags.append(f"--exclude={kit.dice.choice(EXCLUDES)}")
    return "".join(f"{flag} " for flag in flags)


def _destination(kit: Kit, several: bool) -> str:
    places = ["/w/", "/w/k/", "/o/d/", "/w/${V:-k}/"] + ["./", "sub/", "../w/"] * kit.current.rooted
    if not several:
        places += ["/w/", "/w/one", "/w/sub/deep/", "/w/k", "/w/."] + ["."] * kit.current.rooted
    return kit.dice.choice(places)


def exists(tree: Files, path: str) -> bool:
    """Whether a source is surely there; one that is ignored is an error, as one that is missing."""
    if any(name in tree for name in (".dockerignore", "Dockerfile.dockerignore")):
        return path.strip("./") in ("", "a.txt", "b.txt", "d") and path in ("a.txt", "b.txt", "d", ".", "./")
    if path == "l2" and "link" not in tree:
        return False
    clean = path.removeprefix("./").removesuffix("/.").strip("/")
    if clean.startswith("dlink/"):
        return "dlink" in tree and f"d/{clean.removeprefix('dlink/')}" in tree
    return clean in (".", "") or clean in tree


def _copy(kit: Kit) -> str:
    dice = kit.dice
    keyword = "ADD" if kit.chance(0.12) else "COPY"
    pool = [path for path in (*FILES, *FILES, *FOLDERS) if exists(kit.tree, path)] + list(GLOBS)
    sources = [dice.choice([*pool, "${F:-a.txt}"]) for _ in range(dice.choice([1, 1, 1, 2, 3]))]
    several = len(sources) > 1 or sources[0] in GLOBS
    dest = _destination(kit, several)
    _note(kit, sources, dest)
    if kit.chance(0.05):
        spaced = ["a b.txt"] if several and dest.endswith("/") and exists(kit.tree, "a b.txt") else []
        words = ", ".join(f'"{word}"' for word in (*sources, *spaced, dest))
        return f"{keyword} {_flags(kit)}[{words}]"
    return f"{keyword} {_flags(kit)}{' '.join(sources)} {dest}"


def _copy_from(kit: Kit) -> str:
    dice = kit.dice
    earlier = kit.earlier()
    if not earlier or kit.chance(0.08):
        earlier = [(f"stub/a:{MODE}", list(IMAGE_PATHS))]
    place, paths = dice.choice(earlier)
    pool = [*paths, *paths] + (["/o", "/o/*.txt", "/o/d/*", "/o/*/x.txt", "/o/d/e"] if "/o/d" in paths else [])
    pool += ["/w/*", "/w/*.txt", "/w"] if any(path.startswith("/w") for path in paths) else []
    sources = [dice.choice(pool) for _ in range(dice.choice([1, 1, 1, 2]))]
    several = len(sources) > 1 or "*" in sources[0]
    dest = _destination(kit, several)
    _note(kit, sources, dest)
    return f"COPY --from={place} {_flags(kit)}{' '.join(sources)} {dest}"


def _note(kit: Kit, sources: list[str], dest: str) -> None:
    """Remember what a copy leaves in the stage, where that is plain."""
    if not dest.startswith("/") or "$" in dest or dest == "/w/.":
        return
    if not dest.endswith("/"):
        kit.current.paths.append(dest)
        return
    if not all(set(source) & set("*?[") for source in sources):  # a pattern may match nothing
        kit.current.paths.append(dest.rstrip("/"))
    for source in sources:
        base = source.rstrip("/").rpartition("/")[2]
        if "." in base[1:] and not set(base) & set('*?[$"'):
            kit.current.paths.append(dest + base)
