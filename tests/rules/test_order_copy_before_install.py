"""order/copy-before-install: what it reports, and the longer list of what it must not report."""

from __future__ import annotations

import pytest

from .conftest import Lint

RULE = "order/copy-before-install"

HITS = {
    "npm ci": "FROM node\nCOPY . .\nRUN npm ci\n",
    "add instead of copy": "FROM node\nADD . /app\nRUN npm install\n",
    "through cd": "FROM node\nCOPY . /app\nRUN cd /app && npm ci && npm run build\n",
    "through --prefix": "FROM node\nCOPY . /app\nRUN npm ci --prefix /app\n",
    "behind an assignment": "FROM node\nCOPY . .\nRUN NODE_ENV=production npm ci\n",
    "behind sudo": "FROM python\nCOPY . .\nRUN sudo -H pip install -r requirements.txt\n",
    "exec form": 'FROM node\nCOPY . .\nRUN ["npm", "ci"]\n',
    "in sh -c": "FROM node\nCOPY . .\nRUN sh -c 'cd web && yarn install --frozen-lockfile'\n",
    "in a heredoc": "FROM node\nCOPY . .\nRUN <<EOF\nset -e\nnpm ci\nEOF\n",
    "over continued lines": "FROM node\nCOPY . .\nRUN apt-get update && \\\n    # comment\n    npm ci\n",
    "with a cache mount": "FROM node\nCOPY . .\nRUN --mount=type=cache,target=/root/.npm npm ci\n",
    "with manifests bound": "FROM node\nCOPY . .\nRUN --mount=type=bind,source=package.json,target=/p.json npm ci\n",
    "python -m pip": "FROM python\nCOPY . .\nRUN python3 -m pip install -r requirements.txt -c constraints.txt\n",
    "uv pip": "FROM python\nCOPY . .\nRUN uv pip install --system -r requirements.txt\n",
    "uv sync": "FROM python\nCOPY . .\nRUN uv sync --frozen\n",
    "poetry": "FROM python\nCOPY . .\nRUN poetry install --no-interaction\n",
    "pnpm": "FROM node\nCOPY . .\nRUN pnpm i --frozen-lockfile\n",
    "go": "FROM golang\nCOPY . .\nRUN go mod download\n",
    "cargo fetch": "FROM rust\nCOPY . .\nRUN cargo fetch --locked\n",
    "cargo chef": "FROM rust\nCOPY . .\nRUN cargo chef cook --release --recipe-path recipe.json\n",
    "maven": "FROM maven\nCOPY . .\nRUN mvn -B dependency:go-offline\n",
    "gradle": "FROM gradle\nCOPY . .\nRUN ./gradlew dependencies --no-daemon\n",
    "bundler": "FROM ruby\nCOPY . .\nRUN bundle install --jobs 4\n",
    "composer": "FROM php\nCOPY . .\nRUN composer install --no-dev\n",
    "dotnet": "FROM dotnet/sdk\nCOPY . .\nRUN dotnet restore\n",
    "a directory": "FROM node\nCOPY src/ src/\nRUN npm ci\n",
    "a source file": "FROM python\nCOPY app.py .\nRUN pip install -r requirements.txt\n",
    "packages by name": "FROM python\nCOPY . .\nRUN pip install flask gunicorn==23.0\n",
    "in a virtual environment": "FROM python\nCOPY . .\nRUN . venv/bin/activate && pip install -r requirements.txt\n",
    "from the parent stage": "FROM node AS base\nCOPY . .\nFROM base\nRUN npm ci\n",
    "in a case": "FROM node\nCOPY . .\nRUN case $X in a) npm ci;; esac\n",
    "in a function": "FROM node\nCOPY . .\nRUN f() { npm ci; }; f\n",
}

