"""Cache mounts for the packages of distributions, above all apt's: exact texts, and what is left alone."""

from __future__ import annotations

import pytest

from dcache.rules.mounts.cache_mount_missing import Options

from .conftest import FixText

MISSING = "mounts/cache-mount-missing"
CLEANED = "mounts/cache-cleaned-in-mount"
ASKED = {MISSING: Options(system=True)}
KEPT = "-o Dir::Cache::archives=/var/cache/apt/kept"


def text_of(fix_text: FixText, text: str, *rules: str, **options: object) -> str:
    fixed = fix_text(text, *(rules or (MISSING,)), options=ASKED, **options)
    assert fixed.settled and not fixed.withdrawn, fixed.withdrawn
    return str(fixed.texts.get("Dockerfile", text))


def mount(folder: str, name: str = "debian-bookworm", what: str = "apt") -> str:
    return f"--mount=type=cache,id={what}-{name},target={folder},sharing=locked"


APT = mount("/var/cache/apt")
LISTS = mount("/var/lib/apt/lists", what="apt-lists")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "RUN apt-get update && apt-get install -y a b && rm -rf /var/lib/apt/lists/*\n",
            f"RUN {APT} \\\n    {LISTS} \\\n    apt-get update && apt-get install {KEPT} -y a b\n",
            id="one line",
        ),
        pytest.param(
            "RUN apt-get update \\\n # what it takes\n && apt-get install -y --no-install-recommends \\\n   a \\\n"
            "   # b is for c\n   b \\\n && apt-get clean \\\n && rm -rf /var/lib/apt/lists/* /tmp/* \\\n && a -V\n",
            f"RUN {APT} \\\n    {LISTS} \\\n    apt-get update \\\n # what it takes\n"
            f" && apt-get install {KEPT} -y --no-install-recommends \\\n   a \\\n   # b is for c\n   b \\\n"
            " && rm -rf /tmp/* \\\n && a -V\n",
            id="continuations and comments",
        ),
        pytest.param(
            "run apt-get update && apt-get install -y a && rm -r -f /var/lib/apt/lists/* /var/cache/apt/archives/*",
            f"run {APT} \\\n    {LISTS} \\\n    apt-get update && apt-get install {KEPT} -y a",
            id="lower case, no line feed at the end, both are removed",
        ),
        pytest.param(
            "RUN <<E\nset -e\napt-get update\napt-get install -y a\nrm -rf /var/lib/apt/lists/*\nE\n",
            f"RUN {APT} \\\n    {LISTS} \\\n    <<E\nset -e\napt-get update\napt-get install {KEPT} -y a\nE\n",
            id="heredoc",
        ),
        pytest.param(
            "RUN apt-get update && apt-get install -y a\n",
            f"RUN {APT} apt-get update && apt-get install {KEPT} -y a\n",
            id="the image keeps its lists",
        ),
        pytest.param(
            "RUN apt-get update\nRUN apt-get install -y a && apt-get clean\n",
            f"RUN apt-get update\nRUN {APT} apt-get install {KEPT} -y a\n",
            id="updated before: the lists stay in the layer",
        ),
        pytest.param(
            "RUN apt-get update\nRUN apt-get install -y a && rm -rf /var/lib/apt/lists/*\n",
            f"RUN apt-get update\nRUN {APT} apt-get install {KEPT} -y a && rm -rf /var/lib/apt/lists/*\n",
            id="lists of another layer are removed from the image",
        ),
        pytest.param(
            "RUN apt-get update\nRUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*\n",
            f"RUN apt-get update\nRUN {APT} apt-get update && apt-get install {KEPT} -y a "
            "&& rm -rf /var/lib/apt/lists/*\n",
            id="the mount would leave those of the layer before in the image",
        ),
        pytest.param(
            "RUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists\n",
            f"RUN {APT} apt-get update && apt-get install {KEPT} -y a && rm -rf /var/lib/apt/lists\n",
            id="the directory itself goes",
        ),
        pytest.param(
            "RUN apt-get update && apt-get install -y a && rm -rf /var/lib/{apt,dpkg,cache,log}/\n",
            f"RUN {APT} apt-get update && apt-get install {KEPT} -y a && rm -rf /var/lib/{{apt,dpkg,cache,log}}/\n",
            id="more than the lists goes",
        ),
        pytest.param(
            "RUN apt-get update && apt-get install -y a && rm -f /var/lib/apt/lists/*\n",
            f"RUN {APT} apt-get update && apt-get install {KEPT} -y a && rm -f /var/lib/apt/lists/*\n",
            id="not all lists go",
        ),
        pytest.param(
            "RUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*; true\n",
            f"RUN {APT} \\\n    {LISTS} \\\n    apt-get update && apt-get install {KEPT} -y a; true\n",
            id="a chain that goes on",
        ),
        pytest.param(
            "RUN apt-get update && apt-get install -y a || rm -rf /var/lib/apt/lists/*\n",
            f"RUN {APT} apt-get update && apt-get install {KEPT} -y a || rm -rf /var/lib/apt/lists/*\n",
            id="lists that may go",
        ),
        pytest.param(
            "RUN if b; then apt-get update; fi && apt-get install -y a && rm -rf /var/lib/apt/lists/*\n",
            f"RUN {APT} if b; then apt-get update; fi && apt-get install {KEPT} -y a && rm -rf /var/lib/apt/lists/*\n",
            id="lists that may not come",
        ),
        pytest.param(
            "RUN apt-get install -y a && apt-get update && rm -rf /var/lib/apt/lists/*\n",
            f"RUN {APT} apt-get install {KEPT} -y a && apt-get update && rm -rf /var/lib/apt/lists/*\n",
            id="lists that come too late",
        ),
        pytest.param(
            "RUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/* && apt-get update\n",
            f"RUN {APT} apt-get update && apt-get install {KEPT} -y a && rm -rf /var/lib/apt/lists/* "
            "&& apt-get update\n",
            id="lists that are there again at the end",
        ),
        pytest.param(
            "RUN apt-get update && apt-get install -y a \\\n && gem install b && apt-get purge -y --auto-remove a \\\n"
            " && rm -rf /var/lib/apt/lists/*\n",
            f"RUN {APT} \\\n    {LISTS} \\\n    apt-get update && apt-get install {KEPT} -y a \\\n"
            " && gem install b && apt-get purge -y --auto-remove a\n",
            id="packages for a moment",
        ),
        pytest.param(
            "RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y install a ./b.deb \\\n"
            " && apt-get -y upgrade && rm -rf /var/lib/apt/lists/*\n",
            f"RUN {APT} \\\n    {LISTS} \\\n    apt-get update && "
            f"DEBIAN_FRONTEND=noninteractive apt-get -qq -y install {KEPT} a ./b.deb \\\n"
            f" && apt-get -y upgrade {KEPT}\n",
            id="options, variables, files and upgrades",
        ),
        pytest.param(
            "RUN apt update && apt install -y a && rm -rf /var/lib/apt/lists/*\n",
            f"RUN {APT} \\\n    {LISTS} \\\n    apt update && "
            f"apt install {KEPT} -o APT::Keep-Downloaded-Packages=1 -y a\n",
            id="apt throws packages away by itself",
        ),
        pytest.param(
            'RUN apt-get update && apt-get install -y $(cat /a.txt) && rm -rf "$HOME/x" /var/lib/apt/lists/*\n',
            f"RUN {APT} \\\n    {LISTS} \\\n    "
            f'apt-get update && apt-get install {KEPT} -y $(cat /a.txt) && rm -rf "$HOME/x"\n',
            id="names from a file, and a variable among what is removed",
        ),
        pytest.param(
            "RUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*\nUSER me\nRUN b\n"
            "RUN apt-get update && apt-get install -y c && rm -rf /var/lib/apt/lists/*\n",
            f"RUN {APT} \\\n    {LISTS} \\\n    apt-get update && apt-get install {KEPT} -y a\nUSER me\nRUN b\n"
            "RUN apt-get update && apt-get install -y c && rm -rf /var/lib/apt/lists/*\n",
            id="one step with it, one without: another user",
        ),
        pytest.param(
            "COPY r.txt .\nRUN apt-get update && apt-get install -y a && pip install -r r.txt "
            "&& rm -rf /var/lib/apt/lists/* ~/.cache\n",
            "COPY r.txt .\nRUN apt-get update && apt-get install -y a && pip install -r r.txt "
            "&& rm -rf /var/lib/apt/lists/* ~/.cache\n",
            id="the tool that the finding is about has no cure",
        ),
        pytest.param(
            "COPY r.txt .\nRUN apt-get update && apt-get install -y a && pip install -r r.txt "
            "&& rm -rf /var/lib/apt/lists/*\n",
            f"COPY r.txt .\nRUN --mount=type=cache,target=/root/.cache/pip \\\n    {APT} \\\n    {LISTS} \\\n"
            f"    apt-get update && apt-get install {KEPT} -y a && pip install -r r.txt\n",
            id="with the cache of another tool",
        ),
        pytest.param(
            "COPY r.txt .\nRUN apt-get update && apt-get install -y a && pip install -r r.txt "
            "&& rm -rf ~/.cache/pip /var/lib/apt/lists/*\n",
            "COPY r.txt .\nRUN --mount=type=cache,target=/root/.cache/pip apt-get update && apt-get install -y a "
            "&& pip install -r r.txt && rm -rf /var/lib/apt/lists/*\n",
            id="nothing is left for rm to remove",
        ),
    ],
)
def test_packages_of_apt_are_kept(before: str, after: str, fix_text: FixText) -> None:
    assert text_of(fix_text, "FROM debian:12\n" + before, unsafe=True) == "FROM debian:12\n" + after
    assert text_of(fix_text, "FROM debian:12\n" + before) == "FROM debian:12\n" + before


