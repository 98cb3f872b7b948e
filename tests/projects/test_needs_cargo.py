"""What `cargo fetch` reads: manifests, and targets that only have to be there."""

from __future__ import annotations

import pytest

from dcache.analyzer.projects.needs import Needs, Refusal

from .manifests import Project, asked

LOCK = 'version = 4\n[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "registry+https://example.com/index"\n'
PACKAGE = '[package]\nname = "x"\nversion = "0.1.0"\n'
RUST = {"Cargo.toml": PACKAGE, "Cargo.lock": LOCK, "src/main.rs": "", "src/other.rs": "", "README.md": ""}
WORKSPACE = {
    "Cargo.toml": '[workspace]\nmembers = ["crates/*"]\nexclude = ["crates/old"]\n',
    "Cargo.lock": LOCK,
    "crates/a/Cargo.toml": PACKAGE,
    "crates/a/src/lib.rs": "",
    "crates/b/Cargo.toml": PACKAGE,
    "crates/b/src/main.rs": "",
    "crates/old/Cargo.toml": PACKAGE,
    "crates/old/src/main.rs": "",
    "crates/README.md": "",
}


def manifest(more: str, **others: str) -> Project:
    """A package with more in its manifest."""
    return {**RUST, "Cargo.toml": f"{PACKAGE}{more}\n", **others}


READS: dict[str, tuple[str, Project, set[str], set[str]]] = {
    "a program": ("cargo fetch", RUST, {"Cargo.toml", "Cargo.lock"}, {"src/main.rs"}),
    "a chosen toolchain": ("cargo +nightly fetch --locked", RUST, {"Cargo.toml", "Cargo.lock"}, {"src/main.rs"}),
    "a library beside it": (
        "cargo fetch",
        RUST | {"src/lib.rs": ""},
        {"Cargo.toml", "Cargo.lock"},
        {"src/main.rs", "src/lib.rs"},
    ),
    "programs alone": (
        "cargo fetch",
        {"Cargo.toml": PACKAGE, "Cargo.lock": LOCK, "src/bin/one.rs": "", "src/bin/two/main.rs": ""},
        {"Cargo.toml", "Cargo.lock"},
        {"src/bin/one.rs"},
    ),
    "targets with a path": (
        "cargo fetch",
        {"Cargo.toml": PACKAGE + '[lib]\npath = "lib.rs"\n[[bin]]\nname = "y"\npath = "y.rs"\n', "Cargo.lock": LOCK},
        {"Cargo.toml", "Cargo.lock"},
        set(),
    ),
    "targets with a name": (
        "cargo fetch",
        manifest(
            '[[bench]]\nname = "b"\n[[example]]\nname = "e"\n[[test]]\nname = "t"\n[[bin]]\nname = "o"\npath = "o.rs"',
            **{"benches/b.rs": "", "examples/e/main.rs": "", "tests/t.rs": "", "tests/u.rs": "", "o.rs": ""},
        ),
        {"Cargo.toml", "Cargo.lock"},
        {"src/main.rs", "benches/b.rs", "examples/e/main.rs", "tests/t.rs"},
    ),
    "a program that runs by default": (
        "cargo fetch",
        manifest('default-run = "two"', **{"src/bin/two.rs": "", "src/bin/one.rs": ""}),
        {"Cargo.toml", "Cargo.lock"},
        {"src/main.rs", "src/bin/two.rs"},
    ),
    "a library that it links to": (
        "cargo fetch",
        manifest('links = "z"', **{"build.rs": ""}),
        {"Cargo.toml", "Cargo.lock"},
        {"src/main.rs", "build.rs"},
    ),
    "a build script": ("cargo fetch", RUST | {"build.rs": ""}, {"Cargo.toml", "Cargo.lock"}, {"src/main.rs"}),
    "a workspace": (
        "cargo fetch --locked",
        WORKSPACE,
        {"Cargo.toml", "Cargo.lock", "crates/a/Cargo.toml", "crates/b/Cargo.toml"},
        {"crates/a/src/lib.rs", "crates/b/src/main.rs"},
    ),
    "a member of a workspace": (
        "cd crates/a && cargo fetch",
        {**WORKSPACE, "Cargo.toml": '[workspace]\nmembers = ["crates/a"]\n'},
        {"Cargo.toml", "Cargo.lock", "crates/a/Cargo.toml"},
        {"crates/a/src/lib.rs"},
    ),
    "packages that lie in the project": (
        "cargo fetch",
        {
            **manifest(
                '[dependencies]\na = { path = "lib/a" }\n[target."cfg(unix)".build-dependencies.b]\npath = "lib/b"\n'
                '[patch.crates-io]\nc = { path = "lib/c" }'
            ),
            **{f"lib/{name}/Cargo.toml": PACKAGE for name in "abcd"},
            **{f"lib/{name}/src/lib.rs": "" for name in "abcd"},
        },
        {"Cargo.toml", "Cargo.lock", "lib/a/Cargo.toml", "lib/b/Cargo.toml", "lib/c/Cargo.toml"},
        {"src/main.rs", "lib/a/src/lib.rs", "lib/b/src/lib.rs", "lib/c/src/lib.rs"},
    ),
    "one that nothing may depend on": (
        "cargo fetch",
        {**WORKSPACE, "Cargo.toml": WORKSPACE["Cargo.toml"] + '[workspace.dependencies]\nz = { path = "gone" }\n'},
        {"Cargo.toml", "Cargo.lock", "crates/a/Cargo.toml", "crates/b/Cargo.toml"},
        {"crates/a/src/lib.rs", "crates/b/src/main.rs"},
    ),
    "settings and a toolchain": (
        "cargo fetch",
        {
            **RUST,
            ".cargo/config.toml": '[registries.x]\nindex = "sparse+https://example.com/"\n[build]\nrustflags = []\n',
            "rust-toolchain.toml": '[toolchain]\nchannel = "1.90"\n',
        },
        {"Cargo.toml", "Cargo.lock", ".cargo/config.toml", "rust-toolchain.toml"},
        {"src/main.rs"},
    ),
    "a git repository": (
        "cargo fetch",
        {**RUST, "Cargo.lock": LOCK.replace("registry+https://example.com/index", "git+https://example.com/a#1a")},
        {"Cargo.toml", "Cargo.lock"},
        {"src/main.rs"},
    ),
}


