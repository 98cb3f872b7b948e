"""The pages of docs/rules: one for each rule, made of its docstring and examples, and an index with all aliases."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..fixers.fix import about
from ..rules.catalogue import LoadedRule, rules
from ..rules.rule import Example

_LINTERS = (
    ("hadolint", r"(?:DL|SC)\d+"),
    ("BuildKit", r"[A-Z][A-Za-z]*[a-z][A-Za-z]*"),
    ("tally", r"tally/.+"),
    ("checkov", r"CKV\w+"),
    ("trivy", r"(?:AVD-)?DS-?\d+"),
)


def pages() -> dict[str, str]:
    """The text of each page by its path below docs/rules."""
    return {"README.md": _index(), **{f"{rule.name}.md": _page(rule) for rule in rules()}}


def _index() -> str:
    lines = [
        "# Rules",
        "",
        "Made by `dcache rules --write-docs docs/rules`; a rule's text is the docstring of its module.",
    ]
    for theme in sorted({rule.theme for rule in rules()}):
        lines += [
            "",
            f"## {theme}",
            "",
            "| rule | severity | finds | " + " | ".join(name for name, _ in _LINTERS) + " |",
        ]
        lines.append("|---|---|---|" + "---|" * len(_LINTERS))
        for rule in rules():
            if rule.theme == theme:
                off = "" if rule.rule.default else ", off by default"
                cells = " | ".join(_alias_cells(rule))
                link = f"[{rule.name.partition('/')[2]}]({rule.name}.md)"
                lines.append(f"| {link} | {rule.rule.severity}{off} | {rule.rule.summary} | {cells} |")
    return "\n".join([*lines, ""])


def _alias_cells(rule: LoadedRule) -> Iterator[str]:
    for _, pattern in _LINTERS:
        yield ", ".join(alias for alias in rule.rule.aliases if re.fullmatch(pattern, alias))


def _page(rule: LoadedRule) -> str:
    default = "on by default" if rule.rule.default else "off unless selected"
    also = f" · also {', '.join(f'`{alias}`' for alias in rule.rule.aliases)}" if rule.rule.aliases else ""
    lines = [f"# {rule.name}", "", f"{rule.rule.severity} · {default}{also}", "", (rule.module.__doc__ or "").strip()]
    cure = about(rule.name)
    if cure:
        lines += ["", "## Fix", "", cure]
    if rule.options is not None:
        lines += ["", "## Options", ""]
        lines += [
            f"- `{key.replace('_', '-')}` (default: `{value!r}`)" for key, value in rule.options._asdict().items()
        ]
    lines += ["", "## Examples"]
    for title, found in (("Reported, the marked text", "BAD"), ("Not reported", "GOOD")):
        lines += ["", f"{title}:"]
        for example in getattr(rule.module, found):
            lines += ["", *_example(example)]
    return "\n".join([*lines, ""])


def _example(example: Example) -> Iterator[str]:
    yield "```dockerfile"
    yield from example.dockerfile.rstrip("\n").splitlines()
    yield "```"
    if example.context:
        yield "with " + ", ".join(
            f"`{path}`" + (f" ({' '.join(f'`{line}`' for line in text.split())})" if path.startswith(".docker") else "")
            for path, text in example.context.items()
        )
