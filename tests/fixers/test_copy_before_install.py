"""order/copy-before-install: the text that its cure makes, and the longer list of builds that it leaves as they are."""

from __future__ import annotations

import pytest

from .conftest import FixText

RULE = "order/copy-before-install"
Context = dict[str, str]

LOCK = '{"lockfileVersion": 3, "packages": {"": {}, "node_modules/a": {}}}'
NPM = {"package.json": "{}", "package-lock.json": LOCK, "src/index.js": ""}
PIP = {"requirements.txt": "flask\n", "app.py": ""}
GO = {"go.mod": "module x\ngo 1.22\n", "go.sum": "", "main.go": ""}
BOTH = {**NPM, **PIP}

CURED: dict[str, tuple[str, Context, str]] = {
    "npm": (
        "FROM node\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD x\n",
        NPM,
        "FROM node\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\nCMD x\n",
    ),
    "a chain becomes two": (
        "FROM node\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build && npm prune\n",
        NPM,
        "FROM node\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\n"
        "RUN npm run build && npm prune\n",
    ),
    "the directory is said again": (
        "FROM node\nCOPY . /app\nRUN set -e && cd /app && npm ci && npm run build\n",
        NPM,
        "FROM node\nCOPY package.json package-lock.json /app/\nRUN set -e && cd /app && npm ci\nCOPY . /app\n"
        "RUN set -e && cd /app && npm run build\n",
    ),
    "comments, mounts and blank lines stay": (
        "FROM node\nWORKDIR /app\n\n# the source\nCOPY --chown=1:1 . .\n\n# packages\n"
        "RUN --mount=type=cache,target=/root/.npm \\\n    npm ci \\\n    # and build\n    && npm run build\n\nCMD x\n",
        NPM,
        "FROM node\nWORKDIR /app\n\nCOPY --chown=1:1 package.json package-lock.json ./\n\n# packages\n"
        "RUN --mount=type=cache,target=/root/.npm \\\n    npm ci\n# the source\nCOPY --chown=1:1 . .\n# and build\n"
        "RUN --mount=type=cache,target=/root/.npm \\\n    npm run build\n\nCMD x\n",
    ),
    "carriage returns stay": (
        "FROM node\r\nWORKDIR /app\r\nCOPY . .\r\nRUN npm ci \\\r\n && npm test\r\n",
        NPM,
        "FROM node\r\nWORKDIR /app\r\nCOPY package.json package-lock.json ./\r\nRUN npm ci\r\n"
        "COPY . .\r\nRUN npm test\r\n",
    ),
    "another escape character": (
        "# escape=`\nFROM node\nWORKDIR /app\nCOPY . .\nRUN npm ci && `\n    npm test\n",
        NPM,
        "# escape=`\nFROM node\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\n"
        "COPY . .\nRUN npm test\n",
    ),
    "no line feed at the end": (
        "FROM node\nWORKDIR /app\nCOPY . .\nRUN npm ci",
        NPM,
        "FROM node\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\n",
    ),
    "a heredoc that needs nothing else": (
        "FROM node\nWORKDIR /app\nCOPY . .\nRUN <<EOF\nset -e\nnpm ci\nEOF\nRUN npm test\n",
        NPM,
        "FROM node\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN <<EOF\nset -e\nnpm ci\nEOF\nCOPY . .\n"
        "RUN npm test\n",
    ),
    "what stands between moves up": (
        "FROM node\nWORKDIR /app\nCOPY . .\nENV A=1\nARG B\nUSER root\nEXPOSE 80\n"
        "RUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*\nRUN npm ci\n",
        NPM,
        "FROM node\nWORKDIR /app\nCOPY package.json package-lock.json ./\nENV A=1\nARG B\nUSER root\nEXPOSE 80\n"
        "RUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*\nRUN npm ci\nCOPY . .\n",
    ),
    "two copies": (
        "FROM node\nWORKDIR /app\nCOPY src src\nCOPY public public\nCOPY package*.json ./\nRUN npm ci\n",
        {**NPM, "public/x.css": ""},
        "FROM node\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY src src\nCOPY public public\n",
    ),
    "a copy that writes over another": (
        "FROM node\nWORKDIR /app\nCOPY . .\nCOPY docker/package.json ./\nRUN npm ci\n",
        {**NPM, "docker/package.json": "{}"},
        "FROM node\nWORKDIR /app\nCOPY package-lock.json ./\nCOPY docker/package.json ./\nRUN npm ci\nCOPY . .\n"
        "COPY docker/package.json ./\n",
    ),
    "a folder of the context": (
        "FROM node\nWORKDIR /app\nCOPY web/ ./\nRUN npm ci\n",
        {f"web/{name}": text for name, text in NPM.items()},
        "FROM node\nWORKDIR /app\nCOPY web/package.json web/package-lock.json ./\nRUN npm ci\nCOPY web/ ./\n",
    ),
    "below what is copied": (
        "FROM node\nCOPY . /app\nRUN cd /app/web && npm ci && npm test\n",
        {**{f"web/{name}": text for name, text in NPM.items()}, "api/a.py": ""},
        "FROM node\nCOPY web/package.json web/package-lock.json /app/web/\nRUN cd /app/web && npm ci\nCOPY . /app\n"
        "RUN cd /app/web && npm test\n",
    ),
    "a workspace": (
        "FROM node\nWORKDIR /app\nCOPY . .\nRUN npm ci\n",
        {**NPM, "package.json": '{"workspaces": ["p/*"]}', "p/a/package.json": "{}", "p/b/package.json": "{}"},
        "FROM node\nWORKDIR /app\nCOPY package.json package-lock.json ./\nCOPY p/a/package.json ./p/a/\n"
        "COPY p/b/package.json ./p/b/\nRUN npm ci\nCOPY . .\n",
    ),
    "one install after the other": (
        "FROM node\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN pip install -r requirements.txt\nRUN make\n",
        BOTH,
        "FROM node\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY requirements.txt ./\n"
        "RUN pip install -r requirements.txt\nCOPY . .\nRUN make\n",
    ),
    "several of one tool": (
        "FROM python\nWORKDIR /app\nCOPY . .\nRUN pip install -U pip\nRUN pip install -r requirements.txt\n"
        "RUN pip install -r dev.txt\nRUN make\n",
        {**PIP, "dev.txt": ""},
        "FROM python\nWORKDIR /app\nRUN pip install -U pip\nCOPY requirements.txt dev.txt ./\n"
        "RUN pip install -r requirements.txt\nRUN pip install -r dev.txt\nCOPY . .\nRUN make\n",
    ),
    "an install by name before it": (
        "FROM node\nWORKDIR /app\n# all\nCOPY . .\n\n# newer\nRUN npm install -g npm@11\n# locked\nRUN npm ci\n",
        NPM,
        "FROM node\nWORKDIR /app\n\n# newer\nRUN npm install -g npm@11\nCOPY package.json package-lock.json ./\n"
        "# locked\nRUN npm ci\n\n# all\nCOPY . .\n",
    ),
    "an install by name behind a variable": (
        "FROM node\nWORKDIR /app\nCOPY . .\nENV A=1\nRUN npm install -g npm@11\nRUN npm ci\n",
        NPM,
        "FROM node\nWORKDIR /app\nCOPY package.json package-lock.json ./\nENV A=1\nRUN npm install -g npm@11\n"
        "RUN npm ci\nCOPY . .\n",
    ),
    "an install by name in a directory that is copied": (
        "FROM node\nCOPY . /app\nRUN cd /app && npm install -g npm@11\nRUN cd /app && npm ci\n",
        NPM,
        "FROM node\nCOPY package.json package-lock.json /app/\nRUN cd /app && npm install -g npm@11\n"
        "RUN cd /app && npm ci\nCOPY . /app\n",
    ),
    "packages by name": (
        "FROM python\nWORKDIR /app\nCOPY . .\nRUN pip install flask && python setup.py build\n",
        {"setup.py": "", "app.py": ""},
        "FROM python\nWORKDIR /app\nRUN pip install flask\nCOPY . .\nRUN python setup.py build\n",
    ),
    "requirements in a folder": (
        "FROM python\nCOPY . /app\nRUN pip install --upgrade pip && pip install -r /app/requirements/prod.txt\n",
        {"requirements/prod.txt": "-r base.txt\n", "requirements/base.txt": "", "app.py": ""},
        "FROM python\nCOPY requirements/prod.txt requirements/base.txt /app/requirements/\n"
        "RUN pip install --upgrade pip && pip install -r /app/requirements/prod.txt\nCOPY . /app\n",
    ),
    "an environment beside the project": (
        "FROM python\nWORKDIR /app\nCOPY . .\nRUN python -m venv venv && venv/bin/pip install -r requirements.txt\n",
        PIP,
        "FROM python\nWORKDIR /app\nCOPY requirements.txt ./\n"
        "RUN python -m venv venv && venv/bin/pip install -r requirements.txt\nCOPY . .\n",
    ),
    "go": (
        "FROM golang\nWORKDIR /src\nADD . .\nRUN go mod download && go build -o /app ./...\n",
        GO,
        "FROM golang\nWORKDIR /src\nCOPY go.mod go.sum ./\nRUN go mod download\nADD . .\nRUN go build -o /app ./...\n",
    ),
    "another directory behind the copy": (
        "FROM node\nWORKDIR /app\nCOPY . .\nWORKDIR /x\nRUN cd /app && npm ci\n",
        NPM,
        "FROM node\nWORKDIR /app\nCOPY package.json package-lock.json ./\nWORKDIR /x\nRUN cd /app && npm ci\n"
        "COPY . /app/\n",
    ),
    "directories that are made in it": (
        "FROM node\nWORKDIR /app\nCOPY . .\nRUN mkdir -p src/tmp logs\nRUN npm ci\n",
        NPM,
        "FROM node\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN mkdir -p src/tmp logs\nRUN npm ci\n"
        "COPY . .\n",
    ),
    "bundler": (
        "FROM ruby\nENV BUNDLE_FROZEN=true\nWORKDIR /app\nCOPY . ./\nRUN bundle install\n",
        {"Gemfile": "source 'https://rubygems.org'\ngem 'rails'\n", "Gemfile.lock": "", "app.rb": ""},
        "FROM ruby\nENV BUNDLE_FROZEN=true\nWORKDIR /app\nCOPY Gemfile Gemfile.lock ./\nRUN bundle install\n"
        "COPY . ./\n",
    ),
    "composer": (
        "FROM composer\nWORKDIR /app\nCOPY . .\n"
        "RUN composer install --no-scripts --no-autoloader && composer dump-autoload\n",
        {"composer.json": "{}", "composer.lock": "{}", "a.php": ""},
        "FROM composer\nWORKDIR /app\nCOPY composer.json composer.lock ./\n"
        "RUN composer install --no-scripts --no-autoloader\nCOPY . .\nRUN composer dump-autoload\n",
    ),
    "dotnet": (
        "FROM dotnet/sdk\nWORKDIR /src\nCOPY . .\nRUN dotnet restore a/A.csproj\nRUN dotnet build a\n",
        {"a/A.csproj": "<Project />", "a/P.cs": "", "Directory.Build.props": "<Project />"},
        "FROM dotnet/sdk\nWORKDIR /src\nCOPY Directory.Build.props ./\nCOPY a/A.csproj ./a/\n"
        "RUN dotnet restore a/A.csproj\n"
        "COPY . .\nRUN dotnet build a\n",
    ),
    "uv": (
        "FROM python\nWORKDIR /app\nCOPY . /app\nRUN uv sync --locked --no-install-project\nRUN uv sync --locked\n",
        {"pyproject.toml": '[project]\nname = "x"\n[build-system]\n', "uv.lock": "", "x.py": ""},
        "FROM python\nWORKDIR /app\nCOPY pyproject.toml uv.lock /app/\nRUN uv sync --locked --no-install-project\n"
        "COPY . /app\nRUN uv sync --locked\n",
    ),
    "packages of the distribution": (
        "FROM debian\nWORKDIR /app\nCOPY . .\nRUN apt-get update && xargs -a apt.txt apt-get install -y\n",
        {"apt.txt": "curl\n", "x.c": ""},
        "FROM debian\nWORKDIR /app\nCOPY apt.txt ./\n"
        "RUN apt-get update && xargs -a apt.txt apt-get install -y\nCOPY . .\n",
    ),
    "ignored folders collide with nothing": (
        "FROM node\nWORKDIR /app\nCOPY . .\nRUN npm ci\n",
        {**NPM, ".dockerignore": "node_modules\n", "node_modules/a/x.js": ""},
        "FROM node\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\n",
    ),
    "an own stage": (
        "FROM node AS deps\nWORKDIR /app\nCOPY . .\nRUN npm ci\nFROM node\nCOPY --from=deps /app /app\n",
        NPM,
        "FROM node AS deps\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\nFROM node\n"
        "COPY --from=deps /app /app\n",
    ),
    "a test of a file that is copied": (
        "FROM python\nWORKDIR /app\nCOPY . .\n"
        "RUN if [ -f requirements.txt ]; then pip install -r requirements.txt; fi\n",
        PIP,
        "FROM python\nWORKDIR /app\nCOPY requirements.txt ./\n"
        "RUN if [ -f requirements.txt ]; then pip install -r requirements.txt; fi\nCOPY . .\n",
    ),
}


