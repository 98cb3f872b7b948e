"""The rules on stages, and on builds that differ each time: hits, and the longer lists of silences."""

from __future__ import annotations

import pytest

from .conftest import Lint

REPEATED, LINK, HELPS, CHAIN = (
    "stages/repeated-steps",
    "stages/link-without-effect",
    "stages/copy-link-helps",
    "stages/from-stage-chain-fragile",
)
DATE, PACKED, LOCK, UPGRADE = (
    "reproducibility/date-in-layer",
    "reproducibility/archive-with-times",
    "reproducibility/unlocked-install",
    "reproducibility/dist-upgrade",
)
SNAPSHOT, SORTED = "reproducibility/apt-without-snapshot", "reproducibility/unsorted-packages"
EPOCH = "reproducibility/epoch-not-passed"
APT = "RUN apt-get update && apt-get install -y"
TAKE = "\nFROM scratch\nCOPY --from=b /x /x"

Case = tuple[str, str]

HITS: dict[str, Case] = {
    "another order": (REPEATED, f"FROM d AS a\n{APT} x y\nFROM d\nCOPY --from=a /x /x\n{APT} y x"),
    "something before it": (REPEATED, f"FROM d AS a\nWORKDIR /a\n{APT} x\nFROM d\n{APT} x\nCOPY --from=a /x /x"),
    "another variable": (REPEATED, f"FROM d AS a\nENV A=1\n{APT} x\nFROM d\n{APT} x\nCOPY --from=a /x /x"),
    "three stages": (
        REPEATED,
        f"FROM d AS a\n{APT} x\nFROM d AS b\nWORKDIR /b\n{APT} x\nFROM d\nWORKDIR /c\n{APT} x\n"
        "COPY --from=a /x /x\nCOPY --from=b /x /x",
    ),
    "an install of the project": (
        REPEATED,
        "FROM n AS a\nWORKDIR /a\nCOPY package*.json ./\nRUN npm ci\nFROM n\nWORKDIR /a\nCOPY . .\nRUN npm ci\n"
        "COPY --from=a /x /x",
    ),
    "the mode in any order": (LINK, "FROM d\nCOPY --chmod=755 --link x /x"),
    "a heredoc": (LINK, "FROM d\nCOPY --link --chmod=755 <<x /x\na\nx"),
    "behind a copy of the context": (HELPS, f"FROM d AS b\n{APT} x\nFROM d\nCOPY . /a\nCOPY --from=b /x /x"),
    "what is removed": (CHAIN, "FROM d AS b\nWORKDIR /a\nCOPY . .\nRUN make\nFROM b\nRUN rm -rf src tests"),
    "pruned": (CHAIN, "FROM n AS b\nWORKDIR /a\nCOPY . .\nRUN npm run build\nFROM b\nRUN npm prune --omit=dev"),
    "through two stages": (
        CHAIN,
        "FROM d AS b\nCOPY . /a\nFROM b AS c\nRUN make\nFROM c\nRUN useradd x && mkdir /data",
    ),
    "a date in a file": (DATE, "FROM d\nRUN date -u +%F > /built"),
    "a date that is appended": (DATE, 'FROM d\nRUN echo "at $(date)" >> /x/version'),
    "a date in a program": (DATE, "FROM d\nRUN make VERSION=$(date +%Y%m%d)"),
    "a date in backquotes": (DATE, 'FROM d\nRUN go build -ldflags "-X m.d=`date`" .'),
    "an archive": (PACKED, f"FROM d AS b\nRUN tar czf /x.tgz /y{TAKE}"),
    "an archive with dashes": (PACKED, f"FROM d AS b\nRUN cd /y && tar -c -z -f /x.tgz .{TAKE}"),
    "npm": (LOCK, "FROM n\nCOPY package.json package-lock.json ./\nRUN npm i --omit=dev"),
    "npm with a pattern": (LOCK, "FROM n\nCOPY package*.json ./\nRUN npm install"),
    "pnpm": (LOCK, "FROM n\nCOPY pnpm-lock.yaml package.json ./\nRUN corepack enable && pnpm install"),
    "yarn": (LOCK, "FROM n\nCOPY package.json yarn.lock ./\nRUN yarn"),
    "uv, bound": (LOCK, "FROM p\nRUN --mount=type=bind,source=uv.lock,target=uv.lock uv sync"),
    "bundler": (LOCK, "FROM r\nCOPY Gemfile Gemfile.lock ./\nRUN bundle install -j4"),
    "an update": (LOCK, "FROM r\nRUN cargo update && cargo build"),
    "apt": (UPGRADE, "FROM d\nRUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get dist-upgrade -y"),
    "apt with sudo": (UPGRADE, "FROM d\nRUN sudo apt full-upgrade -y"),
    "zypper": (UPGRADE, "FROM s\nRUN zypper -n dist-upgrade"),
    "no snapshot": (SNAPSHOT, f"FROM debian:12\n{APT} curl"),
    "an epoch of above": (EPOCH, "ARG SOURCE_DATE_EPOCH\nFROM d\nRUN date -d @$SOURCE_DATE_EPOCH > /x"),
    "an epoch that comes later": (EPOCH, "FROM d\nRUN touch -d @${SOURCE_DATE_EPOCH:-0} /x\nARG SOURCE_DATE_EPOCH"),
    "not sorted": (SORTED, f"FROM d\n{APT} \\\n a \\\n c \\\n b \\\n d \\\n e"),
}

