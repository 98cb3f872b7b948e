"""npm, yarn, pnpm, bun and deno."""

from __future__ import annotations

from ..commands import Command
from ..options import arguments, is_place, subcommand, texts, value
from .install import Install, Reader

VALUED = frozenset(
    """
    --prefix --registry --cache --loglevel --omit --include --cwd -C --dir --filter -F --network-timeout --cache-folder
    --modules-folder --store-dir --network-concurrency --child-concurrency --mutex -w --workspace --fetch-timeout
    --install-strategy --reporter --only --maxsockets --userconfig --depth --virtual-store-dir --backend --use-yarnrc
    """.split()
)
"""The options that take the next word as their value."""
_LOCKS = {
    "npm": ("`package.json`", "`package-lock.json`"),
    "yarn": ("`package.json`", "`yarn.lock`"),
    "pnpm": ("`package.json`", "`pnpm-lock.yaml`"),
    "bun": ("`package.json`", "`bun.lock`"),
}
_VERBS = {
    "npm": frozenset({"install", "i", "ci", "clean-install", "install-clean", "add"}),
    "yarn": frozenset({"install", "", "add", "global"}),
    "pnpm": frozenset({"install", "i", "fetch", "add"}),
    "bun": frozenset({"install", "i", "add"}),
}
_STRICT = frozenset({"--frozen-lockfile", "--immutable"})


def _node(command: Command) -> Install | None:
    tool = command.program
    words = texts(command)
    verb, rest = subcommand(words, VALUED)
    if verb not in _VERBS[tool] or (not verb and {"--version", "-v", "--help", "-h"} & set(words)):
        return None
    named = arguments(rest, VALUED)
    everywhere = bool({"-g", "--global", "--location=global"} & set(words)) or verb == "global"
    if verb == "global":
        if named[:1] != ["add"]:
            return None
        named = named[1:]
    folder = value(words, "--prefix", "--cwd", "-C", "--dir") or ""
    return Install(
        _name(tool, verb, everywhere),
        tool,
        command,
        () if everywhere else _LOCKS[tool] if verb != "fetch" else ("`pnpm-lock.yaml`",),
        folder="" if everywhere else folder,
        local=any(map(is_place, named)) or (everywhere and not named),
        strict=verb in ("ci", "clean-install", "install-clean", "fetch") or not _STRICT.isdisjoint(words),
    )


def _name(tool: str, verb: str, everywhere: bool) -> str:
    if verb == "global":
        return "yarn global add"
    return f"{tool} {verb or 'install'}{' -g' if everywhere else ''}"


def _deno(command: Command) -> Install | None:
    words = texts(command)
    verb, rest = subcommand(words, frozenset({"--config", "-c", "--lock", "--import-map"}))
    manifests = ("`deno.json`", "`deno.lock`")
    if verb == "install" and not {"-g", "--global"} & set(words) and not arguments(rest, frozenset()):
        return Install("deno install", "deno", command, manifests, strict="--frozen" in words)
    if verb == "cache":
        files = tuple(arguments(rest, frozenset({"--config", "-c", "--lock", "--import-map"})))
        if files and all(name.rpartition("/")[2] in ("deps.ts", "deps.js", "import_map.json") for name in files):
            return Install("deno cache", "deno", command, tuple(f"`{name}`" for name in files), files)
    return None


READERS: dict[str, tuple[Reader, ...]] = {
    "npm": (_node,),
    "yarn": (_node,),
    "pnpm": (_node,),
    "bun": (_node,),
    "deno": (_deno,),
}
