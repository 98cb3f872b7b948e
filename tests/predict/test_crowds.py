"""Very many equal copies, and stages that hand a path on: predicted in time, and open where nothing tells."""

from __future__ import annotations

from dcache.analyzer.context import NOTHING_IGNORED, Context
from dcache.analyzer.dockerfile import parse
from dcache.analyzer.engines.buildkit import keys
from dcache.analyzer.graph import build_graph
from dcache.analyzer.predict import predict
from dcache.analyzer.source import SourceFile
from dcache.analyzer.state import Build, CacheState
from dcache.rules.facts import default_plan
from fuzz.shapes import copied_stages
from fuzz.targets import Nothing


def verdicts(new: str, old: str) -> list[str]:
    """The verdict of each step of a Dockerfile after a build of another."""
    builds: list[Build] = []
    for text in (old, new):
        graph = build_graph(default_plan(parse(SourceFile("Dockerfile", text))))
        builds.append(Build("it", graph, keys(graph), {"": Context("", Nothing(), NOTHING_IGNORED)}))
    return [one.verdict for one in predict(builds[1], CacheState((builds[0],)))]


def test_equal_copies_of_a_repeated_build_hit() -> None:
    text = copied_stages(20_000)
    assert set(verdicts(text, text)) == {"hit"}


def test_equal_copies_from_a_changed_stage_are_not_said_to_hit() -> None:
    text = copied_stages(20_000)
    found = verdicts(text.replace("FROM a ", "FROM z "), text)
    assert found[0] == "miss"
    assert set(found[2::2]) == {"depends"}


def test_a_path_is_followed_through_no_more_stages_than_the_stack_holds() -> None:
    stages = "".join(f"FROM b AS s{n}\nCOPY --from={n} --chown={n} / /\n" for n in range(400))
    text = f"FROM a AS s\n{stages}FROM b\nCOPY --from=400 /x /x\n"
    found = verdicts(text.replace("FROM a ", "FROM z "), text)
    assert found[0] == "miss"
    assert "hit" not in found[2::2]
