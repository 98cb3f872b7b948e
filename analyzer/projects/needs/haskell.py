"""cabal and stack: what they depend on is built without a module of the project."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .asked import Asked, Needs, Unknown, joined


def _cabal(asked: Asked) -> Needs:
    if "install" in asked.install.name:
        # It packs the project first, and misses the modules that its description names (haskell/cabal#7416).
        raise Unknown("`cabal install` wants to see the modules of the project: `cabal build` does not")
    beside = sorted(name for name in asked.project.names(asked.folder) if name.endswith(".cabal"))
    projects = asked.there("cabal.project", "cabal.project.freeze", "cabal.project.local")
    text = "\n".join(asked.project.text(path) or "" for path in projects)
    packages = re.search(r"(?m)^(?:optional-)?packages:([^\n]*)((?:\n[ \t]+[^\n]*)*)", text)
    own = {".", "./", *beside, *("./" + name for name in beside)}
    named = [one for one in (packages[1] + packages[2]).replace(",", " ").split() if one not in own] if packages else []
    if re.search(r"(?mi)^\s*(?:import:|local-package|extra-packages)", text) or (not beside and not named):
        raise Unknown("which package is built is not plain")
    described = [path for one in named for path in _described(asked, one)]
    if packages is None or len(named) < len((packages[1] + packages[2]).split()):
        if len(beside) > 1:
            raise Unknown("which package is built is not plain")
        described = [*asked.needed(*beside), *described]
    for path in described:
        if re.search(r"(?mi)^build-type:\s*(?!\s|simple)", asked.project.text(path) or ""):
            raise Unknown(f"`{path}` has a `Setup.hs` of its own")
    assumes = ("cabal looks at nothing but the package description",)
    return Needs((*described, *projects), (joined(asked.folder, "dist-newstyle"),), assumes)


def _described(asked: Asked, named: str) -> Iterator[str]:
    """The descriptions of the package in a folder that a project names."""
    if re.search(r"[*?{\[:]", named):
        raise Unknown(f"`cabal.project` names `{named}`")
    path = asked.path(named)
    if path.endswith(".cabal"):
        found = [path] if asked.is_file(path) else []
    else:
        found = [joined(path, name) for name in sorted(asked.project.names(path)) if name.endswith(".cabal")]
    if len(found) != 1:
        raise Unknown(f"`{named}` of `cabal.project` has no single package description")
    yield from found


def _stack(asked: Asked) -> Needs:
    settings = asked.needed("stack.yaml")
    writes = (joined(asked.folder, ".stack-work"),)
    if asked.install.name == "stack setup":
        return Needs(settings, writes, ("`stack setup` reads only `stack.yaml`",))
    if asked.given("--stack-yaml", "--work-dir", "--docker", "--nix", "--exec"):
        raise Unknown("the options of stack choose what it reads")
    if "STACK_YAML" in asked.environment or "STACK_WORK" in asked.environment:
        raise Unknown("the environment chooses what stack reads")
    text = re.sub(r"(?m)(?:^|\s)#[^\n]*", "", asked.project.text(settings[0]) or "")
    if re.search(r"(?m)^(?:docker|nix|custom-snapshot|extra-(?:include|lib)-dirs|user-message):", text):
        raise Unknown("`stack.yaml` leads to more than packages")
    if re.search(r"(?m)^(?:resolver|snapshot):\s*[\"']?[./\w-]*\.ya?ml", text):
        raise Unknown("`stack.yaml` leads to a snapshot of the project")
    local = next(
        (one for one in _items("extra-deps", text) if re.match(r"\.{0,2}/|\.{1,2}$|[\w./-]*/[\w./-]*$", one)), None
    )
    if local is not None:
        raise Unknown(f"`{local}` in `stack.yaml` lies in the project")
    described = [path for one in _items("packages", text) or ["."] for path in _package(asked, one)]
    assumes = ("stack looks at nothing but the package descriptions",)
    works = [joined(path.rpartition("/")[0], ".stack-work") for path in described]
    return Needs((*settings, *asked.there("stack.yaml.lock"), *described), (*writes, *works), assumes)


def _items(key: str, text: str) -> list[str]:
    """The texts in a list of YAML at its top level; what is no text is none."""
    head = re.search(
        rf"^{key}:[ \t]*(?:\[([^\]]*)\])?[ \t]*$((?:\n[ \t]*(?:-[^\n]*|[ \t]+[^\n]*)?$)*)", text, re.MULTILINE
    )
    if head is None:
        return []
    rows = (head[1] or "").split(",")
    rows += [row.strip()[1:] for row in head[2].splitlines() if row.strip().startswith("-")]
    return [row.strip().strip("'\"") for row in rows if row.strip() and not re.match(r"\s*\w+:\s", row)]


def _package(asked: Asked, named: str) -> Iterator[str]:
    path = asked.path(named)
    found = [joined(path, name) for name in sorted(asked.project.names(path)) if name.endswith(".cabal")]
    manifest = joined(path, "package.yaml")
    if asked.is_file(manifest):
        if re.search(
            r"(?m)^(?:<<|_\w+|[\w-]+):[^\n]*!include|^defaults:(?:\s*\n)?\s*local:", asked.project.text(manifest) or ""
        ):
            raise Unknown(f"`{manifest}` takes in other files")
        found.append(manifest)
    if not found:
        raise Unknown(f"`{named}` of `stack.yaml` has no package description")
    for one in found:
        if re.search(r"(?mi)^(?:build-type:\s*(?!\s|simple)|custom-setup:)", asked.project.text(one) or ""):
            raise Unknown(f"`{one}` has a `Setup.hs` of its own")
    yield from found


READERS = {"cabal": _cabal, "stack": _stack}
