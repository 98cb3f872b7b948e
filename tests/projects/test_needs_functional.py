"""What cabal, stack, sbt and R read to get what a project depends on."""

from __future__ import annotations

import pytest

from dcache.analyzer.projects.needs import Needs, Refusal

from .manifests import Project, asked

CABAL = {"x.cabal": "name: x\nbuild-type: Simple\n", "src/X.hs": "", "LICENSE": ""}
STACK = {"stack.yaml": "resolver: lts-22.0\n", "stack.yaml.lock": "", "package.yaml": "name: x\n", "src/X.hs": ""}
SBT = {
    "build.sbt": 'lazy val root = (project in file(".")).aggregate(core)\nlazy val core = project\n',
    "core/core.sbt": 'libraryDependencies += "a" % "b" % "1"\n',
    "core/src/main/scala/X.scala": "",
    "project/build.properties": "sbt.version=1.10.11\n",
    "project/plugins.sbt": 'addSbtPlugin("com.eed3si9n" % "sbt-assembly" % "2.3.1")\n',
    "project/Settings.scala": "object Settings\n",
    "project/target/x/y.scala": "",
    "README.md": "",
}
STACKED = "stack build --only-dependencies"
R = "Rscript -e 'remotes::install_deps(dependencies = TRUE)'"

READS: dict[str, tuple[str, Project, set[str], set[str]]] = {
    "cabal": ("cabal build --only-dependencies", CABAL, {"x.cabal"}, {"dist-newstyle"}),
    "a project of cabal": (
        "cabal v2-build all --only-dependencies",
        CABAL | {"cabal.project": "packages: .\n", "cabal.project.freeze": "constraints: any.a ==1\n"},
        {"x.cabal", "cabal.project", "cabal.project.freeze"},
        {"dist-newstyle"},
    ),
    "packages in folders": (
        "cabal build all --only-dependencies",
        {
            "cabal.project": "packages:\n  ./a\n  b/b.cabal\n",
            "a/a.cabal": "name: a\n",
            "b/b.cabal": "name: b\n",
            "c/c.cabal": "",
        },
        {"cabal.project", "a/a.cabal", "b/b.cabal"},
        {"dist-newstyle"},
    ),
    "stack": (STACKED, STACK, {"stack.yaml", "stack.yaml.lock", "package.yaml"}, {".stack-work"}),
    "stack install": (
        "stack install --only-dependencies",
        STACK | {"x.cabal": "name: x\n"},
        {"stack.yaml", "stack.yaml.lock", "package.yaml", "x.cabal"},
        {".stack-work"},
    ),
    "packages of stack": (
        STACKED,
        {
            "stack.yaml": "snapshot: lts-22.0\npackages:\n# own\n- a\n- ./b\nextra-deps:\n- acme-1.0@sha256:1a,2\n"
            "- git: https://example.com/c\n  commit: 1a\nflags:\n  a:\n    x: true\n",
            "a/package.yaml": "name: a\n",
            "b/b.cabal": "name: b\n",
            "c/c.cabal": "name: c\n",
        },
        {"stack.yaml", "a/package.yaml", "b/b.cabal"},
        {".stack-work", "a/.stack-work", "b/.stack-work"},
    ),
    "sbt": (
        "sbt update",
        SBT | {".jvmopts": "-Xmx2G\n"},
        {
            "build.sbt",
            "core/core.sbt",
            "project/build.properties",
            "project/plugins.sbt",
            "project/Settings.scala",
            ".jvmopts",
        },
        {"target", "project/target", "project/project/target", "core/target"},
    ),
    "R": (R, {"DESCRIPTION": "Package: x\nImports: dplyr\n", "R/x.R": ""}, {"DESCRIPTION"}, set()),
}


@pytest.mark.parametrize(("command", "project", "files", "writes"), READS.values(), ids=READS)
def test_what_is_read_is_known(command: str, project: Project, files: set[str], writes: set[str]) -> None:
    found = asked(command, project)
    assert isinstance(found, Needs), found
    assert set(found.files) == files
    assert set(found.writes) == writes
    assert "nothing" in "; ".join(found.assumes)


def sbt(text: str) -> Project:
    """The build with a row more in its definition."""
    return {**SBT, "build.sbt": SBT["build.sbt"] + text}


