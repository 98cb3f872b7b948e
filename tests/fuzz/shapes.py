"""Dockerfiles of any size in shapes that invite quadratic time; each is near the wanted number of characters."""

from __future__ import annotations

from collections.abc import Callable

ROW = 60_000
"""Characters of a row that the engine still reads."""


def _filled(head: str, size: int, part: Callable[[int], str]) -> str:
    parts = [head]
    length = len(head)
    number = 0
    while length < size:
        parts.append(part(number))
        length += len(parts[-1])
        number += 1
    return "".join(parts)


def _rows(start: str, size: int, word: Callable[[int], str]) -> str:
    """Instructions of one row each, as long as a row may be, that begin with `start`."""
    return _filled("FROM a\n", size, lambda number: _filled(start, min(size, ROW), word) + "\n")


def instructions(size: int) -> str:
    """Many short instructions."""
    return _filled("FROM a\n", size, lambda n: f"RUN x{n}\n")


def installs(size: int) -> str:
    """Instructions as long as people write them."""
    return _filled("FROM a\n", size, lambda n: f"RUN apt-get install -y --no-install-recommends package-{n} && rm x\n")


def copies(size: int) -> str:
    """Many COPY of different files."""
    return _filled("FROM a\n", size, lambda n: f"COPY f{n} /d/\n")


def long_run(size: int) -> str:
    """RUN with rows of thousands of commands."""
    return _rows("RUN :", size, lambda n: f" && x{n} -a")


def continued_run(size: int) -> str:
    """One RUN over thousands of rows."""
    return _filled("FROM a\nRUN :", size, lambda n: f" \\\n && x{n} -a") + "\n"


def commented_run(size: int) -> str:
    """One RUN with comments and blank rows between its rows."""
    return _filled("FROM a\nRUN :", size, lambda n: f" \\\n# c{n}\n\n && x{n}") + "\n"


def continued_env(size: int) -> str:
    """One ENV over thousands of rows."""
    return _filled("FROM a\nENV a=b", size, lambda n: f" \\\n  A{n}='$B{n}'") + "\nRUN x\n"


def stages(size: int) -> str:
    """Stages that are each continued by the next."""
    return _filled("FROM a AS s\n", size, lambda n: f"FROM {f's{n - 1}' if n else 's'} AS s{n}\nRUN x\n")


def copied_stages(size: int) -> str:
    """Stages that each take a file of the one before."""
    return _filled("FROM a AS s\n", size, lambda n: f"FROM b AS s{n}\nCOPY --from={n} /x /x\n")


def unnamed_stages(size: int) -> str:
    """Stages without a name or a use."""
    return _filled("FROM a\n", size, lambda n: f"FROM i{n}\nRUN x\n")


def heredocs(size: int) -> str:
    """Many RUN with a heredoc each."""
    return _filled("FROM a\n", size, lambda n: f"RUN <<E{n}\nx {n}\nE{n}\n")


