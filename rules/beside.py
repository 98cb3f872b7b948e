"""What lies beside the source of a project, for people, editors and services: builds read it only where they say so."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from ..analyzer.context import ContextError
from ..analyzer.context.ignore import Sent
from ..analyzer.dockerfile.syntax import Run
from ..analyzer.named_tuple import NamedTuple
from ..analyzer.shell import run_text
from ..analyzer.typing import Literal
from .build_files import build_files
from .facts import BuildContext, Facts
from .taken import GENERATED

Kind = Literal["documentation", "service", "editor", "container", "deployment", "tests", "examples"]

_FOLDERS: dict[str, Kind] = {
    **dict.fromkeys("docs doc documentation screenshots".split(), "documentation"),
    **dict.fromkeys(".github .gitlab .circleci .buildkite .woodpecker .forgejo .gitea .changeset".split(), "service"),
    **dict.fromkeys(".vscode .idea .devcontainer .zed .cursor .claude".split(), "editor"),
    **dict.fromkeys("charts chart helm k8s kubernetes kustomize terraform ansible".split(), "deployment"),
    **dict.fromkeys("tests test __tests__ e2e cypress".split(), "tests"),
    **dict.fromkeys("examples example samples".split(), "examples"),
}
_SERVICES = (
    r"\.gitlab-ci\.ya?ml|\.travis\.yml|azure-pipelines\.ya?ml|jenkinsfile|cloudbuild\.ya?ml|\.drone\.ya?ml|"
    r"\.?appveyor\.ya?ml|\.?codecov\.ya?ml|\.?renovate(?:rc)?(?:\.json5?)?|\.pre-commit-config\.ya?ml|\.mergify\.yml|"
    r"\.golangci\.ya?ml|codeowners|\.dependabot|skaffold\.ya?ml|\.all-contributorsrc|release-please-config\.json|"
    r"\.release-please-manifest\.json|sonar-project\.properties|\.hadolint\.ya?ml|tiltfile|vagrantfile|procfile"
)
# Files that belong to one of these wherever they lie, and those that do at the top of the context.
_ANYWHERE: tuple[tuple[Kind, str], ...] = (
    ("documentation", r"(?:readme|changelog|contributing)(?:\.[\w-]+)*\.(?:md|rst|adoc)"),
)
_AT_TOP: tuple[tuple[Kind, str], ...] = (
    ("documentation", r"[^/]+\.(?:md|rst|adoc)|changelog|changes|authors|contributors"),
    ("service", _SERVICES),
    ("editor", r"\.editorconfig|[\w-]+\.code-workspace|\.gitattributes|\.mailmap"),
    (
        "container",
        r"(?:docker-)?compose[\w.-]*\.ya?ml|(?:[\w-]+\.)?(?:dockerfile|containerfile)(?:\.[\w-]+)*|docker-bake\.\w+",
    ),
)
_CODE = re.compile(
    r"(?i).*\.(?:py|js|ts|jsx|tsx|mjs|cjs|go|rs|java|kt|scala|rb|php|cs|fs|c|cc|cpp|h|hpp|swift|exs?|dart|vue|svelte|pl|lua|r|"
    r"s|zig|nim|hs|ml|erl|clj|groovy|proto|sql|mdx?)"
)
# Files of code that a directory may have and yet be no code: what makes pages of documentation.
_OF_PAGES = frozenset({"conf.py", "mkdocs.py"})
# What makes a site, or a package's page, of documents.
_MAKES_PAGES = re.compile(
    r"\b(?:mkdocs|sphinx|docusaurus|vitepress|vuepress|eleventy|nextra|gatsby|hexo|docsify|hugo|jekyll|astro|contentlayer|"
    r"mdx|mdbook|antora|slidev|markdown-loader|zola|pelican)\b"
)
_RUNS_TESTS = re.compile(
    r"\b(?:tests?|check|verify|pytest|tox|nox|jest|vitest|mocha|ctest|rspec|phpunit|cypress|playwright|make|just|task|rake|bazel|"
    r"ninja|cmake|meson|gradlew?|mvnw?|sbt|lint|stack|cabal|mix)\b"
)
_WORKSPACES = re.compile(
    r"\"workspaces\"|\[workspace\]|tool\.uv\.workspace|<modules>|includeBuild|^use\b|^packages:", re.MULTILINE
)
_ADDRESS = re.compile(r"\w+://[^\s\"'`<>)]*")
_MOST_FILES = 8_000
_LONGEST = 256 * 1024


class Beside(NamedTuple):
    """A file or directory that lies beside the source: its path in the context, and what it is."""

    path: str
    kind: Kind


def beside(path: str, root: str) -> Beside | None:
    """What a path of the context, below the directory that is copied, belongs to; None for the source itself."""
    if any(part.lower() in _FOLDERS for part in root.split("/")):
        return None  # it is asked for
    inner = path[len(root) + 1 :] if root else path
    first, slash, _ = inner.partition("/")
    if slash and first.lower() in _FOLDERS:
        return Beside(f"{root}/{first}" if root else first, _FOLDERS[first.lower()])
    name = inner.rpartition("/")[2].lower()
    for kind, shape in (*_ANYWHERE, *(() if inner != path or slash else _AT_TOP)):
        if re.fullmatch(shape, name) is not None:
            return Beside(path, kind)
    return None


def unread(found: Collection[Beside], see: Facts, context: BuildContext) -> frozenset[Beside]:
    """Those that no command, no file that builds read, and no code names; raises ContextError as reading does."""
    said = "\n".join(run_text(one) for one in see.instructions((Run,)))
    builds = tuple(build_files(context))
    every = [text for _, text in builds]
    left = set(found)
    if _RUNS_TESTS.search(said):
        left = {one for one in left if one.kind != "tests"}
    top = " ".join(context.context.tree.children(""))
    if any(_MAKES_PAGES.search(text) for text in (said, top, *every)):
        left = {one for one in left if one.kind != "documentation"}
    sent = Sent(context.context.tree, context.context.ignore)
    shared = any(_WORKSPACES.search(text) for text in every)
    left = {one for one in left if not _is_code(one, sent, shared)}
    left = {
        one
        for one in left
        if not _is_said(one, said, of_code=False)
        and not any(_is_said(one, text, of_code=False) for path, text in builds if not _is_in(path, one))
    }
    waiting = [one for one in left if one.kind in ("documentation", "tests", "examples", "deployment")]
    if waiting:
        left -= _named_in_code(waiting, frozenset(left), sent)
    return frozenset(left)


def _is_in(path: str, one: Beside) -> bool:
    return path == one.path or path.startswith(one.path + "/")


def _is_code(one: Beside, sent: Sent, shared: bool) -> bool:
    """Whether a directory has code that others may import, or is a member of a workspace."""
    if one.kind in ("service", "editor", "container"):
        return False
    for path in _walk(sent, one.path):
        name = path.rpartition("/")[2]
        if shared and name in ("package.json", "Cargo.toml", "go.mod", "pyproject.toml", "pom.xml", "build.gradle"):
            return True
        is_source = _CODE.fullmatch(name) is not None and not name.lower().endswith((".md", ".mdx"))
        if one.kind in ("documentation", "deployment") and is_source and name not in _OF_PAGES:
            return True
    return False


def _walk(sent: Sent, path: str) -> Iterator[str]:
    """The files at or below a path, at most _MOST_FILES."""
    folder, _, name = path.rpartition("/")
    node = sent.children(folder).get(name) if path else None
    if node is not None and node.kind != "dir":
        yield path
        return
    waiting, seen = [path], 0
    while waiting and seen < _MOST_FILES:
        at = waiting.pop()
        for name, node in sent.children(at).items():
            inner = f"{at}/{name}" if at else name
            if node.kind == "dir":
                waiting += [inner] if name not in GENERATED and inner != ".git" else []
            else:
                seen += 1
                yield inner


def _named_in_code(waiting: Iterable[Beside], left: frozenset[Beside], sent: Sent) -> set[Beside]:
    """Those that code names which lies elsewhere; all where there is too much code to look at."""
    open_ones = set(waiting)
    found: set[Beside] = set()
    seen = 0
    for path in _walk(sent, ""):
        seen += 1
        if seen >= _MOST_FILES:
            return found | open_ones
        if _CODE.fullmatch(path) is None or any(_is_in(path, one) for one in left):
            continue
        folder, _, name = path.rpartition("/")
        if sent.children(folder)[name].size > _LONGEST:
            continue  # made by a program: no one writes so much
        try:
            text = sent.tree.read(path).decode("utf-8", "replace")
        except (FileNotFoundError, ContextError):
            continue
        said = {one for one in open_ones if _is_said(one, text, of_code=True)}
        found |= said
        open_ones -= said
        if not open_ones:
            break
    return found


def _is_said(one: Beside, text: str, *, of_code: bool) -> bool:
    """Whether a text names a file or directory: in code as a part of what stands between quotes."""
    name = one.path.rpartition("/")[2]
    if name not in text:
        return False
    plain = re.escape(name)
    quoted = rf"[\"'`(<][^\"'`\s<>()]*(?<![\w.-]){plain}(?:/[^\"'`\s]*)?[\"'`)>]|go:embed.*(?<![\w.-]){plain}(?![\w-])"
    if name.lower() not in _FOLDERS:
        said = quoted if of_code else rf"(?<![\w.-]){plain}(?![\w-])"
    elif of_code and one.kind in ("tests", "examples"):
        # Their names are words that code is full of: only a path counts.
        said = rf"/{plain}[\"'`)/]|(?<![\w.-]){plain}/|^\s*(?:from|import|use|mod)\s+(?:crate::|\.)?{plain}\b"
    elif of_code:
        said = quoted
    else:
        said = (
            rf"(?<![\w.-]){plain}/|/{plain}\b|[\"'(\[]{plain}[\"')\]](?!\s*:)|^\s*-\s*{plain}\s*$|"
            rf"(?<!\w)(?:cd|-C|include|import|mkdir|cp|mv|rm|ls|cat)\s(?:[^\n;&|]*\s)?{plain}(?=\s|$)"
        )
    return re.search(said, _ADDRESS.sub("", text), re.MULTILINE) is not None
