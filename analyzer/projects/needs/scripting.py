"""bundler, composer, mix, rebar, dart and R."""

from __future__ import annotations

import re

from ...shell.options import value, values
from ..tables import entries, table, texts
from .asked import NOTHING, Asked, Needs, Unknown, joined, json_table, kept

_STRING = r"(?:\"[^\"#\\]*\"|'[^'\\]*')"
_VALUE = rf"(?:{_STRING}|:\w+|%[wi]\[[^\]#]*\]|\[[^\[\]()`#{{}}]*\]|true|false|nil)"
_LITERAL = rf"(?:(?:\w+:\s*|:\w+\s*=>\s*|{_STRING}\s*=>\s*)?{_VALUE})"
_ARGUMENTS = rf"\(?\s*{_LITERAL}(?:\s*,\s*{_LITERAL})*\s*\)?"
_CONDITION = r"\s+(?:if|unless)\s+(?:RUBY_\w+\s*[=!<>]=?\s*(?:\"[^\"#]*\"|'[^']*'))"
# Rows of a Gemfile that read nothing: a program it may be, but these calls only note what they are given.
_GEM_ROW = re.compile(
    rf"(?:gem|source|ruby|group|platforms?|git_source|plugin_source)\s*{_ARGUMENTS}(?:\s+do)?(?:{_CONDITION})?|end|else|"
    r"git_source\(:\w+\)\s*(?:\{[^`(]*\}|do \|\w+\|)|\"https://[^\"]*\"|source\s+\S+\s+do|[\"']?\w+[\"']?"
)
_PLACED = re.compile(r"\b(?:path|gemspec|glob)\b")


def _bundler(asked: Asked) -> Needs:
    gemfile = asked.environment.get("BUNDLE_GEMFILE", "Gemfile")
    if asked.given("--binstubs", "--path", "--standalone", "--local"):
        raise Unknown("the options of `bundle install` choose what it reads or writes")
    path = asked.path(value(asked.words, "--gemfile") or gemfile)
    asked = asked._replace(folder=path.rpartition("/")[0])
    if path != joined(asked.folder, "Gemfile") or asked.has("gems.rb"):
        raise Unknown(f"`{gemfile}` is chosen in place of `Gemfile`")
    asked.needed("Gemfile")
    text = re.sub(r",\s*(?:#[^\n]*)?\n\s*", ", ", asked.project.text(path) or "")
    found = [path, *asked.there("Gemfile.lock")]
    for row in text.splitlines():
        row = re.sub(r"(?:^|\s)#.*", "", row).strip()
        named = re.fullmatch(r"ruby\s*\(?\s*(?:file:|:file\s*=>)\s*[\"']([^\"']+)[\"']\s*\)?", row)
        if named is not None:
            found += asked.needed(named[1])
            continue
        if row and (_GEM_ROW.fullmatch(row) is None or _PLACED.search(re.sub(r"\"[^\"]*\"|'[^']*'", "", row))):
            raise Unknown(f"`{row[:60]}` in `{path}` may read other files")
    if any(asked.has(name) for name in (".bundle/config", "vendor/cache")):
        raise Unknown("settings or gems of bundler lie in the context")
    lock = asked.there("Gemfile.lock")
    strict = asked.install.strict or any(
        asked.environment.get(name, "") in ("1", "true") for name in ("BUNDLE_DEPLOYMENT", "BUNDLE_FROZEN")
    )
    if strict and not lock:
        raise Unknown("`bundle install` wants `Gemfile.lock`, and the context has none")
    writes = tuple(joined(asked.folder, name) for name in (".bundle", "vendor/bundle"))
    return Needs(tuple(found), writes, () if strict or not lock else (kept(lock[0], asked.install),))


_PLUGINS_READ = re.compile(r"\"type\"\s*:\s*\"composer-(?:plugin|installer)\"")
_EVENTS = re.compile(
    r"(?:pre|post)-(?:install|update|autoload|package|dependencies|root|pool|file|operations|status|create)|(?:init|command)$"
)


def _composer(asked: Asked) -> Needs:
    install = asked.install
    words = asked.words
    if not {"install", "i"} & set(words) or len([word for word in words[1:] if not word.startswith("-")]) > 1 + len(
        values(words, "-d", "--working-dir", "--prefer-install", "--ignore-platform-req")
    ):
        raise Unknown(f"`{install.name}` writes `composer.lock`")
    if "COMPOSER" in asked.environment or "COMPOSER_VENDOR_DIR" in asked.environment:
        raise Unknown("the environment chooses what composer reads")
    path = joined(asked.folder, "composer.json")
    asked.needed("composer.json")
    data = json_table(path, asked.project)
    lock = asked.there("composer.lock")
    if any(not _is_remote(one) for one in entries(data.get("repositories"))):
        raise Unknown(f"`{path}` has repositories in the project")
    scripts = table(data, "scripts") or {}
    if "--no-scripts" not in words and any(_EVENTS.match(name) for name in scripts):
        raise Unknown(f"`{path}` has scripts that run with the install: that takes `--no-scripts`")
    _check_autoload(asked, path, data)
    lock_text = "".join(asked.project.text(one) or "" for one in lock)
    if "--no-plugins" not in words and (not lock or _PLUGINS_READ.search(lock_text)):
        raise Unknown("plugins of composer take part in the install")
    known = "version" in data or "COMPOSER_ROOT_VERSION" in asked.environment
    if not known and any(asked.project.names(joined(folder, ".git")) for folder in (asked.folder, *asked.above())):
        raise Unknown("composer writes the commit of `.git` into `vendor`")
    config = table(data, "config") or {}
    if "vendor-dir" in config or "bin-dir" in config or "cache-dir" in config:
        raise Unknown(f"`config` in `{path}` chooses where packages go")
    files = (path, *lock, *asked.there("auth.json"))
    return Needs(files, (joined(asked.folder, "vendor"),))