SILENT: dict[str, Case] = {
    "shared already": (REPEATED, f"FROM d AS a\n{APT} x\nCOPY a /a\nFROM d\n{APT} x\nCOPY --from=a /x /x"),
    "another image": (REPEATED, f"FROM d:1 AS a\nWORKDIR /a\n{APT} x\nFROM d:2\n{APT} x\nCOPY --from=a /x /x"),
    "another platform": (
        REPEATED,
        f"FROM --platform=linux/arm64 d AS a\nWORKDIR /a\n{APT} x\nFROM d\n{APT} x\nCOPY --from=a /x /x",
    ),
    "another user": (REPEATED, f"FROM d AS a\nUSER u\n{APT} x\nFROM d\n{APT} x\nCOPY --from=a /x /x"),
    "other packages": (REPEATED, f"FROM d AS a\nWORKDIR /a\n{APT} x\nFROM d\n{APT} x y\nCOPY --from=a /x /x"),
    "other options of the project": (
        REPEATED,
        "FROM n AS a\nCOPY package.json .\nRUN npm ci\nFROM n\nCOPY package.json .\nRUN npm ci --omit=dev\n"
        "COPY --from=a /x /x",
    ),
    "one on the other": (REPEATED, f"FROM d AS a\n{APT} x\nFROM a\n{APT} x"),
    "one stage": (REPEATED, f"FROM d\n{APT} x\nWORKDIR /y\n{APT} x"),
    "an unused stage": (REPEATED, f"FROM d AS a\nWORKDIR /a\n{APT} x\nFROM d\n{APT} x"),
    "no install": (REPEATED, "FROM d AS a\nWORKDIR /a\nRUN make\nFROM d\nRUN make\nCOPY --from=a /x /x"),
    "a package that lies there": (REPEATED, f"FROM d AS a\nCOPY x /x\n{APT} /x\nFROM d\n{APT} /x\nCOPY --from=a /x /y"),
    "no mode": (LINK, "FROM d\nCOPY --link x /x"),
    "no link": (LINK, "FROM d\nCOPY --chmod=755 x /x"),
    "not linked": (LINK, "FROM d\nCOPY --link=false --chmod=755 x /x"),
    "an owner": (LINK, "FROM d\nCOPY --link --chown=1:1 x /x"),
    "linked": (HELPS, "FROM d AS b\nRUN make\nFROM d\nCOPY . /a\nCOPY --link --from=b /x /x"),
    "nothing before it": (HELPS, "FROM d AS b\nRUN make\nFROM d\nCOPY --from=b /x /x\nCOPY . /a"),
    "a RUN behind it": (HELPS, "FROM d AS b\nRUN make\nFROM d\nCOPY . /a\nCOPY --from=b /x /x\nRUN /x"),
    "below a link": (HELPS, "FROM d AS b\nRUN make\nFROM d\nCOPY . /a\nCOPY --from=b /x /lib/x"),
    "an owner by name": (HELPS, "FROM d AS b\nRUN make\nFROM d\nCOPY . /a\nCOPY --chown=u --from=b /x /x"),
    "a mode that cannot be linked": (HELPS, "FROM d AS b\nRUN make\nFROM d\nCOPY . /a\nCOPY --chmod=1 --from=b /x /x"),
    "tests": (CHAIN, "FROM d AS b\nCOPY . /a\nRUN make\nFROM b\nRUN useradd x && make -C /a test"),
    "no source": (CHAIN, f"FROM d AS b\n{APT} x\nFROM b\nRUN useradd x"),
    "manifests only": (CHAIN, "FROM n AS b\nCOPY package.json /a/\nRUN npm ci\nFROM b\nRUN useradd x"),
    "an owner of the source": (CHAIN, "FROM d AS b\nCOPY . /a\nFROM b\nRUN useradd x && chown -R x /a"),
    "a link to the source": (CHAIN, "FROM d AS b\nCOPY . /a\nFROM b\nRUN ln -s /a/run /usr/bin/run"),
    "caches are removed": (CHAIN, "FROM d AS b\nCOPY . /a\nFROM b\nRUN make -C /a && rm -rf /var/lib/apt/lists/*"),
    "what it installed itself": (CHAIN, f"FROM d AS b\nCOPY . /a\nFROM b\n{APT} gcc && make && apt-get purge -y gcc"),
    "no RUN": (CHAIN, "FROM d AS b\nCOPY . /a\nRUN make\nFROM b\nCMD /a"),
    "text that is not read": (CHAIN, "FROM d AS b\nCOPY . /a\nFROM b\nRUN useradd 'x"),
    "a date that is printed": (DATE, "FROM d\nRUN date && echo $(date)"),
    "a date to the error output": (DATE, 'FROM d\nRUN echo "$(date)" >&2 && date > /dev/null'),
    "a time that is measured": (DATE, "FROM d\nRUN s=$(date +%s) && make && echo $(( $(date +%s) - s ))"),
    "a given date": (DATE, "FROM d\nRUN date -d @$SOURCE_DATE_EPOCH > /x && date --date=@0 > /y"),
    "the date of a file": (DATE, "FROM d\nRUN date -r Makefile > /x"),
    "a word": (DATE, "FROM d\nRUN echo date > /x && apt-get update > /y"),
    "another program": (DATE, "FROM d\nRUN ./date > /x.date && validate --date > /z"),
    "an archive with a time": (PACKED, f"FROM d AS b\nRUN tar --mtime=@0 -czf /x.tgz /y{TAKE}"),
    "an archive that is unpacked": (PACKED, f"FROM d AS b\nRUN tar xzf /x.tgz && tar -x -f /c.tgz{TAKE}"),
    "an archive in a pipe": (PACKED, f"FROM d AS b\nRUN tar -cf - /y | tar -xf - -C /x{TAKE}"),
    "an archive that is listed": (PACKED, f"FROM d AS b\nRUN tar -tzf /c.tgz{TAKE}"),
    "an archive that nobody takes": (PACKED, "FROM d\nRUN tar -czf /x.tgz /y"),
    "zip without times": (PACKED, f"FROM d AS b\nRUN zip -X -r /x.zip /y{TAKE}"),
    "npm ci": (LOCK, "FROM n\nCOPY package*.json ./\nRUN npm ci"),
    "no lock file": (LOCK, "FROM n\nCOPY package.json ./\nRUN npm install"),
    "all is copied, and what is not known": (LOCK, "FROM n\nCOPY . .\nRUN npm install"),
    "a package by name": (LOCK, "FROM n\nCOPY package.json package-lock.json ./\nRUN npm install --save-dev x"),
    "everywhere": (LOCK, "FROM n\nCOPY package.json yarn.lock ./\nRUN npm install -g yarn && yarn global add x"),
    "frozen": (LOCK, "FROM n\nCOPY package.json yarn.lock ./\nRUN yarn install --frozen-lockfile"),
    "immutable": (LOCK, "FROM n\nCOPY package.json yarn.lock ./\nRUN yarn install --immutable"),
    "in CI": (LOCK, "FROM n\nENV CI=1\nCOPY package.json pnpm-lock.yaml ./\nRUN pnpm i"),
    "another lock file": (LOCK, "FROM n\nCOPY package.json yarn.lock ./\nRUN npm install"),
    "a deployment": (LOCK, "FROM r\nCOPY Gemfile* ./\nRUN bundle config set deployment true && bundle install"),
    "uv, frozen": (LOCK, "FROM p\nENV UV_FROZEN=1\nCOPY pyproject.toml uv.lock ./\nRUN uv sync"),
    "uv, locked": (LOCK, "FROM p\nCOPY pyproject.toml uv.lock ./\nRUN uv sync --locked"),
    "an update of a tool": (LOCK, "FROM n\nRUN npm update -g npm"),
    "an update by name": (LOCK, "FROM n\nRUN composer update vendor/x"),
    "an update of something else": (LOCK, "FROM n\nRUN apt-get update && brew update"),
    "an upgrade": (UPGRADE, "FROM d\nRUN apt-get update && apt-get upgrade -y"),
    "a word in an option": (UPGRADE, "FROM d\nRUN apt-get install -y dist-upgrade"),
    "printed": (UPGRADE, "FROM d\nRUN echo apt-get dist-upgrade"),
    "dup of another program": (UPGRADE, "FROM d\nRUN dup zypper"),
    "a snapshot": (SNAPSHOT, f"FROM debian:12\nRUN echo deb http://snapshot.x/1 > /etc/apt/sources.list\n{APT} curl"),
    "a snapshot that is copied": (SNAPSHOT, f"FROM debian:12\nCOPY snapshot.list /etc/apt/\n{APT} curl"),
    "another distribution": (SNAPSHOT, "FROM alpine:3\nRUN apk add curl"),
    "a file": (SNAPSHOT, "FROM debian:12\nRUN apt-get install -y ./x.deb"),
    "an epoch that is declared": (EPOCH, "FROM d\nARG SOURCE_DATE_EPOCH=0\nRUN touch -d @$SOURCE_DATE_EPOCH /x"),
    "an epoch of the base": (
        EPOCH,
        "FROM d AS b\nENV SOURCE_DATE_EPOCH=1\nFROM b\nRUN touch -d @$SOURCE_DATE_EPOCH /x",
    ),
    "an epoch that the command sets": (EPOCH, "FROM d\nRUN SOURCE_DATE_EPOCH=0; touch -d @$SOURCE_DATE_EPOCH /x"),
    "an epoch that is read from git": (
        EPOCH,
        "FROM d\nRUN export SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) && touch -d @$SOURCE_DATE_EPOCH /x",
    ),
    "no epoch": (EPOCH, "FROM d\nRUN touch -d @$EPOCH /x"),
    "sorted": (SORTED, f"FROM d\n{APT} \\\n a \\\n b \\\n c \\\n d \\\n e"),
    "one line": (SORTED, f"FROM d\n{APT} a c b d e"),
    "few": (SORTED, f"FROM d\n{APT} \\\n b \\\n a"),
    "groups": (SORTED, f"FROM d\n{APT} \\\n a \\\n c \\\n # second\n b \\\n d \\\n e"),
}


