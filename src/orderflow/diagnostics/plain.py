"""Findings as plain data that gives the very same findings back, templates and all: how they are kept between runs.

What is read may have been written by anybody: it is a finding or it is refused, and making it takes little memory.
"""

import re
from string import Formatter

from orderflow.diagnostics.diagnostic import Diagnostic, Fix, Label, Severity
from orderflow.diagnostics.message import Message
from orderflow.diagnostics.span import Span

#: The longest text of a finding, and how deep messages stand in one another.
_LONGEST = 20_000
_DEEPEST = 8
#: How a number may be written in a template: with commas, or in a few hexadecimal digits.
_SPEC = re.compile(r",|0?[0-9]?[xX]|")
_FORMATTER = Formatter()


def to_plain(found: Diagnostic) -> list[object]:
    """The finding as lists, texts and numbers, fit for JSON.

    Raises:
        ValueError: it cannot be kept so that the same comes back.
    """
    fix = found.fix
    made: list[object] = [
        found.code,
        found.severity.value,
        _message(found.message),
        _span(found.span),
        _message(found.note),
        [[_span(label.span), _message(label.text)] for label in found.labels],
        None
        if fix is None
        else [_message(fix.message), None if fix.span is None else _span(fix.span), fix.replacement],
    ]
    if from_plain(made) != found:
        raise ValueError("the finding says more than can be kept")
    return made


def from_plain(data: object) -> Diagnostic:
    """The finding that `to_plain` made this of.

    Raises:
        ValueError: nothing that it makes looks so.
    """
    code, severity, message, span, note, labels, fix = _items(data, 7)
    return Diagnostic(
        _text(code),
        _to_message(message),
        _to_span(span),
        Severity(_text(severity)),
        _to_message(note),
        tuple(_to_label(label) for label in _items(labels)),
        None if fix is None else _to_fix(fix),
    )


def _message(message: Message) -> list[object]:
    if not isinstance(message, Message):
        raise ValueError("a text without a template")
    return [message.template, {name: _value(value) for name, value in message.values.items()}]


def _value(value: object) -> object:
    if isinstance(value, Message):
        return _message(value)
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else format(value, "")


def _span(span: Span) -> list[object]:
    return [span.file, span.line, span.column, span.end_line, span.end_column]


def _to_label(data: object) -> Label:
    span, text = _items(data, 2)
    return Label(_to_span(span), _to_message(text))


def _to_fix(data: object) -> Fix:
    message, span, replacement = _items(data, 3)
    return Fix(
        _to_message(message),
        None if span is None else _to_span(span),
        None if replacement is None else _text(replacement),
    )


def _to_span(data: object) -> Span:
    file, *numbers = _items(data, 5)
    line, column, end_line, end_column = (_number(number) for number in numbers)
    return Span(_text(file), line, column, end_line, end_column)


def _to_message(data: object, depth: int = 0) -> Message:
    template, values = _items(data, 2)
    if depth > _DEEPEST or not isinstance(values, dict):
        raise ValueError
    made = {_text(name): _to_value(value, depth + 1) for name, value in values.items()}
    _check_template(_text(template), made)
    return Message(_text(template), **made)


def _to_value(data: object, depth: int) -> object:
    if isinstance(data, list):
        return _to_message(data, depth)
    return data if type(data) is int else _text(data)


def _check_template(template: str, values: dict[str, object]) -> None:
    """A template may only name its values, and not blow them up: `{a.__class__}` and `{a:>999999999}` may not."""
    length = len(template)
    for _, name, spec, conversion in _FORMATTER.parse(template):
        if name is None:
            continue
        if (
            name not in values
            or not name.isidentifier()
            or conversion not in (None, "s")
            or not _SPEC.fullmatch(spec or "")
        ):
            raise ValueError
        length += len(str(values[name]))
    if length > _LONGEST:
        raise ValueError


def _items(data: object, count: int | None = None) -> list[object]:
    if not isinstance(data, list) or count not in (None, len(data)):
        raise ValueError
    return data


def _text(data: object) -> str:
    if not isinstance(data, str) or len(data) > _LONGEST:
        raise ValueError
    return data


def _number(data: object) -> int:
    if type(data) is not int or not 0 < data < 1 << 40:
        raise ValueError
    return data
