"""The settings of a lint: defaults < the nearest file < command line, as one value in which every entry has an origin.

The file is `dcache.toml`, or `[tool.dcache]` in pyproject.toml, in the directory of the Dockerfile or the nearest one
above that has either; where none has, the user's own `dcache/dcache.toml` under $XDG_CONFIG_HOME (~/.config).
schemas/config.json says what it may hold.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from functools import cache

from .analyzer.named_tuple import NamedTuple
from .analyzer.typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .rules.catalogue import LoadedRule
    from .rules.run import Settings

FILES = ("dcache.toml", "pyproject.toml")
_ADDING = ("extend-select", "exclude", "per-file-ignores", "pin", "rules")
_MOST_EXTENDED = 10


class ConfigError(Exception):
    """A settings file that cannot be used; the message is one line with file, line and what to do."""


class Config(NamedTuple):
    """Settings by their names in the file, `values`; `origins` says where each comes from: a file, or an option.

    `file` is the file they were read from, None where there is none; `context` and patterns are relative to its folder.
    """

    values: Mapping[str, Any]
    origins: Mapping[str, str]
    file: str | None = None

    @property
    def folder(self) -> str:
        """The directory that the file lies in, the current one without a file."""
        return os.path.dirname(self.file) if self.file else os.curdir

    def over(self, values: Mapping[str, Any], origin: str) -> Config:
        """These settings with others in their place, but for None; those that only add are joined."""
        merged, origins = dict(self.values), dict(self.origins)
        for key, value in values.items():
            if value is None:
                continue
            merged[key] = _joined(merged.get(key), value) if key in _ADDING else value
            origins[key] = f"{origins[key]}, {origin}" if key in _ADDING and key in origins else origin
        return Config(merged, origins, self.file)


DEFAULTS: Mapping[str, Any] = {
    "select": [],
    "extend-select": [],
    "ignore": [],
    "severity": "info",
    "fail-on": "info",
    "confidence": "medium",
    "output-format": "full",
    "exclude": [],
    "respect-gitignore": True,
    "require-reason": False,
    "context": None,
    "per-file-ignores": {},
    "pin": {},
    "rules": {},
}


def rules_of(config: Config, path: str) -> tuple[LoadedRule, ...]:
    """The rules that the settings choose for a file; ConfigError where a name means none."""
    from .rules.catalogue import UnknownRule
    from .rules.paths import matches

    values = config.values
    extra = [*values["extend-select"], *(["ignores/reason-missing"] if values["require-reason"] else ())]
    ignored = [*values["ignore"], *(name for name, one in values["rules"].items() if one.get("severity") == "off")]
    for pattern, names in values["per-file-ignores"].items():
        if matches(path, [pattern], config.folder):
            ignored += names
    try:
        return _chosen(tuple(values["select"]), tuple(extra), tuple(ignored))
    except UnknownRule as error:
        raise ConfigError(str(error)) from None


@cache
def _chosen(select: tuple[str, ...], extra: tuple[str, ...], ignored: tuple[str, ...]) -> tuple[LoadedRule, ...]:
    from .rules.catalogue import chosen

    more = chosen(extra, ignored) if extra else ()
    return tuple(
        sorted({one.name: one for one in (*chosen(select, ignored), *more)}.values(), key=lambda one: one.name)
    )


def settings_of(config: Config, rules: tuple[LoadedRule, ...], *, comments: bool) -> Settings:
    """How the settings want rules to be run."""
    from .rules.run import Settings

    values = config.values
    severities = {name: one["severity"] for name, one in values["rules"].items() if one.get("severity", "off") != "off"}
    options: dict[str, Any] = {}
    for rule in rules if values["rules"] else ():
        given = {key.replace("-", "_"): value for key, value in values["rules"].get(rule.name, {}).items()}
        given.pop("severity", None)
        if given and rule.options is not None:
            options[rule.name] = rule.options._replace(**{key: _frozen(value) for key, value in given.items()})
    return Settings(values["confidence"], values["severity"], severities, options, comments)


def forget() -> None:
    """Look for settings files anew from now on: they may have changed."""
    config_for.cache_clear()
    nearest.cache_clear()


@cache
def config_for(folder: str) -> Config:
    """The settings for the files of a directory; ConfigError where they cannot be used."""
    found = nearest(os.path.abspath(folder))
    return Config(DEFAULTS, {}) if found is None else read_config(found)


@cache
def nearest(folder: str) -> str | None:
    """The path of the settings file that counts for a directory, None where there is none."""
    for name in FILES:
        path = os.path.join(folder, name)
        if os.path.isfile(path) and (name == "dcache.toml" or _has_table(path)):
            return path
    above = os.path.dirname(folder)
    if above != folder:
        return nearest(above)
    path = _own()
    return path if os.path.isfile(path) else None


def candidates(folder: str) -> Iterator[str]:
    """The paths where the settings for a directory may lie, and of the files that they extend; absolute."""
    folder, below = os.path.abspath(folder), ""
    found = nearest(folder)
    while folder != below:
        yield from (os.path.join(folder, name) for name in FILES)
        folder, below = os.path.dirname(folder), folder
    yield _own()
    if found is not None:
        yield from (file for file, _ in _chain(found))


def _own() -> str:
    """The path of the user's own settings."""
    home = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
    return os.path.join(home, "dcache", "dcache.toml")


