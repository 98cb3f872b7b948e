"""JSON Schemas of what dcache writes and reads, and the check against them."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_FOLDER = os.path.dirname(__file__)


def schema(name: str) -> dict[str, object]:
    """The JSON Schema called `name`: prediction, parse, graph, findings, state, pins …."""
    with open(os.path.join(_FOLDER, f"{name}.json"), encoding="utf-8") as file:
        document: dict[str, object] = json.load(file)
    return document


def violation(name: str, document: object) -> str | None:
    """What is wrong with a document, in one line, by the schema called `name`; None where nothing is."""
    error = first_error(name, document)
    if error is None:
        return None
    where = "/".join(str(part) for part in error.absolute_path) or "the document"
    return f"{where}: {error.message[:200]}"


def first_error(name: str, document: object) -> ValidationError | None:
    """The gravest error of a document by the schema called `name`, None where there is none."""
    import jsonschema

    library: Any = jsonschema
    errors = library.Draft202012Validator(schema(name)).iter_errors(document)
    found: ValidationError | None = library.exceptions.best_match(errors)
    return found
