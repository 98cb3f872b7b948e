"""gem installs a gem by name alone.

## What it finds

`gem install NAME` without `:VERSION` and without `-v`.

## Why it costs

The text of the step, and so its key, is the same when a new version comes out: the version in the image is the one of
the day on which the step last ran, and differs between machines and from what was tested.

## When to allow it

Where a Gemfile.lock decides, use `bundle install`. hadolint takes the word behind any option for its value, so it
overlooks `gem install --no-document NAME`; that finding does not carry its code.

## References

- hadolint DL3028
- https://guides.rubygems.org/command-reference/#gem-install
"""

from __future__ import annotations

from collections.abc import Iterator

from ...analyzer.dockerfile.syntax import Instruction, Run
from ...analyzer.shell import switches
from ..facts import Facts
from ..rule import Diagnostic, Example, Rule
from ..unpinned import packages, unpinned

RULE = Rule("gem installs packages without a version", "warning", aliases=("DL3028",), on=(Run,), words=("gem",))

BAD = (
    Example("FROM ruby:3.3\nRUN gem install «bundler»\n"),
    Example("FROM ruby:3.3\nRUN gem install --no-document bundler:2.5 «rake»\n"),
)
GOOD = (
    Example("FROM ruby:3.3\nRUN gem install bundler:2.5.1 rake:13.0\n"),
    Example("FROM ruby:3.3\nRUN gem install bundler -v 2.5.1\n"),
    Example("FROM ruby:3.3\nRUN gem install bundler --version=2.5.1\n"),
    Example("FROM ruby:3.3\nRUN gem install ./local.gem && gem install nokogiri:1.16 -- --use-system-libraries\n"),
    Example("FROM ruby:3.3\nRUN gem update --system && gem list\n"),
)

_VERBS = frozenset({"install", "i"})
_VALUED = frozenset(
    {"-i", "--install-dir", "-n", "--bindir", "-s", "--source", "-P", "--trust-policy", "--platform", "-g", "--file"}
)


def check(instruction: Instruction, see: Facts) -> Iterator[Diagnostic]:
    for command in see.calls(instruction, "gem"):
        if switches(command) & {"-v", "--version"}:
            continue
        words = [word.text for word in command.words]
        own = command._replace(words=command.words[: words.index("--")]) if "--" in words else command
        names = packages(own, _VERBS, _VALUED)
        followed = {words[at + 1] for at, word in enumerate(words[:-1]) if word.startswith("-")}
        seen = command.direct and any(not _is_pinned(name.text) and name.text not in followed for name in names)
        yield from unpinned(own, names, _is_pinned, instruction, see, "{}:VERSION", seen=seen)


def _is_pinned(name: str) -> bool:
    return ":" in name or name.endswith(".gem")
