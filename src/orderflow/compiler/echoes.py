"""Findings that only repeat another one: of one mistake there is one finding."""

from collections.abc import Iterable

from orderflow.diagnostics import Diagnostic, Severity


def without_echoes(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The findings without unknown names that are most like a name which is defined twice.

    One of the two was to be called something else, most likely that: to replace it everywhere by the one that is left
    would be the wrong repair.

    Args:
        found: what was found in a rule set.
    """
    everything = tuple(found)
    repeated = {item.labels[0].span for item in everything if item.code == "OF105" and _is_repeated(item)}
    if not repeated:
        return everything
    return tuple(
        item
        for item in everything
        if item.code != "OF101" or all(label.span not in repeated for label in item.labels)
    )


def _is_repeated(item: Diagnostic) -> bool:
    said = item.note == "again here" and len(item.labels) == 1 and item.labels[0].text == "first here"
    return said and item.severity is Severity.ERROR  # a warning would let the rules load
