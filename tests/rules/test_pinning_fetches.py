"""The rules on downloads and repositories that nothing holds fast: hits, and the longer lists of silences."""

from __future__ import annotations

import pytest

from dcache.rules.moving import moving_part, ref_kind
from dcache.rules.pinning.download_unpinned import Options

from .conftest import Lint

LOAD, ADD, GIT, TAG = (
    "pinning/download-unpinned",
    "pinning/add-without-checksum",
    "pinning/add-git-unpinned",
    "pinning/git-clone-unpinned",
)
FULL = "0123456789012345678901234567890123456789"

Case = tuple[str, str]

HITS: dict[str, Case] = {
    "a script": (LOAD, "RUN curl -fsSL https://example.com/install.sh | sh"),
    "a site that serves a script": (LOAD, "RUN curl https://sh.example.com | sh -s -- -y"),
    "in a substitution": (LOAD, 'RUN sh -c "$(curl -fsSL https://example.com/install.sh)"'),
    "ADD": (ADD, "ADD https://example.com/x-1.2.tgz /x"),
    "ADD from a branch": (ADD, "ADD https://raw.githubusercontent.com/a/b/main/x /x"),
    "ADD of two": (ADD, "ADD x https://example.com/x /x/"),
    "the default branch": (GIT, "ADD https://github.com/a/b.git /x"),
    "a branch": (GIT, "ADD https://github.com/a/b.git#main /x"),
    "a folder of the default branch": (GIT, "ADD https://github.com/a/b.git#:docs /x"),
    "by ssh": (GIT, "ADD git@github.com:a/b.git /x"),
    "a tag": (TAG, "RUN git clone -b v1.2.3 https://github.com/a/b"),
}

SILENT: dict[str, Case] = {
    "a version": (LOAD, "RUN curl -O https://example.com/x-1.2.3.tgz"),
    "a single number": (LOAD, "RUN curl -O https://example.com/v2/x.tgz"),
    "a date": (LOAD, "RUN curl -O https://example.com/20250101/x.tgz"),
    "a digest": (LOAD, "RUN curl -O https://example.com/blobs/deadbeef01"),
    "a variable": (LOAD, "ARG V\nRUN curl -O https://example.com/x-${V}.tgz"),
    "a checksum": (LOAD, "RUN curl -O https://example.com/x && sha256sum -c x.sha"),
    "a signature": (LOAD, "RUN curl -O https://example.com/x && gpg --verify x.sig x"),
    "a key": (LOAD, "RUN curl https://example.com/gpgkey | apt-key add -"),
    "this machine": (LOAD, "RUN curl http://localhost:8080/x"),
    "a check of health": (LOAD, "RUN curl -I https://example.com/x"),
    "what moves is of another rule": (LOAD, "RUN curl -O https://example.com/latest/x"),
    "a version for the installer": (LOAD, "RUN curl https://example.com/i.sh | sh -s -- --version 1.2"),
    "a toolchain": (LOAD, "RUN curl https://sh.example.com | sh -s -- --default-toolchain $RUST"),
    "a version in the environment": (LOAD, "ENV POETRY_VERSION=1.8\nRUN curl https://install.poetry.example.com/ | sh"),
    "a listing that is looked at": (LOAD, "RUN curl https://example.com/releases"),
    "not sure to run": (LOAD, "RUN test -f /x || curl -O https://example.com/x"),
    "no download": (LOAD, "RUN echo https://example.com/x"),
    "with its checksum": (ADD, f"ADD --checksum=sha256:{'0' * 64} https://example.com/x /x"),
    "a checksum from an argument": (ADD, "ARG SUM\nADD --checksum=${SUM} https://example.com/x /x"),
    "a bust": (ADD, "ADD https://api.github.com/repos/a/b/git/refs/heads/main /x"),
    "a key that is added": (ADD, "ADD https://example.com/x.asc /x"),
    "a repository": (ADD, "ADD https://github.com/a/b.git /x"),
    "a local archive": (ADD, "ADD x.tgz /x"),
    "COPY": (ADD, "COPY x /x"),
    "a commit": (GIT, f"ADD https://github.com/a/b.git#{FULL} /x"),
    "a commit as a query": (GIT, f"ADD https://github.com/a/b.git?branch=main&commit={FULL} /x"),
    "a commit as a checksum": (GIT, f"ADD --checksum={FULL} https://github.com/a/b.git#main /x"),
    "a tag that is added": (GIT, "ADD https://github.com/a/b.git#v1.2 /x"),
    "a reference that is not known": (GIT, "ARG REF\nADD https://github.com/a/b.git#$REF /x"),
    "a file": (GIT, "ADD https://example.com/b.tgz /x"),
    "a branch is of another rule": (TAG, "RUN git clone https://github.com/a/b"),
    "a tag, then a commit": (TAG, f"RUN git clone -b v1.2.3 https://github.com/a/b && git -C b checkout {FULL}"),
    "a tag that is not known": (TAG, "ARG V\nRUN git clone -b $V https://github.com/a/b"),
    "a commit that is cloned": (TAG, f"RUN git clone --revision={FULL} https://github.com/a/b"),
}


