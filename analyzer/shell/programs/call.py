"""A command as a program sees it: its words with known variables replaced, its options told from its operands."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from ...named_tuple import NamedTuple
from ..effects import Effects, Unsure, above

_OPEN = re.compile(r"[*?\[{]")
_UNSEEN = ("/dev", "/proc", "/sys")


class Argument(NamedTuple):
    """A word; `known` is False where `text` is what the file says instead of what the program gets."""

    text: str
    known: bool = True


class Call(NamedTuple):
    """One command: `folders` are the directories that it may run in, `home` that of its user; None is not known."""

    program: str
    arguments: tuple[Argument, ...]
    folders: frozenset[str] | None
    home: str | None

    def paths(self, argument: Argument) -> frozenset[str]:
        """The clean absolute paths that an argument may name, patterns cut off; Unsure where that is not known.

        What is mounted into every RUN and is no part of an image is left out.
        """
        text = argument.text
        if not argument.known:
            raise Unsure(f"`{self.program}` is given `{text}`, and what that is is not known")
        if text.startswith("~"):
            text = self.at_home(text)
        cut = _OPEN.search(text)
        if cut is not None:
            if text[cut.start()] == "{" and cut.start() == 0:
                raise Unsure(f"`{self.program}` is given `{text}`")
            text = text[: text.rfind("/", 0, cut.start()) + 1] or "."
            text = text.rstrip("/") or ("/" if text.startswith("/") else ".")
        if text.startswith("/"):
            found = {posixpath.normpath(text)}
        else:
            found = {posixpath.normpath(posixpath.join(folder, text)) for folder in self.here()}
        return frozenset("/" + one.lstrip("/") for one in found if not is_below(one, _UNSEEN))

    def at_home(self, text: str) -> str:
        """A path that begins with `~`; Unsure where the home is not known."""
        if self.home is None or (len(text) > 1 and text[1] != "/"):
            raise Unsure(f"which directory `{text}` is is not known")
        return self.home + text[1:]

    def here(self) -> frozenset[str]:
        """The directories that it may run in; Unsure where they are not known."""
        if self.folders is None:
            raise Unsure(f"the directory that `{self.program}` runs in is not known")
        return self.folders


Program = Callable[[Call], Effects]


class Given(NamedTuple):
    """The options of a call by name, each with its values, and its operands."""

    options: dict[str, list[Argument]]
    operands: list[Argument]

    def has(self, *names: str) -> bool:
        """Whether one of these options is given."""
        return any(name in self.options for name in names)

    def values(self, *names: str) -> list[Argument]:
        """The values of these options."""
        return [value for name in names for value in self.options.get(name, ())]


def given(call: Call, flags: str, valued: str = "") -> Given:
    """The options and operands of a call; Unsure for an option that is neither among `flags` nor among `valued`.

    Letters may stand together, `-rf`, and a value behind its letter, `-ofile`; `--name=value` is a value too.
    """
    plain, with_value = frozenset(flags.split()), frozenset(valued.split())
    found = Given({}, [])
    words = iter(call.arguments)
    for word in words:
        text = word.text
        if text == "--":
            found.operands.extend(words)
            break
        if not word.known and not surely_operand(text):
            raise Unsure(f"`{call.program}` is given `{text}`, and what that is is not known")
        if not text.startswith("-") or text == "-":
            found.operands.append(word)
            continue
        name, equals, value = text.partition("=")
        if text in plain:
            found.options.setdefault(text, [])
        elif text in with_value:
            found.options.setdefault(text, []).append(_next(words, call, text))
        elif equals and name in with_value and name.startswith("--"):
            found.options.setdefault(name, []).append(Argument(value, word.known))
        elif not text.startswith("--") and _letters(word, plain, with_value, found, words, call):
            continue
        else:
            raise Unsure(f"`{call.program}` is given the option `{text}`, which is not known here")
    return found


def surely_operand(text: str) -> bool:
    """Whether a word that is not known is one operand and no option: an address, or a path by its first letters."""
    return re.match(r"(?:https?|ftp)://[^\s$`]|/[^$`\s]|[A-Za-z0-9][\w.+:-]*[=/]", text) is not None


def _next(words: object, call: Call, option: str) -> Argument:
    value = next(words, None)  # type: ignore[call-overload]
    if value is None:
        raise Unsure(f"`{call.program}` is given `{option}` without a value")
    assert isinstance(value, Argument)
    return value


def _letters(
    word: Argument, plain: frozenset[str], valued: frozenset[str], found: Given, words: object, call: Call
) -> bool:
    """Takes letters that stand together apart; False where one of them is not known."""
    read: list[tuple[str, Argument | None]] = []
    for at, letter in enumerate(word.text[1:], 2):
        name = "-" + letter
        if name in valued:
            rest = word.text[at:]
            read.append((name, Argument(rest, word.known) if rest else _next(words, call, name)))
            break
        if name not in plain:
            return False
        read.append((name, None))
    for name, value in read:
        found.options.setdefault(name, []).extend([] if value is None else [value])
    return True


def is_below(path: str, folders: tuple[str, ...] | frozenset[str]) -> bool:
    """Whether a clean path is one of the folders or lies in one."""
    return any(path == folder or path.startswith(folder + "/") for folder in folders)


def reading(call: Call, arguments: list[Argument]) -> Effects:
    """The effects of reading files, `-` is the standard input."""
    found = frozenset(path for one in arguments if one.text != "-" for path in call.paths(one))
    return Effects(reads=found)


def writing(call: Call, arguments: list[Argument], *, making: bool = False) -> Effects:
    """The effects of writing files; with `making`, the directories that they lie in are made where they are missing."""
    found = frozenset(path for one in arguments for path in call.paths(one))
    folders = frozenset(folder for path in found for folder in above(path))
    if making:
        return Effects(writes=found, makes=frozenset((folder, "") for folder in folders))
    return Effects(writes=found, needs=folders)


def ignores(flags: str = "", valued: str = "", operands: bool = True) -> Program:
    """A program that only prints or computes what its words say; `operands` False: it takes none."""

    def program(call: Call) -> Effects:
        read = given(call, flags, valued)
        if read.operands and not operands:
            raise Unsure(f"`{call.program}` is given `{read.operands[0].text}`")
        return Effects()

    return program
