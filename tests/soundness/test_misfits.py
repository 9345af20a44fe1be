"""Orders, updates and events that do not fit end in a `RecordError` with reasons, never in another exception."""

from collections import Counter
from pathlib import Path

import pytest
from tests.soundness.case import RULES, Tally, checked, many, tape_of
from tests.soundness.rules import draw_rules
from tests.soundness.tape import Tape
from tests.soundness.values import HOSTILE, given, spoiled

from orderflow.diagnostics.errors import RecordError
from orderflow.engine.link import link

SUBMITS, LIVES, RULE_SETS = 2_000, 100, 40


def test_what_does_not_fit_is_refused_with_the_names_of_the_fields(tmp_path: Path) -> None:
    """By `coerce` alone: of what was spoiled, each fault names its field."""
    refused: Counter[bool] = Counter()
    for seed in range(RULE_SETS):
        compiled = checked(draw_rules(tape_of(seed)[:RULES], dares=""), tmp_path)
        if compiled.definition is None:
            continue
        rules = link(compiled.definition)
        tape = Tape(tape_of(10_000 + seed, 200_000))
        for number in range(SUBMITS // RULE_SETS * 2):
            entity = rules.definition.entities[("order", "customer")[number % 2]]
            fields = {field.name: field for field in entity.fields.values() if field.name != entity.key}
            values = spoiled(tape, fields, given(tape, fields.values()))
            try:
                rules.coerce(entity.name, values, complete=True)
            except RecordError as error:
                refused[True] += 1
                names = {*fields, *map(str, values)}
                for problem in error.problems:
                    assert any(name in problem for name in names) or "names are texts" in problem, problem
                    assert "object at 0x" not in problem
            else:
                refused[False] += 1
    assert refused.total() >= SUBMITS
    assert refused[True] > refused[False] > 0


def test_an_engine_refuses_what_does_not_fit_and_goes_on(tmp_path: Path) -> None:
    tally = Tally()
    many(LIVES, tmp_path, tally, dares="", hostile=True)
    assert tally.seen["record error"] > LIVES


@pytest.mark.parametrize("place", range(len(HOSTILE)))
def test_every_hostile_value_meets_every_kind_of_field(place: int, link_rules) -> None:
    rules = link_rules(order=ALL_KINDS, shared="warehouses:\n  main:\n")
    fields = rules.definition.entities["order"].fields
    for name in fields:
        problems: tuple[str, ...] = ()
        try:
            rules.coerce("order", {name: HOSTILE[place]}, complete=False)
        except RecordError as error:
            problems = error.problems
        assert [problem for problem in problems if f"`{name}`" not in problem] == []


ALL_KINDS = """\
entity: order
records:
  line: {key: no, fields: {no: integer, sku: text}}
fields:
  text: text
  digits: {type: text, pattern: digits}
  whole: {type: integer, at_least: 1, at_most: 10}
  exact: decimal
  amount: money
  yes: bool
  day: date
  moment: datetime
  length: duration
  colour: {type: choice, options: [red, "7"]}
  place: location
  house: warehouse
  other: {type: ref order, optional: true}
  lines: list of line
  secret: {type: text, private: true}
states:
  new: {initial: true}
  done: {final: true}
transitions:
  end: {from: new, to: done, after: 1d}
"""