@pytest.mark.parametrize(("command", "project", "files", "stubs"), READS.values(), ids=READS)
def test_manifests_are_read_and_targets_have_to_be_there(
    command: str, project: Project, files: set[str], stubs: set[str]
) -> None:
    found = asked(command, project)
    assert isinstance(found, Needs), found
    assert set(found.files) == files
    assert set(found.stubs) == stubs
    assert not found.assumes


REFUSED: dict[str, tuple[str, Project, str]] = {
    "no manifest": ("cargo fetch", {"Cargo.lock": LOCK}, "has no `Cargo.toml`"),
    "no TOML": ("cargo fetch", {**RUST, "Cargo.toml": "{"}, "no TOML"),
    "no lock file": ("cargo fetch", {"Cargo.toml": PACKAGE, "src/main.rs": ""}, "has no `Cargo.lock`"),
    "a lock file of the project alone": (
        "cargo fetch",
        {**RUST, "Cargo.lock": 'version = 4\n[[package]]\nname = "x"\nversion = "0.1.0"\n'},
        "names nothing to fetch",
    ),
    "a repository of the machine": (
        "cargo fetch",
        {**RUST, "Cargo.lock": LOCK.replace("registry+https://example.com", "git+file:///srv")},
        "lies on the machine",
    ),
    "another manifest": ("cargo fetch --manifest-path web/Cargo.toml", RUST, "choose what it reads"),
    "offline": ("cargo fetch --offline", RUST, "choose what it reads"),
    "frozen": ("cargo fetch --frozen", RUST, "choose what it reads"),
    "settings by option": ("cargo fetch --config x.toml", RUST, "choose what it reads"),
    "vendored packages": (
        "cargo fetch",
        RUST | {".cargo/config.toml": '[source.crates-io]\nreplace-with = "v"\n[source.v]\ndirectory = "vendor"\n'},
        "`source` in `.cargo/config.toml`",
    ),
    "settings above": (
        "cd web && cargo fetch",
        {f"web/{name}": text for name, text in RUST.items()} | {".cargo/config": 'paths = ["x"]\n'},
        "`paths` in `.cargo/config`",
    ),
    "no network": ("cargo fetch", RUST | {".cargo/config.toml": "[net]\noffline = true\n"}, "from the network"),
    "a certificate": ("cargo fetch", RUST | {".cargo/config.toml": '[http]\ncainfo = "certs/a.pem"\n'}, "certs/a.pem"),
    "a compiler of the project": (
        "cargo fetch",
        RUST | {".cargo/config.toml": '[build]\nrustc-wrapper = "./wrap.sh"\n'},
        "`./wrap.sh`",
    ),
    "settings that are no TOML": ("cargo fetch", RUST | {".cargo/config.toml": "{"}, "is no TOML"),
    "a toolchain of the project": (
        "cargo fetch",
        RUST | {"rust-toolchain.toml": '[toolchain]\npath = "tools/rust"\n'},
        "a toolchain elsewhere",
    ),
    "a dependency outside": (
        "cargo fetch",
        manifest('[dependencies]\na = { path = "../a" }'),
        "lies outside of what is copied",
    ),
    "a dependency that is missing": ("cargo fetch", manifest('[dependencies]\na = { path = "a" }'), "`a/Cargo.toml`"),
    "a workspace elsewhere": ("cargo fetch", manifest('workspace = "../w"'), "leads to another folder"),
    "a member with a lock file of its own": (
        "cd crates/a && cargo fetch",
        {**WORKSPACE, "Cargo.toml": '[workspace]\nmembers = ["crates/a"]\n', "crates/a/Cargo.lock": LOCK},
        "which `Cargo.lock`",
    ),
    "a package that a workspace may leave out": ("cd crates/old && cargo fetch", WORKSPACE, "which `Cargo.lock`"),
    "very many targets": (
        "cargo fetch",
        manifest(
            "".join(f'[[example]]\nname = "e{n}"\n' for n in range(70)), **{f"examples/e{n}.rs": "" for n in range(70)}
        ),
        "very many targets",
    ),
    "cargo chef": ("cargo chef cook --recipe-path recipe.json", RUST | {"recipe.json": "{}"}, "compiles"),
}


@pytest.mark.parametrize(("command", "project", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_surely_known_is_refused(command: str, project: Project, why: str) -> None:
    found = asked(command, project)
    assert isinstance(found, Refusal), found
    assert why in found.why


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CARGO_NET_OFFLINE", "true"),
        ("CARGO_SOURCE_CRATES_IO_REPLACE_WITH", "v"),
        ("CARGO_HOME", "/web/.cargo"),
        ("CARGO_HOME", ".cargo"),
    ],
)
def test_the_environment_may_lead_cargo_elsewhere(variable: str, value: str) -> None:
    project = {f"web/{name}": text for name, text in RUST.items()}
    assert isinstance(asked("cd web && cargo fetch", project, {"CARGO_HOME": "/usr/local/cargo"}), Needs)
    found = asked("cd web && cargo fetch", project, {variable: value})
    assert isinstance(found, Refusal) and variable in found.why