SILENT = {
    "only manifests": "FROM node\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\n",
    "only manifests, by pattern": "FROM node\nCOPY package*.json ./\nRUN npm ci\n",
    "only manifests, by a short pattern": "FROM node\nCOPY package* ./\nRUN npm ci\n",
    "manifests of another ecosystem": "FROM node\nCOPY package.json requirements.txt ./\nRUN npm ci\n",
    "requirements in a folder": "FROM a\nCOPY requirements/ requirements/\nRUN pip install -r requirements/prod.txt\n",
    "requirements by environment": "FROM a\nCOPY requirements-dev.txt .\nRUN pip install -r requirements-dev.txt\n",
    "go.mod and go.sum": "FROM golang\nCOPY go.* ./\nRUN go mod download\nCOPY . .\nRUN go build ./...\n",
    "project files": "FROM dotnet/sdk\nCOPY *.sln ./\nCOPY src/App/App.csproj src/App/\nRUN dotnet restore\n",
    "pom.xml and the wrapper": "FROM maven\nCOPY pom.xml mvnw ./\nCOPY .mvn .mvn\nRUN ./mvnw dependency:go-offline\n",
    "the recipe of cargo-chef": "FROM rust AS p\nCOPY . .\nFROM rust\nCOPY --from=p /r /r\nRUN cargo chef cook\n",
    "manifests with their folders": "FROM node\nCOPY --parents **/package.json ./\nRUN npm ci\n",
    "a certificate": "FROM node\nCOPY company.crt /usr/local/share/ca-certificates/\nRUN npm ci\n",
    "configuration": "FROM python\nCOPY docker/etc /etc/\nRUN pip install -r requirements.txt\n",
    "an overlay of the root": "FROM python\nCOPY rootfs /\nRUN pip install flask\n",
    "a single script": "FROM node\nCOPY entrypoint.sh /\nRUN npm ci\n",
    "a configuration file in the source's language": "FROM node\nCOPY babel.config.js ./\nRUN npm ci\n",
    "nothing is copied": "FROM node\nRUN npm install -g pnpm\n",
    "copied afterwards": "FROM node\nRUN npm install -g pnpm\nCOPY . .\n",
    "copied from another stage": "FROM node AS src\nCOPY . /src\nFROM node\nCOPY --from=src /src /src\nRUN npm ci\n",
    "copied in another stage": "FROM node AS src\nCOPY . .\nFROM node\nRUN npm i -g pnpm\nCOPY --from=src /x /x\n",
    "a heredoc is no context": "FROM node\nCOPY <<EOF /app/x.js\nx\nEOF\nRUN npm ci\n",
    "an address is no context": "FROM node\nADD https://example.com/src.tar.gz /src/\nRUN npm ci\n",
    "the project itself, pip": "FROM python\nCOPY . .\nRUN pip install .\n",
    "the project itself, editable": "FROM python\nCOPY . .\nRUN pip install -e .\n",
    "the project itself, extras": 'FROM python\nCOPY . .\nRUN pip install ".[prod]"\n',
    "the project itself, absolute": "FROM python\nCOPY . /app\nRUN pip install --no-deps /app\n",
    "project and requirements at once": "FROM python\nCOPY . .\nRUN pip install -r requirements.txt -e .\n",
    "copied wheels": "FROM python\nCOPY dist dist\nRUN pip install dist/*.whl\n",
    "a folder of wheels": "FROM python\nCOPY . /src\nRUN pip install --no-index --find-links=/src/w -r r.txt\n",
    "a package by variable": "FROM python\nCOPY . .\nRUN pip install $PACKAGE\n",
    "a local package, npm": "FROM node\nCOPY . .\nRUN npm install ./pkg\n",
    "a packed package, npm": "FROM node\nCOPY . .\nRUN npm install -g app-1.0.tgz\n",
    "the project itself, npm": "FROM node\nCOPY . .\nRUN npm install -g\n",
    "a crate of the project": "FROM rust\nCOPY . .\nRUN cargo install --path .\n",
    "cargo build compiles": "FROM rust\nCOPY . .\nRUN cargo build --release\n",
    "mvn package compiles": "FROM maven\nCOPY . .\nRUN mvn package\n",
    "go build compiles": "FROM golang\nCOPY . .\nRUN go build -o /app .\n",
    "go install of the project": "FROM golang\nCOPY . .\nRUN go install ./cmd/...\n",
    "npm run is no install": "FROM node\nCOPY . .\nRUN npm run build\n",
    "npm --version is no install": "FROM node\nCOPY . .\nRUN yarn --version\n",
    "the words of an echo": "FROM node\nCOPY . .\nRUN echo npm ci\n",
    "a comment in the shell": "FROM node\nCOPY . .\nRUN true # npm ci\n",
    "an opaque shell": 'FROM node\nCOPY . .\nSHELL ["pwsh", "-Command"]\nRUN npm ci\n',
    "a text that no shell reads": "FROM node\nCOPY . .\nRUN (npm ci\n",
    "a python script in a heredoc": "FROM python\nCOPY . .\nRUN python3 <<EOF\nnpm ci\nEOF\n",
    "a script of the project goes before": "FROM node\nCOPY . .\nRUN ./bootstrap.sh && npm ci\n",
    "a copied script goes before, by its full path": "FROM node\nCOPY . /app\nRUN /app/setup\nRUN npm i -g x\n",
    "a copied script is run by a shell": "FROM node\nCOPY . /app\nRUN bash /app/setup && npm i -g x\n",
    "a script of the project went before": "FROM node\nCOPY . .\nRUN make tools\nRUN npm ci\n",
    "an unused stage": "FROM node AS old\nCOPY . .\nRUN npm ci\nFROM node\n",
    "an unknown source": "FROM node\nARG SRC\nCOPY $SRC /app\nRUN npm ci\n",
}

