"""Where a path leads inside a context: symbolic links followed, and never out of its root."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .tree import Node

Children = Callable[[str], Mapping[str, Node]]

_MOST_LINKS = 255  # cache/contenthash/path.go:maxSymlinkLimit, BuildKit v0.32.2


def resolve(
    children: Children, path: str, *, last: bool = True, passed: list[str] | None = None
) -> tuple[str, Node | None]:
    """The path without links that `path` leads to, and the node there; None for the root, and for nothing.

    Absolute targets and `..` are taken from the root. A missing name on the way is passed over, as `missing/../a`
    is `a` to the engine; too many links lead nowhere. `last` is False where the last name itself is not followed.
    `passed` collects the paths of the links on the way.
    Source: cache/contenthash/checksum.go:getFollowLinksCallback (BuildKit v0.32.2).
    """
    done: list[str] = []
    waiting = path.split("/")[::-1]
    links = 0
    node: Node | None = None
    while waiting:
        part = waiting.pop()
        if part in ("", "."):
            continue
        if part == "..":
            if done:
                done.pop()
            node = None
            continue
        parent = "/".join(done)
        node = children(parent).get(part)
        done.append(part)
        if node is None or node.kind != "link" or (not last and not any(waiting)):
            continue
        links += 1
        if passed is not None:
            passed.append("/".join(done))
        if links > _MOST_LINKS:
            return "/".join(done), None
        done.pop()
        if node.target.startswith("/"):
            done = []
        waiting.extend(node.target.split("/")[::-1])
        node = None
    where = "/".join(done)
    if where and node is None:
        parent, _, name = where.rpartition("/")
        node = children(parent).get(name)
        node = None if node is not None and node.kind == "link" and last else node
    return where, node
