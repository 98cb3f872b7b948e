"""Requirements files: what they name, one another among it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...shell.options import is_place
from .asked import Asked, Unknown

_VALUED = re.compile(
    r"(?:-i|--index-url|--extra-index-url|--trusted-host|--no-binary|--only-binary|--use-feature|--config-settings?|-C"
    r"|--global-option|--hash|--prefer-binary|--pre|--require-hashes|--no-index|--no-deps)(?:[ =].*)?"
)
_NESTED = re.compile(r"(?:-r|--requirement|-c|--constraint)(?:\s*=\s*|\s+|(?=[^\s-]))(\S+)")
_EDITABLE = re.compile(r"(?:-e|--editable)\b")
_MOST = 50


def requirement_files(asked: Asked, names: tuple[str, ...]) -> tuple[str, ...]:
    """The requirements files of these names and those that they name; Unknown where one asks for what lies there."""
    found: dict[str, None] = {}
    waiting = [asked.path(name) for name in names if "://" not in name]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        text = asked.project.text(path)
        if text is None:
            raise Unknown(f"the context has no `{path}`")
        if len(found) >= _MOST:
            raise Unknown("requirements files name very many others")
        found[path] = None
        folder = path.rpartition("/")[0]
        for row in rows(text):
            nested = _NESTED.fullmatch(row)
            if nested is not None:
                if "://" not in nested[1]:
                    waiting.append(asked.path(nested[1], folder))
                continue
            check_requirement(row, path)
    return tuple(found)


def rows(text: str) -> Iterator[str]:
    """The rows of a requirements file, comments left out and continued rows joined."""
    for row in re.sub(r"\\\r?\n", " ", text.removeprefix("\ufeff")).splitlines():
        row = re.sub(r"(?:^|\s)#.*", "", row).strip()
        if row:
            yield row


def check_requirement(row: str, path: str) -> None:
    """Unknown where a row asks for what lies in the project, or is not understood."""
    if _EDITABLE.match(row):
        raise Unknown(f"`{path}` asks for `{row}`, which is installed where it lies")
    if row.startswith("-"):
        if _VALUED.fullmatch(row) is None or re.search(r"(?:index-url|-i)[ =]+(?:file:|[./])", row):
            raise Unknown(f"`{row}` in `{path}` may lead to other files")
        return
    requirement, _, where = row.partition(" @ ")
    if is_place(requirement.split(";")[0].split(" --")[0].strip()) and "://" not in requirement.partition("#")[0]:
        raise Unknown(f"`{path}` asks for `{row}`, which lies in the project")
    if where.strip().startswith(("file:", ".", "/", "$")) or requirement.startswith("file:"):
        raise Unknown(f"`{path}` asks for `{row}`, which lies in the project")
