"""The lock: what it holds, what it refuses, and that it survives being written."""

import pytest

from dcache.analyzer.pins import KINDS, SIGNS, Key, Kind, Lock, Pin, from_document, is_value, parted, to_document
from dcache.schemas import violation

DIGEST = "sha256:" + "0a" * 32
COMMIT = "0a" * 20
LOCK = Lock(
    {
        Key("image", "docker.io/library/debian:bookworm"): Pin(DIGEST, "2026-11-25"),
        Key("apt", "curl", "debian/bookworm"): Pin("7.88.1-10+deb12u15", "2026-11-25"),
        Key("apt", "curl", "debian/trixie"): Pin("8.14.1-2+deb13u2", "2026-11-25"),
        Key("git", "https://example.org/a.git#main"): Pin(COMMIT, "2026-11-25"),
    },
    {"system": "debian/bookworm", "python": "3.12"},
)


def test_a_lock_survives_being_written() -> None:
    document = to_document(LOCK)
    assert violation("pins", document) is None
    assert from_document(document) == LOCK
    assert to_document(from_document(document)) == document


def test_an_empty_lock_is_one() -> None:
    assert violation("pins", to_document(Lock())) is None
    assert from_document(to_document(Lock())) == Lock()


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("image", DIGEST),
        ("apt", "1:2.39.5-0+deb12u2"),
        ("apt", "5.2.15-2+b7"),
        ("apt", "3.0~rc1-1"),
        ("apk", "8.9.1-r1"),
        ("apk", "1.36.1_git20240101-r0"),
        ("pip", "3.0.3"),
        ("pip", "1!2.0.post1+local.1"),
        ("npm", "5.6.2"),
        ("npm", "19.0.0-rc.1"),
        ("gem", "7.1.3.2"),
        ("go", "v0.16.2"),
        ("go", "v0.0.0-20240101000000-0123456789ab"),
        ("go", "v2.0.0+incompatible"),
        ("cargo", "0.1.68"),
        ("git", COMMIT),
        ("download", DIGEST),
        ("snapshot", "20260131T000000Z"),
    ],
)
def test_values(kind: Kind, value: str) -> None:
    assert is_value(kind, value)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "value", ["", " ", "1; rm -rf /", "1 && id", "$(id)", "`id`", "1\nRUN id", "-1", "../x", "1'", "1\\", "x" * 999]
)
def test_no_value(kind: Kind, value: str) -> None:
    assert not is_value(kind, value)


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("apt", "curl=7.88", ("curl", "7.88")),
        ("pip", "flask[async]==3.0", ("flask[async]", "3.0")),
        ("npm", "@angular/cli@19.0.0", ("@angular/cli", "19.0.0")),
        ("gem", "rails:7.1.3", ("rails", "7.1.3")),
        ("go", "golang.org/x/tools/gopls@v0.16.2", ("golang.org/x/tools/gopls", "v0.16.2")),
        ("image", f"localhost:5000/a:1@{DIGEST}", ("localhost:5000/a:1", DIGEST)),
        ("npm", "@angular/cli", None),
        ("npm", "typescript@latest", None),
        ("pip", "flask>=3.0", None),
        ("apt", "curl/bookworm", None),
        ("go", "x@latest", None),
        ("apt", "=1", None),
    ],
)
def test_a_word_is_parted(kind: Kind, text: str, found: tuple[str, str] | None) -> None:
    assert parted(kind, text) == found
    if found is not None:
        assert found[0] + SIGNS[kind] + found[1] == text


def test_a_value_of_another_kind_is_refused() -> None:
    document = to_document(Lock({Key("apt", "curl", "debian/bookworm"): Pin("1; id", "2026-11-25")}))
    with pytest.raises(ValueError, match="pins/0/value: `1; id` is no value that a pin of apt can have"):
        from_document(document)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"version": 2, "environments": {}, "pins": []},
        {"version": 1, "environments": {"system": "debian"}, "pins": []},
        {"version": 1, "environments": {}, "pins": [{"kind": "apt", "name": "curl"}]},
        {
            "version": 1,
            "environments": {},
            "pins": [{"kind": "rpm", "name": "a", "where": "", "value": "1", "date": "2026-01-01"}],
        },
    ],
)
def test_what_is_no_lock(document: dict[str, object]) -> None:
    assert violation("pins", document) is not None
