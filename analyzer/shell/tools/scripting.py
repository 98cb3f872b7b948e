"""bundler, composer, mix, rebar, pub and R."""

from __future__ import annotations

from ..commands import Command
from ..options import subcommand, texts, value
from .builds import again
from .install import Install, Reader, fixed


def _bundle(command: Command) -> Install | None:
    words = texts(command)
    valued = frozenset({"--jobs", "-j", "--retry", "--path", "--without", "--with", "--gemfile", "--binstubs"})
    verb, _ = subcommand(words, valued)
    if verb not in ("install", "") or "--version" in words:
        return None
    strict = not {"--deployment", "--frozen"}.isdisjoint(words)
    return Install("bundle install", "bundler", command, ("`Gemfile`", "`Gemfile.lock`"), strict=strict)


def _composer(command: Command) -> Install | None:
    words = texts(command)
    valued = frozenset({"-d", "--working-dir"})
    verb, _ = subcommand(words, valued)
    if verb not in ("install", "update", "i", "u"):
        return None
    bare = {"--no-scripts", "--no-autoloader"} <= set(words)
    hint = "" if bare else "run it with `--no-scripts --no-autoloader`, and `composer dump-autoload` after the copy"
    folder = value(words, "-d", "--working-dir") or ""
    reads = ("`composer.json`", "`composer.lock`")
    missing = [word for word in ("--no-scripts", "--no-autoloader") if word not in words]
    alone = verb in ("install", "i") and not folder and not bare
    return Install(
        f"composer {verb}",
        "composer",
        command,
        reads,
        folder=folder,
        sure="high" if bare else "medium",
        hint=hint,
        fetch=again(command, *missing) if alone else "",
    )


def _rebar(command: Command) -> Install | None:
    words = [word for word in texts(command) if not word.startswith("-")]
    alone = words[:1] in (["get-deps"], ["fetch"]) or (
        words[:1] == ["compile"] and not {"-d", "--deps_only"}.isdisjoint(texts(command))
    )
    if not alone:
        return None
    return Install(f"{command.program} {words[0]}", "rebar", command, ("`rebar.config`", "`rebar.lock`"))


def _r(command: Command) -> Install | None:
    """R code on the command line: restoring a lock file, or installing packages by name."""
    code = value(texts(command), "-e") or ""
    if "renv::restore(" in code:
        return Install("renv::restore()", "renv", command, ("`renv.lock`",))
    if any(call in code for call in ("install_deps(", "install_local(", "local_install")):
        if "install_deps(" in code:
            return Install("install_deps()", "R", command, ("`DESCRIPTION`",), sure="medium")
        return None
    if "install.packages(" in code or "install_cran(" in code or "pak::pkg_install(" in code:
        return Install("install.packages()", "R", command, ())
    return None


def _install2(command: Command) -> Install | None:
    return Install(command.program, "R", command, ())


_PUB = fixed("dart", (("pub", "get"),), "`pubspec.yaml`", "`pubspec.lock`", strict="--enforce-lockfile")

READERS: dict[str, tuple[Reader, ...]] = {
    "bundle": (_bundle,),
    "bundler": (_bundle,),
    "composer": (_composer,),
    "mix": (fixed("mix", (("deps.get",),), "`mix.exs`", "`mix.lock`"),),
    "rebar3": (_rebar,),
    "rebar": (_rebar,),
    "dart": (_PUB,),
    "flutter": (_PUB,),
    "R": (_r,),
    "Rscript": (_r,),
    "install2.r": (_install2,),
    "installGithub.r": (_install2,),
}
