"""Python text to what it imports, names and calls, read with libcst."""

from __future__ import annotations

import libcst as cst
from libcst import BaseExpression, Call, ClassDef, Import, ImportFrom, SimpleString
from libcst.helpers import get_full_name_for_node

from .scripts import Module

# What makes a program read files, or modules, that its text does not name.
_OPENS = frozenset(
    """
    exec eval __import__ execfile compile os.walk os.listdir os.scandir os.system os.popen os.execv os.execvp os.fwalk
    glob.glob glob.iglob subprocess.run subprocess.call subprocess.check_call subprocess.check_output subprocess.Popen
    runpy.run_path runpy.run_module pkgutil.iter_modules pkgutil.walk_packages pkgutil.get_data
    importlib.resources.files importlib.util.spec_from_file_location shutil.copytree shutil.copy shutil.make_archive
    """.split()
)
_OPEN_METHODS = frozenset({"glob", "rglob", "iterdir", "walk", "scandir"})
_READS = frozenset({"open", "io.open", "codecs.open"})
_READ_METHODS = frozenset({"read_text", "read_bytes"})


def read_module(text: str) -> Module | None:
    """What the text of a module tells; None where it is no Python."""
    try:
        tree = cst.parse_module(text)
    except (cst.ParserSyntaxError, RecursionError):
        return None
    reader = _Reader()
    tree.visit(reader)
    return Module(
        tuple(dict.fromkeys(reader.imports)),
        tuple(dict.fromkeys(reader.texts)),
        reader.keywords,
        frozenset(reader.calls),
        reader.open,
    )


class _Reader(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.imports: list[str] = []
        self.texts: list[str] = []
        self.keywords: dict[str, tuple[str, ...]] = {}
        self.calls: set[str] = set()
        self.open = ""

    def visit_Import(self, node: Import) -> None:
        for alias in node.names:
            self.imports.append(get_full_name_for_node(alias.name) or "")

    def visit_ImportFrom(self, node: ImportFrom) -> None:
        dots = "." * len(node.relative)
        head = dots + ((get_full_name_for_node(node.module) or "") if node.module is not None else "")
        if head.strip("."):
            self.imports.append(head)
        if isinstance(node.names, cst.ImportStar):
            return
        for alias in node.names:
            name = get_full_name_for_node(alias.name) or ""
            self.imports.append(f"{head}.{name}" if head.strip(".") else f"{dots}{name}")

    def visit_SimpleString(self, node: SimpleString) -> None:
        value = node.evaluated_value
        self.texts.append(value if isinstance(value, str) else value.decode("utf-8", "replace"))

    def visit_ClassDef(self, node: ClassDef) -> None:
        if any("Command" in (get_full_name_for_node(base.value) or "") for base in node.bases):
            self.open = self.open or "a command of its own"

    def visit_Attribute(self, node: cst.Attribute) -> None:
        if get_full_name_for_node(node) == "sys.path":
            self.open = self.open or "sys.path"

    def visit_Call(self, node: Call) -> None:
        name = get_full_name_for_node(node.func) or ""
        method = node.func.attr.value if isinstance(node.func, cst.Attribute) else ""
        self.calls.add(name)
        first = node.args[0].value if node.args else None
        if name in _OPENS or method in _OPEN_METHODS:
            self.open = self.open or name or method
        elif name == "importlib.import_module" or name == "import_module":
            if isinstance(first, SimpleString):
                self.imports.append(str(first.evaluated_value))
            else:
                self.open = self.open or name
        elif name in _READS and first is not None and not _writes(node) and not _is_plain(first):
            self.open = self.open or name
        elif method in _READ_METHODS and isinstance(node.func, cst.Attribute) and not _is_plain(node.func.value):
            self.open = self.open or method
        parts = [_text(argument.value) for argument in node.args]
        if method == "join" and any(parts):
            self.texts.append("/".join(part for part in parts if part))
        if name in ("setup", "setuptools.setup"):
            for argument in node.args:
                if argument.keyword is not None:
                    self.keywords[argument.keyword.value] = _strings(argument.value)


def _text(node: BaseExpression) -> str:
    value = node.evaluated_value if isinstance(node, SimpleString | cst.ConcatenatedString) else ""
    return value if isinstance(value, str) else ""


def _writes(node: Call) -> bool:
    """Whether a call of open() writes only."""
    modes = [one.value for one in node.args[1:2] if one.keyword is None]
    modes += [one.value for one in node.args if one.keyword is not None and one.keyword.value == "mode"]
    return any(_text(mode)[:1] in ("w", "a", "x") for mode in modes)


def _is_plain(node: BaseExpression) -> bool:
    """Whether the strings in an expression name the file: a string, or one joined to the folder of the script."""
    if isinstance(node, SimpleString):
        return True
    if isinstance(node, cst.BinaryOperation):
        return _is_plain(node.right)
    if isinstance(node, Call):
        name = get_full_name_for_node(node.func) or ""
        last = node.args[-1].value if node.args else None
        return name.rpartition(".")[2] in ("join", "Path", "abspath") and last is not None and _is_plain(last)
    return False


def _strings(node: BaseExpression) -> tuple[str, ...]:
    """The strings in an expression, and the names that it calls with a `()` behind them."""
    found: list[str] = []

    class Strings(cst.CSTVisitor):
        def visit_SimpleString(self, node: SimpleString) -> None:
            if isinstance(node.evaluated_value, str):
                found.append(node.evaluated_value)

        def visit_Call(self, node: Call) -> None:
            found.append(f"{(get_full_name_for_node(node.func) or '').rpartition('.')[2]}()")

    node.visit(Strings())
    return tuple(found)
