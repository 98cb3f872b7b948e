"""Cache mounts for the packages of apk and dnf: exact texts, and what is left alone."""

from __future__ import annotations

import pytest

from .conftest import FixText
from .test_system_mounts import ASKED, CLEANED, MISSING, mount, text_of

APK = mount("/var/cache/apk", "alpine-v3.20", "apk")
OWN = "-U --cache-dir /var/cache/apk"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("RUN apk add --no-cache a b\n", f"RUN {APK} apk add {OWN} a b\n"),
        ("RUN apk --no-cache add a", f"RUN {APK} apk add {OWN} a"),
        ("RUN apk add a\n", f"RUN {APK} apk add {OWN} a\n"),
        ("RUN apk add '--no-cache' a\n", f"RUN {APK} apk add {OWN} a\n"),
        (
            "RUN apk update && apk add a \\\n  # b\n  b \\\n && rm -rf /var/cache/apk/*\n",
            f"RUN {APK} apk update && apk add {OWN} a \\\n  # b\n  b\n",
        ),
        (
            "RUN apk add --no-cache -t .b \\\n\ta \\\n\t&& make \\\n\t&& apk del .b \\\n\t&& apk add c\n",
            f"RUN {APK} apk add {OWN} -t .b \\\n\ta \\\n\t&& make \\\n\t&& apk del .b \\\n\t&& apk add {OWN} c\n",
        ),
        (
            "RUN <<E\nset -e\napk add --no-cache a\napk cache clean\nE\n",
            f"RUN {APK} <<E\nset -e\napk add {OWN} a\nE\n",
        ),
        ("RUN apk upgrade --no-cache && apk add a\n", f"RUN {APK} apk upgrade --no-cache && apk add {OWN} a\n"),
    ],
)
def test_packages_of_apk_are_kept(before: str, after: str, fix_text: FixText) -> None:
    assert text_of(fix_text, "FROM alpine:3.20\n" + before, unsafe=True) == "FROM alpine:3.20\n" + after
    assert text_of(fix_text, "FROM alpine:3.20\n" + before) == "FROM alpine:3.20\n" + before


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("RUN apk add --cache-dir /c a", "it says where"),
        ("RUN apk add --no-cache --root /r a", "another root"),
        ("RUN apk -p /r add a", "another root"),
        ("RUN apk add --no-network a.apk", "nothing is fetched"),
        ("RUN ln -s /var/cache/apk /etc/apk/cache\nRUN apk add a", "the image has a cache"),
        ("RUN setup-apkcache /c && apk add a", "the image has a cache"),
        ("RUN apk add a\nRUN cp /var/cache/apk/* /c", "what lies there is wanted"),
        ("COPY apks /var/cache/apk/\nRUN apk add a", "the mount would hide it"),
        ("RUN apk add a && rm -rf /var/cache/*", "it would empty the mount"),
        ("RUN apk add a && rm -rf /var/cache/apk/* /etc/*; true; rm -rf /var/cache/apk/*", "the last command decides"),
        ("USER me\nRUN apk add a", "another user"),
        ("RUN sh -c 'apk add a'", "inside a string"),
        ("RUN apk del a", "no install"),
        ("RUN apk fetch a", "no install"),
        ("RUN --mount=type=cache,target=/etc/apk/cache apk add a", "there is a mount"),
        ("RUN --mount=type=tmpfs,target=/var/cache apk add a", "there is a mount"),
    ],
)
def test_packages_of_apk_that_are_not_kept(text: str, why: str, fix_text: FixText) -> None:
    text = f"FROM alpine:3.20\n{text}\n"
    assert text_of(fix_text, text, unsafe=True) == text, why


@pytest.mark.parametrize(
    ("image", "assumes"),
    [
        ("alpine:3.6", ""),
        ("alpine", ""),
        ("alpine:edge", ""),
        ("python:3.13-alpine3.20", ""),
        ("python:3.13-alpine", "the base image has Alpine 3.6 or newer"),
        ("shop/base", "the base image has Alpine 3.6 or newer"),
        ("alpine:3.5", None),
        ("alpine:2.7", None),
        ("alpine:3.4.1", None),
        ("gliderlabs/alpine:3.3", None),
        ("node:6-alpine3.4", None),
    ],
)
def test_an_old_apk_knows_no_cache_of_its_own(image: str, assumes: str | None, fix_text: FixText) -> None:
    applied = fix_text(f"FROM {image}\nRUN apk add --no-cache a\n", MISSING, unsafe=True, options=ASKED).applied
    assert len(applied) == (assumes is not None)
    assert all(one.fix.assumes.endswith(assumes or "reads `/var/cache/apk`") for one in applied)


DNF = mount("/var/cache/dnf", "almalinux-9", "{}")
ANEW = "--refresh --setopt=keepcache=1"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("RUN dnf install -y a && dnf clean all\n", f"RUN {DNF} dnf install {ANEW} -y a\n"),
        ("RUN yum -y install a && yum clean all\n", f"RUN {DNF} yum -y install {ANEW} a\n"),
        (
            "RUN dnf -y update \\\n && dnf install -y \\\n # a\n a \\\n && rm -rf /var/cache/dnf /tmp/*\n",
            f"RUN {DNF} dnf -y update \\\n && dnf install {ANEW} -y \\\n # a\n a \\\n && rm -rf /tmp/*\n",
        ),
        (
            "RUN <<E\nset -e\ndnf install -y a\ndnf clean all\nE\n",
            f"RUN {DNF} <<E\nset -e\ndnf install {ANEW} -y a\nE\n",
        ),
        ("RUN dnf install -y --nodocs a\n", f"RUN {DNF} dnf install {ANEW} -y --nodocs a\n"),
    ],
)
def test_packages_of_dnf_are_kept(before: str, after: str, fix_text: FixText) -> None:
    after = after.format("yum" if "yum" in before else "dnf")
    assert text_of(fix_text, "FROM almalinux:9\n" + before, unsafe=True) == "FROM almalinux:9\n" + after
    assert text_of(fix_text, "FROM almalinux:9\n" + before) == "FROM almalinux:9\n" + before