WITH_CONTEXT = {
    "the ignore file lets only manifests through": (
        "FROM node\nCOPY . .\nRUN npm ci\n",
        {".dockerignore": "*\n!package*.json\n", "package.json": "{}", "src/a.js": ""},
    ),
    "there is nothing but manifests": ("FROM node\nCOPY . .\nRUN npm ci\n", {"package.json": "{}", "Dockerfile": ""}),
    "a folder of manifests": (
        "FROM python\nCOPY deps deps\nRUN pip install -r deps/requirements.txt\n",
        {"deps/requirements.txt": ""},
    ),
    "requirements name the project": (
        "FROM python\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\n",
        {"requirements.txt": "flask\n-e .\n", "app.py": ""},
    ),
    "a file dependency": (
        "FROM node\nWORKDIR /app\nCOPY . .\nRUN npm ci\n",
        {"package.json": '{"dependencies": {"a": "file:lib/a"}}', "lib/a/index.js": ""},
    ),
    "a script that runs with the install": (
        "FROM node\nWORKDIR /app\nCOPY . .\nRUN npm ci\n",
        {"package.json": '{"scripts": {"postinstall": "node build.js"}}', "build.js": ""},
    ),
    "a script of a member of the workspace": (
        "FROM node\nWORKDIR /app\nCOPY . .\nRUN pnpm install --frozen-lockfile\n",
        {
            "package.json": "{}",
            "pnpm-workspace.yaml": "packages:\n  - 'packages/**'\n",
            "packages/a/package.json": '{"scripts": {"postinstall": "pnpm run codegen"}}',
        },
    ),
    "a member that lies in the project": (
        "FROM node\nWORKDIR /app\nCOPY web ./\nRUN npm ci\n",
        {
            "web/package.json": '{"workspaces": ["p/*"]}',
            "web/p/a/package.json": '{"dependencies": {"b": "file:../../lib"}}',
            "web/lib/index.js": "",
        },
    ),
    "a gemspec": ("FROM ruby\nCOPY . /app\nRUN cd /app && bundle install\n", {"Gemfile": "gemspec\n", "lib/a.rb": ""}),
    "a replaced module": (
        "FROM golang\nWORKDIR /src\nCOPY . .\nRUN go mod download\n",
        {"go.mod": "replace a.b/c => ./c\n", "main.go": ""},
    ),
}


