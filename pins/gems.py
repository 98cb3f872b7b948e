"""Ruby gems: the version that `gem install NAME` would take, from the sources that gem is configured with.

An index is asked in its compact form, `/info/NAME`, as Bundler does; the days of versions are told by another one only.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence

from ..analyzer.named_tuple import NamedTuple
from ..analyzer.typing import Any
from .clients import asked, settings_text
from .http import Client, Unresolved, shown, split_login
from .versions import numbers


class _Version(NamedTuple):
    """A version in an index; `ruby` are the conditions on the version of Ruby."""

    number: str
    ruby: str
    date: str = ""


def candidate(name: str, version: str, client: Client, sources: Sequence[str], date: str | None = None) -> str:
    """The version of a gem that a version of Ruby would install: the newest release that goes with it. Unresolved."""
    if not sources:
        raise Unresolved("no source of gems is known; give it, as `--gem-source URL`")
    found: list[_Version] = []
    for source in sources:
        found += _dated(name, source, client) if date is not None else _listed(name, source, client)
    if not found:
        told = ", ".join(shown(one) for one in sources)
        raise Unresolved(f"`{name}` is in no source of gems ({told}); check the name")
    fitting = [
        one.number
        for one in found
        if re.fullmatch(r"[\d.]+", one.number) and meets(version, one.ruby) and (date is None or one.date <= date)
    ]
    if not fitting:
        day = f" of {date} or before" if date else ""
        raise Unresolved(f"`{name}` has no release{day} for Ruby {version}")
    return max(fitting, key=numbers)


def meets(version: str, conditions: str) -> bool:
    """Whether a version meets conditions as an index writes them: `>= 2.7&< 4`, `~> 3.1`; none are always met."""
    whole = numbers(version if version.count(".") > 1 else f"{version}.99")
    return all(_meets(whole, one.strip()) for one in re.split(r"[&,]", conditions) if one.strip())


def _meets(version: tuple[int, ...], condition: str) -> bool:
    match = re.fullmatch(r"(>=|<=|~>|!=|>|<|=)?\s*([\w.]+)", condition)
    if match is None:
        return False
    sign, other = match[1] or "=", numbers(match[2])
    match sign:
        case ">=":
            return version >= other
        case "<=":
            return version <= other
        case ">":
            return version > other
        case "<":
            return version < other
        case "!=":
            return version != other
        case "~>":
            parts = [int(part) for part in match[2].split(".") if part.isdecimal()]
            upper = [*parts[:-2], parts[-2] + 1] if len(parts) > 1 else [parts[0] + 1]
            return version >= other and version < tuple(upper)
        case _:
            return version == other


def _listed(name: str, source: str, client: Client) -> Iterator[_Version]:
    """The versions in the compact index; those for other platforms than Ruby itself and Linux are left out."""
    address, login = split_login(source)
    url = f"{address.rstrip('/')}/info/{name}"
    answer = client.get(url, auth=login, also=frozenset({404}))
    if answer.status == 404:
        return
    rows = answer.body.decode("utf-8", "replace").splitlines()
    if "---" not in rows:
        raise Unresolved(f"{shown(url)} answered with something that is no index of gems")
    for row in rows[rows.index("---") + 1 :]:
        written, _, rest = row.partition(" ")
        number, _, platform = written.partition("-")
        conditions = re.search(r"(?:^|[|,])ruby:([^,|]*)", rest.partition("|")[2] or rest)
        if not platform or "linux" in platform:
            yield _Version(number, conditions[1] if conditions else "")


def _dated(name: str, source: str, client: Client) -> Iterator[_Version]:
    address, login = split_login(source)
    url = f"{address.rstrip('/')}/api/v1/versions/{name}.json"
    answer = client.get(url, auth=login, also=frozenset({404}))
    if answer.status == 404:
        raise Unresolved(f"{shown(address)} does not tell when `{name}` was published, so --date cannot be kept")
    document: Any = answer.json()
    try:
        for one in document:
            if one.get("platform", "ruby") == "ruby":
                yield _Version(one["number"], str(one.get("ruby_version") or ""), str(one["created_at"])[:10])
    except (AttributeError, KeyError, TypeError):
        raise Unresolved(f"{shown(url)} answered with something that is no list of versions") from None


def own_sources() -> tuple[str, ...]:
    """The sources of gem on this machine: those of its settings file; else gem is asked, if it is installed."""
    for path in (os.environ.get("GEMRC") or "", os.path.join(os.path.expanduser("~"), ".gemrc"), "/etc/gemrc"):
        text = settings_text(path) if path else None
        found = _of_settings(path, text) if text else ()
        if found:
            return found
    return tuple(row for row in asked("gem", "sources").split() if row.startswith(("https://", "http://")))


def _of_settings(path: str, text: str) -> tuple[str, ...]:
    import yaml

    try:
        document: Any = yaml.safe_load(text)
    except yaml.YAMLError:
        raise Unresolved(f"{path} is not YAML; mend it, or give --gem-source URL") from None
    listed = document.get(":sources") or document.get("sources") if hasattr(document, "get") else None
    return tuple(str(one) for one in listed or ())
