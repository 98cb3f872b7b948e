"""What the commands of a RUN are known to read and write, and which are not known."""

from __future__ import annotations

import pytest

from dcache.analyzer.effects import ANY, Effects
from dcache.analyzer.shell import Opaque
from dcache.analyzer.shell.effects import PROGRAMS, SYSTEM, above, united

from .conftest import StageEffects

_HEAD = "FROM alpine\nWORKDIR /w\nENV DIR=/known EMPTY= TWO='a b'\nARG GIVEN=/arg\nUSER root\n"


def _run(of_stage: StageEffects, command: str) -> Effects | Opaque:
    return of_stage(f"{_HEAD}RUN {command}\n")[-1]


@pytest.mark.parametrize(
    ("command", "writes"),
    [
        ("rm -rf /a /b/c", "/a /b/c"),
        ("rm -rf x", "/w/x"),
        ("rm -rf ./x/../y", "/w/y"),
        ("rm -rf /var/lib/apt/lists/*", "/var/lib/apt/lists"),
        ("rm /a/b{c,d}", "/a"),
        ("rm -rf $DIR/x", "/known/x"),
        ("rm -rf ${DIR}", "/known"),
        ("touch /a && touch /b", "/a /b"),
        ("cd /a && touch b", "/a/b"),
        ("cd /a && cd b && touch c", "/a/b/c"),
        ("(cd /a && touch b) && touch c", "/a/b /w/c"),
        ("cd /a; touch b", "/a/b /w/b"),
        ("set -e; cd /a; touch b", "/a/b"),
        ("cd /a && touch b; touch c", "/a/b /w/b /a/c /w/c"),
        ("if [ -d /a ]; then cd /a; fi; touch b", "/a/b /w/b"),
        ("echo a > /a", "/a"),
        ("echo a >> b 2>/dev/null", "/w/b"),
        ("{ echo a; echo b; } > /a", "/a"),
        ("(echo a) > /a", "/a"),
        ("for i in a b; do echo $i; done > /a", "/a"),
        ("cp a b /c/", "/c"),
        ("cp -r a -t /c", "/c"),
        ("mv /a /b", "/a /b"),
        ("ln -s /a /b", "/b"),
        ("sed -i 's/a/b/' /a", "/a"),
        ("sed -i.bak -e 's|a|b|g' -e '/x/d' /a", "/a /a.bak"),
        ("sed 's/a/b/' /a", ""),
        ("echo a | tee /a /b", "/a /b"),
        ("tar xzf /a.tgz -C /b", "/b"),
        ("tar -xf /a.tar --strip-components=1", "/w"),
        ("tar -czf /a.tgz /b", "/a.tgz"),
        ("unzip -q /a.zip -d /b", "/b"),
        ("gunzip /a.gz", "/a.gz /a"),
        ("mkdir /a", "/a"),
        ("mkdir -p /a", ""),
        ("install -m 755 a /b/c", "/b/c"),
        ("chmod -R u+x /a /b", "/a /b"),
        ("chmod -x /a", "/a"),
        ("chown -R a:b /a", "/a"),
        ("find /a -name '*.pyc' -delete", "/a"),
        ("find /a -type d -exec chmod 755 {} +", "/a"),
        ("find /a -name b", ""),
        ("curl -fsSLo /a https://example.com/b", "/a"),
        ("curl -fsSL https://example.com/b | tar xz -C /a", "/a"),
        ("curl -fsSLO https://example.com/v1/b.tgz", "/w/b.tgz"),
        ("wget -qO- https://example.com/b > /a", "/a /etc /home /root"),
        ("git clone https://example.com/b.git", "/w/b"),
        ("git clone --depth 1 -b v1 https://example.com/b.git /a", "/a"),
        ("ls /a && cat b && echo c", ""),
        ("sh -c 'touch /a'", "/a"),
        ("f() { touch /a; }; f", "/a"),
    ],
)
def test_what_is_written_is_known(of_stage: StageEffects, command: str, writes: str) -> None:
    found = _run(of_stage, command)
    assert isinstance(found, Effects), found
    assert found.writes == frozenset(writes.split())


@pytest.mark.parametrize(
    ("command", "reads"),
    [
        ("cat a /b", "/w/a /b"),
        ("cp -r src/ /dest", "/w/src"),
        ("grep -q x /a", "/a"),
        ("grep -r x /a /b", "/a /b"),
        ("[ -f /a ] && echo b", "/a"),
        ("test ! -e a || echo b", "/w/a"),
        ("while read l; do echo $l; done < /a", "/a"),
        ("tar xf /a -C /b", "/a"),
        ("find . -name b", "/w"),
        ("ls", "/w"),
        ("ls > /list", "/w"),
        ("du -sh", "/w"),
        ("ls -l /a", "/a"),
        ("echo /a", ""),
    ],
)
def test_what_is_read_is_known(of_stage: StageEffects, command: str, reads: str) -> None:
    found = _run(of_stage, command)
    assert isinstance(found, Effects), found
    paths = {path for path in found.reads if path.startswith("/")}
    assert paths - PROGRAMS == set(reads.split())
    assert (paths >= PROGRAMS) is (command.split()[0] in ("tar", "find", "du"))


