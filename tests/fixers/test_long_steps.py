"""Long steps that share a RUN with what reads a copy, or stand on the stage that has it: exact texts, and silences."""

from __future__ import annotations

import pytest

from .conftest import FixText

LONG = "order/expensive-after-volatile"
_APT = "RUN apt-get update && apt-get install -y gcc"
_PRESUMED = "no program that is run is among what is copied, and packages put nothing where that goes"
_NUMBER = "no build asks for a stage by its number"

HEADS = [
    (f"FROM a\nCOPY . /app\n{_APT} && make -C /app\n", f"FROM a\n{_APT}\nCOPY . /app\nRUN make -C /app\n"),
    (
        "FROM a\nWORKDIR /app\n\n# the source\nCOPY . .\n\n# gcc builds it\n"
        "RUN apt-get update \\\n    # the compiler\n    && apt-get install -y gcc \\\n    # the program\n    && make\n",
        "FROM a\nWORKDIR /app\n\nRUN apt-get update \\\n    # the compiler\n    && apt-get install -y gcc\n"
        "# the source\nCOPY . .\n\n# gcc builds it\n# the program\nRUN make\n",
    ),
    (
        f"FROM a\r\nCOPY . /app\r\n{_APT} \\\r\n && make -C /app",
        f"FROM a\r\n{_APT}\r\nCOPY . /app\r\nRUN make -C /app",
    ),
    (
        "from a\n\tcopy . /app\n\trun apt-get update && apt-get install -y gcc && make -C /app\n",
        "from a\n\trun apt-get update && apt-get install -y gcc\n\tcopy . /app\n\trun make -C /app\n",
    ),
    (
        "FROM a\nCOPY . /app\nRUN --mount=type=cache,target=/var/cache/apt set -eux && apt-get update && "
        "apt-get install -y gcc && make -C /app\n",
        "FROM a\nRUN --mount=type=cache,target=/var/cache/apt set -eux && apt-get update && apt-get install -y gcc\n"
        "COPY . /app\nRUN --mount=type=cache,target=/var/cache/apt set -eux && make -C /app\n",
    ),
    (
        "FROM a\nCOPY . /app\nRUN curl -fsSLo /tool https://example.com/tool-1.2.3 && chmod +x /tool && /tool /app\n",
        "FROM a\nRUN curl -fsSLo /tool https://example.com/tool-1.2.3 && chmod +x /tool\nCOPY . /app\nRUN /tool /app\n",
    ),
    (f"FROM a\nCOPY . /app\n{_APT} && cp /app/x /y\n", f"FROM a\n{_APT}\nCOPY . /app\nRUN cp /app/x /y\n"),
]


@pytest.mark.parametrize(("before", "after"), HEADS)
def test_what_reads_nothing_of_a_copy_gets_a_run_above_it(before: str, after: str, fix_text: FixText) -> None:
    fixed = fix_text(before, LONG)
    assert fixed.texts.get("Dockerfile", before) == after
    assert fixed.settled and not fixed.withdrawn
    assert [one.fix.safe for one in fixed.applied] == [True]
    assert fix_text(after, LONG, unsafe=True).texts == {}


def test_a_directory_below_one_of_the_systems_is_presumed_to_be_the_projects(fix_text: FixText) -> None:
    before = f"FROM a\nWORKDIR /usr/src/app\nCOPY . .\nCOPY --from=tool /t ./t\n{_APT} && make\n"
    assert fix_text(before, LONG).texts == {}
    fixed = fix_text(before, LONG, unsafe=True)
    after = f"FROM a\nWORKDIR /usr/src/app\n{_APT}\nCOPY . .\nCOPY --from=tool /t ./t\nRUN make\n"
    assert fixed.texts == {"Dockerfile": after}
    assert [one.fix.assumes for one in fixed.applied] == [_PRESUMED]


