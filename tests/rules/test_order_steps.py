"""Long steps behind copies, variables that change early, and the epoch: hits, and the longer lists of silences."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import Lint

LONG = "order/expensive-after-volatile"
ENV = "order/volatile-env-early"
EPOCH = "order/epoch-busts-workdir"

BEHIND = {
    "apt": ("COPY . /app", "apt-get install -y gcc", "apt-get install"),
    "apt, in a list": ("COPY . /app", "set -ex && apt-get update && apt-get install -y gcc", "apt-get install"),
    "apk": ("COPY . /app", "apk add --no-cache curl", "apk add"),
    "dnf": ("ADD src /app", "dnf -y install gcc", "dnf install"),
    "yum": ("COPY src/ /app/", "yum install -y gcc && yum clean all", "yum install"),
    "zypper": ("COPY . .", "zypper --non-interactive install gcc", "zypper install"),
    "pacman": ("COPY . .", "pacman -Sy --noconfirm gcc", "pacman -Sy"),
    "curl": ("COPY . .", "curl -fsSLO https://example.com/tool-1.2.tgz && tar xf tool-1.2.tgz", "curl"),
    "wget": ("COPY . .", "wget -q https://example.com/tool-1.2.tgz", "wget"),
    "git clone": ("COPY . .", "git clone --depth 1 https://example.com/a.git /a", "git clone"),
    "a browser": ("COPY . .", "playwright install chromium", "playwright install"),
    "a branch": ("ADD https://example.com/a.git#main /app", "apt-get install -y gcc", "apt-get install"),
    "the newest": ("ADD https://example.com/latest/a.tgz /app/", "apt-get install -y gcc", "apt-get install"),
    "a model": ("COPY . .", "python -m spacy download en_core_web_sm", "python -m spacy"),
    "before a command that reads": ("COPY . /app", "apt-get install -y gcc && make -C /app", "apt-get install"),
    "a mode is set before": ("COPY . /app", "chmod +x /app/run && apt-get install -y gcc", "apt-get install"),
}

NOT_BEHIND = {
    "nothing is copied": "RUN apt-get install -y gcc",
    "it stands above": "RUN apt-get install -y gcc\nCOPY . .",
    "only manifests": "COPY package.json ./\nRUN apt-get install -y gcc",
    "only configuration": "COPY etc /etc/\nRUN apt-get install -y gcc",
    "a key": "COPY archive.gpg /usr/share/keyrings/\nRUN apt-get install -y gcc",
    "a single script": "COPY install.sh /\nRUN apt-get install -y gcc",
    "a package that was copied": "COPY . /app\nRUN apt-get install -y /app/a.deb",
    "packages that were copied": "COPY . /app\nRUN cd /app && apt-get install -y ./*.deb",
    "a list that was copied": "COPY . /app\nRUN apt-get install -y $(cat /app/packages.txt)",
    "a list that is piped": "COPY . /app\nRUN cat /app/list | xargs apt-get install -y",
    "packages by variable": "ARG P\nCOPY . /app\nRUN apt-get install -y $P",
    "sources are put in place": "COPY . /app\nRUN cp /app/a.list /etc/apt/sources.list.d/ && apt-get install -y gcc",
    "sources were put in place": "WORKDIR /app\nCOPY . .\nRUN mv a /etc/apt/sources.list\nRUN apt-get install -y gcc",
    "a script of the project runs before": "COPY . /app\nRUN /app/add-repository\nRUN apt-get install -y gcc",
    "a script by a shell runs before": "COPY . /app\nRUN bash /app/add-repository && apt-get install -y gcc",
    "make runs before": "COPY . /app\nRUN make -C /app keys\nRUN apt-get install -y gcc",
    "an opaque step before": "COPY . /app\nRUN f() { :\nRUN apt-get install -y gcc",
    "a download with a file of the project": "COPY . /app\nRUN curl -K /app/curlrc https://example.com/a.tgz",
    "from another stage": "COPY --from=b /src /app\nRUN apt-get install -y gcc",
    "a commit": "ADD https://example.com/a.git#0123456789abcdef0123456789abcdef01234567 /app\nRUN apk add gcc",
    "a tag": "ADD https://example.com/a.git#v1.2.3 /app\nRUN apk add gcc",
    "a release": "ADD https://example.com/a-1.2.3.tgz /app/\nRUN apk add gcc",
    "a checksum": f"ADD --checksum=sha256:{'0' * 64} https://example.com/latest/a.tgz /app/\nRUN apk add gcc",
    "a heredoc": "COPY <<EOF /app/x.py\nx\nEOF\nRUN apt-get install -y gcc",
    "an install of dependencies in the same step": "COPY . .\nRUN apt-get install -y gcc && npm ci",
    "npx knows the version from the project": "COPY . .\nRUN npx playwright install",
    "a script, without a context": "COPY . .\nRUN python fetch.py",
    "cleaning": "COPY . .\nRUN apt-get clean",
    "an update alone": "COPY . .\nRUN apt-get update",
    "an address is sent to": "COPY . .\nRUN curl -X POST https://example.com/hook",
}


@pytest.mark.parametrize(("copy", "run", "name"), BEHIND.values(), ids=BEHIND.keys())
def test_a_long_step_behind_a_copy(copy: str, run: str, name: str, lint_text: Lint) -> None:
    (found,) = lint_text(f"FROM a\n{copy}\nRUN {run}\nRUN true\n", LONG).diagnostics
    assert found.message == f"`{name}` runs behind `{copy}`, and reads nothing of it"
    assert found.cost.endswith("re-runs it and 1 later step")


@pytest.mark.parametrize("lines", NOT_BEHIND.values(), ids=NOT_BEHIND.keys())
def test_no_long_step_behind_a_copy(lines: str, lint_text: Lint) -> None:
    report = lint_text(f"FROM a AS b\nRUN true\nFROM a\n{lines}\n", LONG)
    assert report.refusal is None
    assert [one.sentence for one in report.diagnostics] == []


def test_the_cure_keeps_what_reads_the_project(lint_text: Lint) -> None:
    (alone,) = lint_text("FROM a\nCOPY . .\nRUN apk add gcc\n", LONG).diagnostics
    (mixed,) = lint_text("FROM a\nCOPY . .\nRUN apk add gcc && make\n", LONG).diagnostics
    assert (alone.cure, mixed.cure) == (
        "move the step above the copy",
        "put `apk add` in a RUN of its own above the copy",
    )


def test_one_finding_for_all_steps_behind_a_copy(lint_text: Lint) -> None:
    text = "FROM a\nCOPY . .\nRUN apk add gcc\nRUN wget https://example.com/a-1.0.tgz\n"
    (found,) = lint_text(text, LONG).diagnostics
    assert [text[slice(*one.span)] for one in found.related] == [".", "wget https://example.com/a-1.0.tgz"]


SCRIPT = "FROM python\nWORKDIR /app\nCOPY . .\nRUN python tools/fetch.py\n"
FETCH = {"tools/fetch.py": "import requests\nfrom models import NAMES\n", "tools/models.py": "NAMES = []\n"}

UNKNOWN_READS = {
    "it reads everything": {"tools/fetch.py": "import requests, os\nos.walk('.')\n", "a.html": ""},
    "it fetches nothing": {"tools/fetch.py": "print(1)\n", "a.html": ""},
    "it uses a framework that finds modules": {"tools/fetch.py": "import requests, django\n", "a.html": ""},
    "nothing else is copied": {**FETCH, "README.md": "", "Dockerfile": ""},
    "the rest is ignored": {**FETCH, "a.html": "", ".dockerignore": "*.html\n"},
    "it is no file of the context": {"a.html": ""},
}


def test_a_script_that_reads_little(lint_text: Lint) -> None:
    (found,) = lint_text(SCRIPT, LONG, context={**FETCH, "templates/a.html": ""}).diagnostics
    assert found.message.endswith("reads only `tools/fetch.py` and `tools/models.py` of it")
    assert found.confidence == "medium"


@pytest.mark.parametrize("context", UNKNOWN_READS.values(), ids=UNKNOWN_READS.keys())
def test_a_script_that_may_read_more(context: dict[str, str], lint_text: Lint) -> None:
    assert [one.sentence for one in lint_text(SCRIPT, LONG, context=context).diagnostics] == []


PACKAGE = {
    "setup.py": "import a\nsetup(version=a.__version__, packages=['a'])\n",
    "a/__init__.py": "__version__ = '1'\n",
}


@pytest.mark.parametrize(
    "command", ["pip install .", "pip install /app", "python setup.py install", "uv pip install ."]
)
def test_an_install_of_the_project_that_reads_little(command: str, lint_text: Lint) -> None:
    text = f"FROM python\nWORKDIR /app\nCOPY . .\nRUN {command}\n"
    (found,) = lint_text(text, LONG, context={**PACKAGE, "docs/a.html": ""}).diagnostics
    assert "reads only `a` and `setup.py` of it" in found.message
    assert lint_text(text, LONG, context={**PACKAGE, "README.md": ""}).diagnostics == (), "nothing else is copied"
    assert lint_text(text, LONG).diagnostics == (), "the context is not known"
    curious = {**PACKAGE, "setup.py": "setup(packages=['a'], use_scm_version=True)\n", "docs/a.html": ""}
    assert lint_text(text, LONG, context=curious).diagnostics == (), "it reads the history"
    with_list = text.replace(command, f"{command} -r requirements.txt")
    if command.startswith("pip"):
        assert lint_text(with_list, LONG, context={**PACKAGE, "docs/a.html": ""}).diagnostics == ()


SET_EARLY = {
    "a version": "ENV APP_VERSION=1.2.3\nRUN apk add curl",
    "a commit": "ENV GIT_COMMIT 4f2a91c\nRUN apk add curl",
    "in front of several": "ENV RELEASE=7\nRUN apk add curl\nRUN apk add jq",
    "read by a label": "ENV VERSION=1.2.3\nRUN apk add curl\nLABEL version=$VERSION",
    "read by the command": 'ENV VERSION=1.2.3\nRUN apk add curl\nCMD ["sh", "-c", "echo $VERSION"]',
}
SET_WELL = {
    "behind the last RUN": "RUN apk add curl\nENV APP_VERSION=1.2.3",
    "no RUN": "ENV APP_VERSION=1.2.3\nCOPY a /a",
    "a RUN reads it": "ENV VERSION=1.2.3\nRUN apk add curl=$VERSION",
    "a RUN reads it, late": "ENV VERSION=1.2.3\nRUN apk add curl\nRUN echo $VERSION",
    "a RUN reads what is made of it": "ENV VERSION=1.2.3\nENV FILE=a-$VERSION.tgz\nRUN apk add curl\nRUN tar xf $FILE",
    "a COPY reads it": "ENV VERSION=1.2.3\nRUN apk add curl\nCOPY a-$VERSION /a",
    "a WORKDIR reads it": "ENV VERSION=1.2.3\nRUN apk add curl\nWORKDIR /a-$VERSION",
    "a script may read it": "ENV VERSION=1.2.3\nRUN ./configure",
    "the version of something else": "ENV PYTHON_VERSION=3.13\nRUN apk add curl",
    "it is there to be changed": "ENV CACHEBUST=1\nRUN apk add curl",
    "from an ARG": "ARG VERSION\nENV VERSION=$VERSION\nRUN apk add curl",
    "a name of no release": "ENV TZ=UTC LANG=C\nRUN apk add curl",
    "an opaque step": "ENV VERSION=1\nRUN f() { :",
}


@pytest.mark.parametrize("lines", SET_EARLY.values(), ids=SET_EARLY.keys())
def test_set_early(lines: str, lint_text: Lint) -> None:
    (found,) = lint_text(f"FROM alpine\n{lines}\n", ENV).diagnostics
    assert "for nothing, from `RUN apk add curl` on" in found.cost


@pytest.mark.parametrize("lines", SET_WELL.values(), ids=SET_WELL.keys())
def test_set_well(lines: str, lint_text: Lint) -> None:
    assert [one.sentence for one in lint_text(f"FROM alpine\n{lines}\n", ENV).diagnostics] == []


def test_a_variable_in_an_unused_stage_costs_nothing(lint_text: Lint) -> None:
    assert lint_text("FROM a AS b\nENV VERSION=1\nRUN apk add curl\nFROM a\n", ENV).diagnostics == ()


def test_the_epoch_is_told_once_for_a_stage(lint_text: Lint) -> None:
    text = "ARG SOURCE_DATE_EPOCH\nFROM a AS b\nWORKDIR /a\nWORKDIR /b\nRUN make\nFROM a\nWORKDIR /c\nRUN make\n"
    text += "COPY --from=b /b /b\n"
    found = lint_text(text, EPOCH).diagnostics
    assert [text[slice(*one.primary)] for one in found] == ["WORKDIR /a", "WORKDIR /c"]
    assert found[0].cost == "each new `SOURCE_DATE_EPOCH` re-runs it and 2 later steps, 1 of them RUN"


@pytest.mark.parametrize(
    "text",
    [
        "ARG SOURCE_DATE_EPOCH\nFROM a\nWORKDIR /app\nCOPY . .\n",
        "ARG SOURCE_DATE_EPOCH=1700000000\nFROM a\nWORKDIR /app\nRUN make\n",
        "# SOURCE_DATE_EPOCH is not asked for\nFROM a\nWORKDIR /app\nRUN make\n",
        "FROM a\nENV SOURCE_DATE_EPOCH=0\nWORKDIR /app\nRUN make\n",
        "ARG SOURCE_DATE_EPOCH\nFROM a\nRUN make\nWORKDIR /app\n",
        "ARG SOURCE_DATE_EPOCH\nFROM a\nRUN cd /app && make\n",
    ],
)
def test_the_epoch_costs_nothing(text: str, lint_text: Lint) -> None:
    assert [one.sentence for one in lint_text(text, EPOCH).diagnostics] == []


def test_libcst_is_loaded_for_python_projects_only(tmp_path: Path) -> None:
    program = (
        "import json, sys\n"
        "from dcache.cli.main import main\n"
        "try:\n    main()\n"
        "except SystemExit:\n    pass\n"
        "print(json.dumps('libcst' in sys.modules), file=sys.stderr)\n"
    )
    loaded: list[bool] = []
    for name, script in (("node", "node fetch.js"), ("python", "python fetch.py")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "fetch.py").write_text("import requests\n")
        (folder / "page.html").write_text("")
        (folder / "Dockerfile").write_text(f"FROM a\nWORKDIR /app\nCOPY . .\nRUN apk add curl && {script}\n")
        command = [sys.executable, "-c", program, "lint", "--exit-zero", str(folder / "Dockerfile")]
        ended = subprocess.run(command, capture_output=True, text=True, check=True)
        loaded.append(json.loads(ended.stderr.splitlines()[-1]))
    assert loaded == [False, True]