@pytest.mark.parametrize("text", HITS.values(), ids=HITS.keys())
def test_reported(text: str, lint_text: Lint) -> None:
    assert len(lint_text(text, RULE).diagnostics) == 1


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT.keys())
def test_silent(text: str, lint_text: Lint) -> None:
    report = lint_text(text, RULE)
    assert report.refusal is None
    assert [one.sentence for one in report.diagnostics] == []


@pytest.mark.parametrize(("text", "context"), WITH_CONTEXT.values(), ids=WITH_CONTEXT.keys())
def test_silent_in_this_context(text: str, context: dict[str, str], lint_text: Lint) -> None:
    assert [one.sentence for one in lint_text(text, RULE, context=context).diagnostics] == []
    context = {name: "" for name in context if name != ".dockerignore"} | {"app/main.py": "", "deps/a.py": ""}
    assert lint_text(text, RULE, context=context).diagnostics, "it is the context that silences it"


@pytest.mark.parametrize(
    ("command", "script"),
    [("npm ci --ignore-scripts", "node build.js"), ("npm ci", "husky install"), ("npm ci", "patch-package")],
)
def test_a_script_that_reads_nothing_silences_nothing(command: str, script: str, lint_text: Lint) -> None:
    context = {"package.json": f'{{"scripts": {{"prepare": "{script}"}}}}', "build.js": ""}
    assert lint_text(f"FROM node\nWORKDIR /app\nCOPY . .\nRUN {command}\n", RULE, context=context).diagnostics


def test_a_single_file_is_judged_by_its_name_in_a_known_context_too(lint_text: Lint) -> None:
    text = "FROM node\nWORKDIR /app\nCOPY package.json {0} ./\nRUN npm ci\n"
    context = {"package.json": "{}", "babel.config.js": "", "build.js": ""}
    assert lint_text(text.format("babel.config.js"), RULE, context=context).diagnostics == ()
    assert lint_text(text.format("build.js"), RULE, context=context).diagnostics


@pytest.mark.parametrize(
    ("command", "member", "why"),
    [
        ("npm ci", "{}", "it has no script"),
        ("npm ci", '{"scripts": {"build": "tsc"}}', "no install runs it"),
        ("npm ci", '{"scripts": {"prepare": "husky install"}}', "it is about git"),
        ("npm ci --ignore-scripts", '{"scripts": {"postinstall": "tsc"}}', "no script runs"),
        ("npm ci", '{"dependencies": {"b": "workspace:*"}}', "a member is linked"),
    ],
)
def test_members_that_do_not_silence(command: str, member: str, why: str, lint_text: Lint) -> None:
    context = {"package.json": '{"workspaces": ["p/*"]}', "p/a/package.json": member, "p/a/x.ts": ""}
    text = f"FROM node\nWORKDIR /app\nCOPY . .\nRUN {command}\n"
    assert len(lint_text(text, RULE, context=context).diagnostics) == 1, why
    other = {**context, "q/package.json": '{"scripts": {"postinstall": "tsc"}}'}
    assert len(lint_text(text, RULE, context=other).diagnostics) == 1, "it is no member"


def test_the_cure_names_the_members_of_a_workspace(lint_text: Lint) -> None:
    context = {"package.json": '{"workspaces": ["pkg/*"]}', "pkg/a/package.json": "{}", "src/a.js": ""}
    text = "FROM node\nWORKDIR /app\nCOPY . .\nRUN npm ci\n"
    (found,) = lint_text(text, RULE, context=context).diagnostics
    assert "and the manifests of the workspace's members alone before" in found.cure
    (found,) = lint_text(text, RULE, context={**context, "package.json": "{}"}).diagnostics
    assert "workspace" not in found.sentence