def test_line_ends_and_tabs_stay(fix_text: FixText) -> None:
    before = (
        "FROM debian:12\r\nRUN apt-get update \\\r\n\t&& apt-get install a \\\r\n\t&& rm -rf /var/lib/apt/lists/*\r\n"
    )
    after = (
        f"FROM debian:12\r\nRUN {APT} \\\r\n    {LISTS} \\\r\n"
        f"    apt-get update \\\r\n\t&& apt-get install {KEPT} a\r\n"
    )
    assert text_of(fix_text, before, unsafe=True) == after


def test_another_escape_character_is_left_alone(fix_text: FixText) -> None:
    text = "# escape=`\nFROM debian:12\nRUN apt-get update `\n  && apt-get install -y a\n"
    assert text_of(fix_text, text, unsafe=True) == text, "Windows"


@pytest.mark.parametrize(
    ("base", "name"),
    [
        ("FROM debian", "debian"),
        ("FROM debian:bookworm-slim", "debian-bookworm"),
        ("FROM ubuntu:24.04", "ubuntu-noble"),
        ("FROM python:3.13-slim-trixie", "debian-trixie"),
        ("FROM python:3.13-slim", "python-3.13-slim"),
        ("FROM python:3.13@sha256:" + "0" * 64, "python-3.13"),
        ("FROM docker.io/library/python:3.13", "python-3.13"),
        ("FROM ghcr.io/Shop/base:1.2", None),
        ("FROM ghcr.io/shop/base:1.2_a", "ghcr.io-shop-base-1.2_a"),
        ("FROM localhost:5000/base", "localhost-5000-base"),
        ("ARG V=3.13\nFROM python:$V", "python"),
        ("ARG V=3.13\nFROM python:${V}-slim", "python"),
        ("ARG V=8.0\nFROM mcr.microsoft.com/dotnet/sdk:$V", None),
        ("ARG V=jammy\nFROM buildpack-deps:$V", None),
        ("ARG BASE=debian:12\nFROM $BASE", None),
        ("ARG BASE=python\nFROM $BASE:3.13", None),
        ("ARG V\nFROM debian:$V", None),
        ("FROM debian:$NONE", None),
        ("FROM scratch\nADD root.tar /", None),
        ("FROM debian:12 AS a\nFROM a", "debian-bookworm"),
    ],
)
def test_a_cache_has_the_name_of_its_distribution(base: str, name: str | None, fix_text: FixText) -> None:
    before = f"{base}\nRUN apt-get update && apt-get install -y a\n"
    flag = "" if name is None else mount("/var/cache/apt", name) + " "
    kept = f"{KEPT} " if flag else ""
    after = f"{base}\nRUN {flag}apt-get update && apt-get install {kept}-y a\n"
    assert text_of(fix_text, before, unsafe=True) == after


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("RUN aptitude update && aptitude install -y a", "it has options of its own"),
        ("RUN apt-get update && xargs -a l.txt apt-get install -y", "another program calls it"),
        ("RUN apt-get update && apt-get install -y a && xargs -a l.txt apt-get install -y", "one of two is told"),
        ("RUN apt-get update && bash -c 'apt-get install -y a'", "inside a string"),
        ("RUN chroot /mnt apt-get install -y a", "another root"),
        ("RUN su -c 'apt-get install -y a'", "another user"),
        ("USER me\nRUN apt-get update && apt-get install -y a", "another user"),
        ("USER $ME\nRUN apt-get update && apt-get install -y a", "a user that a variable names"),
        ("USER me\nRUN sudo apt-get install -y a", "another user"),
        ('RUN ["apt-get", "install", "-y", "a"]', "no shell"),
        ("RUN APT=apt-get && $APT install -y a", "a variable names the program"),
        ("RUN apt-get -o Dir::Cache::archives=/debs install -y a", "it says where"),
        ("RUN apt-get -o Dir::Cache=/debs install -y a", "it says where"),
        ("RUN apt-get -c /apt.conf install -y a", "a file may say where"),
        ("RUN APT_CONFIG=/apt.conf apt-get install -y a", "a file may say where"),
        ("ENV APT_CONFIG=/apt.conf\nRUN apt-get install -y a", "a file may say where"),
        (
            "RUN echo 'Dir::Cache \"/debs\";' > /etc/apt/apt.conf.d/dir\nRUN apt-get install -y a",
            "a setting says where",
        ),
        ("RUN rm -f /etc/apt/apt.conf.d/docker-clean\nRUN apt-get install -y a", "packages are kept already"),
        ("RUN apt-get install -y -d a && dpkg -i /var/cache/apt/archives/*.deb", "they are wanted where they lie"),
        ("RUN apt-get install -y --download-only a\nRUN apt-get install -y --no-download a", "they are wanted later"),
        ("RUN apt-get install -y a\nRUN cp /var/cache/apt/archives/*.deb /debs", "they are wanted later"),
        ("RUN cd /var/cache/apt && apt-get install -y a && rm -rf *", "it would empty the mount"),
        ("RUN apt-get install -y a && rm -rf /var/cache/*", "it would empty the mount"),
        ("RUN apt-get install -y a && rm -rf /var/{cache,log}/*", "it may empty the mount"),
        ("RUN apt-get install -y a && rm -rf /var/c*", "it may empty the mount"),
        ("RUN apt-get install -y a && find /var/cache -type f -delete", "it would empty the mount"),
        ("RUN apt-get install -y a; apt-get clean", "the last command decides"),
        ("RUN apt-get install -y a && (apt-get clean)", "not taken out of parentheses"),
        ("RUN apt-get install -y a && apt-get distclean", "it takes the lists, too"),
        ("COPY debs /var/cache/apt/archives/\nRUN apt-get install -y a", "the mount would hide it"),
        ("ADD cache.tar /var/cache\nRUN apt-get install -y a", "the mount would hide it"),
        ("COPY lists /var/lib/apt/lists/\nRUN apt-get install -y a", "the lists are given"),
        ("RUN tar -xf /debs.tar -C /var/cache/apt\nRUN apt-get install -y a", "the mount would hide it"),
        ("RUN --mount=type=cache,target=/var/cache/apt apt-get install -y a", "there is a mount"),
        ("RUN --mount=type=bind,source=a,target=/var/cache/apt apt-get install -y a", "there is a mount"),
        ("RUN ls && apt-get moo", "no install"),
        ("RUN echo apt-get install -y a", "no install"),
        ("ONBUILD RUN apt-get update && apt-get install -y a", "for those who build on it"),
        ("RUN zypper install -y a && zypper clean", "what it keeps is a setting of the image"),
        ("RUN pacman -S --noconfirm a", "not known here"),
        ("RUN dnf install -y a && dnf clean all", "no image with dnf"),
        ('SHELL ["pwsh", "-c"]\nRUN apt-get install -y a', "an opaque shell"),
    ],
)
def test_packages_that_are_not_kept(text: str, why: str, fix_text: FixText) -> None:
    text = f"FROM debian:12\n{text}\n"
    assert text_of(fix_text, text, unsafe=True) == text, why


