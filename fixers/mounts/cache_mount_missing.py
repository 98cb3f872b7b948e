"""Mounts the cache of the tool, for each RUN of the stage that uses it.

The folder is the one of the user who runs the step; variables that move it count. Where two steps cannot use a cache
at once (yarn, Maven, Gradle), the mount is locked. Options that turn the cache off, and commands that empty it, go.
Where later commands find what was fetched in that folder (Go, Cargo, Maven, Gradle, NuGet, pnpm), each later RUN of the
stage that may read it has the mount too. Nothing is changed

- where the place of the cache is not sure: another user, a setting that moves it, an unknown base image of Rust or Go;
- where a step copies files into the folder, or another stage copies from it;
- where something runs offline or with `--no-restore`: a layer may come from elsewhere, the mount never does;
- where the folder is needed in the image itself;
- for conda, Deno, mix and the like, which keep in the same folder what has to be in the image.

With the option `system`, packages of distributions get a cache, too, without a change to any setting of the image:

- apt: /var/cache/apt, and /var/lib/apt/lists in a RUN that updates the lists before it installs and removes all of
  them at its end; what removes them goes. (All of /var/lib/apt would hide extended_states: which packages were
  installed by hand.) Lists that a RUN leaves to the image stay where they are. As `docker-clean` in the images of
  Debian and Ubuntu empties apt's folder behind each install, and `apt` does so by itself, the install is told to use a
  folder beside it;
- apk: /var/cache/apk, which it is told to use as a cache, with a new index, in the place of `--no-cache`
  (apk 2.7 and newer);
- dnf 4, which is also yum: /var/cache/dnf, in images of AlmaLinux, Rocky, CentOS Stream, Oracle, Red Hat, Amazon and
  old Fedora whose tag says so; it is told to keep packages, and to ask for new metadata. dnf 5 is left alone, and so
  is zypper: it keeps packages only where the settings of a repository say so, and they are part of the image.

These mounts are locked: a step of another stage or platform waits. Their id names the distribution and suite, or the
base image where the file does not tell, as apt takes a package that lies there by its name and size, and Debian and
Ubuntu build other packages under the same name. Left alone are RUNs

- where a variable says which base image it is;
- whose packages are said to lie elsewhere, or are wanted in a layer (`--download-only`, `dpkg -i /var/cache/apt/…`);
- that another program, a string or another user runs;
- that may empty the cache in a way that cannot be taken out.

Unsafe: a cache outlives the build, and other builds share it. What pip or uv built from source on another base image,
or Go with cgo, is taken for this one. The image lacks what managers themselves leave in these folders: the lock of
apt where the base image has none, what `dnf clean all` leaves.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.facts import Facts
from ...rules.mounts.cache_mount_missing import Evidence
from ...rules.rule import Diagnostic, Fix
from ..cache_mounts import with_caches


def fixes(found: Diagnostic, see: Facts) -> Iterator[Fix]:
    """The mounts for all RUNs of the finding."""
    assert isinstance(found.evidence, Evidence)
    steps = [] if see.graph is None else [one for one in see.graph.steps if one.span in found.evidence.runs]
    yield from with_caches(found.evidence.tool, steps, see, system=found.evidence.system)