HEADS_ALONE = [
    (
        f"FROM a\nCOPY . /app\n{_APT} && make -C /app && rm -rf /var/lib/apt/lists/*\n",
        "the lists would stay in a layer",
    ),
    (f"FROM a\nCOPY . /app\n{_APT} && make -C /app && apt-get purge -y gcc\n", "what is removed would stay in a layer"),
    (
        f"FROM a\nCOPY . /app\n{_APT} && make -C /app && apt-get install -y jq\n",
        "the lists would be old for the second",
    ),
    (f"FROM a\nCOPY . /app\nRUN cd /app && make && {_APT[4:]}\n", "make comes first"),
    (f"FROM a\nCOPY . /app\nRUN cd /app && {_APT[4:]} && make\n", "the copy makes the directory"),
    (f"FROM a\nCOPY . /app\n{_APT} || true && make -C /app\n", "it is no chain of what succeeds"),
    (f"FROM a\nCOPY . /app\n{_APT}; make -C /app\n", "what follows runs in any case"),
    (f"FROM a\nCOPY . /app\nRUN <<E\n{_APT[4:]}\nmake -C /app\nE\n", "a document is no chain"),
    (
        'FROM a\nCOPY . /app\nRUN ["sh", "-c", "apt-get update && apt-get install -y gcc && make"]\n',
        "no text of a shell",
    ),
    (f"FROM a\nCOPY . /app\nRUN --mount=type=bind,target=/src {_APT[4:]} && make -C /app\n", "the context is mounted"),
    (f"FROM a\nCOPY . /app\nRUN X=$(date) && {_APT[4:]} && make X=$X\n", "the variable would be another"),
    (f"FROM a\nCOPY . /app\nRUN ./configure\n{_APT} && make -C /app\n", "./configure may look at all"),
    (f"FROM a\nCOPY . /etc/nginx\n{_APT.replace('gcc', 'nginx')} && nginx -t\n", "the package goes there"),
    (f"FROM a\nCOPY . /var/www/html\n{_APT} && make\n", "packages put pages there"),
    (f"FROM a\nCOPY . /usr/share/app\n{_APT} && make\n", "packages put data there"),
    (f"FROM a\nWORKDIR /usr/src/app\nCOPY --chown=app . .\n{_APT} && make\n", "packages may make users"),
    (f"FROM a\nCOPY . .\n{_APT} && make\n", "where the copy goes is not known"),
    ("FROM a\nCOPY . /app\nRUN apt-get update && make -C /app\n", "nothing is installed"),
    (f"FROM a\n{_APT} && make\nCOPY . /app\n", "it stands where it should"),
]


@pytest.mark.parametrize(("text", "why"), HEADS_ALONE)
def test_what_shares_a_run_is_left_alone(text: str, why: str, fix_text: FixText) -> None:
    fixed = fix_text(text, LONG, unsafe=True)
    assert fixed.texts == {} and not fixed.withdrawn, why


BRANCHES = [
    (  # nothing but a FROM stands above the copy
        f"FROM a AS app\nCOPY . /app\nCMD run\nFROM app AS dev\n{_APT}\n",
        f"FROM a AS app\nCOPY . /app\nCMD run\nFROM a AS dev\n{_APT}\nCOPY . /app\nCMD run\n",
        "",
    ),
    (
        f"FROM --platform=linux/amd64 a AS app\nCOPY . /app\nFROM app\n{_APT}\nRUN make\n",
        "FROM --platform=linux/amd64 a AS app\nCOPY . /app\nFROM --platform=linux/amd64 a\n"
        f"{_APT}\nCOPY . /app\nRUN make\n",
        "",
    ),
    (
        "# the app\nFROM a as app\n\nWORKDIR /app\nCOPY package.json .\nRUN npm ci\n\n# all of it\nCOPY . .\n\n"
        f'EXPOSE 80\nCMD ["x"]\n\nFROM app as dev\n{_APT}\n# the end\nCMD ["y"]\n',
        "# the app\nFROM a as app-base\n\nWORKDIR /app\nCOPY package.json .\nRUN npm ci\n\n"
        'FROM app-base as app\n# all of it\nCOPY . .\n\nEXPOSE 80\nCMD ["x"]\n\n'
        f"FROM app-base as dev\n{_APT}\n\n# all of it\nCOPY . .\n\nEXPOSE 80\n# the end\n"
        'CMD ["y"]\n',
        _NUMBER,
    ),
    (
        f"FROM a AS app\nWORKDIR /usr/src/app\nCOPY . .\nENV A=b\nFROM app\n{_APT}\nRUN <<E\nuseradd -m me\nE",
        "FROM a AS app-base\nWORKDIR /usr/src/app\n\nFROM app-base AS app\nCOPY . .\nENV A=b\nFROM app-base\n"
        f"{_APT}\nRUN <<E\nuseradd -m me\nE\nCOPY . .\nENV A=b\n",
        f"{_PRESUMED}; {_NUMBER}",
    ),
    (
        f"from a as app\r\nworkdir /app\r\ncopy . .\r\nfrom app\r\n{_APT}\r\n# app-base\r\n",
        "from a as app-base-2\r\nworkdir /app\r\n\r\nfrom app-base-2 as app\r\ncopy . .\r\nfrom app-base-2\r\n"
        f"{_APT}\r\ncopy . .\r\n# app-base\r\n",
        _NUMBER,
    ),
]


