"""Lock files and members of workspaces: what is reported, and the longer lists of what must not be."""

from __future__ import annotations

import pytest

from .conftest import Lint

LOCK = "order/lock-file-not-copied"
WORKSPACE = "order/workspace-manifest-missing"

STRICT = {
    "npm ci": "package.json",
    "yarn install --frozen-lockfile": "package.json",
    "yarn --immutable": "package.json",
    "pnpm install --frozen-lockfile": "package.json",
    "bun install --frozen-lockfile": "package.json",
    "uv sync --locked --no-install-project": "pyproject.toml",
    "pdm sync": "pyproject.toml",
    "pipenv sync": "Pipfile",
    "cargo fetch --locked": "Cargo.toml",
    "bundle install --deployment": "Gemfile",
    "dart pub get --enforce-lockfile": "pubspec.yaml",
}
LOOSE = {
    "npm install": ("package.json", "package-lock.json"),
    "yarn": ("package.json", "yarn.lock"),
    "poetry install --no-root": ("pyproject.toml", "poetry.lock"),
    "go mod download": ("go.mod", "go.sum"),
    "cargo fetch": ("Cargo.toml", "Cargo.lock"),
    "composer install": ("composer.json", "composer.lock"),
    "mix deps.get": ("mix.exs", "mix.lock"),
    "rebar3 get-deps": ("rebar.config", "rebar.lock"),
    "swift package resolve": ("Package.swift", "Package.resolved"),
    "bundle install": ("Gemfile", "Gemfile.lock"),
}


@pytest.mark.parametrize("command", STRICT)
def test_an_install_that_insists_on_a_lock_file(command: str, lint_text: Lint) -> None:
    text = f"FROM a\nWORKDIR /app\nCOPY {STRICT[command]} ./\nRUN {command}\n"
    (found,) = lint_text(text, LOCK).diagnostics
    assert text[slice(*found.primary)] == STRICT[command]
    assert "stops without it" in found.cost


@pytest.mark.parametrize("command", LOOSE)
def test_a_lock_file_that_the_context_holds(command: str, lint_text: Lint) -> None:
    manifest, lock = LOOSE[command]
    text = f"FROM a\nWORKDIR /app\nCOPY {manifest} ./\nRUN {command}\nCOPY . .\n"
    (found,) = lint_text(text, LOCK, context={manifest: "", lock: "", "x": ""}).diagnostics
    assert f"`{lock}`" in found.message
    assert lint_text(text, LOCK).diagnostics == (), "whether there is one is not known without the context"
    assert lint_text(text, LOCK, context={manifest: "", "x": ""}).diagnostics == (), "there is none"
    both = text.replace(f"COPY {manifest}", f"COPY {manifest} {lock}")
    assert lint_text(both, LOCK, context={manifest: "", lock: "", "x": ""}).diagnostics == ()


NO_LOCK_MISSING = {
    "a pattern": "COPY package*.json ./\nRUN npm ci",
    "a list of patterns": "COPY package.json *lock* ./\nRUN npm ci",
    "another step": "COPY package.json ./\nCOPY package-lock.json ./\nRUN npm ci",
    "a shrinkwrap": "COPY package.json npm-shrinkwrap.json ./\nRUN npm ci",
    "under another name": "COPY package.json ./\nCOPY ci/lock.json package-lock.json\nRUN npm ci",
    "bound": "COPY package.json ./\nRUN --mount=type=bind,source=package-lock.json,target=package-lock.json npm ci",
    "the whole context": "COPY package.json ./\nCOPY . .\nRUN npm ci",
    "the whole context, bound": "COPY package.json ./\nRUN --mount=type=bind,target=/app npm ci",
    "a folder that lands there": "COPY package.json ./\nCOPY locks ./\nRUN npm ci",
    "from another stage": "COPY package.json ./\nCOPY --from=b /locks ./\nRUN npm ci",
    "from another stage, by name": "COPY package.json ./\nCOPY --from=b /package-lock.json ./\nRUN npm ci",
    "with their folders": "COPY --parents package.json **/package-lock.json ./\nRUN npm ci",
    "made before": "COPY package.json ./\nRUN npm install --package-lock-only\nRUN npm ci",
    "renamed before": "COPY package.json ./\nRUN mv /tmp/l package-lock.json && npm ci",
    "an opaque step before": "COPY package.json ./\nRUN f() { :\nRUN npm ci",
    "another folder": "COPY package.json /other/\nRUN npm ci",
    "everywhere": "COPY package.json ./\nRUN npm install -g pnpm",
    "a clone": "COPY package.json ./\nRUN git clone https://example.com/a . && npm ci",
    "pip has none": "COPY requirements.txt ./\nRUN pip install -r requirements.txt",
    "no manifest is copied": "RUN npm ci",
    "a variable": "ARG L\nCOPY package.json ./\nCOPY $L ./\nRUN npm ci",
    "an unknown installer": "COPY package.json ./\nRUN ni --frozen",
}


@pytest.mark.parametrize("lines", NO_LOCK_MISSING.values(), ids=NO_LOCK_MISSING.keys())
def test_no_lock_file_is_missing(lines: str, lint_text: Lint) -> None:
    text = f"FROM a AS b\nRUN true\nFROM a\nWORKDIR /app\n{lines}\n"
    report = lint_text(text, LOCK)
    assert report.refusal is None
    assert [one.sentence for one in report.diagnostics] == []


NPM = {"package.json": '{"workspaces": ["pkg/*"]}', "package-lock.json": "", "src/a.js": ""}
MEMBERS = {**NPM, "pkg/a/package.json": "{}", "pkg/b/package.json": "{}", "pkg/b/index.js": ""}