@pytest.mark.parametrize("case", HITS.values(), ids=HITS.keys())
def test_reported(case: Case, lint_text: Lint) -> None:
    rule, body = case
    report = lint_text(f"FROM debian:12\n{body}\nRUN true\n", rule)
    assert not report.crashes
    assert [one.rule for one in report.diagnostics] == [rule]


@pytest.mark.parametrize("case", SILENT.values(), ids=SILENT.keys())
def test_silent(case: Case, lint_text: Lint) -> None:
    rule, body = case
    report = lint_text(f"FROM debian:12\n{body}\nRUN true\n", rule)
    assert not report.crashes
    assert [one.sentence for one in report.diagnostics] == []


def test_the_option_asks_for_a_checksum_of_versions_too(lint_text: Lint) -> None:
    text = "FROM a\nRUN curl -O https://example.com/x-1.2.3.tgz\n"
    (found,) = lint_text(text, LOAD, options={LOAD: Options(require_checksum=True)}).diagnostics
    assert "without a checksum" in found.message


def test_a_copy_that_re_runs_counts_what_follows(lint_text: Lint) -> None:
    (found,) = lint_text("FROM a\nADD https://example.com/x /x\nRUN true\nRUN false\n", ADD).diagnostics
    assert found.cost.endswith("re-runs this step and 2 later steps")


@pytest.mark.parametrize(
    ("ref", "kind"),
    [
        (None, "branch"), ("main", "branch"), ("origin/x", "branch"), ("refs/heads/x", "branch"), ("3.x", "branch"),
        ("v1.2.3", "tag"), ("1.2", "tag"), ("v3", "tag"), ("release-2024-01", "tag"), ("refs/tags/x", "tag"),
        (FULL, "commit"), (FULL[:7], "commit"), ("$V", "unknown"), ("jammy", "unknown"), ("feature/x", "unknown"),
    ],
)  # fmt: skip
def test_what_a_reference_is(ref: str | None, kind: str) -> None:
    assert ref_kind(ref) == kind


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("https://x.example/latest/a", "latest"),
        ("https://x.example/a-latest.tgz", "a-latest.tgz"),
        ("https://x.example/nightly/a", "nightly"),
        ("https://huggingface.co/a/b/resolve/main/x", "main"),
        ("https://github.com/a/b/archive/master.tar.gz", "master.tar.gz"),
        ("https://x.example/main/a", None),
        ("https://x.example/1.2.3/a", None),
        ("https://latest.example/a", None),
        ("https://x.example/a?v=latest", None),
    ],
)
def test_what_moves_in_an_address(url: str, part: str | None) -> None:
    assert moving_part(url) == part
