"""go, dotnet, maven, gradle and swift."""

from __future__ import annotations

import posixpath
import re

from ..files import inside
from ..workspaces import workspace
from .asked import NOTHING, Asked, Needs, Unknown, joined, kept


def _go(asked: Asked) -> Needs:
    install = asked.install
    if install.name == "go install":
        return NOTHING  # of versions: the main module is not looked at (go help install)
    if install.name != "go mod download" or len(asked.words) > 3:
        raise Unknown(f"`{install.name}` reads more than manifests")
    flags = asked.environment.get("GOFLAGS", "")
    if "-mod" in flags or "-modfile" in flags or asked.given("-modfile", "-modcacherw"):
        raise Unknown("`GOFLAGS` chooses what is read")
    if asked.project.names(joined(asked.folder, "vendor")) and asked.is_file(
        joined(asked.folder, "vendor/modules.txt")
    ):
        raise Unknown("the modules lie in `vendor` of the context")
    modules = list(asked.needed("go.mod"))
    if asked.environment.get("GOWORK") not in ("off", None):
        raise Unknown("`GOWORK` names the workspace")
    if asked.environment.get("GOWORK") is None:
        if any(asked.is_file(joined(folder, "go.work")) for folder in asked.above()):
            raise Unknown("the workspace lies in a folder above")
        members = workspace("go", asked.folder, asked.project)
        if asked.has("go.work"):
            modules += [path for path in (() if members is None else members.members)]
    files = [*modules]
    assumes: list[str] = []
    for path in modules:
        text = re.sub(r"//[^\n]*", "", asked.project.text(path) or "")
        if re.search(r"=>\s*(?:\.{0,2}/|\"?[A-Za-z]:|\.{1,2}\s*$)", text, re.MULTILINE):
            raise Unknown(f"`replace` in `{path}` leads to a directory")
        version = re.search(r"(?m)^go\s+1\.(\d+)", text)
        sums = posixpath.join(posixpath.dirname(path), "go.sum")
        if asked.is_file(sums):
            files.append(sums)
            # Go 1.16 adds to go.sum (go.dev/doc/go1.17); it is not what a module for 1.17 is built with.
            if version is None or int(version[1]) < 17:
                assumes.append(kept(sums, install))
    work = re.sub(r"//[^\n]*", "", asked.text("go.work") or "")
    if re.search(r"=>\s*\.{0,2}/", work):
        raise Unknown("`replace` in `go.work` leads to a directory")
    return Needs((*files, *asked.there("go.work", "go.work.sum")), (), tuple(assumes))


_IMPORT = re.compile(r"<Import\b[^>]*\bProject\s*=\s*[\"']([^\"']+)[\"']")
_REFERENCE = re.compile(r"<ProjectReference\b[^>]*\bInclude\s*=\s*[\"']([^\"']+)[\"']")
_DIRECTORY = tuple(
    """
    Directory.Build.props Directory.Build.targets Directory.Packages.props Directory.Solution.props
    Directory.Solution.targets Directory.Build.rsp NuGet.Config nuget.config NuGet.config global.json
    """.split()
)
_PROJECTS = (".csproj", ".fsproj", ".vbproj")


# Items that a build reads and a restore does not, and properties that are the SDK's own by their names.
_UNREAD = "Protobuf|Compile|Content|None|EmbeddedResource|AdditionalFiles|Resource|Page|Folder"
_ITEM = re.compile(rf"<({_UNREAD})\b(?:[^>]*?/>|[^>]*>.*?</\1>)", re.DOTALL)
_GUARDED = re.compile(r"<PropertyGroup\b[^>]*\bExists\([^>]*>(.*?)</PropertyGroup>", re.DOTALL)
_PROPERTY = re.compile(r"<(\w+)\s*>[^<]*</\1>")
_OF_THE_SDK = re.compile(
    r"(?i)(?:base|intermediate|out|msbuild|restore|nuget|package|project|target|runtime|publish|assembly|root|language|import|"
    r"directory|default|enable|use|is|generate|configuration|platform|app|version|solution|sdk|net|microsoft|self|protobuf|"
    r"grpc|custom|additional|implicit|disable|allow|treat|nowarn|warn|lang|debug|define|copy|include|exclude)"
)


def _restored(text: str) -> str:
    """A project without groups of properties that stand there if a file does, and that only a build asks for."""
    items = "".join(found[0] for found in _ITEM.finditer(text))
    for group in list(_GUARDED.finditer(text)):
        names = [found[1] for found in _PROPERTY.finditer(group[1])]
        if _PROPERTY.sub("", group[1]).strip() or any(
            _OF_THE_SDK.match(name) or f"$({name})" not in items for name in names
        ):
            continue
        rest = _ITEM.sub("", text.replace(group[0], ""))
        if not any(f"$({name})" in rest for name in names):
            text = text.replace(group[0], "")
    return text


