"""Cures that move instructions: exact texts, what is safe, and what is left alone."""

from __future__ import annotations

import pytest

from .conftest import FixText

ARG = "order/volatile-arg-early"
ENV = "order/volatile-env-early"
UNUSED = "order/unused-arg"
EPOCH = "order/epoch-busts-workdir"
LONG = "order/expensive-after-volatile"

_FETCH = "RUN curl -fsSLo /tool https://example.com/tool-1.2.3"
_APT = "RUN apt-get update && apt-get install -y gcc"


def text_of(fix_text: FixText, text: str, rule: str, **options: object) -> str:
    fixed = fix_text(text, rule, **options)
    assert fixed.settled and not fixed.withdrawn, fixed.withdrawn
    return str(fixed.texts.get("Dockerfile", text))


SAFE = [
    (ARG, f"FROM a\nARG GIT_SHA\n{_FETCH}\nLABEL r=$GIT_SHA\n", f"FROM a\n{_FETCH}\nARG GIT_SHA\nLABEL r=$GIT_SHA\n"),
    (
        ARG,
        f"FROM a\n\n# the commit\nARG GIT_SHA\n\n# a tool\n{_FETCH}\n\nENV SHA=$GIT_SHA\nRUN make\n",
        f"FROM a\n\n# a tool\n{_FETCH}\n\n# the commit\nARG GIT_SHA\n\nENV SHA=$GIT_SHA\nRUN make\n",
    ),
    (
        ARG,
        f"FROM a\r\nARG GIT_SHA\r\n{_FETCH}\r\nLABEL r=$GIT_SHA",
        f"FROM a\r\n{_FETCH}\r\nARG GIT_SHA\r\nLABEL r=$GIT_SHA",
    ),
    (
        ARG,
        f"FROM a\nARG GIT_SHA\nENV SHA=$GIT_SHA\n{_FETCH} \\\n  # where\n  && chmod +x /tool\n",
        f"FROM a\n{_FETCH} \\\n  # where\n  && chmod +x /tool\nARG GIT_SHA\nENV SHA=$GIT_SHA\n",
    ),
    (
        ARG,
        "FROM a\nARG GIT_SHA\nRUN <<E\nwget -qO /t https://example.com/t\nE\nRUN echo $GIT_SHA > /v\n",
        "FROM a\nRUN <<E\nwget -qO /t https://example.com/t\nE\nARG GIT_SHA\nRUN echo $GIT_SHA > /v\n",
    ),
    (ENV, f"FROM a\nENV APP_VERSION=1.2\n{_FETCH}\n", f"FROM a\n{_FETCH}\nENV APP_VERSION=1.2\n"),
    (
        ENV,
        f"FROM a\nENV APP_VERSION=1.2\n{_FETCH}\nENV A=b\n",
        f"FROM a\n{_FETCH}\nENV APP_VERSION=1.2\nENV A=b\n",
    ),
    (UNUSED, "FROM a\nARG FLAVOUR=x\nRUN touch /a\n", "FROM a\nRUN touch /a\n"),
    (UNUSED, "FROM a\nARG A=b FLAVOUR=x\nRUN echo $A > /a\n", "FROM a\nARG A=b\nRUN echo $A > /a\n"),
    (UNUSED, "FROM a\nARG FLAVOUR=x A=b\nRUN echo $A > /a\n", "FROM a\nARG A=b\nRUN echo $A > /a\n"),
    (
        EPOCH,
        f"ARG SOURCE_DATE_EPOCH\nFROM a\nWORKDIR /app\n{_APT}\nCOPY . .\n",
        f"ARG SOURCE_DATE_EPOCH\nFROM a\n{_APT}\nWORKDIR /app\nCOPY . .\n",
    ),
    (LONG, f"FROM a\nCOPY . /app\n{_APT}\n", f"FROM a\n{_APT}\nCOPY . /app\n"),
    (LONG, f"FROM a\nCOPY src/ /src/\n{_FETCH}\nRUN make\n", f"FROM a\n{_FETCH}\nCOPY src/ /src/\nRUN make\n"),
    (
        LONG,
        f"FROM a\n\n# all of it\nCOPY . /app\n\nWORKDIR /app\n\n# tools\n{_APT}\n\nRUN make\n",
        f"FROM a\n\n# tools\n{_APT}\n\n# all of it\nCOPY . /app\n\nWORKDIR /app\n\nRUN make\n",
    ),
    (
        LONG,
        f"FROM a\nWORKDIR /app\nENV A=b\nADD . .\nENV PORT=80\n{_APT}\n",
        f"FROM a\nWORKDIR /app\nENV A=b\nENV PORT=80\n{_APT}\nADD . .\n",
    ),
]


