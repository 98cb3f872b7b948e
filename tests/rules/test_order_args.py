"""order/volatile-arg-early and order/unused-arg: hits, and the longer lists of silences."""

from __future__ import annotations

import pytest

from .conftest import Lint

EARLY, UNUSED = "order/volatile-arg-early", "order/unused-arg"
LABEL = "LABEL revision=$GIT_SHA\n"

EARLY_HITS = {
    "read by a label": f"FROM a\nARG GIT_SHA\nRUN apk add curl\n{LABEL}",
    "a default that says nothing": f"FROM a\nARG GIT_SHA=unknown\nRUN apk add curl\n{LABEL}",
    "read behind a tab": "FROM a\nARG git_sha\nRUN apk add curl\nLABEL\tr=$git_sha\n",
    "read by a later RUN": "FROM a\nARG BUILD_DATE\nRUN apk add curl\nRUN echo $BUILD_DATE > /d\n",
    "handed on by ENV": "FROM a\nARG COMMIT_SHA\nENV REV=$COMMIT_SHA\nRUN apk add curl\nLABEL r=$REV\n",
    "a version for a label": "FROM a\nARG VERSION\nRUN apk add curl\nLABEL version=$VERSION\n",
    "in the parent stage": f"FROM a AS b\nARG GIT_SHA\nFROM b\nRUN apk add curl\n{LABEL}",
    "the CI's own": "FROM a\nARG CI_COMMIT_SHA\nRUN apk add curl\nLABEL r=$CI_COMMIT_SHA\n",
    "a program is built with it": (
        'FROM golang\nARG REVISION\nRUN go mod download\nCOPY . .\nRUN go build -ldflags "-X m.rev=$REVISION" .\n'
    ),
    "before an install": f"FROM node\nARG GIT_SHA\nCOPY package.json ./\nRUN npm ci\n{LABEL}",
}
EARLY_SILENT = {
    "declared late": f"FROM a\nRUN apk add curl\nARG GIT_SHA\n{LABEL}",
    "no RUN follows": f"FROM a\nARG GIT_SHA\nCOPY . .\nWORKDIR /x\n{LABEL}",
    "the next RUN reads it": "FROM a\nARG GIT_SHA\nRUN echo $GIT_SHA > /sha\nRUN apk add curl\n",
    "the next RUN reads it by another name": "FROM a\nARG GIT_SHA\nENV REV=$GIT_SHA\nRUN echo ${REV} > /sha\n",
    "the next RUN may read it": f"FROM a\nARG GIT_SHA\nRUN make\n{LABEL}",
    "the next RUN is opaque": f"FROM a\nARG GIT_SHA\nRUN (true\n{LABEL}",
    "a build tool may read it": f"FROM node\nARG GIT_SHA\nRUN npm run build\n{LABEL}",
    "a name that does not change": "FROM a\nARG USERNAME\nRUN apk add curl\nLABEL u=$USERNAME\n",
    "the version of a tool": "FROM a\nARG NODE_VERSION\nRUN apk add curl\nLABEL n=$NODE_VERSION\n",
    "a pinned version": "FROM a\nARG VERSION=1.2.3\nRUN apk add curl\nLABEL v=$VERSION\n",
    "a pinned commit": "FROM a\nARG COMMIT=0123456789abcdef0123456789abcdef\nRUN apk add curl\nLABEL v=$COMMIT\n",
    "a commit that is checked out": "FROM a\nARG COMMIT\nRUN apk add git\nRUN git clone x && git checkout $COMMIT\n",
    "a version that is downloaded": "FROM a\nARG VERSION\nRUN apk add curl\nRUN curl -O https://x/$VERSION.tgz\n",
    "a version that a step works with": "FROM a\nARG VERSION\nRUN apk add curl\nRUN ./install $VERSION\n",
    "a version of the base image": "ARG VERSION\nFROM a:$VERSION\nARG VERSION\nRUN apk add curl\nLABEL v=$VERSION\n",
    "made of another argument": "FROM a\nARG X\nARG REVISION=$X\nRUN apk add curl\nLABEL r=$REVISION\n",
    "nothing reads it: another rule's": "FROM a\nARG GIT_SHA\nRUN apk add curl\n",
    "a platform argument": "FROM a\nARG TARGETARCH\nRUN apk add curl\nLABEL a=$TARGETARCH\n",
    "a proxy": "FROM a\nARG HTTP_PROXY\nRUN apk add curl\nLABEL a=$HTTP_PROXY\n",
    "a version that is fetched": "FROM golang\nARG VERSION\nRUN apk add curl\nRUN go install a.example/b@$VERSION\n",
    "a tag that is cloned": "FROM a\nARG GIT_TAG\nRUN apk add git\nRUN git clone -b $GIT_TAG https://a.example/b\n",
    "before the first FROM": f"ARG GIT_SHA\nFROM a\nRUN apk add curl\n{LABEL}",
    "a constant of the environment": "FROM a\nENV GIT_SHA=abc\nRUN apk add curl\nRUN echo $GIT_SHA > /x\n",
    "a stage that is not used": f"FROM a\nARG GIT_SHA\nRUN apk add curl\n{LABEL}FROM b\n",
}

