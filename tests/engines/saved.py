"""A generated example as a case of corpus/conformance/generated.json: what to paste there."""

from __future__ import annotations

import base64
import json

from conformance.cases import Case
from engines.record import case_steps
from engines.strategies import Example, Variant
from engines.trees import FOLDER, Files
from engines.truth import Judgement

# The tag of stub images in cases; what they hold is a matter of the mode in which a case is built.
TAG = "1"


def case(example: Example, judgement: Judgement, name: str = "NAME", engine: str = "") -> Case:
    """The example up to its first build with a wrong verdict, as a case with the engine's verdicts on that build."""
    last = min((int(line.split()[1]) for line in judgement.wrong), default=len(example.variants) - 1)
    stable, fresh = (judgement.truths[mode][last] for mode in ("stable", "fresh"))
    steps = [{**step, "name": step["name"].replace(":stable", f":{TAG}")} for step in case_steps(stable, fresh)]
    return {
        "id": name,
        "title": ", then ".join(example.changes[:last]),
        "engine": engine,
        "world": "stub",
        **({} if example.warm else {"snapshot_dropped": True}),
        "builds": [_build(variant, example.warm) for variant in example.variants[: last + 1]],
        "steps": steps,
    }


def row(example: Example, judgement: Judgement, engine: str) -> str:
    """The case as a line of the file."""
    return json.dumps(case(example, judgement, engine=engine), ensure_ascii=False)


def _build(variant: Variant, warm: bool) -> Case:
    files = {**_files(variant.tree, warm), "Dockerfile": {"text": variant.text(TAG), "mode": "644"}}
    given = _options(variant)
    directories: Case = {}
    for name, contents in variant.contexts.items():
        if isinstance(contents, str):
            given[f"context:{name.replace('MODE', TAG)}"] = f"docker-image://{contents.replace('MODE', TAG)}"
        else:
            given[f"context:{name}"] = f"local:{name}"
            directories[name] = _files(contents, warm)
    build: Case = {"dockerfile": "Dockerfile", "files": files}
    return build | ({"options": given} if given else {}) | ({"contexts": directories} if directories else {})


def _files(tree: Files, warm: bool) -> Case:
    found: Case = {}
    for path, entry in tree.items():
        if entry.link is not None:
            found[path] = {"link": entry.link}
        elif entry.text is None:
            if entry != FOLDER or not any(other.startswith(f"{path}/") for other in tree):
                found[path] = {"dir": True, "mode": f"{entry.mode:o}"}
        else:
            data = entry.text.encode("latin-1")
            held = {"text": entry.text} if entry.text.isascii() else {"base64": base64.b64encode(data).decode()}
            found[path] = {**held, "mode": f"{entry.mode:o}"}
            found[path] |= {"mtime_ns": entry.time * 10**9} if warm else {}
    return found


def _options(variant: Variant) -> dict[str, str]:
    options = variant.options
    given = {f"build-arg:{name}": value for name, value in options.build_args}
    named = {
        "target": options.target,
        "force-network-mode": options.network,
        "shm-size": options.shm_size,
        "no-cache": "" if options.no_cache else ",".join(options.no_cache_filter) or None,
        "platform": ",".join(options.platforms) or None,
        "add-hosts": ",".join(options.add_hosts) or None,
        "ulimit": ",".join(options.ulimits) or None,
    }
    return given | {name: value for name, value in named.items() if value is not None}