CARGO_LOCK = '[[package]]\nname = "a"\nsource = "registry+https://example.com/index"\n'
FETCHING: dict[str, tuple[str, dict[str, str], bool]] = {
    "cargo": ("cargo build --release", {"Cargo.lock": CARGO_LOCK}, True),
    "go": ("go build ./...", {"go.sum": "a v1.0.0 h1:x\n"}, True),
    "go install of the project": ("go install ./...", {"go.sum": "a v1.0.0 h1:x\n"}, True),
    "no lock file": ("cargo build", {}, False),
    "nothing to fetch": ("cargo build", {"Cargo.lock": '[[package]]\nname = "x"\n'}, False),
    "an empty list of modules": ("go build ./...", {"go.sum": ""}, False),
    "vendored packages": (
        "cargo build",
        {"Cargo.lock": CARGO_LOCK, ".cargo/config.toml": "[source.crates-io]\nreplace-with = 'v'\n"},
        False,
    ),
    "vendored modules": ("go build", {"go.sum": "a v1.0.0 h1:x\n", "vendor/modules.txt": "# a v1.0.0\n"}, False),
    "offline": ("cargo build --offline", {"Cargo.lock": CARGO_LOCK}, False),
    "a lock file elsewhere": ("cargo build", {"web/Cargo.lock": CARGO_LOCK}, False),
}


@pytest.mark.parametrize(("command", "files", "told"), FETCHING.values(), ids=FETCHING)
def test_a_build_fetches_what_its_lock_file_names(
    command: str, files: dict[str, str], told: bool, lint_text: Lint
) -> None:
    context = {"src/main.rs": "", "main.go": "", "Cargo.toml": "", "go.mod": "", **files}
    text = f"FROM rust\nWORKDIR /app\nCOPY . .\nRUN {command}\n"
    found = lint_text(text, RULE, context=context).diagnostics
    assert [one.confidence for one in found] == (["medium"] if told else [])
    assert all("ask for each time it runs" in one.message for one in found)
    mounts = "RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/go/pkg/mod"
    assert not lint_text(text.replace("RUN", mounts), RULE, context=context).diagnostics


def test_what_a_recipe_compiled_is_not_fetched_again(lint_text: Lint) -> None:
    text = "FROM rust\nWORKDIR /app\nCOPY recipe.json .\nRUN cargo chef cook\nCOPY . .\nRUN cargo build\n"
    context = {"src/main.rs": "", "Cargo.toml": "", "Cargo.lock": CARGO_LOCK, "recipe.json": "{}"}
    assert not lint_text(text, RULE, context=context).diagnostics


def test_npm_ci_is_never_second(lint_text: Lint) -> None:
    text = "FROM node\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npm ci\n"
    assert lint_text(text, RULE).diagnostics