@pytest.mark.parametrize("source", ["/var/cache/apt/archives/", "/var/cache", "/", "/var/lib/apt/lists", "/va*"])
def test_a_cache_that_another_stage_copies_stays_in_its_layer(source: str, fix_text: FixText) -> None:
    text = (
        f"FROM debian:12 AS a\nRUN apt-get update && apt-get install -y a\nFROM scratch\nCOPY --from=a {source} /x/\n"
    )
    assert text_of(fix_text, text, unsafe=True) == text


def test_without_the_option_packages_by_name_are_left_alone(fix_text: FixText) -> None:
    text = "FROM debian:12\nRUN apt-get update && apt-get install -y a\n"
    assert not fix_text(text, MISSING, unsafe=True).applied


def test_an_old_frontend_knows_no_mounts(fix_text: FixText) -> None:
    text = "# syntax=docker/dockerfile:1.1\nFROM debian:12\nRUN apt-get update && apt-get install -y a\n"
    assert text_of(fix_text, text, unsafe=True) == text


def test_what_it_assumes_is_said(fix_text: FixText) -> None:
    text = "FROM debian:12\nRUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*\n"
    (one,) = fix_text(text, MISSING, unsafe=True, options=ASKED).applied
    assert one.fix.assumes == (
        "what an earlier build left in the cache is right for the next one, and that nothing in the image reads "
        "`/var/cache/apt` or `/var/lib/apt/lists`"
    )


def test_lists_that_are_removed_elsewhere_go_on_being_removed(fix_text: FixText) -> None:
    text = "FROM debian:12\nRUN apt-get update && apt-get install -y a\n"
    after = f"FROM debian:12\nRUN {APT} apt-get update && apt-get install {KEPT} -y a && rm -rf /var/lib/apt/lists/*\n"
    assert text_of(fix_text, text, MISSING, CLEANED, "packages/apt-lists-kept", unsafe=True) == after


def test_stages_that_stand_on_each_other_are_cured_alike(fix_text: FixText) -> None:
    run = "RUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*\n"
    cured = f"RUN {APT} \\\n    {LISTS} \\\n    apt-get update && apt-get install {KEPT} -y a\n"
    text = "FROM debian:12 AS a\n{0}FROM a AS b\n{0}RUN rm -rf /var/cache/apt/* && b\n"
    assert text_of(fix_text, text.format(run), unsafe=True) == text.format(cured)