def _dotnet(asked: Asked) -> Needs:
    if asked.given("--configfile", "--packages", "--use-lock-file", "--lock-file-path"):
        raise Unknown("the options of `dotnet restore` choose what it reads")
    if asked.has("paket.dependencies") or any(
        asked.has(name) for name in ("packages.config", ".config/dotnet-tools.json")
    ):
        raise Unknown("`paket` or other tools take part in the restore")
    waiting = _dotnet_roots(asked)
    found: dict[str, None] = {}
    while waiting:
        path = posixpath.normpath(waiting.pop())
        if path in found or path.startswith(".."):
            continue
        text = asked.project.text(path)
        if text is None:
            raise Unknown(f"the context has no `{path}`")
        found[path] = None
        folder = posixpath.dirname(path)
        if path.endswith((".sln", ".slnx")):
            listed = re.findall(r"\"([^\"\n]+\.\w+proj)\"", text)
            waiting += [posixpath.join(folder, one.replace("\\", "/")) for one in listed]
            continue
        waiting += _msbuild(asked, path, re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL))
        if path.endswith(_PROJECTS):
            waiting += [
                one
                for name in (path + ".user", joined(folder, "packages.lock.json"))
                for one in [name]
                if asked.is_file(name)
            ]
            waiting += asked._replace(folder=folder).configured_above(*_DIRECTORY)
    locks = [path for path in found if path.endswith("packages.lock.json")]
    assumes = (kept(locks[0], asked.install),) if locks and not asked.install.strict else ()
    folders = {posixpath.dirname(path) for path in found if path.endswith(_PROJECTS)}
    return Needs(tuple(found), tuple(joined(folder, "obj") for folder in folders), assumes)


def _dotnet_roots(asked: Asked) -> list[str]:
    names = list(asked.install.files)
    if not names:
        beside = sorted(asked.project.names(asked.folder))
        names = [name for name in beside if name.endswith((".sln", ".slnx"))] or [
            n for n in beside if n.endswith(_PROJECTS)
        ]
        if len(names) != 1:
            raise Unknown(f"`{asked.folder or '.'}` of the context has no single solution or project")
    paths = [asked.path(name) for name in names]
    if any(not path.endswith((".sln", ".slnx", *_PROJECTS)) for path in paths):
        raise Unknown("which project is restored is not plain")
    settings = asked.configured_above(*_DIRECTORY)
    return [*paths, *settings]


def _msbuild(asked: Asked, path: str, text: str) -> list[str]:
    """The files that a file of MSBuild leads to."""
    if path.endswith((".json", ".config", ".Config", ".rsp")):
        if re.search(
            r"<add\s+key=\"[^\"]*\"\s+value=\"(?!https?:)[^\"]*[/\\][^\"]*\"|globalPackagesFolder|<import", text
        ):
            raise Unknown(f"`{path}` leads to a folder of the project")
        if path.endswith(".rsp"):
            raise Unknown(f"`{path}` holds options")
        return []
    text = _restored(text)
    if re.search(
        r"\$\(\[|Exists\(|<Exec\b|<UsingTask\b|RestoreAdditional|RestoreSources|RestorePackagesPath|\bReadAllText\b",
        text,
    ):
        raise Unknown(f"`{path}` computes what it reads")
    folder = posixpath.dirname(path)
    found: list[str] = []
    for named in (*_IMPORT.findall(text), *_REFERENCE.findall(text)):
        if re.search(r"[$*?%@;]", named):
            raise Unknown(f"`{path}` leads to `{named}`")
        target = inside(folder, named.replace("\\", "/"))
        if target is None:
            raise Unknown(f"`{path}` leads to `{named}`")
        found.append(target)
    return found


_POM_OPEN = re.compile(
    r"<exists>|<missing>|<systemPath>|<extensions>\s*true|<extension>|file://|<repository>\s*<id>[^<]*</id>\s*<url>\$"
)


def _maven(asked: Asked) -> Needs:
    install = asked.install
    if "dependency:" not in install.name:
        raise Unknown(f"`{install.name}` compiles")
    goals = [word for word in asked.words[1:] if not word.startswith("-")]
    known = re.compile(
        r"(?:[\w.-]+:)*(?:maven-)?dependency(?:-plugin)?:(?:[\d.]+:)?(?:go-offline|resolve|resolve-plugins)|clean"
    )
    if asked.given("-f", "--file", "-s", "--settings", "-gs", "-pl", "-P") or any(
        known.fullmatch(one) is None for one in goals
    ):
        if not set(goals) <= {"dependency:go-offline", "dependency:resolve", "dependency:resolve-plugins"}:
            raise Unknown("what else the command line asks of Maven is not known")
        raise Unknown("the options of Maven choose what it reads")
    members = workspace("maven", asked.folder, asked.project)
    poms = [*asked.needed("pom.xml"), *(() if members is None else members.members)]
    for path in poms:
        text = re.sub(r"<!--.*?-->", "", asked.project.text(path) or "", flags=re.DOTALL)
        if _POM_OPEN.search(text):
            raise Unknown(f"`{path}` has extensions, or looks for files of the project")
        if len(re.findall(r"<module>", text)) > sum(
            1 for one in poms if posixpath.dirname(one).startswith(posixpath.dirname(path))
        ):
            raise Unknown(f"a module of `{path}` is not there")
        parent = re.search(r"<parent>(.*?)</parent>", text, re.DOTALL)
        if parent is not None:
            _check_parent(path, parent[1], poms, asked)
    if asked.has(".mvn/extensions.xml"):
        raise Unknown("`.mvn/extensions.xml` makes Maven run more")
    wrapper = asked.there("mvnw") if install.command.program == "mvnw" else ()
    if install.command.program == "mvnw" and not wrapper:
        raise Unknown("the context has no `mvnw`")
    return Needs(
        (*poms, *wrapper, *asked.files_in(".mvn")), tuple(joined(posixpath.dirname(one), "target") for one in poms)
    )


