"""pip, pipenv, uv, poetry, pdm, conda and pixi."""

from __future__ import annotations

from ..commands import Command
from ..options import arguments, is_place, subcommand, texts, value, values
from .builds import again
from .install import Install, Reader, fixed

_PIP_VALUED = frozenset(
    """
    -r --requirement -c --constraint -i --index-url --extra-index-url -f --find-links --trusted-host -t --target
    --prefix --root --cache-dir --timeout --retries --proxy --platform --python-version --only-binary --no-binary
    --progress-bar --log --src --upgrade-strategy --python --index --default-index --cert --root-user-action
    --config-settings -C --global-option --install-option --report --use-feature --exists-action -p
    """.split()
)


def _module(command: Command) -> Install | None:
    """`python -m pip` and `python setup.py`."""
    if command.words[1].text != "-m":
        return _setup(command)
    inner = command._replace(words=command.words[2:])
    reader = READERS.get(inner.program, (None,))[0]
    read = None if reader is None else reader(inner)
    return None if read is None else read._replace(command=command)


def _setup(command: Command) -> Install | None:
    """`python setup.py …`: it runs the project's own code, and installs or builds the project."""
    verbs = [word for word in texts(command)[1:] if not word.startswith("-")]
    if not {"install", "develop", "build", "build_ext", "bdist_wheel", "sdist", "egg_info"} & set(verbs):
        return None
    folder = command.words[1].text.removesuffix("setup.py")
    return Install(f"python setup.py {verbs[0]}", "setup.py", command, ("`setup.py`",), folder=folder, local=True)


def _pip(command: Command) -> Install | None:
    return _pip_install(command, texts(command), "pip")


def _pip_install(command: Command, words: list[str], tool: str) -> Install | None:
    verb, rest = subcommand(words, _PIP_VALUED)
    if verb == "sync" and tool == "uv pip":
        files = tuple(arguments(rest, _PIP_VALUED))
        return Install("uv pip sync", tool, command, tuple(f"`{name}`" for name in files), files)
    if verb not in ("install", "wheel", "download"):
        return None
    named = arguments(rest, _PIP_VALUED)
    files = values(rest, "-r", "--requirement", "--requirements")
    constraints = values(rest, "-c", "--constraint", "--constraints")
    editable = any(word in ("-e", "--editable") or word.startswith("--editable=") for word in rest)
    links = values(rest, "-f", "--find-links")
    local = editable or any(map(is_place, named)) or any(is_place(link) for link in links)
    reads = tuple(f"`{name}`" for name in (*files, *constraints))
    name = f"{tool} {verb} -r {files[0]}" if files else f"{tool} {verb}"
    return Install(name, tool, command, reads, (*files, *constraints), local=local)


def _pipenv(command: Command) -> Install | None:
    words = texts(command)
    verb, rest = subcommand(words, frozenset())
    if verb not in ("install", "sync") or any(map(is_place, arguments(rest, frozenset()))):
        return None
    strict = verb == "sync" or bool({"--deploy", "--ignore-pipfile"} & set(words))
    return Install(f"pipenv {verb}", "pipenv", command, ("`Pipfile`", "`Pipfile.lock`"), strict=strict)


def _uv(command: Command) -> Install | None:
    valued = frozenset({"--directory", "--project", "--cache-dir", "--config-file", "--color"})
    verb, rest = subcommand(texts(command), valued)
    if verb == "pip":
        return _pip_install(command, rest, "uv pip")
    if verb != "sync":
        return None
    kept_out = {"--no-install-project", "--no-install-workspace", "--no-install-local"} & set(rest)
    folder = value(texts(command), "--directory", "--project") or ""
    bare = not kept_out and not folder and verb == texts(command)[0]
    return Install(
        "uv sync",
        "uv",
        command,
        ("`pyproject.toml`", "`uv.lock`"),
        folder=folder,
        sure="high" if kept_out else "medium",
        hint="" if kept_out else "run `uv sync --no-install-project` first and `uv sync` after the copy",
        strict=bool({"--frozen", "--locked"} & set(rest)),
        fetch=again(command, "--no-install-project") if bare else "",
    )


def _poetry(command: Command) -> Install | None:
    verb, rest = subcommand(texts(command), frozenset({"-C", "--directory", "-P", "--project"}))
    if verb not in ("install", "sync"):
        return None
    kept_out = {"--no-root", "--only-root"} & set(rest)
    if "--only-root" in rest:
        return None
    hint = "" if kept_out else "run `poetry install --no-root` first and `poetry install` after the copy"
    folder = value(rest, "-C", "--directory") or ""
    bare = not kept_out and verb == texts(command)[0] and not value(rest, "-C", "--directory", "-P", "--project")
    return Install(
        f"poetry {verb}",
        "poetry",
        command,
        ("`pyproject.toml`", "`poetry.lock`"),
        folder=folder,
        sure="high" if kept_out else "medium",
        hint=hint,
        fetch=again(command, "--no-root") if bare else "",
    )


def _pdm(command: Command) -> Install | None:
    verb, rest = subcommand(texts(command), frozenset({"-p", "--project"}))
    if verb not in ("install", "sync"):
        return None
    kept_out = {"--no-self", "--prod-only"} & set(rest)
    return Install(
        f"pdm {verb}",
        "pdm",
        command,
        ("`pyproject.toml`", "`pdm.lock`"),
        sure="high" if kept_out else "medium",
        hint="" if kept_out else f"run `pdm {verb} --no-self` first and `pdm {verb}` after the copy",
        strict=verb == "sync" or bool({"--frozen-lockfile", "--check"} & set(rest)),
        fetch=again(command, "--no-self") if not kept_out and verb == texts(command)[0] else "",
    )


def _conda(command: Command) -> Install | None:
    words = texts(command)
    verbs = [word for word in words if not word.startswith("-")][:2]
    files = values(words, "-f", "--file")
    if verbs not in (["env", "create"], ["env", "update"]):
        if verbs[:1] not in (["install"], ["create"], ["update"]) or not files:
            return None
        verbs = verbs[:1]
    reads = tuple(f"`{name}`" for name in files)
    return Install(f"{command.program} {' '.join(verbs)}", "conda", command, reads, files)


def _conda_lock(command: Command) -> Install | None:
    if texts(command)[:1] != ["install"]:
        return None
    return Install("conda-lock install", "conda", command, ("`conda-lock.yml`",))


READERS: dict[str, tuple[Reader, ...]] = {
    "pip": (_pip,),
    "pip2": (_pip,),
    "pip3": (_pip,),
    "pipenv": (_pipenv,),
    "uv": (_uv,),
    "poetry": (_poetry,),
    "pdm": (_pdm,),
    "conda": (_conda,),
    "mamba": (_conda,),
    "micromamba": (_conda,),
    "conda-lock": (_conda_lock,),
    "pixi": (fixed("pixi", (("install",),), "`pixi.toml`", "`pixi.lock`", strict="--locked"),),
}
MODULE: tuple[Reader, ...] = (_module,)
"""What reads `python -m pip` and `python setup.py`."""