REFUSED: dict[str, tuple[str, Project, str]] = {
    "cabal install packs the project": ("cabal install --only-dependencies", CABAL, "wants to see the modules"),
    "two packages": ("cabal build --only-dependencies", CABAL | {"y.cabal": "name: y\n"}, "which package"),
    "no package": ("cabal build --only-dependencies", {"cabal.project": "\n"}, "which package"),
    "packages by a pattern": (
        "cabal build --only-dependencies",
        CABAL | {"cabal.project": "packages: */*.cabal\n"},
        "names `*/*.cabal`",
    ),
    "a package outside": (
        "cabal build --only-dependencies",
        CABAL | {"cabal.project": "packages: . ../y\n"},
        "lies outside",
    ),
    "a package that is missing": (
        "cabal build --only-dependencies",
        CABAL | {"cabal.project": "packages: . y\n"},
        "no single package description",
    ),
    "settings of elsewhere": (
        "cabal build --only-dependencies",
        CABAL | {"cabal.project": "packages: .\nimport: ci.project\n"},
        "which package",
    ),
    "a custom Setup.hs of a package": (
        "cabal build --only-dependencies",
        CABAL | {"cabal.project": "packages: . y\n", "y/y.cabal": "name: y\nbuild-type: Custom\n"},
        "`Setup.hs`",
    ),
    "no settings of stack": (STACKED, {"package.yaml": ""}, "has no `stack.yaml`"),
    "no description": (STACKED, {"stack.yaml": ""}, "has no package description"),
    "a description that takes in others": (
        STACKED,
        {**STACK, "package.yaml": "name: x\n_common: !include common.yaml\n"},
        "takes in other files",
    ),
    "a description with a Setup.hs": (
        STACKED,
        {**STACK, "package.yaml": "name: x\nbuild-type: Custom\n"},
        "`Setup.hs`",
    ),
    "a dependency of stack in the project": (
        STACKED,
        {**STACK, "stack.yaml": "resolver: lts-22.0\nextra-deps:\n- ./lib/a\n"},
        "`./lib/a` in `stack.yaml` lies in the project",
    ),
    "a dependency of stack in a folder": (
        STACKED,
        {**STACK, "stack.yaml": "extra-deps: [acme-1.0, lib/a]\n"},
        "`lib/a` in `stack.yaml`",
    ),
    "a snapshot of the project": (STACKED, {**STACK, "stack.yaml": "resolver: ./snapshot.yaml\n"}, "a snapshot of"),
    "a container of stack": (STACKED, {**STACK, "stack.yaml": "docker:\n  enable: true\n"}, "more than packages"),
    "other settings of stack": (f"{STACKED} --stack-yaml ci.yaml", STACK, "choose what it reads"),
    "no definition": ("sbt update", {"project/build.properties": ""}, "has no `build.sbt`"),
    "a version from a file": ("sbt update", sbt('version := IO.read(file("VERSION"))\n'), "`IO.read`"),
    "a version from git": ("sbt update", sbt("version := git.gitHeadCommit.value.get\n"), "`git.`"),
    "a plugin that asks git": (
        "sbt update",
        {**SBT, "project/plugins.sbt": 'addSbtPlugin("com.github.sbt" % "sbt-dynver" % "5.0.1")\n'},
        "`sbt-dynver`",
    ),
    "a program that is run": ("sbt update", sbt('val v = "date".!!\n'), "`.!!`"),
    "a source in a setting": (
        "sbt update",
        {**SBT, "project/Settings.scala": 'val x = scala.io.Source.fromFile("x")\n'},
        "`scala.io`",
    ),
    "a project outside": ("sbt update", sbt('lazy val o = project in file("../o")\n'), 'file("..'),
    "a build elsewhere": ("sbt update", sbt("lazy val o = RootProject(uri(x))\n"), "`RootProject`"),
    "jars of the project": ("sbt update", sbt('unmanagedBase := baseDirectory.value / "lib"\n'), "`unmanagedBase`"),
    "sbt compiles": ("sbt assembly", SBT, "takes in what lies"),
    "no description of R": (R, {"x.R": ""}, "has no `DESCRIPTION`"),
    "another package of R": ("Rscript -e 'remotes::install_deps(\"pkg\")'", {"DESCRIPTION": ""}, "is not plain"),
    "more than one call": (
        "Rscript -e 'remotes::install_deps(); remotes::install_local(\"x\")'",
        {"DESCRIPTION": ""},
        "is not plain",
    ),
    "a package of the project": (
        R,
        {"DESCRIPTION": "Package: x\nRemotes:\n    local::lib/y\n"},
        "depends on packages of the project",
    ),
}


@pytest.mark.parametrize(("command", "project", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_surely_known_is_refused(command: str, project: Project, why: str) -> None:
    found = asked(command, project)
    assert isinstance(found, Refusal), found
    assert why in found.why