NODE = "FROM node\nWORKDIR /app\n"
PIP = "RUN pip install -r requirements.txt\n"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            f"{NODE}COPY api/package.json api/\nRUN cd api && npm install\nCOPY . .\nRUN cd web && npm install\n",
            "npm install",
        ),
        (f"{NODE}COPY package*.json ./\nRUN yarn install\nCOPY . .\nRUN yarn --cwd web install\n", "yarn install"),
        (
            f"FROM a\nWORKDIR /api\nCOPY api/requirements.txt .\n{PIP}WORKDIR /web\nCOPY web .\n{PIP}",
            "pip install -r requirements.txt",
        ),
        (
            f"FROM a\nCOPY requirements.txt .\n{PIP}COPY . .\nRUN pip install -r requirements-dev.txt\n",
            "pip install -r requirements-dev.txt",
        ),
        (
            "FROM node AS web\nCOPY web/package.json ./\nRUN npm install\n"
            "FROM node\nCOPY . .\nCOPY --from=web /dist dist\nRUN npm install\n",
            "npm install",
        ),
        (
            f"FROM a\nCOPY other.txt /app/requirements.txt\nWORKDIR /app\n{PIP}COPY . .\n{PIP}".replace(
                "COPY . .", "COPY . /src\nWORKDIR /src"
            ),
            "pip install -r requirements.txt",
        ),
    ],
)
def test_an_install_of_another_project_is_no_second_one(text: str, name: str, lint_text: Lint) -> None:
    (found,) = lint_text(text, RULE).diagnostics
    assert f"before `{name}`" in found.message


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            f"{NODE}COPY package.json ./\nRUN npm install\nCOPY . .\nRUN npm install\n", id="the same manifest"
        ),
        pytest.param(
            f"{NODE}COPY package.json /tmp/\nRUN cd /tmp && npm install\nRUN mv /tmp/node_modules .\nCOPY . .\n"
            "RUN npm install\n",
            id="the same manifest elsewhere in the image",
        ),
        pytest.param(
            f"{NODE}COPY web/package*.json web/\nRUN cd web && npm install\nCOPY web web\nRUN cd web && npm install\n",
            id="the same manifest, by a pattern and by its folder",
        ),
        pytest.param(
            f"FROM a\nCOPY deps.txt /app/requirements.txt\nWORKDIR /app\n{PIP}COPY . .\nRUN pip install -r deps.txt\n",
            id="the same manifest by another name",
        ),
        pytest.param(
            f"FROM a\nCOPY requirements.txt .\n{PIP}COPY . .\nRUN pip install -r requirements.txt -r dev.txt\n",
            id="the same manifest and one more",
        ),
        pytest.param(
            "FROM a\nCOPY pyproject.toml ./\nRUN poetry install --no-root\nCOPY . .\nRUN poetry install\n",
            id="the project itself is added",
        ),
        pytest.param(
            "FROM node AS deps\nWORKDIR /deps\nCOPY package.json ./\nRUN npm install\n"
            f"{NODE}COPY . .\nCOPY --from=deps /deps/node_modules node_modules\nRUN npm install\n",
            id="the same manifest in a stage that is copied from",
        ),
        pytest.param(
            f"{NODE}COPY --parents api/package.json ./\nRUN cd api && npm install\n"
            "COPY . .\nRUN cd web && npm install\n",
            id="where the first one's manifest comes from is not known",
        ),
        pytest.param(
            f"FROM a\nRUN curl -o r.txt https://x/r.txt && pip install -r r.txt\nCOPY . .\n{PIP}",
            id="the first one's manifest is not from the context",
        ),
        pytest.param(
            f"FROM a\nCOPY $REQS requirements.txt\n{PIP}COPY . .\nRUN pip install -r other.txt\n",
            id="a variable names the first one's manifest",
        ),
    ],
)
def test_an_install_that_finds_its_packages_there_is_a_second_one(text: str, lint_text: Lint) -> None:
    assert lint_text(text, RULE).diagnostics == ()


def test_one_finding_for_all_installs_behind_a_copy(lint_text: Lint) -> None:
    text = "FROM node\nCOPY . .\nCOPY src src\nRUN npm ci\nRUN pip install -r requirements.txt\n"
    (found,) = lint_text(text, RULE).diagnostics
    assert [text[one.span.start : one.span.end] for one in found.related] == [
        "npm ci",
        "pip install -r requirements.txt",
        "COPY src src",
    ]


def test_the_steps_that_run_again_are_counted(lint_text: Lint) -> None:
    text = "FROM node AS a\nCOPY . .\nRUN npm ci\nRUN npm run build\nFROM a\nRUN npm test\n"
    (found,) = lint_text(text, RULE).diagnostics
    assert found.cost == "any change in the context re-runs 3 later steps, `npm ci` among them"


def test_the_cure_names_the_option_that_keeps_the_project_out(lint_text: Lint) -> None:
    (found,) = lint_text("FROM python\nCOPY . .\nRUN uv sync\n", RULE).diagnostics
    assert "--no-install-project" in found.cure


def test_the_span_of_an_install_is_its_own_in_continued_lines(lint_text: Lint) -> None:
    text = "FROM node\nCOPY . .\nRUN apt-get update && \\\n    # comment\n    npm ci && \\\n    true\n"
    (found,) = lint_text(text, RULE).diagnostics
    assert text[slice(*found.related[0].span)] == "npm ci"
