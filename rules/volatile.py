"""Names of variables whose value changes with every build, or every release."""

from __future__ import annotations

import re

from ..analyzer.dockerfile.syntax import Instruction, Run
from ..analyzer.shell import Command, Opaque
from .facts import Facts
from .reading import Reading, reading
from .rule import Confidence

_EVERY_BUILD = (
    r"(?:GIT|VCS|SCM|SOURCE|BUILD|APP|CI)?_?(?:COMMIT|REVISION|SHA1?|COMMITISH)(?:_?(?:SHA1?|HASH|ID|REF|DATE|TIME|SHORT|TIMESTAMP))?"
    r"|(?:GIT|VCS|SCM|SOURCE)_?(?:HASH|REV|REF|HEAD|DESCRIBE|ID|DIRTY|VERSION|STATE|TIMESTAMP|DATE)|SHORT_SHA|SHA_SHORT"
    r"|(?:IMAGE_|DOCKER_|APP_)?BUILD_?(?:DATE|TIME|TIMESTAMP|NUMBER|NUM|NO|ID|TS|AT|SHA|REV|REVISION|HASH|COMMIT|URL|INFO|TAG|STAMP|DATETIME)"
    r"|(?:IMAGE_)?(?:CREATED|CREATED_AT|CREATION_DATE|CREATE_DATE)|DATE|DATETIME|TIMESTAMP|NOW|TIME|TODAY"
    r"|CI_(?:COMMIT|JOB|PIPELINE|BUILD)_\w+|GITHUB_(?:SHA|RUN_ID|RUN_NUMBER|REF|REF_NAME|HEAD_REF)"
    r"|CIRCLE_SHA1|CIRCLE_BUILD_NUM|TRAVIS_(?:COMMIT|BUILD_\w+|JOB_\w+)|DRONE_(?:COMMIT\w*|BUILD_NUMBER)"
    r"|BUILDKITE_(?:COMMIT|BUILD_\w+)|BITBUCKET_(?:COMMIT|BUILD_NUMBER)|SOURCE_(?:COMMIT|VERSION)|HEROKU_SLUG_COMMIT"
)
_EVERY_RELEASE = (
    r"(?:(?:APP|BUILD|IMAGE|PROJECT|RELEASE|SERVICE|PACKAGE|PKG|DOCKER|GIT|CI)_)?(?:VERSION|TAG|RELEASE|BRANCH)"
    r"|GIT_(?:BRANCH|TAG)|RELEASE_(?:NAME|VERSION|TAG)|BRANCH_NAME|VERSION_(?:STRING|TAG)|SENTRY_RELEASE"
)
_PARTS = (
    *("COMMIT", "REV", "SHA", "GIT", "VCS", "SCM", "SOURCE", "BUILD", "CREAT", "DATE", "TIME", "NOW", "TODAY", "CI_"),
    *("VERSION", "TAG", "RELEASE", "BRANCH"),
)
"""One of them is in every name that the expressions match."""

_FETCHES = frozenset(
    {"git", "curl", "wget", "pip", "pip3", "npm", "go", "cargo", "apt-get", "apt", "apk", "yum", "dnf", "gem", "svn"}
)


def changes_with(name: str) -> Confidence | None:
    """How surely a variable of that name changes often: high with every build, medium with every release."""
    upper = name.upper()
    if not any(part in upper for part in _PARTS):  # most names: the expressions take long to compile
        return None
    if re.fullmatch(_EVERY_BUILD, upper):
        return "high"
    return "medium" if re.fullmatch(_EVERY_RELEASE, upper) else None


def reads(instruction: Instruction, names: frozenset[str], see: Facts) -> Reading:
    """Whether an instruction reads one of the variables."""
    readings = {reading(instruction, name, see) for name in names}
    return "yes" if "yes" in readings else "perhaps" if "perhaps" in readings else "no"


def fetches_with_variable(instruction: Instruction, see: Facts) -> bool:
    """Whether a variable goes into a download: then its value is a pin, changed by hand."""
    if not isinstance(instruction.body, Run):
        return instruction.keyword == "ADD"
    read = see.commands(instruction)
    return not isinstance(read, Opaque) and any(one.program in _FETCHES and _is_pinned(one) for one in read)


def _is_pinned(command: Command) -> bool:
    """Whether a variable says what a program fetches: what it is told to build says nothing of that."""
    words = [word.text for word in command.words[1:]]
    if command.program == "go":
        return any("$" in word and "@" in word for word in words)
    return words[:1] != ["build"] and any("$" in word for word in words)


def shortened(instruction: Instruction, most: int = 50) -> str:
    """An instruction in one line of at most `most` characters."""
    text = " ".join(instruction.text.split())
    return text if len(text) <= most else text[: most - 1] + "…"