UNUSED_HITS = {
    "with a default": "FROM a\nARG FLAVOUR=x\nRUN apk add curl\n",
    "without": "FROM a\nARG FLAVOUR\nRUN apk add curl\n",
    "one of two": "FROM a\nARG FLAVOUR=x USED=y\nRUN echo $USED\n",
    "in the parent stage": "FROM a AS b\nARG FLAVOUR=x\nFROM b\nRUN apk add curl\n",
    "volatile": "FROM a\nARG GIT_SHA\nRUN apk add curl\n",
    "read before, not behind": "FROM a\nARG X=1\nRUN echo $X\nARG FLAVOUR=2\nRUN echo $X\n",
    "read in another stage": "FROM a AS b\nARG FLAVOUR=x\nRUN apk add curl\nFROM a\nCOPY --from=b /x /$FLAVOUR\n",
}
UNUSED_SILENT = {
    "read behind a tab": "FROM a\nARG flavour=x\nLABEL\tf=$flavour\n",
    "copied from behind a tab": "FROM a\nARG flavour=x\nCOPY\t$flavour/ /x/\n",
    "run behind a tab": "FROM a\nARG flavour=x\nRUN\t./$flavour/install\n",
    "a directory behind a tab": "FROM a\nARG flavour=x\nWORKDIR\t/$flavour\n",
    "a variable of another behind a tab": "FROM a\nARG flavour=x\nENV\tF=$flavour\nRUN echo $F\n",
    "RUN reads it": "FROM a\nARG FLAVOUR=x\nRUN echo $FLAVOUR\n",
    "RUN reads it in braces": "FROM a\nARG FLAVOUR=x\nRUN echo ${FLAVOUR:-y}\n",
    "RUN reads it in single quotes": "FROM a\nARG FLAVOUR=x\nRUN sh -c 'echo $FLAVOUR'\n",
    "RUN names it": "FROM a\nARG FLAVOUR=x\nRUN python -c \"import os; os.environ['FLAVOUR']\"\n",
    "a heredoc reads it": "FROM a\nARG FLAVOUR=x\nRUN <<EOF\necho $FLAVOUR\nEOF\n",
    "a mount reads it": "FROM a\nARG FLAVOUR=x\nRUN --mount=type=cache,id=$FLAVOUR,target=/x true\n",
    "COPY reads it": "FROM a\nARG FLAVOUR=x\nCOPY $FLAVOUR /x\nRUN true\n",
    "a copied heredoc reads it": "FROM a\nARG FLAVOUR=x\nCOPY <<EOF /x\n$FLAVOUR\nEOF\nRUN true\n",
    "ENV reads it": "FROM a\nARG FLAVOUR=x\nENV F=$FLAVOUR\nRUN true\n",
    "LABEL reads it": "FROM a\nARG FLAVOUR=x\nLABEL f=${FLAVOUR}\nRUN true\n",
    "WORKDIR reads it": "FROM a\nARG FLAVOUR=x\nWORKDIR /$FLAVOUR\nRUN true\n",
    "USER reads it": "FROM a\nARG FLAVOUR=x\nRUN true\nUSER $FLAVOUR\n",
    "another ARG reads it": "FROM a\nARG FLAVOUR=x\nARG B=$FLAVOUR\nRUN echo $B\n",
    "the same ARG reads it": "FROM a\nARG FLAVOUR=x B=$FLAVOUR\nRUN echo $B\n",
    "a trigger reads it": "FROM a\nARG FLAVOUR=x\nRUN true\nONBUILD RUN echo $FLAVOUR\n",
    "the child stage reads it": "FROM a AS b\nARG FLAVOUR=x\nRUN true\nFROM b\nRUN echo $FLAVOUR\n",
    "a build tool may read it": "FROM a\nARG FLAVOUR=x\nRUN make\n",
    "a script may read it": "FROM a\nARG FLAVOUR=x\nRUN ./build.sh\n",
    "npm run may read it": "FROM a\nARG FLAVOUR=x\nRUN npm run build\n",
    "printenv reads it": "FROM a\nARG FLAVOUR=x\nRUN printenv > /env\n",
    "an opaque shell may read it": "FROM a\nARG FLAVOUR=x\nRUN (true\n",
    "no RUN follows": "FROM a\nRUN true\nARG FLAVOUR=x\n",
    "apt reads DEBIAN_FRONTEND": "FROM a\nARG DEBIAN_FRONTEND=noninteractive\nRUN apt-get install -y curl\n",
    "pip reads PIP_*": "FROM a\nARG PIP_INDEX_URL\nRUN pip install flask\n",
    "npm reads NODE_ENV": "FROM a\nARG NODE_ENV=production\nRUN npm ci\n",
    "all programs read proxies": "FROM a\nARG http_proxy\nRUN apk add curl\n",
    "TZ and LANG": "FROM a\nARG TZ=UTC LANG=C\nRUN apk add tzdata\n",
    "predefined, constant for a platform": "FROM a\nARG TARGETARCH\nRUN apk add curl\n",
    "made to be changed": "FROM a\nARG CACHEBUST=1\nRUN git clone https://x/y\n",
    "before the first FROM it enters no RUN": "ARG FLAVOUR=x\nFROM a\nRUN true\n",
    "an unused stage costs nothing": "FROM a\nARG FLAVOUR=x\nRUN true\nFROM b\n",
}


