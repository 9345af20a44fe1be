"""Every text that findings are made of, as it stands in the source: the literals given to `Message` and `joined`."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "orderflow"


def templates() -> dict[str, str]:
    """Each English template with the place where it is first used, such as `expr/check.py:120`."""
    found: dict[str, str] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        for line, text in _literals(ast.parse(path.read_text(encoding="utf-8"))):
            if any(char.isalpha() for char in _without_names(text)):
                found.setdefault(text, f"{name}:{line}")
    return found


def english_words(text: str, allowed: frozenset[str] = frozenset()) -> list[str]:
    """The English words of a text in another language; code in backticks and placeholders are none."""
    prose = re.sub(r"`[^`]*`", " ", text)
    prose = re.sub(r"\{[^{}]*\}", " ", prose)
    return [word for word in re.findall(r"[A-Za-z]*[a-z]{2,}", prose) if word not in allowed]


def _without_names(text: str) -> str:
    """A template without its placeholders: what is left has to be translated if there is a letter in it."""
    import string

    return "".join(literal for literal, *_ in string.Formatter().parse(text))


def _literals(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id == "Message" and node.args and isinstance(node.args[0], ast.Constant):
            yield node.lineno, str(node.args[0].value)
        if node.func.id == "joined" and len(node.args) == 2 and isinstance(node.args[1], ast.Constant):
            yield node.lineno, str(node.args[1].value)
