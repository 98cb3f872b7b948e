"""sbt: its build is a program, in files at the root and below `project/`."""

from __future__ import annotations

import re

from .asked import Asked, Needs, Unknown, joined

# What lets the definition of a build read files, look at git, or run programs.
_OPEN = re.compile(
    r"\bIO\.\w+|\bSource\.from\w*|\bscala\.io\b|\bjava\.(?:io|nio)\b|\bnew\s+(?:java\.io\.)?File\b|\bFiles\.\w+|\bsys\.process\b|"
    r"\bProcess\s*\(|\.!!|\bsbt-(?:git|dynver|ci-release|release|version\w*)\b|\bGitPlugin\b|\bdynver\w*|\bgit\.|\bgit(?:head|current|uncommitted|described|branch)\w*|"
    r"\bResolver\.file\b|\bfile:/|\bfile\s*\(\s*\"(?:\.\.|/)|\bProjectRef\b|\bRootProject\b|\bunmanaged\w*",
    re.IGNORECASE,
)
_MOST = 100


def _sbt(asked: Asked) -> Needs:
    if asked.install.name != "sbt update":
        raise Unknown(f"`{asked.install.name}` compiles")
    beside = sorted(asked.project.names(asked.folder))
    definitions = [joined(asked.folder, name) for name in beside if name.endswith(".sbt")]
    if joined(asked.folder, "build.sbt") not in definitions:
        raise Unknown("the context has no `build.sbt`")
    below = [path for path in asked.files_in("project") if "/target/" not in path and "/.bloop/" not in path]
    definitions += [path for path in below if path.endswith((".sbt", ".scala", ".java"))]
    settings = [path for path in below if path.endswith((".properties", ".credentials"))]
    roots = {asked.folder, joined(asked.folder, "project"), joined(asked.folder, "project/project")}
    for path in definitions:
        text = re.sub(r"//[^\n]*|/\*.*?\*/", "", asked.project.text(path) or "", flags=re.DOTALL)
        found = _OPEN.search(text)
        if found is not None:
            raise Unknown(f"`{found[0].strip()}` in `{path}` may read other files")
        for folder in _subprojects(asked, text):
            roots.add(folder)
            inner = [joined(folder, name) for name in sorted(asked.project.names(folder)) if name.endswith(".sbt")]
            definitions += [one for one in inner if one not in definitions]
        if len(definitions) > _MOST:
            raise Unknown("the build has very many files")
    options = asked.there(".sbtopts", ".jvmopts", ".sbtrc", ".scala-version", ".java-version")
    writes = [joined(folder, "target") for folder in sorted(roots)]
    assumes = ("the definition of the build reads nothing else of the project",)
    return Needs((*definitions, *settings, *options), tuple(writes), assumes)


def _subprojects(asked: Asked, text: str) -> list[str]:
    """The folders of the projects that a definition names: by `file("a")`, else by the name of the value."""
    folders = re.findall(r"\bfile\s*\(\s*\"([\w./-]+)\"\s*\)", text)
    folders += re.findall(r"\blazy\s+val\s+`?([\w-]+)`?\s*(?::[^=\n]*)?=\s*\(?\s*(?:project|crossProject)\b", text)
    return [path for path in map(asked.path, folders) if path != asked.folder and asked.project.names(path)]


READERS = {"sbt": _sbt}