def row_of_heredocs(size: int) -> str:
    """Many heredocs of one instruction, each with its body."""
    count = min(size // 12, 5_000)
    head = "FROM a\nCOPY " + " ".join(f"<<E{n}" for n in range(count)) + " /d/\n"
    return head + "".join(f"x\nE{n}\n" for n in range(count))


def long_heredoc(size: int) -> str:
    """One heredoc of thousands of rows."""
    return _filled("FROM a\nRUN <<E\n", size, lambda n: f"x{n} -a\n") + "E\n"


def unended_heredocs(size: int) -> str:
    """Rows that look like heredocs, none of which ends."""
    return _filled("FROM a\n", size, lambda n: f"RUN x <<E{n}\n")


def args(size: int) -> str:
    """ARGs that each refer to the one before."""
    return _filled("ARG A=x\nFROM a\nARG A\n", size, lambda n: f"ARG A{n}=${{A{n - 1 if n else ''}}}\n") + "RUN x\n"


def env_runs(size: int) -> str:
    """An ENV before each RUN, so that each step has an environment of its own."""
    return _filled("FROM a\n", size, lambda n: f"ENV A{n}=x\nRUN x\n")


def doubling_args(size: int) -> str:
    """Each variable twice the one before: values that outgrow any memory."""
    return _filled(
        "FROM a\nARG A=xxxxxxxx\n", size, lambda n: f"ARG A{n}=$A{n - 1 if n else ''}$A{n - 1 if n else ''}\n"
    )


def nested_expansions(size: int) -> str:
    """Substitutions in one another, as deep as a row is long."""
    row = min(size, ROW) // 5
    return _filled("FROM a\n", size, lambda n: "ENV a=" + "${A:-" * row + "x" + "}" * row + "\n")


def expansions(size: int) -> str:
    """Thousands of variables in one word."""
    return _rows("ENV A=x B=", size, lambda n: "${A%x}$A")


def sources(size: int) -> str:
    """COPY with thousands of sources."""
    return _rows("COPY", size, lambda n: f" f{n}").replace("\n", " /d/\n").replace("FROM a /d/", "FROM a")


def json_sources(size: int) -> str:
    """COPY with thousands of sources as a JSON array."""
    return _filled("FROM a\n", size, lambda _: _filled("COPY [", min(size, ROW), lambda n: f'"f{n}",') + '"/d/"]\n')


def flags(size: int) -> str:
    """RUN with thousands of mounts."""
    return _rows("RUN", size, lambda n: f" --mount=type=cache,target=/c{n}").replace("\n", " x\n").replace("a x", "a")


def continuation(size: int) -> str:
    """One instruction that goes on over empty rows and rows of a single character."""
    return _filled("FROM a\nRUN x", size, lambda _: "\\\n\\\nx") + "\n"


def comments(size: int) -> str:
    """Comments that ask linters to be quiet, and ones that nearly do."""
    return _filled("FROM a\n", size, lambda n: f"# hadolint ignore=DL{n}\n# dcache ignore\nRUN x\n#{'-' * 30} ignore\n")


def blank_rows(size: int) -> str:
    """Nothing but white space around one instruction."""
    return "\n" * (size // 2) + "FROM a\n" + " \t\n" * (size // 6)


def quotes(size: int) -> str:
    """Rows full of quotes and escapes that never match."""
    return _rows("ENV A=", size, lambda n: '"\'\\"')


def subshells(size: int) -> str:
    """RUN with parentheses, quotes and substitutions, thousands deep."""
    row = min(size, ROW) // 8
    return _filled("FROM a\n", size, lambda _: "RUN " + "$(x (" * row + "y" + "))" * row + "\n")


def loops(size: int) -> str:
    """RUN with conditions and loops, thousands in one another."""
    row = min(size, ROW) // 25
    return _filled("FROM a\n", size, lambda _: "RUN " + "if x; then " * row + "y" + "; fi" * row + "\n")


def one_row(size: int) -> str:
    """A single row of a single character."""
    return "FROM " + "a" * size


def unknown(size: int) -> str:
    """Words that are no instructions."""
    return _filled("", size, lambda n: f"FRMO{n} a\n")


def onbuilds(size: int) -> str:
    """Triggers in a stage that other stages continue."""
    half = _filled("FROM a AS s\n", size // 2, lambda n: f"ONBUILD RUN x{n}\n")
    return half + "FROM s\nRUN x\n" + "# \n" * (size // 6)


SHAPES: dict[str, Callable[[int], str]] = {
    one.__name__: one
    for one in (
        instructions,
        installs,
        copies,
        long_run,
        continued_run,
        commented_run,
        continued_env,
        stages,
        copied_stages,
        unnamed_stages,
        heredocs,
        row_of_heredocs,
        long_heredoc,
        unended_heredocs,
        args,
        env_runs,
        doubling_args,
        nested_expansions,
        expansions,
        sources,
        json_sources,
        flags,
        continuation,
        comments,
        blank_rows,
        quotes,
        subshells,
        loops,
        one_row,
        unknown,
        onbuilds,
    )
}