def _check_parent(path: str, parent: str, poms: list[str], asked: Asked) -> None:
    """Unknown where the parent of a pom is a file of the project that is no module of it."""
    relative = re.search(r"<relativePath\s*(?:/>|>([^<]*)</relativePath>)", parent)
    place = "../pom.xml" if relative is None else (relative[1] or "").strip()
    if not place:
        return
    found = inside(posixpath.dirname(path), place if place.endswith(".xml") else place + "/pom.xml")
    if found is not None and asked.is_file(found) and found not in poms:
        raise Unknown(f"the parent of `{path}` is another file of the project, `{found}`")


# What lets a build script of Gradle read files, or run programs.
_GRADLE_OPEN = re.compile(
    r"\bincludeBuild\b|\bapply\s*\(?\s*from\b|\bfile(?:s|Tree|Of)?\s*\(|\bFile\s*\(|\bnew File\b|\bexec\b|"
    r"\.execute\(|\bgit\w*\b|rootDir|projectDir|readText|FileInputStream|providers\.\w+|\bflatDir\b|"
    r"\bpaths?\.get\b|\bant\b",
    re.IGNORECASE,
)


def _gradle(asked: Asked) -> Needs:
    if "Fetch the" in asked.install.hint or asked.install.sure == "low":
        raise Unknown(f"`{asked.install.name}` compiles")
    if any(asked.has(name) for name in ("buildSrc", "build-logic", "gradle/plugins")):
        raise Unknown("`buildSrc` or `build-logic` is compiled by every build")
    members = workspace("gradle", asked.folder, asked.project)
    builds = ("settings.gradle", "settings.gradle.kts", "build.gradle", "build.gradle.kts")
    scripts = [*asked.there(*builds), *(() if members is None else members.members)]
    if not scripts:
        raise Unknown("the context has no `build.gradle`")
    for path in scripts:
        text = re.sub(r"//[^\n]*|/\*.*?\*/", "", asked.project.text(path) or "", flags=re.DOTALL)
        found = _GRADLE_OPEN.search(text)
        if found is not None:
            raise Unknown(f"`{found[0].strip()}` in `{path}` may read other files")
    settings = asked.there(
        "gradle.properties", "gradle.lockfile", "settings-gradle.lockfile", "buildscript-gradle.lockfile"
    )
    wrapper = (
        asked.needed("gradlew", "gradle/wrapper/gradle-wrapper.properties")
        if asked.install.command.program == "gradlew"
        else ()
    )
    files = (*scripts, *settings, *wrapper, *asked.files_in("gradle"))
    writes = (joined(asked.folder, ".gradle"), *(joined(posixpath.dirname(one), "build") for one in scripts))
    return Needs(files, writes, ("the build scripts read nothing else of the project",))


def _swift(asked: Asked) -> Needs:
    files = (*asked.needed("Package.swift"), *asked.there("Package.resolved", ".swift-version"))
    text = re.sub(r"//[^\n]*", "", asked.text("Package.swift") or "")
    if re.search(r"\.package\(\s*(?:name:\s*\"[^\"]*\",\s*)?path:|\bpath:\s*\"\.\.", text):
        raise Unknown("`Package.swift` depends on a package of the project")
    if re.search(r"\.binaryTarget\([^)]*\bpath:", text):
        raise Unknown("`Package.swift` has a binary target of the project")
    if re.search(r"\bimport\s+(?!PackageDescription\b)\w+|Context\.|ProcessInfo|FileManager", text):
        raise Unknown("`Package.swift` is a program that may read more")
    strict = asked.given("--force-resolved-versions", "--only-use-versions-from-resolved-file")
    lock = asked.there("Package.resolved")
    if asked.has(".swiftpm/configuration"):
        raise Unknown("`.swiftpm/configuration` holds settings")
    return Needs(
        files, (joined(asked.folder, ".build"),), () if strict or not lock else (kept(lock[0], asked.install),)
    )


READERS = {
    "go": _go,
    "dotnet": _dotnet,
    "maven": _maven,
    "gradle": _gradle,
    "swift": _swift,
}