@pytest.mark.parametrize(("text", "context", "wanted"), CURED.values(), ids=CURED)
def test_the_install_comes_first(text: str, context: Context, wanted: str, fix_text: FixText) -> None:
    fixed = fix_text(text, RULE, context=context)
    assert not fixed.withdrawn and not fixed.report.crashes
    assert fixed.texts.get("Dockerfile") == wanted
    assert all(one.fix.safe for one in fixed.applied)
    assert not fix_text(wanted, RULE, context=context, unsafe=True).applied


UNSAFE: dict[str, tuple[str, Context, str]] = {
    "a lock file that may be written": (
        "FROM node\nWORKDIR /app\nCOPY . .\nRUN npm install\n",
        NPM,
        "`npm install` leaves `package-lock.json` as it is",
    ),
    "an install script": (
        "FROM node\nWORKDIR /app\nCOPY . .\nRUN npm ci\n",
        {**NPM, "package-lock.json": '{"packages": {"node_modules/z": {"hasInstallScript": true}}}'},
        "the install script of `z` reads nothing of the project",
    ),
    "a word that is open": (
        "FROM python\nARG OPTIONS\nWORKDIR /app\nCOPY . .\nRUN uv sync --frozen $OPTIONS\n",
        {"pyproject.toml": '[project]\nname = "x"\n', "uv.lock": "", "x.py": ""},
        "`$OPTIONS` chooses nothing else",
    ),
}


@pytest.mark.parametrize(("text", "context", "assumes"), UNSAFE.values(), ids=UNSAFE)
def test_what_is_assumed_makes_it_unsafe(text: str, context: Context, assumes: str, fix_text: FixText) -> None:
    assert not fix_text(text, RULE, context=context).applied
    (one,) = fix_text(text, RULE, context=context, unsafe=True).applied
    assert assumes in one.fix.assumes


def test_a_folder_that_would_lie_over_the_install_is_ignored(fix_text: FixText) -> None:
    text = "FROM node\nWORKDIR /app\nCOPY . .\nRUN npm ci\n"
    for ignore, wanted in (("", "node_modules\n"), (".git", ".git\nnode_modules\n")):
        context = {**NPM, "node_modules/a/x.js": "", ".dockerignore": ignore}
        assert not fix_text(text, RULE, context=context).applied
        fixed = fix_text(text, RULE, context=context, unsafe=True)
        assert fixed.texts[".dockerignore"] == wanted
        assert [one.fix.assumes for one in fixed.applied] == ["nothing needs `node_modules` of the context"]
        assert fixed.texts["Dockerfile"].endswith("RUN npm ci\nCOPY . .\n")