@pytest.mark.parametrize(("rule", "before", "after"), SAFE)
def test_what_surely_changes_nothing_is_moved(rule: str, before: str, after: str, fix_text: FixText) -> None:
    fixed = fix_text(before, rule)
    assert fixed.texts.get("Dockerfile", before) == after
    assert fixed.settled and not fixed.withdrawn
    assert all(one.fix.safe and not one.fix.assumes for one in fixed.applied)
    assert text_of(fix_text, after, rule, unsafe=True) == after


UNSAFE = [
    (
        LONG,  # scripts of packages that run Python would find modules there
        f"FROM a\nENV PYTHONPATH=/app\nCOPY . /app\n{_APT}\n",
        f"FROM a\nENV PYTHONPATH=/app\n{_APT}\nCOPY . /app\n",
        "no program that is run is among what is copied, and packages go where the whole system keeps them",
    ),
    (
        LONG,
        f"FROM a\nWORKDIR /usr/src/app\nCOPY . .\n{_APT}\n",
        f"FROM a\nWORKDIR /usr/src/app\n{_APT}\nCOPY . .\n",
        "no program that is run is among what is copied, and packages go where the whole system keeps them",
    ),
    (
        ARG,
        "FROM a\nARG GIT_SHA\nRUN apk add curl\nLABEL r=$GIT_SHA\n",
        "FROM a\nRUN apk add curl\nARG GIT_SHA\nLABEL r=$GIT_SHA\n",
        "the install scripts of packages do not read `GIT_SHA`",
    ),
    (
        ARG,
        "FROM a\nARG GIT_SHA\nRUN npm ci\nENV SHA=$GIT_SHA\nRUN make\n",
        "FROM a\nRUN npm ci\nARG GIT_SHA\nENV SHA=$GIT_SHA\nRUN make\n",
        "the install scripts of packages do not read `GIT_SHA`",
    ),
    (
        ENV,
        "FROM a\nENV BUILD_DATE=2026-01-01\nRUN apk add curl\n",
        "FROM a\nRUN apk add curl\nENV BUILD_DATE=2026-01-01\n",
        "the install scripts of packages do not read `BUILD_DATE`",
    ),
    (
        UNUSED,
        "FROM a\nARG FLAVOUR=x\nRUN apk add curl\n",
        "FROM a\nRUN apk add curl\n",
        "the install scripts of packages do not read `FLAVOUR`",
    ),
]


@pytest.mark.parametrize(("rule", "before", "after", "assumes"), UNSAFE)
def test_what_is_presumed_is_said(rule: str, before: str, after: str, assumes: str, fix_text: FixText) -> None:
    assert text_of(fix_text, before, rule) == before
    fixed = fix_text(before, rule, unsafe=True)
    assert fixed.texts["Dockerfile"] == after
    assert [one.fix.assumes for one in fixed.applied] == [assumes]
    assert not fixed.withdrawn