@pytest.mark.parametrize(("before", "after", "assumes"), BRANCHES)
def test_both_stages_stand_on_what_is_above_the_copy(before: str, after: str, assumes: str, fix_text: FixText) -> None:
    assert fix_text(before, LONG).texts == ({} if assumes else {"Dockerfile": after})
    fixed = fix_text(before, LONG, unsafe=True)
    assert fixed.texts.get("Dockerfile", before) == after
    assert fixed.settled and not fixed.withdrawn
    assert [one.fix.assumes for one in fixed.applied] == [assumes]
    assert fix_text(after, LONG, unsafe=True).texts == {}


_ON = f"FROM app AS dev\n{_APT}\n"
BRANCHES_ALONE = [
    (f"FROM a AS app\nCOPY . /app\nRUN make\n{_ON}", "make would run twice"),
    (f"FROM a AS app\nCOPY . /app\nUSER me\n{_ON}", "another user would install"),
    (f"FROM a AS app\nCOPY . /app\nVOLUME /app\n{_ON}", "a volume is declared"),
    (f"FROM a AS app\nCOPY . /app\nONBUILD RUN x\n{_ON}", "the trigger is fired by the other stage"),
    (f'FROM a AS app\nCOPY . /app\nSHELL ["/bin/bash", "-c"]\n{_ON}', "another shell would run it"),
    (f"FROM a AS app\nARG V\nCOPY . /app\nENV V=$V\n{_ON}", "the argument belongs to the other stage"),
    (f"FROM a AS app\nCMD x\nCOPY . /app\nENTRYPOINT y\n{_ON}", "the entry point would take the command back"),
    (f"FROM a AS app\nCOPY . /app\nCMD x\n{_ON}ENTRYPOINT y\n", "the command would no longer be taken back"),
    (f"FROM a AS app\nCOPY . /app\nENV PATH=/app/bin:$PATH\n{_ON}RUN tool\nENV B=c\n{_APT} jq\n", "tool may be copied"),
    (f"FROM a AS app\nCOPY . .\n{_ON}", "where the copy goes is not known"),
    (f"FROM a AS app\nCOPY . /app\nFROM app AS dev\n{_APT} && cp /app/x /y\n", "it reads what is copied"),
    (f"FROM a AS app\nCOPY . /app\nFROM app AS dev\nRUN make\n{_APT}\n", "make comes first"),
    (f"FROM a AS app\nCOPY . /app\nFROM app AS mid\nFROM mid\n{_APT}\n", "a stage stands between them"),
    (f"FROM a AS app\nCOPY . /app\n{_ON}FROM b\nCOPY --from=0 /app /app\nCOPY --from=dev /y /y\n", "a number is named"),
    (f"FROM a AS app\nCOPY . /app\nFROM --platform=linux/arm64 app AS dev\n{_APT}\n", "it is for another platform"),
    (f"FROM a AS app\nCOPY . /var/www/html\n{_ON}", "packages put pages there"),
    (f"FROM a AS app\nCOPY . /app\nFROM a AS dev\n{_APT}\n", "it does not stand on the copy"),
    (f"FROM a AS app\nCOPY --chown=app . /app\n{_ON}", "packages may make users"),
]


@pytest.mark.parametrize(("text", "why"), BRANCHES_ALONE)
def test_stages_are_left_alone(text: str, why: str, fix_text: FixText) -> None:
    fixed = fix_text(text, LONG, unsafe=True)
    assert fixed.texts == {} and not fixed.withdrawn, why
