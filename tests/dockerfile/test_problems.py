"""What the engine refuses, in its words; the rest is read all the same."""

from __future__ import annotations

import pytest

from dcache.analyzer.dockerfile import parse
from dcache.analyzer.source import SourceFile


def messages(text: str) -> list[str]:
    return [problem.message for problem in parse(SourceFile("Dockerfile", text)).problems]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "file with no instructions"),
        ("# nothing\n\n", "file with no instructions"),
        ("ARG A\n", "dockerfile contains no stages to build"),
        ("RUN x\nFROM a\n", "no build stage in current context"),
        ("# escape=x\nFROM a\n", "invalid escape token 'x' does not match ` or \\"),
        ("# escape=`\n# escape=`\nFROM a\n", "only one escape parser directive can be used"),
        ("FROM\n", "FROM requires either one or three arguments"),
        ("FROM a b\n", "FROM requires either one or three arguments"),
        ("FROM a as b c\n", "FROM requires either one or three arguments"),
        (
            "FROM a AS 1b\n",
            'invalid name for build stage: "1b", name can\'t start with a number or contain symbols',
        ),
        ("FROM --platfrom=x a\n", "unknown flag: --platfrom (did you mean platform?)"),
        ("FROM 'a\n", 'failed to process "\'a": unexpected end of statement while looking for matching single-quote'),
    ],
)
def test_files(text: str, message: str) -> None:
    assert messages(text) == [message]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("RUM x", "unknown instruction: RUM (did you mean RUN?)"),
        ("rum x", "unknown instruction: rum (did you mean run?)"),
        ("&& x", "unknown instruction: &&"),
        ("COMMENT x", "unknown instruction: COMMENT"),
        ("\\", "unknown instruction: "),
        ("RUN --mont=x y", "unknown flag: --mont (did you mean mount?)"),
        ("RUN --network=some x", 'invalid network mode "some"'),
        ("RUN --security=none x", 'security "none" is not valid'),
        ("RUN --device=a,b x", "invalid field 'b' must be a key=value pair"),
        ("CMD --x", "unknown flag: --x"),
        ("COPY --from=a --from=b c d", "duplicate flag specified: --from"),
        ("COPY --from c d", "missing a value on flag: --from"),
        ("COPY --link=x c d", "expecting boolean value for flag --link, not: x"),
        ("COPY --link= c d", "missing a value on flag: --link"),
        (
            "COPY --from=$X c d",
            "variable expansion is not supported for --from, "
            "define a new stage with FROM using ARG from global scope as a workaround",
        ),
        ("COPY http://x/y d", "source can't be a URL for COPY"),
        ("COPY --chmod=999 a b", "invalid chmod parameter: '999'. it should be octal string and between 0 and 07777"),
        (
            "COPY a",
            "COPY requires at least two arguments, but only one was provided. Destination could not be determined",
        ),
        (
            "ADD",
            "ADD requires at least two arguments, but only one was provided. Destination could not be determined",
        ),
        ("COPY [1] b", None),
        ("COPY [1, 2]", "when using JSON array syntax, arrays must be comprised of strings only"),
        ("RUN [1]", "when using JSON array syntax, arrays must be comprised of strings only"),
        ("ENV", "ENV requires at least one argument"),
        ("ENV a", "ENV must have two arguments"),
        ("ENV a=b c", 'Syntax error - can\'t find = in "c". Must be of the form: name=value'),
        ("ENV =b", "ENV names can not be blank"),
        ("LABEL =b", "LABEL names can not be blank"),
        ("ARG", "ARG requires at least one argument"),
        ("ARG =x", "ARG names can not be blank"),
        ("WORKDIR", "WORKDIR requires exactly one argument"),
        ("WORKDIR ${", "failed to process \"${\": syntax error: missing '}'"),
        ("USER", "USER requires exactly one argument"),
        ("STOPSIGNAL", "STOPSIGNAL requires exactly one argument"),
        ("EXPOSE", "EXPOSE requires at least one argument"),
        ("VOLUME", "VOLUME requires at least one argument"),
        ('VOLUME [" "]', "VOLUME specified can not be an empty string"),
        ("SHELL a b", "SHELL requires the arguments to be in JSON form"),
        ("SHELL []", "SHELL requires at least one argument"),
        ("HEALTHCHECK", "HEALTHCHECK requires at least one argument"),
        ("HEALTHCHECK NONE x", "HEALTHCHECK NONE takes no arguments"),
        ("HEALTHCHECK CMD", "Missing command after HEALTHCHECK CMD"),
        ("HEALTHCHECK curl x", 'Unknown type "CURL" in HEALTHCHECK (try CMD)'),
        ("HEALTHCHECK --interval=5 CMD x", 'time: missing unit in duration "5"'),
        ("HEALTHCHECK --interval=5x CMD x", 'time: unknown unit "x" in duration "5x"'),
        ("HEALTHCHECK --timeout=1us CMD x", 'Interval "timeout" cannot be less than 1ms'),
        ("HEALTHCHECK --retries=-1 CMD x", "--retries cannot be negative (-1)"),
        ("ONBUILD", "ONBUILD requires at least one argument"),
        ("ONBUILD ONBUILD RUN x", "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"),
        ("ONBUILD FROM b", "FROM isn't allowed as an ONBUILD trigger"),
        ("ONBUILD WAT b", "unknown instruction: WAT"),
        ("RUN <<E\nx", "unterminated heredoc"),
        ("COPY a <<E\nE", "COPY cannot accept a heredoc as a destination"),
        ("RUN " + "x" * 65_533, "dockerfile line greater than max allowed size of 65535"),
        # not refused
        ("RUN", None),
        ("CMD", None),
        ("RUN " + "x" * 65_531, None),
        ("ARG --x y", None),
        ("HEALTHCHECK --x NONE", None),
        ("HEALTHCHECK --interval=1m30s --retries=3 CMD x", None),
        ('RUN echo "$(a ${b', None),
        ("RUN cat '<<E", None),
        ("COPY --chmod=u+x a b", None),
        ("COPY --chmod=$M a b", None),
        ("COPY a \\\n\n b", None),
        ("ENV a=$b c=${d:-e}", None),
        ("ADD https://x/y d", None),
        ("from b", None),
        ("ENV a='b'", None),
    ],
)
def test_instructions(text: str, message: str | None) -> None:
    assert messages(f"FROM a\n{text}\n") == ([] if message is None else [message])


def test_what_follows_a_problem_is_read() -> None:
    dockerfile = parse(SourceFile("Dockerfile", "RUN x\nFROM a b c\nWAT\nENV x\nRUN --x y\nCOPY\nRUN z\n"))
    assert [one.keyword for one in dockerfile.stages[0].instructions] == ["FROM", "WAT", "ENV", "RUN", "COPY", "RUN"]
    assert [one.keyword for one in dockerfile.preamble] == ["RUN"]
    assert list(dockerfile.problems) == sorted(dockerfile.problems)
    assert len(dockerfile.problems) == 6