@pytest.mark.parametrize(
    "command",
    [
        "./configure",
        "/w/install.sh",
        "make",
        "python -c pass",
        "sh script.sh",
        "bash -lc 'touch /a'",
        "su app -c 'touch /a'",
        "sudo touch /a",
        "source /etc/profile",
        ". /etc/os-release",
        "eval touch /a",
        "$TOOL a",
        "rm -rf $UNSET",
        "rm -rf $GIVEN",
        "rm -rf $TWO",
        "rm -rf $EMPTY",
        "rm -rf ${DIR:-/x}",
        "rm -rf $(cat list)",
        "rm -rf `cat list`",
        "DIR=/x; rm -rf $DIR",
        "for DIR in a b; do rm -rf $DIR; done",
        "read DIR < /a; rm -rf $DIR",
        "rm --strange /a",
        "cp -l a b",
        "ln a b",
        "cd $UNSET && touch a",
        "cd $GIVEN && touch a",
        "f() { cd /a; }; f; touch b",
        "{ cd /a; touch b; } > c",
        "sed -i 's/a/b/w out' /a",
        "sed 's/a/b/e' /a",
        "sed -f script /a",
        "awk '{ print > \"/a\" }' /b",
        "awk 'BEGIN { system(\"touch /a\") }'",
        "find / -exec cp {} /a \\;",
        "find /a -exec sh -c 'touch /b' \\;",
        "find /a | xargs rm",
        "curl --config /a https://example.com",
        "curl -K /a https://example.com",
        "curl file:///etc/passwd -o /a",
        "curl https://example.com | sh",
        "wget --content-disposition https://example.com/a",
        "git clone /a /b",
        "git checkout main",
        "tar xPf /a",
        "tar xf /a --to-command=sh",
        "PATH=/x:$PATH touch /a",
        "export PATH=/x:$PATH && touch /a",
        "export LD_PRELOAD=/a.so && touch /a",
        "umask 077 && mkdir -p /a",
        "trap 'touch /a' EXIT",
        "env",
        "set",
        "export",
        "xargs -a list touch",
        "touch ~other/a",
        "apt-get install -y $PACKAGES",
        "apt-get install -y $(cat packages.txt)",
        "apt-get -c my.conf install curl",
        "apt-get download curl",
        "npm ci",
        "npm install",
        "npm install -g .",
        "pip install -r requirements.txt",
        "pip install .",
        "pip install -e .",
        "pip install ./a",
        "touch 'a",
    ],
)
def test_what_is_not_known_is_opaque(of_stage: StageEffects, command: str) -> None:
    assert isinstance(_run(of_stage, command), Opaque)


@pytest.mark.parametrize(
    "command",
    [
        "apt-get update && apt-get install -y --no-install-recommends curl=7.* && rm -rf /var/lib/apt/lists/*",
        "apk add --no-cache -t build gcc musl-dev",
        "dnf install -y gcc && dnf clean all",
        "yum -y update",
        "zypper -n in gcc",
        "docker-php-ext-install -j$(nproc) pdo_mysql",
    ],
)
def test_packages_touch_the_system_and_fetch(of_stage: StageEffects, command: str) -> None:
    found = _run(of_stage, command)
    assert isinstance(found, Effects), found
    assert found.writes >= SYSTEM
    assert all(path.startswith(tuple(SYSTEM)) for path in found.writes)
    assert found.network and not found.stable and found.foreign
    assert found.variables >= ANY
    assert "workdir" not in found.reads


def test_a_package_that_is_a_file_is_read(of_stage: StageEffects) -> None:
    found = _run(of_stage, "apt-get install -y ./tool.deb /x/other.deb")
    assert isinstance(found, Effects)
    assert found.reads >= {"/w/tool.deb", "/x/other.deb", "workdir"}


def test_only_what_needs_the_working_directory_reads_it(of_stage: StageEffects) -> None:
    for command, reads in (("touch /a", False), ("cd /a && touch b", False), ("touch a", True), ("cat < a", True)):
        found = _run(of_stage, command)
        assert isinstance(found, Effects)
        assert ("workdir" in found.reads) is reads, command


def test_a_directory_that_only_the_base_image_tells_makes_what_hangs_on_it_opaque(of_stage: StageEffects) -> None:
    assert isinstance(of_stage("FROM alpine\nRUN touch a\n")[-1], Opaque)
    assert isinstance(of_stage("FROM alpine\nRUN touch /a\n")[-1], Effects)
    assert isinstance(of_stage("FROM scratch\nRUN touch a\n")[-1], Effects)
    assert isinstance(of_stage("FROM alpine\nARG D\nWORKDIR $D\nRUN touch a\n")[-1], Opaque)


def test_all_words_of_a_run_are_variables_that_it_may_read(of_stage: StageEffects) -> None:
    found = _run(of_stage, 'echo $FOO ${BAR} && [ -n "$BAZ" ]')
    assert isinstance(found, Effects)
    assert found.variables >= {"FOO", "BAR", "BAZ"}
    assert not found.variables >= ANY


def test_mounts_are_no_part_of_the_image(of_stage: StageEffects) -> None:
    text = "FROM alpine\nWORKDIR /w\nRUN --mount=type=cache,target=/c --mount=target=src cp src/a /c/b && touch /d\n"
    found = of_stage(text)[-1]
    assert isinstance(found, Effects)
    assert found.writes == {"/d", "cache:/c"}
    assert "/w/src/a" not in found.reads
    assert found.needs >= {"/c", "/w/src"}


def test_effects_unite() -> None:
    assert united([]) == Effects()
    one = Effects(frozenset({"/a"}), frozenset({"/b"}), True, True, ANY, foreign=True)
    other = Effects(frozenset({"/c"}), stable=False, variables=frozenset({"X"}), assumes=("x",))
    both = united([one, other])
    assert both.reads == {"/a", "/c"} and both.writes == {"/b"}
    assert both.network and not both.stable and both.foreign and both.assumes == ("x",)
    assert not united([one, Effects(variables=ANY)]).foreign


def test_the_directories_above_a_path() -> None:
    assert above("/a/b/c") == ("/a/b", "/a")
    assert above("/a") == ()
