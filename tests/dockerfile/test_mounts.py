"""The options of `RUN --mount`."""

from __future__ import annotations

import pytest

from dcache.analyzer.dockerfile import parse
from dcache.analyzer.dockerfile.syntax import Dockerfile, Mount, Run
from dcache.analyzer.source import SourceFile, Span

DEFAULT = Mount("bind", None, None, None, None, None, None, False, None, None, None, None, None, Span(0, 0))


def read(options: str) -> tuple[Mount, Dockerfile]:
    dockerfile = parse(SourceFile("Dockerfile", f"FROM a\nRUN --mount={options} x\n"))
    run = dockerfile.stages[0].instructions[1].body
    assert isinstance(run, Run)
    return run.mounts[0], dockerfile


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("target=/a", DEFAULT._replace(target="/a")),
        ("type=bind,dst=/a,src=b,from=c", DEFAULT._replace(target="/a", source="b", from_="c")),
        ("destination=/a,source=b", DEFAULT._replace(target="/a", source="b")),
        ("target=/a,target=/b", DEFAULT._replace(target="/b")),
        ("target=/a,ro", DEFAULT._replace(target="/a", readonly=True)),
        ("target=/a,readonly=true", DEFAULT._replace(target="/a", readonly=True)),
        ("target=/a,ro=0", DEFAULT._replace(target="/a", readonly=False)),
        ("target=/a,rw", DEFAULT._replace(target="/a", readonly=False)),
        ("target=/a,readwrite=F", DEFAULT._replace(target="/a", readonly=True)),
        (
            "type=cache,target=/c,id=x,sharing=locked,mode=0755,uid=1,gid=2",
            DEFAULT._replace(kind="cache", target="/c", id="x", sharing="locked", mode="0755", uid="1", gid="2"),
        ),
        ("TYPE=Cache,Target=/c", DEFAULT._replace(kind="cache", target="/c")),
        ("type=tmpfs,target=/t,size=1.5gb", DEFAULT._replace(kind="tmpfs", target="/t", size="1.5gb")),
        ("type=secret,id=s,env=S,required", DEFAULT._replace(kind="secret", id="s", env="S", required=True)),
        ("type=secret,src=s,required=false", DEFAULT._replace(kind="secret", source="s")),
        ("type=ssh", DEFAULT._replace(kind="ssh")),
        ("type=cache,target=/c/$A,id=${B:-x}", DEFAULT._replace(kind="cache", target="/c/$A", id="${B:-x}")),
        ("type=$T,target=/c", DEFAULT._replace(kind="$T", target="/c")),
        ("'type=bind,\"target=/a,b\"'", DEFAULT._replace(target="/a,b")),
        ('"target=/a"', DEFAULT._replace(target="/a")),
    ],
)
def test_options(options: str, expected: Mount) -> None:
    mount, dockerfile = read(options)
    assert mount._replace(span=Span(0, 0)) == expected
    assert dockerfile.problems == ()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("target=/a,typ=bind", "unexpected key 'typ' in 'typ=bind' (did you mean type?)"),
        ("target=/a,bogus=1", "unexpected key 'bogus' in 'bogus=1'"),
        ("type=volume,target=/a", 'unsupported mount type "volume"'),
        ("type=chache,target=/a", 'unsupported mount type "chache" (did you mean cache?)'),
        ("target", "invalid field 'target' must be a key=value pair"),
        ("target=/a,required", "unexpected key 'required' for mount type 'bind'"),
        ("target=/a,size=1", "unexpected key 'size' for mount type 'bind'"),
        ("type=tmpfs,target=/a,size=much", "invalid value for size: much"),
        ("target=/a,ro=maybe", "invalid value for ro: maybe"),
        ("type=cache,target=/a,sharing=some", 'unsupported sharing value "some"'),
        ("type=cache,target=/a,mode=9", "invalid value 9 for mode"),
        ("type=cache,target=/a,uid=x", "invalid value x for uid"),
        ("target=/a,mode=7", 'mode not allowed for "bind" type mounts'),
        ("target=/a,sharing=locked", "invalid cache sharing set for bind mount"),
        ("target=/a,from=$X", "'from' doesn't support variable expansion, define alias stage instead"),
        ("type=secret", "invalid secret mount. one of source, target required"),
        ("type=secret,id=a,src=b", "both source and id can't be set"),
        ("type=secret,id=a,from=b", "secret mount should not have a from"),
        ("target=/a,id=${x", 'failed to process "${x": unsupported modifier (\ufffd) in substitution'),
        ("'a\"b'", 'failed to parse csv mounts: parse error on line 1, column 2: bare " in non-quoted-field'),
    ],
)
def test_what_the_engine_refuses(options: str, message: str) -> None:
    _, dockerfile = read(options)
    assert [problem.message for problem in dockerfile.problems] == [message]
    assert dockerfile.source.text[slice(*dockerfile.problems[0].span)] == f"--mount={options}"
