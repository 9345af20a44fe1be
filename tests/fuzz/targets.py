"""What must hold for any input: the targets of the fuzzer, and of the replay of its corpus.

Each takes bytes, and raises an AssertionError (or whatever escaped) where it does not hold.
"""

import re
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path

from tests.expr.scopes import order_scope
from tests.expr.sights import Sight, make_order

from orderflow.checks import check_folder
from orderflow.compiler.nodes import ListNode, MapNode, Node, ScalarNode
from orderflow.compiler.reader import locate, plain, read
from orderflow.diagnostics import Diagnostic, Span, render_concise, render_text, to_json
from orderflow.expr.check import analyse
from orderflow.expr.python import compile_python
from orderflow.expr.reference import Reference
from orderflow.expr.tree import Expression
from orderflow.expr.view import Missing

#: Processor time for one input, in seconds; a hundred times what one of this size takes.
MOST_SECONDS = 2.0
_LINE_END = re.compile(r"\r\n|\r|\n")
_FOLDER = Path(__file__).parents[2] / "src/orderflow/cli/templates/shop"


def _lines(text: str) -> list[str]:
    return _LINE_END.split(text.removeprefix("\ufeff"))


def _inside(span: Span, lines: Sequence[str]) -> bool:
    """Whether a span lies in the file and does not run backwards."""
    return (
        1 <= span.line <= span.end_line <= len(lines)
        and 1 <= span.column <= len(lines[span.line - 1]) + 1
        and 1 <= span.end_column <= len(lines[span.end_line - 1]) + 1
        and (span.line, span.column) <= (span.end_line, span.end_column)
    )


def _check_findings(found: Sequence[Diagnostic], sources: dict[str, list[str]]) -> None:
    for item in found:
        spans = [item.span, *(label.span for label in item.labels)]
        if item.fix is not None and item.fix.span is not None:
            spans.append(item.fix.span)
            assert item.fix.replacement is not None, f"a repair of a place without its text: {item}"
        for span in spans:
            if span.file in sources:
                assert _inside(span, sources[span.file]), f"{span} lies outside its file: {item.message}"
        assert item.message, f"a finding without words: {item}"
        assert item.fix is not None, f"a finding without a repair: {item}"


def _check_tree(node: Node, lines: list[str]) -> None:
    assert _inside(node.span, lines), f"{node.span} lies outside the file"
    match node:
        case ScalarNode(value=value):
            for start in {0, len(value) // 2, len(value)}:
                assert _inside(locate(node, start, min(start + 1, len(value))), lines), f"{node}: {start}"
        case ListNode(items=items):
            for item in items:
                _check_tree(item, lines)
        case MapNode(entries=entries):
            names = [entry.name for entry in entries]
            assert len(set(names)) == len(names), f"a name stands twice: {names}"
            for entry in entries:
                _check_tree(entry.key, lines)
                _check_tree(entry.value, lines)


def read_bytes(data: bytes) -> None:
    """A rule file: a located tree or findings, never an exception; every place lies inside the file."""
    began = time.process_time()
    tree, found = read(data, "fuzz.yaml")
    shown = data.decode("utf-8", "replace")
    lines = _lines(shown)
    assert tree is not None or found, "no tree, and no word why"
    _check_findings(found, {"fuzz.yaml": lines})
    if tree is not None:
        plain(tree)
        _check_tree(tree, lines)
    render_text(found, {"fuzz.yaml": shown})
    assert time.process_time() - began < MOST_SECONDS, "it took too long"


@cache
def _orders() -> tuple[tuple[dict[str, object], Sight], ...]:
    return (make_order(lambda pool: pool[0]), make_order(lambda pool: pool[-1]))


SCOPES = {False: order_scope(), True: order_scope(lenient=True)}


def read_expression(data: bytes) -> None:
    """An expression: checked or faults; what is checked gives one value, the same by both evaluators."""
    began = time.process_time()
    source = data.decode("utf-8", "replace").replace("\ufffd", "?")
    lenient = source.startswith("?")
    found = analyse(source.removeprefix("?"), SCOPES[lenient])
    source = source.removeprefix("?")
    if isinstance(found, Expression):
        for record, view in _orders():
            fast = _value(partial(compile_python(found), record, view))
            slow = _value(partial(Reference(found, record, view).value, found.root))
            assert fast == slow, f"{source!r}: compiled {fast}, reference {slow}"
    else:
        assert found, f"{source!r}: neither an expression nor a fault"
        for fault in found:
            assert 0 <= fault.start <= fault.end <= len(source), f"{source!r}: {fault} lies outside"
            assert fault.message, f"{source!r}: {fault} has no words"
            assert fault.fix_message, f"{source!r}: {fault} has no repair"
    assert time.process_time() - began < MOST_SECONDS, f"{source!r} took too long"


def _value(run: Callable[[], object]) -> tuple[str, object]:
    try:
        value = run()
    except Missing as missing:
        return "missing", missing.name
    return type(value).__name__, value


_WORD = re.compile(r"\w+|[^\w\s]|\n *")


@cache
def _template() -> tuple[dict[str, str], list[tuple[str, int, int]], list[str]]:
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(_FOLDER.glob("*.yaml"))}
    # words of the files without their comments
    places = [
        (name, match.start(), match.end())
        for name, text in texts.items()
        for match in _WORD.finditer(re.sub(r"#.*", lambda found: " " * len(found[0]), text))
    ]
    pool = sorted(
        {texts[name][start:end] for name, start, end in places} | {"", "0", "null", "[]", "{}", '""'}
    )
    return texts, places, pool


def edited(data: bytes) -> dict[str, str]:
    """The files of the shop template with an edit for every five bytes: which word, what becomes of it, by what."""
    texts, places, pool = _template()
    edits: dict[tuple[str, int, int], str] = {}
    for at in range(0, len(data) - 4, 5):
        name, start, end = places[int.from_bytes(data[at : at + 2]) % len(places)]
        word, other = texts[name][start:end], pool[int.from_bytes(data[at + 3 : at + 5]) % len(pool)]
        match data[at + 2] % 6:
            case 0 | 1:
                edits[name, start, end] = other
            case 2:
                edits[name, start, end] = ""
            case 3:
                edits[name, start, end] = word + other
            case 4:
                edits[name, start, end] = f"{word} {other}"
            case _:
                edits[name, start, end] = f"{other}: {word}"
    made = dict(texts)
    for (name, start, end), text in sorted(edits.items(), key=lambda item: item[0][1], reverse=True):
        made[name] = made[name][:start] + text + made[name][end:]
    return made


@cache
def _room() -> Path:
    return Path(tempfile.mkdtemp(prefix="orderflow-fuzz-"))


def check_rules(data: bytes) -> None:
    """A rule set with a few words changed: findings or a definition, never an exception."""
    began = time.process_time()
    texts = edited(data)
    for name, text in texts.items():
        (_room() / name).write_text(text, encoding="utf-8", newline="")
    compiled = check_folder(_room())
    found = compiled.diagnostics
    _check_findings(found, {file: _lines(text) for file, text in compiled.sources.items()})
    assert (compiled.definition is None) == compiled.has_errors, "no rule set, and no error"
    assert len(set(found)) == len(found), "a finding stands twice"
    render_text(found, compiled.sources)
    render_concise(found)
    to_json(found)
    assert time.process_time() - began < MOST_SECONDS, "it took too long"


TARGETS: dict[str, Callable[[bytes], None]] = {
    "reader": read_bytes,
    "expression": read_expression,
    "rules": check_rules,
}