@pytest.mark.parametrize("text", EARLY_HITS.values(), ids=EARLY_HITS.keys())
def test_early_reported(text: str, lint_text: Lint) -> None:
    (found,) = lint_text(text, EARLY).diagnostics
    assert found.message.startswith("`ARG ")


@pytest.mark.parametrize("text", EARLY_SILENT.values(), ids=EARLY_SILENT.keys())
def test_early_silent(text: str, lint_text: Lint) -> None:
    report = lint_text(text, EARLY)
    assert report.refusal is None
    assert [one.sentence for one in report.diagnostics] == []


def test_the_first_reader_is_named(lint_text: Lint) -> None:
    text = "FROM a\nARG GIT_SHA\nRUN apk add curl\nCOPY . .\nRUN echo $GIT_SHA > /sha\nRUN true\n"
    (found,) = lint_text(text, EARLY).diagnostics
    assert found.message == "`ARG GIT_SHA` stands before 1 RUN step that does not read it"
    assert found.cost == "each new value re-runs 2 steps for nothing, from `RUN apk add curl` on"
    assert found.cure == "move it down, right before `RUN echo $GIT_SHA > /sha`"


@pytest.mark.parametrize("text", UNUSED_HITS.values(), ids=UNUSED_HITS.keys())
def test_unused_reported(text: str, lint_text: Lint) -> None:
    (found,) = lint_text(text, UNUSED).diagnostics
    assert found.message.endswith("is read by nothing")


@pytest.mark.parametrize("text", UNUSED_SILENT.values(), ids=UNUSED_SILENT.keys())
def test_unused_silent(text: str, lint_text: Lint) -> None:
    report = lint_text(text, UNUSED)
    assert report.refusal is None
    assert [one.sentence for one in report.diagnostics] == []


def test_what_may_be_read_is_a_finding_of_low_confidence(lint_text: Lint) -> None:
    (found,) = lint_text(UNUSED_SILENT["a build tool may read it"], UNUSED, confidence="low").diagnostics
    assert found.confidence == "low"
