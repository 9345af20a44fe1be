"""Tiers: numbers that no level takes (OF301), levels that take the same or nothing (OF302), levels out of order (OF303)."""

from collections.abc import Iterator
from datetime import UTC
from fractions import Fraction
from math import ceil

from orderflow.checks.finding import error, warning
from orderflow.checks.witness import output, stretch, value_of
from orderflow.diagnostics import Diagnostic, Label
from orderflow.diagnostics.message import Message, joined
from orderflow.expr import ranges
from orderflow.expr.types import Kind
from orderflow.model.definition import Definition
from orderflow.model.standing import Level, Tier


def check_tiers(rules: Definition) -> Iterator[Diagnostic]:
    """Findings about the levels of tiers."""
    for entity in rules.entities.values():
        for tier in entity.tiers.values():
            if tier.of.type.kind is Kind.NONE:
                continue
            wrong = [*_order(tier), *_twice(tier)]
            yield from wrong
            yield from _gap(tier)
            if not wrong:
                yield from _unreached(tier)


def _order(tier: Tier) -> Iterator[Diagnostic]:
    """The first level that is above one which asks for more: the first that fits is taken, from the top."""
    right = sorted(tier.levels, key=lambda level: (level.at_least is None, -(level.at_least or 0)))
    for above, level in zip(tier.levels, tier.levels[1:], strict=False):
        if level.at_least is None or (above.at_least is not None and above.at_least >= level.at_least):
            continue
        text = Message(
            "levels go from the highest down; `{name}` is above `{other}`, which asks for more",
            name=above.name,
            other=level.name,
        )
        names = joined([Message("`{name}`", name=each.name) for each in right])
        if above.at_least is None:
            fix = Message("write the levels in this order: {names}", names=names)
        else:
            fix = Message("write a smaller number, or the levels in this order: {names}", names=names)
        yield error("OF303", text, level.span, fix, labels=(Label(above.span, _takes(above)),))
        return


def _takes(level: Level) -> Message:
    if level.at_least is None:
        return Message("takes all that is left")
    return Message("at least {value}", value=output(level.at_least))


def _twice(tier: Tier) -> Iterator[Diagnostic]:
    """Levels with one threshold, or without one: only the upper is ever chosen."""
    first: dict[object, Level] = {}
    for level in tier.levels:
        upper = first.setdefault(level.at_least, level)
        if upper is level:
            continue
        if level.at_least is None:
            text = Message(
                "`{name}` and `{other}` both take all that is left", name=upper.name, other=level.name
            )
            fix = Message("add `at_least:` to `{name}`, or remove one of them", name=upper.name)
        else:
            text = Message("`{name}` and `{other}` ask for the same", name=upper.name, other=level.name)
            fix = Message("write another number, or remove one of them")
        yield error("OF302", text, level.span, fix, labels=(Label(upper.span, _takes(upper)),))


def _gap(tier: Tier) -> Iterator[Diagnostic]:
    """What lies below every threshold, where no level is without one."""
    thresholds = [level.at_least for level in tier.levels if level.at_least is not None]
    if len(thresholds) < len(tier.levels):
        return
    least = min(thresholds)
    lowest = next(level for level in tier.levels if level.at_least == least)
    type_ = tier.of.type
    step, (low, _) = ranges.step(type_), ranges.interval(type_)
    first, last = ceil(low / step), ceil(Fraction(least) / step) - 1
    source = " ".join(tier.of.source.split())
    if first <= last:
        values = stretch(source, type_, first, last, UTC)
    elif type_.optional:
        values = Message("`{input}` missing", input=source)
    else:
        return
    text = Message("no level of `{tier}` takes {values}", tier=tier.name, values=values)
    fix = Message("remove this `at_least`, or add a level below `{name}` without one", name=lowest.name)
    yield error("OF301", text, lowest.span, fix)


def _unreached(tier: Tier) -> Iterator[Diagnostic]:
    """Levels that no value of the number comes to."""
    type_ = tier.of.type
    low, high = ranges.interval(type_)
    source = " ".join(tier.of.source.split())
    above: Level | None = None
    for level in tier.levels:
        least = None if level.at_least is None else Fraction(level.at_least)
        last = level is tier.levels[-1]
        if least is not None and least > high and not (last and type_.optional):
            most = value_of(high, type_, UTC)
            text = Message(
                "nothing reaches `{name}`: `{input}` is at most {most}",
                name=level.name,
                input=source,
                most=most,
            )
            yield warning("OF302", text, level.span, Message("write a smaller number, or remove the level"))
        elif above is not None and not (last and type_.optional):
            text = Message(
                "nothing reaches `{name}`: `{input}` is at least {least}, so `{other}` takes all",
                name=level.name,
                input=source,
                least=value_of(low, type_, UTC),
                other=above.name,
            )
            label = Label(above.span, _takes(above))
            fix = Message(
                "write a greater number at `{other}`, or remove `{name}`", other=above.name, name=level.name
            )
            yield warning("OF302", text, level.span, fix, labels=(label,))
        if above is None and least is not None and least <= low:
            above = level
