"""The file of costs in the user's cache directory: read, and written whole or not at all."""

from __future__ import annotations

import os

from ..analyzer.costs import Costs, Project, from_document, to_document
from ..analyzer.files import InputError, cache_folder
from .files import write_file


def costs_path() -> str:
    """Where costs are kept: `costs.json` in the cache directory."""
    return os.path.join(cache_folder(), "costs.json")


def load_costs() -> Costs:
    """All costs that are kept, empty where there are none; InputError where the file is not one of costs."""
    path = costs_path()
    try:
        with open(path, "rb") as file:
            data = file.read()
    except (FileNotFoundError, NotADirectoryError):
        return Costs()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from None
    import json

    from ..schemas import violation

    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise InputError(f"{path}: not a file of costs; delete it, it is only a cache") from None
    wrong = violation("costs", document)
    if wrong:
        raise InputError(f"{path}: {wrong}; delete it, it is only a cache")
    return from_document(document)


def costs_key(context: str, dockerfile: str) -> tuple[str, str]:
    """What costs are filed under: the top of the repository, or the context's directory, and the Dockerfile's path."""
    from ..analyzer.context.git import find

    context = os.path.realpath(context)
    place = find(context)
    root = (place.top if place is not None else "") or context
    return root, dockerfile if dockerfile == "-" else os.path.relpath(os.path.realpath(dockerfile), root)


def project_costs(context: str, dockerfile: str) -> Project:
    """What is kept of one Dockerfile, empty where nothing is; InputError as for all costs."""
    costs = load_costs()
    return costs.project(*costs_key(context, dockerfile)) if costs.projects else Project()


def save_costs(costs: Costs) -> str:
    """Write all costs; the path of the file. InputError where it cannot be written."""
    import json

    path = costs_path()
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        write_file((json.dumps(to_document(costs), indent=1) + "\n").encode("utf-8", "replace"), path)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}; set XDG_CACHE_HOME to a directory that can be written") from None
    return path