def read_config(path: str) -> Config:
    """The settings in a file, and in those that it extends; ConfigError."""
    config = Config(DEFAULTS, {}, path)
    for file, table in reversed(list(_chain(path))):
        config = config.over({key: value for key, value in table.items() if key != "extend"}, _shown(file))
    return config


def _chain(path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """A file's table, then those of the files that it extends, one after the other."""
    seen: list[str] = []
    while True:
        if path in seen or len(seen) == _MOST_EXTENDED:
            raise ConfigError(f"{_shown(seen[0])}: `extend` goes round in a circle: {' -> '.join(map(_shown, seen))}")
        seen.append(path)
        table = _table(path)
        context = table.get("context")
        if context is not None:
            table["context"] = os.path.join(os.path.dirname(path), context)
        yield path, table
        extended = table.get("extend")
        if extended is None:
            return
        path = os.path.abspath(os.path.join(os.path.dirname(path), os.path.expanduser(extended)))


def _table(path: str) -> dict[str, Any]:
    from .schemas import first_error

    text, table = _read(path)
    error = first_error("config", table)
    if error is not None:
        raise ConfigError(_told(path, text, [str(part) for part in error.absolute_path], error))
    return table


def _read(path: str) -> tuple[str, dict[str, Any]]:
    import tomllib

    text = ""
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        table = tomllib.loads(text)
    except OSError as error:
        raise ConfigError(f"{_shown(path)}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{_shown(path)}: not UTF-8; TOML files are") from None
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        at = line[1] if line else text.count("\n") + 1
        raise ConfigError(f"{_shown(path)}:{at}: not TOML: {error}") from None
    if os.path.basename(path) == "pyproject.toml":
        table = table.get("tool", {}).get("dcache", {})
    return text, table


def _has_table(path: str) -> bool:
    with open(path, "rb") as file:
        return re.search(rb"^\s*\[\s*tool\s*\.\s*dcache\s*[.\]]", file.read(), re.MULTILINE) is not None


def _told(path: str, text: str, keys: list[str], error: Any) -> str:
    """What is wrong with a settings file, in one line, with the nearest key that there is."""
    if error.validator == "additionalProperties":
        from difflib import get_close_matches

        allowed = list(error.schema["properties"])
        wrong = next(key for key in error.instance if key not in allowed)
        close = get_close_matches(wrong, allowed, 1, 0.5)
        hint = f"did you mean `{close[0]}`?" if close else f"there are {', '.join(f'`{key}`' for key in allowed)}"
        what = "rule" if keys == ["rules"] else "key"
        return f"{_shown(path)}:{_line(text, [*keys, wrong])}: unknown {what} `{wrong}`; {hint}"
    where = ".".join(key for key in keys if not key.isdecimal())
    return f"{_shown(path)}:{_line(text, keys)}: `{where}`: {error.message[:200]}"


def _line(text: str, keys: list[str]) -> int:
    """The line of the last of the keys that stands in the text: tables come before what they hold."""
    at = 0
    for key in keys:
        found = re.compile(rf"^[^#\n]*?(?<![\w-]){re.escape(key)}(?![\w-])", re.MULTILINE).search(text, at)
        if found is not None:
            at = found.end() - len(key)
    return text.count("\n", 0, at) + 1


def _joined(old: Any, new: Any) -> Any:
    return (old or {}) | new if hasattr(new, "keys") else (old or []) + new


def _frozen(value: Any) -> Any:
    """A value of a TOML file as options of rules hold it."""
    if hasattr(value, "items"):
        return tuple((key, _frozen(one)) for key, one in value.items())
    return value if isinstance(value, str) or not hasattr(value, "__iter__") else tuple(map(_frozen, value))


def _shown(path: str) -> str:
    relative = os.path.relpath(path)
    return path if relative.startswith("..") else relative