def _check_autoload(asked: Asked, path: str, data: dict[str, object]) -> None:
    """Unknown where the autoloader that is written depends on the project's source."""
    words = asked.words
    if "--no-autoloader" in words:
        return
    config = table(data, "config") or {}
    wide = {"-o", "--optimize-autoloader", "-a", "--classmap-authoritative"} & set(words)
    if wide or config.get("optimize-autoloader") or config.get("classmap-authoritative"):
        raise Unknown("the autoloader lists the classes of the project: that takes `--no-autoloader`")
    for name in ("autoload", "autoload-dev"):
        about = table(data, name) or {}
        if set(about) - {"psr-4", "psr-0"}:
            raise Unknown(f"`{name}` in `{path}` makes the install read the source: that takes `--no-autoloader`")


def _is_remote(repository: object) -> bool:
    """Whether a repository surely lies elsewhere; `false` switches one off."""
    url = "".join(texts((table(repository) or {}).get("url")))
    return (
        repository is False
        or table(repository) == {"packagist.org": False}
        or re.match(r"https?://|git@|ssh://", url) is not None
    )


def _mix(asked: Asked) -> Needs:
    text = re.sub(r"#[^\n{]*(?=\n|$)", "", asked.project.text(asked.needed("mix.exs")[0]) or "")
    found = re.search(r"\bpath:|\bapps_path:|\bin_umbrella:", text)
    if found is not None:
        raise Unknown(f"`{found[0]}` in `mix.exs` leads to other projects")
    found = re.search(
        r"\b(?:File|Path|System\.cmd|Code|EEx|IO\.\w+|__DIR__|__ENV__|:os|:file|Port|import_config|Mix\.install)\b",
        text,
    )
    if found is not None:
        raise Unknown(f"`{found[0]}` in `mix.exs` may read other files")
    lock = asked.there("mix.lock")
    strict = asked.given("--check-locked")
    writes = tuple(joined(asked.folder, name) for name in ("deps", "_build"))
    return Needs(
        (*asked.needed("mix.exs"), *lock), writes, () if strict or not lock else (kept(lock[0], asked.install),)
    )


def _rebar(asked: Asked) -> Needs:
    text = asked.project.text(asked.needed("rebar.config")[0]) or ""
    if (
        asked.has("rebar.config.script")
        or asked.has("_checkouts")
        or re.search(r"hooks|plugins|project_app_dirs", text)
    ):
        raise Unknown("hooks, plugins or scripts take part in the install")
    if asked.has("apps") or asked.has("lib"):
        raise Unknown("the applications in `apps` or `lib` are looked at")
    if "get-deps" not in asked.words:
        raise Unknown(f"`{asked.install.name}` compiles")
    lock = asked.there("rebar.lock")
    files = (*asked.needed("rebar.config"), *lock)
    assumes = ("rebar3 needs no application beside `rebar.config`", *(kept(one, asked.install) for one in lock))
    return Needs(files, (joined(asked.folder, "_build"),), assumes)


def _dart(asked: Asked) -> Needs:
    if asked.install.command.program != "dart":
        raise Unknown("flutter writes into the folders of the platforms")
    text = asked.project.text(asked.needed("pubspec.yaml")[0]) or ""
    found = re.search(r"(?m)^\s+path:|^workspace:|^resolution:", text)
    if found is not None or asked.has("pubspec_overrides.yaml"):
        raise Unknown("`pubspec.yaml` leads to other packages of the project")
    lock = asked.there("pubspec.lock")
    files = (*asked.needed("pubspec.yaml"), *lock)
    writes = (joined(asked.folder, ".dart_tool"),)
    return Needs(files, writes, () if asked.install.strict or not lock else (kept(lock[0], asked.install),))


_INSTALL_DEPS = re.compile(r"install_deps\(\s*(?:(?:dependencies|upgrade|quiet|ask|Ncpus)\s*=\s*[^,()/]+,?\s*)*\)")


def _described(asked: Asked) -> Needs:
    """What the dependencies of a package are told by: its description, in the directory itself."""
    code = value(asked.words, "-e") or ""
    if _INSTALL_DEPS.search(code) is None or len(re.findall(r"install_|\bsource\(|\bload_all\b", code)) != 1:
        raise Unknown("which package is looked at is not plain")
    (described,) = asked.needed("DESCRIPTION")
    if re.search(r"(?m)(?:^Remotes:|^\s+)[^\n]*\blocal::", asked.project.text(described) or ""):
        raise Unknown("`DESCRIPTION` depends on packages of the project")
    return Needs((described,), (), ("`install_deps()` looks at nothing but `DESCRIPTION`",))


def _r(asked: Asked) -> Needs:
    if any(asked.has(name) for name in (".Rprofile", ".Renviron", ".RData")):
        raise Unknown("R reads `.Rprofile`, `.Renviron` and `.RData` beside the project's files")
    if asked.install.name == "install_deps()":
        return _described(asked)
    if asked.install.name != "renv::restore()":
        return NOTHING
    found = (*asked.needed("renv.lock"), *asked.there("renv/settings.json", "renv/settings.dcf"))
    return Needs(found, (joined(asked.folder, "renv"),), ("`renv::restore()` looks at nothing but the lock file",))


READERS = {
    "bundler": _bundler,
    "composer": _composer,
    "mix": _mix,
    "rebar": _rebar,
    "dart": _dart,
    "renv": _r,
    "R": _r,
}
