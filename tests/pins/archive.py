"""Archives of packages that a test makes: Debian's, with a signed index that lists its parts, and Alpine's."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import tarfile
from collections.abc import Callable, Iterable, Mapping

from .serving import Server

PACKERS: Mapping[str, Callable[[bytes], bytes]] = {
    ".xz": lzma.compress,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    "": lambda data: data,
}


def package(name: str, version: str, architecture: str = "amd64", more: str = "") -> str:
    """A paragraph of an index of packages."""
    return f"Package: {name}\nVersion: {version}\nArchitecture: {architecture}\n{more}Description: x\n y: z\n\n"


def suite(
    server: Server,
    name: str,
    packages: Iterable[str],
    *,
    root: str = "/debian",
    origin: str = "Debian",
    architecture: str = "amd64",
    component: str = "main",
    forms: tuple[str, ...] = (".xz", ".gz"),
    date: str = "Sat, 11 Jan 2025 10:00:00 UTC",
    signed: bool = True,
) -> str:
    """A suite with one component; the address of its archive."""
    text = "".join(packages).encode()
    folder = f"{component}/binary-{architecture}"
    rows: list[str] = []
    for form in forms:
        data = PACKERS[form](text)
        server.add(f"{root}/dists/{name}/{folder}/Packages{form}", data)
        rows.append(f" {hashlib.sha256(data).hexdigest()} {len(data)} {folder}/Packages{form}")
    release = f"Origin: {origin}\nSuite: {name}\nCodename: {name}\nDate: {date}\nSHA256:\n" + "\n".join(rows) + "\n"
    if signed:
        begin, end = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n", "-----BEGIN PGP SIGNATURE-----\n\nabc\n"
        server.add(f"{root}/dists/{name}/InRelease", f"{begin}{release}{end}-----END PGP SIGNATURE-----\n")
    else:
        server.add(f"{root}/dists/{name}/Release", release)
    return f"{server.url}{root}"


def debian(server: Server, codename: str, *packages: str, root: str = "/debian") -> str:
    """A release with its pockets, which hold nothing; the address of its archive."""
    for pocket in ("-updates", "-security"):
        suite(server, codename + pocket, (), root=root)
    return suite(server, codename, packages, root=root)


def alpine(
    server: Server,
    branch: str,
    main: Mapping[str, str],
    community: Mapping[str, str] | None = None,
    built: Mapping[str, object] | None = None,
) -> str:
    """A branch of Alpine; the address of its mirror. `built` is when packages were, in seconds since 1970."""
    times = {one: f"t:{when}\n" for one, when in (built or {}).items()}
    for name, versions in (("main", main), ("community", community or {})):
        text = "".join(
            f"C:Q1x=\nP:{one}\nV:{version}\nA:x86_64\n{times.get(one, '')}\n" for one, version in versions.items()
        )
        server.add(f"/alpine/{branch}/{name}/x86_64/APKINDEX.tar.gz", _tar({".SIGN": b"x", "APKINDEX": text.encode()}))
    return f"{server.url}/alpine"


def _tar(files: Mapping[str, bytes]) -> bytes:
    """Members one after the other, the signature as an archive of its own before, as apk has it."""
    whole = b""
    for name, data in files.items():
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as archive:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        raw = buffer.getvalue()
        end = 512 + -(-len(data) // 512) * 512
        whole += gzip.compress(raw[:end] if name.startswith(".") else raw)
    return whole