ALONE = [
    (ARG, "FROM a\nARG GIT_SHA\nRUN make\nLABEL r=$GIT_SHA\n", "make may look at it"),
    (ARG, f"FROM a\nARG GIT_SHA\n{_FETCH} && echo $GIT_SHA > /v\n", "it is read"),
    (ARG, "FROM a\nARG GIT_SHA\nRUN mkdir /a\nLABEL r=$GIT_SHA\n", "nothing is saved"),
    (ARG, f"FROM a\n{_FETCH}\nARG GIT_SHA\nLABEL r=$GIT_SHA\n", "it stands where it should"),
    (ARG, f"FROM a\nONBUILD ARG GIT_SHA\nONBUILD {_FETCH}\n", "a trigger keeps its place"),
    (ARG, "FROM a AS b\nARG GIT_SHA\nENV S=$GIT_SHA\nFROM b\nRUN apk add c\n", "the steps are in another stage"),
    (ENV, f"FROM a\nENV APP_VERSION=1.2\nENV PATH=/x:$PATH\nRUN ./x\n{_FETCH}\n", "the order of ENV is in the image"),
    (UNUSED, "FROM a\nARG \\\n  A=b \\\n  FLAVOUR=x\nRUN touch /$A\n", "it stands in a row of its own"),
    (EPOCH, "ARG SOURCE_DATE_EPOCH\nFROM a\nWORKDIR /app\nRUN make\n", "make looks at the directory"),
    (EPOCH, f"ARG SOURCE_DATE_EPOCH\nFROM a\nWORKDIR /app\n{_APT} && touch a\n", "a path is relative"),
    (LONG, f"FROM a\nCOPY . .\n{_APT}\n", "where the copy goes is not known"),
    (LONG, f"FROM a\nCOPY . /var/www/html\n{_APT}\n", "packages write there"),
    (LONG, f"FROM a\nCOPY . /app\nRUN ./configure\n{_APT}\n", "what ./configure does is not known"),
    (
        LONG,
        f"FROM a\nCOPY . /app\nENV DEBIAN_FRONTEND=x\nENV A=$DIR\nUSER root\nRUN cat /app/x\nRUN make\n{_APT}\n",
        "make",
    ),
    (LONG, f"FROM a\nARG D=/app\nCOPY . $D\n{_APT}\n", "a build argument says where the copy goes"),
    (LONG, f"FROM a\nCOPY . /app\nFROM a\n{_APT}\n", "the copy is in another stage"),
    (
        LONG,
        "FROM a\nCOPY . /app\nRUN npm install -g pm2\nRUN git clone https://example.com/a.git /app/b\n",
        "one is inside",
    ),
]


@pytest.mark.parametrize(("rule", "text", "why"), ALONE)
def test_left_alone(rule: str, text: str, why: str, fix_text: FixText) -> None:
    assert text_of(fix_text, text, rule, unsafe=True) == text, why


def test_what_changes_together_moves_together(fix_text: FixText) -> None:
    before = f"FROM a\nARG GIT_SHA\nARG BUILD_DATE\n{_FETCH}\nLABEL r=$GIT_SHA d=$BUILD_DATE\n"
    fixed = fix_text(before, ARG)
    after = f"FROM a\n{_FETCH}\nARG GIT_SHA\nARG BUILD_DATE\nLABEL r=$GIT_SHA d=$BUILD_DATE\n"
    assert fixed.texts["Dockerfile"] == after
    assert len(fixed.applied) == 1


def test_the_title_names_what_moves(fix_text: FixText) -> None:
    fixed = fix_text(f"FROM a\nCOPY . /app\n{_APT}\n", LONG)
    assert [one.fix.title for one in fixed.applied] == [f"move `{_APT}` above `COPY . /app`"]
    fixed = fix_text(f"FROM a\nARG GIT_SHA\nENV S=$GIT_SHA\n{_FETCH}\n", ARG)
    title = f"move `ARG GIT_SHA` and `ENV S=$GIT_SHA` below `{_FETCH[:49]}…`"
    assert [one.fix.title for one in fixed.applied] in ([title], [f"move `{_FETCH[:49]}…` above `ARG GIT_SHA`"])