TOOLS: dict[str, tuple[str, str, dict[str, str]]] = {
    "npm": ("package*.json", "npm ci", MEMBERS),
    "yarn": ("package.json yarn.lock", "yarn", {**MEMBERS, "yarn.lock": ""}),
    "pnpm": (
        "package.json pnpm-lock.yaml pnpm-workspace.yaml",
        "pnpm i",
        {**MEMBERS, "pnpm-lock.yaml": "", "pnpm-workspace.yaml": "packages:\n  - pkg/*\n"},
    ),
    "bun": ("package.json bun.lock", "bun install", {**MEMBERS, "bun.lock": ""}),
    "cargo": (
        "Cargo.toml Cargo.lock",
        "cargo fetch",
        {"Cargo.toml": '[workspace]\nmembers=["a", "b"]', "Cargo.lock": "", "a/Cargo.toml": "", "b/Cargo.toml": ""},
    ),
    "go": (
        "go.work go.work.sum",
        "go mod download",
        {"go.work": "use (\n./a\n./b\n)\n", "go.work.sum": "", "a/go.mod": "", "b/go.mod": ""},
    ),
    "uv": (
        "pyproject.toml uv.lock",
        "uv sync --locked",
        {
            "pyproject.toml": '[tool.uv.workspace]\nmembers=["p/*"]',
            "uv.lock": "",
            "p/a/pyproject.toml": "",
            "p/b/pyproject.toml": "",
        },
    ),
    "maven": (
        "pom.xml",
        "mvn dependency:go-offline",
        {"pom.xml": "<module>a</module><module>b</module>", "a/pom.xml": "", "b/pom.xml": ""},
    ),
    "gradle": (
        "build.gradle settings.gradle",
        "gradle dependencies",
        {"build.gradle": "", "settings.gradle": "include 'a', 'b'\n", "a/build.gradle": "", "b/build.gradle": ""},
    ),
    "dotnet": (
        "x.sln",
        "dotnet restore",
        {"x.sln": '"a\\a.csproj", "b\\b.csproj"', "a/a.csproj": "", "b/b.csproj": ""},
    ),
}


@pytest.mark.parametrize(("sources", "command", "context"), TOOLS.values(), ids=TOOLS.keys())
def test_members_without_manifests(sources: str, command: str, context: dict[str, str], lint_text: Lint) -> None:
    text = f"FROM a\nWORKDIR /app\nCOPY {sources} ./\nRUN {command}\nCOPY . .\n"
    (found,) = lint_text(text, WORKSPACE, context=context).diagnostics
    assert found.cost.startswith(f"`{command.partition(' --')[0]}".removesuffix(" i"))
    members = [name for name in context if "/" in name and name.rpartition("/")[2] != "index.js" and "src" not in name]
    copies = "".join(f"COPY {name} {name}\n" for name in members)
    whole = text.replace("RUN", copies + "RUN", 1)
    assert lint_text(whole, WORKSPACE, context=context).diagnostics == ()
    part = text.replace("RUN", copies.partition("\n")[0] + "\nRUN", 1)
    (found,) = lint_text(part, WORKSPACE, context=context).diagnostics
    assert f"`{members[0]}`" not in found.message and f"`{members[1]}`" in found.message


NO_MEMBER_MISSING = {
    "with their folders": "COPY --parents package*.json pkg/*/package.json ./\nRUN npm ci",
    "with their folders, at any depth": "COPY --parents package*.json **/package.json ./\nRUN npm ci",
    "the folder of the members": "COPY package*.json ./\nCOPY pkg pkg\nRUN npm ci",
    "everything": "COPY . .\nRUN npm ci",
    "bound": "COPY package*.json ./\nRUN --mount=type=bind,source=pkg,target=pkg npm ci",
    "one member is chosen": "COPY package*.json ./\nRUN npm ci --workspace pkg/a",
    "a filter": "COPY package*.json ./\nRUN npm ci -w pkg/a",
    "from another stage": "COPY package*.json ./\nCOPY --from=b /out ./\nRUN npm ci",
    "a member from another stage": "COPY package*.json ./\nCOPY --from=b /out/pkg ./pkg\nRUN npm ci",
    "the manifest is rewritten": "COPY package*.json ./\nRUN sed -i /workspaces/d package.json && npm ci",
    "another folder": "COPY package*.json /elsewhere/\nRUN npm ci",
    "a member on its own": "COPY pkg/a/package.json ./\nRUN npm install",
    "an opaque step": "COPY package*.json ./\nRUN f() { :\nRUN npm ci",
    "everywhere": "COPY package*.json ./\nRUN npm i -g pnpm",
    "the directory is not the context": "COPY package*.json elsewhere.txt ./\nRUN npm ci",
}


@pytest.mark.parametrize("lines", NO_MEMBER_MISSING.values(), ids=NO_MEMBER_MISSING.keys())
def test_no_member_is_missing(lines: str, lint_text: Lint) -> None:
    text = f"FROM a AS b\nRUN true\nFROM a\nWORKDIR /app\n{lines}\n"
    report = lint_text(text, WORKSPACE, context=MEMBERS)
    assert report.refusal is None
    assert [one.sentence for one in report.diagnostics] == []


def test_a_member_that_the_ignore_file_keeps_away_is_none(lint_text: Lint) -> None:
    text = "FROM a\nCOPY package*.json ./\nCOPY pkg/a/package.json pkg/a/\nRUN npm ci\n"
    assert lint_text(text, WORKSPACE, context={**MEMBERS, ".dockerignore": "pkg/b\n"}).diagnostics == ()
    assert lint_text(text, WORKSPACE, context=MEMBERS).diagnostics