@pytest.mark.parametrize("case", HITS.values(), ids=HITS.keys())
def test_reported(case: Case, lint_text: Lint) -> None:
    rule, text = case
    report = lint_text(text + "\n", rule)
    assert not report.crashes
    assert [one.rule for one in report.diagnostics] == [rule]


@pytest.mark.parametrize("case", SILENT.values(), ids=SILENT.keys())
def test_silent(case: Case, lint_text: Lint) -> None:
    rule, text = case
    report = lint_text(text + "\n", rule)
    assert not report.crashes
    assert report.refusal is None
    assert [one.sentence for one in report.diagnostics] == []


def test_what_keeps_steps_apart_is_related(lint_text: Lint) -> None:
    text = f"FROM d AS a\n{APT} x\nFROM d\nCOPY b /b\n{APT} x\nCOPY --from=a /x /x\n"
    (found,) = lint_text(text, REPEATED).diagnostics
    assert [text[one.span.start : one.span.end] for one in found.related] == [f"{APT} x", "COPY b /b"]
    assert "a stage on `d`" in found.cure


def test_a_wildcard_may_bring_no_lock_file(lint_text: Lint) -> None:
    text = "FROM n\nCOPY package*.json ./\nRUN npm install\n"
    (found,) = lint_text(text, LOCK).diagnostics
    assert found.confidence == "medium"
    assert lint_text(text, LOCK, context={"package.json": ""}).diagnostics == ()
    (found,) = lint_text(text, LOCK, context={"package.json": "", "package-lock.json": ""}).diagnostics
    assert found.confidence == "high"


def test_who_takes_from_the_stage_is_counted(lint_text: Lint) -> None:
    (found,) = lint_text(f"FROM d AS b\nRUN date > /x{TAKE}\n", DATE).diagnostics
    assert found.cost == "the step writes other bytes whenever it runs, and 1 step that takes from it may too"