@pytest.mark.parametrize(
    ("image", "known"),
    [
        ("almalinux:8.10", True),
        ("rockylinux:9-minimal", True),
        ("rockylinux/rockylinux:10", True),
        ("quay.io/centos/centos:stream9", True),
        ("registry.access.redhat.com/ubi9/ubi:9.5", True),
        ("redhat/ubi8", True),
        ("amazonlinux:2023", True),
        ("oraclelinux:9", True),
        ("fedora:40", True),
        ("fedora:41", False),
        ("fedora", False),
        ("fedora:rawhide", False),
        ("amazonlinux:2", False),
        ("amazonlinux", False),
        ("centos:7", False),
        ("oraclelinux:7", False),
        ("almalinux", False),
        ("shop/base:9", False),
    ],
)
def test_only_images_that_are_known_for_it_have_the_cache_of_dnf(image: str, known: bool, fix_text: FixText) -> None:
    text = f"FROM {image}\nRUN dnf install -y a && dnf clean all\n"
    assert (text_of(fix_text, text, unsafe=True) != text) == known


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("RUN microdnf install -y a && microdnf clean all", "it keeps packages elsewhere"),
        ("RUN tdnf install -y a && tdnf clean all", "it keeps packages elsewhere"),
        ("RUN dnf install -y a && yum clean all", "both empty it"),
        ("RUN yum install -y a && dnf clean all", "both empty it"),
        ("RUN dnf install -y --installroot /r a && dnf clean all", "another root"),
        ("RUN dnf --setopt=cachedir=/c install -y a", "it says where"),
        ("RUN dnf --setopt=keepcache=0 install -y a", "it says whether"),
        ("RUN echo keepcache=1 >> /etc/dnf/dnf.conf\nRUN dnf install -y a", "packages are kept already"),
        ("RUN dnf makecache\nRUN dnf -C install -y a", "it asks for nothing"),
        ("RUN dnf install -y --downloadonly a && rpm -i /var/cache/dnf/*/packages/*.rpm", "they are wanted"),
        ("RUN dnf install -y a && rm -rf /var/cache", "it would remove what the mount stands in"),
        ("RUN dnf install -y a; dnf clean all", "the last command decides"),
        ("RUN dnf remove -y a && dnf clean all", "no install"),
        ("USER me\nRUN dnf install -y a", "another user"),
        ("ARG V=9\nRUN dnf install -y $V && (dnf clean all)", "not taken out of parentheses"),
    ],
)
def test_packages_of_dnf_that_are_not_kept(text: str, why: str, fix_text: FixText) -> None:
    text = f"FROM almalinux:9\n{text}\n"
    assert text_of(fix_text, text, unsafe=True) == text, why


APK_MOUNT = "FROM alpine:3.20\nRUN --mount=type=cache,target=/var/cache/apk "
DNF_MOUNT = "FROM rockylinux:9\nRUN --mount=type=cache,target=/var/cache/dnf "


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"{APK_MOUNT}apk add --no-cache a\n", f"{APK_MOUNT}apk add {OWN} a\n"),
        (f"{APK_MOUNT}apk add a && rm -rf /var/cache/apk/*\n", f"{APK_MOUNT}apk add {OWN} a\n"),
        (f"{APK_MOUNT}apk add a && apk cache clean && a\n", f"{APK_MOUNT}apk add {OWN} a && a\n"),
        (f"{DNF_MOUNT}dnf install -y a && dnf clean all\n", f"{DNF_MOUNT}dnf install {ANEW} -y a\n"),
        (
            f"{DNF_MOUNT}dnf install -y a && rm -rf /var/cache/dnf/* /b\n",
            f"{DNF_MOUNT}dnf install {ANEW} -y a && rm -rf /b\n",
        ),
    ],
)
def test_a_mounted_cache_is_used(before: str, after: str, fix_text: FixText) -> None:
    assert text_of(fix_text, before, CLEANED, unsafe=True) == after
    assert text_of(fix_text, before, CLEANED) == before


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"{APK_MOUNT}apk add --cache-dir /c --no-cache a\n", "it says where"),
        (f"{APK_MOUNT}sh -c 'apk add --no-cache a'\n", "inside a string"),
        (f"{APK_MOUNT}apk add a\n", "the rule finds nothing that empties it"),
        (APK_MOUNT.replace("/apk ", "/apk/x ") + "apk add --no-cache a\n", "a part of the folder"),
        (APK_MOUNT.replace("3.20", "3.5") + "apk add --no-cache a\n", "an old apk"),
        (f"{DNF_MOUNT}dnf install -y a; dnf clean all\n", "the last command decides"),
        (DNF_MOUNT.replace("rockylinux:9", "fedora:42") + "dnf install -y a && dnf clean all\n", "dnf 5"),
        (f"{DNF_MOUNT}microdnf install -y a && microdnf clean all\n", "it keeps packages elsewhere"),
    ],
)
def test_a_mounted_cache_that_is_not_used(text: str, why: str, fix_text: FixText) -> None:
    assert text_of(fix_text, text, CLEANED, unsafe=True) == text, why
