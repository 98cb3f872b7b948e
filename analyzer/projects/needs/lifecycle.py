"""Scripts that run with an install of JavaScript packages: those of the project, and those of its dependencies."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..tables import table, texts
from .asked import Asked, Unknown, joined, json_table

# What npm, yarn, pnpm or bun run of a project itself (docs.npmjs.com, cli/using-npm/scripts).
_RUN = (
    "preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare", "dependencies",
    "pnpm:devPreinstall",
)  # fmt: skip
# Scripts that do nothing outside a git repository, or look at nothing but the tool that calls them.
_GIT_HOOKS = re.compile(r"(?:(?:npx )?is-ci \|\| )?(?:npx )?husky(?: install)?(?: \|\| (?:true|:|exit 0|echo [\w ]+))?")
_IDLE = re.compile(r"npx (?:-y |--yes )?only-allow (?:npm|pnpm|yarn|bun)|exit 0|true|:|echo [\w ]+")
_PATCH_PACKAGE = re.compile(r"(?:npx )?patch-package")

# Dependencies whose install scripts look at nothing but their own folder, the environment and the settings of npm:
# they build with node-gyp, fetch a binary (prebuild-install, node-pre-gyp, prebuildify, a download of their own), or
# print a line.
_HARMLESS = frozenset(
    """
    @bufbuild/buf @datadog/pprof @fortawesome/fontawesome-common-types
    @fortawesome/fontawesome-svg-core @fortawesome/free-brands-svg-icons @fortawesome/free-regular-svg-icons
    @fortawesome/free-solid-svg-icons @mongodb-js/zstd @nestjs/core @newrelic/native-metrics @parcel/watcher
    @prisma/engines @sentry/cli @sentry/profiling-node @serialport/bindings-cpp @swc/core @tensorflow/tfjs-node
    argon2 bcrypt better-sqlite3 bigint-buffer blake-hash bufferutil canvas chromedriver
    classic-level core-js core-js-bundle core-js-pure cpu-features cwebp-bin deasync dtrace-provider
    ejs electron es5-ext esbuild farmhash ffi-napi ffmpeg-static ffprobe-static fsevents fuse-native
    geckodriver gifsicle gl grpc heapdump highlight.js iltorb isolated-vm jpegtran-bin keccak
    kerberos keytar leveldown libpq libxmljs libxmljs2 lmdb lzma-native microtime mongodb-client-encryption mozjpeg
    msgpackr-extract node-expat node-pty node-rdkafka node-sass optipng-bin oracledb pg-native phantomjs-prebuilt
    pngquant-bin preact prisma protobufjs re2 ref-napi rocksdb secp256k1 segfault-handler serialport sharp snappy
    sodium-native sqlite3 ssh2 styled-components tiny-secp256k1 tree-sitter ttf2woff2 unix-dgram unrs-resolver usb
    utf-8-validate uws v8-profiler-next vue-demi web3 web3-bzz web3-shh websocket zeromq zopflipng-bin
    """.split()
)
_READS_PROJECT = {
    "@prisma/client": "generates from the schema of the project",
    "msw": "may write into the project",
}


def ignores_scripts(asked: Asked) -> bool:
    """Whether no script runs."""
    if (asked.given("--ignore-scripts") and "--ignore-scripts=false" not in asked.words) or (
        "--mode=skip-build" in asked.words
    ):
        return True
    variable = {name.lower(): value for name, value in asked.environment.items()}.get("npm_config_ignore_scripts", "")
    settings = asked.text(".npmrc") or ""
    return variable == "true" or re.search(r"(?m)^ignore-scripts\s*=\s*true\s*$", settings) is not None


def check_scripts(asked: Asked, manifests: Iterable[tuple[str, dict[str, object]]]) -> list[str]:
    """The files that the project's own scripts read with an install; Unknown where they may read any."""
    found: list[str] = []
    for folder, data in manifests:
        scripts = table(data, "scripts") or {}
        path = joined(folder, "package.json")
        for name in _RUN:
            for text in texts(scripts.get(name)):
                found += _script_files(asked, text.strip(), f"`{name}` of `{path}`", folder)
        if asked.is_file(joined(folder, "binding.gyp")) and "install" not in scripts:
            raise Unknown(f"`{joined(folder, 'binding.gyp')}` makes the install compile the project")
    return found


def _script_files(asked: Asked, text: str, named: str, folder: str) -> list[str]:
    found: list[str] = []
    for part in re.split(r"\s*&&\s*", text):
        if _GIT_HOOKS.fullmatch(part):
            if any(asked.project.names(joined(one, ".git")) for one in (folder, asked.folder, *asked.above())):
                raise Unknown(f"{named} runs `{part}`, which looks at `.git`")
        elif _PATCH_PACKAGE.fullmatch(part) and folder == asked.folder:
            found += asked.files_in("patches")
        elif part and _IDLE.fullmatch(part) is None:
            raise Unknown(f"{named} runs `{text}`")
    return found


def dependency_scripts(asked: Asked, locks: list[str], manifests: list[dict[str, object]]) -> tuple[str, ...]:
    """What is assumed about install scripts of dependencies; Unknown where one is known to read the project."""
    for data in manifests:
        for kind in ("dependencies", "devDependencies"):
            for name, why in _READS_PROJECT.items():
                if name in (table(data, kind) or {}) and (name != "msw" or "msw" in data):
                    raise Unknown(f"the install script of `{name}` {why}")
    if re.search(r"(?m)^enableScripts:\s*false\b", asked.text(".yarnrc.yml") or ""):
        return ()  # that of yarn is about dependencies only
    scripted = _scripted(asked, locks)
    if scripted is None:
        return ("no dependency has an install script that reads the project",)
    left = sorted(scripted - _HARMLESS)
    if not left:
        return ()
    shown = ", ".join(f"`{name}`" for name in left[:4]) + (f" and {len(left) - 4} more" if len(left) > 4 else "")
    what = f"the install scripts of {shown} read" if len(left) > 1 else f"the install script of {shown} reads"
    return (f"{what} nothing of the project",)


def _scripted(asked: Asked, locks: list[str]) -> set[str] | None:
    """The dependencies that have install scripts; None where the lock files do not tell."""
    for path in locks:
        if path.endswith(("package-lock.json", "npm-shrinkwrap.json")):
            packages = table(json_table(path, asked.project), "packages")
            if packages is None:
                return None
            return {
                name.rpartition("node_modules/")[2]
                for name, entry in packages.items()
                if (table(entry) or {}).get("hasInstallScript") is True and "node_modules/" in name
            }
        if path.endswith("pnpm-lock.yaml"):
            text = asked.project.text(path) or ""
            version = re.search(r"(?m)^lockfileVersion:\s*[\"']?(\d+)", text)
            if version is None or int(version[1]) > 6:
                return None
            blocks = re.split(r"(?m)^  (?=\S)", text)
            return {_package(block) for block in blocks if re.search(r"(?m)^    requiresBuild: true$", block)}
    return None


def _package(block: str) -> str:
    """The name in the key of a package in pnpm's lock file: `/@a/b/1.0.0:`, `/@a/b@1.0.0(c@2):`."""
    key = block.partition(":\n")[0].strip("'\"").removeprefix("/")
    found = re.match(r"(@[^/]+/[^/@]+|[^/@]+)", key)
    return found[1] if found else key
