"""What a build of Go can read of a module besides its source."""

from __future__ import annotations

import pytest

from dcache.analyzer.projects.go import embeds, is_source, may_embed, uses_cgo


def test_the_patterns_of_embed_directives_are_read() -> None:
    text = (
        'package a\n\n//go:embed docs/*.md all:static\nvar a embed.FS\n//go:embed\t"a b.txt" `c d`\nvar b string\n'
        '// go:embed no\n  //go:embed neither\nvar c = "//go:embed nor"\n//go:embedded not\n'
    )
    assert embeds(text) == ("docs/*.md", "static", "a b.txt", "c d")


@pytest.mark.parametrize("name", ["a.go", "a_test.go", "x.c", "x.S", "x.syso", "default.pgo", "go.mod", "go.work.sum"])
def test_source_is_known(name: str) -> None:
    assert is_source(name)


@pytest.mark.parametrize(
    "name", ["README.md", "Dockerfile", "a.go.md", "go.mod.bak", "main.goo", "x.txt", ".golangci.yml"]
)
def test_what_is_only_listed_is_known(name: str) -> None:
    assert not is_source(name)


@pytest.mark.parametrize(
    ("folder", "pattern", "path"),
    [
        ("", "docs", "docs/a.md"),
        ("", "docs/a.md", "docs"),
        ("", "*", "README.md"),
        ("", "docs/*/x", "docs"),
        ("cmd/x", "static", "cmd/x/static/README.md"),
        ("cmd/x", "*.md", "cmd/x/README.md"),
        ("cmd/x", "*.md", "cmd"),
        ("", "./docs", "docs"),
        ("", "d[a-o]cs", "docs"),
    ],
)
def test_what_may_be_embedded(folder: str, pattern: str, path: str) -> None:
    assert may_embed(folder, pattern, path)


@pytest.mark.parametrize(
    ("folder", "pattern", "path"),
    [
        ("", "static", "docs"),
        ("cmd/x", "docs", "docs"),
        ("", "*.html", "README.md"),
        ("", "docs/*.html", "docs/a.md"),
        ("cmd/x", "*.md", "README.md"),
        ("cmd/x", "*.md", "cmd/y/README.md"),
    ],
)
def test_what_is_not_embedded(folder: str, pattern: str, path: str) -> None:
    assert not may_embed(folder, pattern, path)


def test_cgo_is_seen() -> None:
    assert uses_cgo('package a\n\n// #include "x.md"\nimport "C"\n')
    assert uses_cgo('package a\nimport (\n\t"C"\n)\n')
    assert not uses_cgo('package a\nimport "CC"\nvar c = x("C")\n')
