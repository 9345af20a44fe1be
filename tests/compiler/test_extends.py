"""One rule set over another: what is replaced, dropped and inherited, and where faults point."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from orderflow.compiler.load import Compiled, compile_folder
from orderflow.diagnostics import Diagnostic

WORLD = Path(__file__).parent / "world"
HEAD = "ruleset: over\nversion: 2.0.0\nextends: ../world\n"
Over = Callable[..., Compiled]


@pytest.fixture
def over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Over:
    """Compile a rule set of some files that extends the sound one."""

    def run(head: str = HEAD, **files: str) -> Compiled:
        if not (tmp_path / "world").exists():
            shutil.copytree(WORLD, tmp_path / "world")
        folder = tmp_path / "over"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name, text in {"ruleset": head, **files}.items():
            (folder / f"{name.replace('_test', '.test')}.yaml").write_text(text, encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        return compile_folder("over")

    return run


def sound(compiled: Compiled) -> Compiled:
    assert [item.message for item in compiled.diagnostics] == []
    assert compiled.definition is not None
    return compiled


def pointed(item: Diagnostic, compiled: Compiled) -> str:
    """The text that a finding points at."""
    lines = compiled.sources[item.span.file].splitlines()
    assert item.span.line == item.span.end_line
    return lines[item.span.line - 1][item.span.column - 1 : item.span.end_column - 1]


def test_nothing_changed(over: Over) -> None:
    rules = sound(over()).definition
    base = compile_folder("world").definition
    assert rules is not None
    assert base is not None
    assert (rules.name, rules.version, rules.label) == ("over", "2.0.0", "over")
    assert (rules.timezone, rules.currency, rules.roles) == (base.timezone, base.currency, base.roles)
    assert list(rules.entities) == list(base.entities)
    assert rules.entities["order"] == base.entities["order"]
    assert rules.queues == base.queues
    assert rules.digest != base.digest


def test_a_head_may_say_it_otherwise(over: Over) -> None:
    rules = sound(over(HEAD + "timezone: Europe/Berlin\n")).definition
    assert rules is not None
    assert (rules.timezone, rules.currency) == ("Europe/Berlin", "CNY")


def test_an_item_is_replaced_whole_in_its_place(over: Over) -> None:
    order = (
        "entity: order\nlabel: Bestellung\ntransitions:\n  cancel: {from: placed, to: done, event: cancel}\n"
    )
    rules = sound(over(order=order)).definition
    assert rules is not None
    entity = rules.entities["order"]
    assert list(entity.transitions) == ["allocate", "cancel", "take_out", "finish"]
    assert entity.transitions["cancel"].target == "done"
    assert entity.label == "Bestellung"
    assert entity.transitions["cancel"].span.file == "over/order.yaml"
    assert entity.transitions["finish"].span.file == "world/order.yaml"


def test_a_field_is_replaced_whole(over: Over) -> None:
    rules = sound(over(ticket="entity: ticket\nfields:\n  note: {type: text, default: x}\n  more: {type: text, default: y}\n")).definition  # fmt: skip
    assert rules is not None
    fields = rules.entities["ticket"].fields
    assert fields["note"].default == "x"
    assert not fields["note"].type.optional
    assert list(fields)[-1] == "more"


def test_sections_go_by_name(over: Over) -> None:
    queues = "queues:\n  tagged: {of: customer, when: credit_limit > 5, label: neu}\n  more: {of: order, when: count(lines) > 1}\n"
    rules = sound(over(queues=queues)).definition
    assert rules is not None
    assert list(rules.queues) == ["big", "tagged", "more"]
    assert rules.queues["tagged"].label == "neu"
    assert list(rules.metrics) == ["disc"]


def test_a_new_entity(over: Over) -> None:
    rules = sound(over(note="entity: note\nstates:\n  a: {initial: true, final: true}\n")).definition
    assert rules is not None
    assert list(rules.entities)[-1] == "note"


NESTED = """\
entity: ticket
states:
  open:
    initial: true
    states:
      new: {initial: true, label: A}
      seen: {label: B}
  closed: {final: true}
transitions:
  see: {from: new, to: seen, at_once: true}
"""


def test_states_are_found_inside_compound_ones(tmp_path: Path, over: Over) -> None:
    over()
    shutil.copytree(tmp_path / "world", tmp_path / "base2")
    (tmp_path / "base2" / "extra.yaml").write_text(
        NESTED.replace("entity: ticket", "entity: note"), encoding="utf-8"
    )
    head = HEAD.replace("../world", "../base2")
    rules = sound(over(head, note="entity: note\nstates:\n  seen: {label: C}\n  late: {}\n")).definition
    assert rules is not None
    states = rules.entities["note"].states
    assert (states["seen"].label, states["seen"].parent, states["new"].label) == ("C", "open", "A")
    assert states["late"].parent is None
    dropped = head + "drop:\n  note: {states: [seen], transitions: [see]}\n"
    rules = sound(over(dropped, note="entity: note\n")).definition
    assert rules is not None
    assert list(rules.entities["note"].states) == ["open", "new", "closed"]


def test_items_are_dropped(over: Over) -> None:
    drop = """\
drop:
  order:
    transitions: [cancel, finish]
    events: [cancel]
    states: [cancelled]
  customer:
    aggregates: [spend_30d]
    tiers: [customer_tier]
  queues: [big]
  entities: [ticket]
"""
    customer = (
        'entity: customer\naggregates:\n  spend: {of: order, at: paid_at, sum: "coalesce(amount, 0)"}\n'
    )
    rules = sound(over(HEAD + drop, customer=customer)).definition
    assert rules is not None
    assert list(rules.entities["order"].transitions) == ["allocate", "take_out"]
    assert list(rules.entities["customer"].aggregates) == ["orders_today", "exhaust_streak", "spend"]
    assert (list(rules.queues), "ticket" in rules.entities) == (["tagged"], False)


def test_scenarios_of_the_base_are_its_own(tmp_path: Path, over: Over) -> None:
    over()
    story = "tests:\n  - {name: x, of: ticket, now: 2026-02-03T09:00:00, given: {record: a, queue: b, owner: c, opened_by: d}}\n"
    (tmp_path / "world" / "a.test.yaml").write_text(story, encoding="utf-8")
    assert len(sound(compile_folder("world")).scenarios) == 1
    assert sound(over()).scenarios == ()
    assert len(sound(over(own_test=story)).scenarios) == 1


def test_the_digest_covers_both(tmp_path: Path, over: Over) -> None:
    def digest(compiled: Compiled) -> str:
        assert compiled.definition is not None
        return compiled.definition.digest

    first = digest(over())
    assert digest(over()) == first
    assert digest(over(HEAD.replace("version: 2.0.0", "version: 2.0.1"))) != first
    path = tmp_path / "world" / "queues.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# a comment\n", encoding="utf-8")
    assert digest(over()) == first
    path.write_text(
        path.read_text(encoding="utf-8").replace("spend_30d > 10", "spend_30d > 11"), encoding="utf-8"
    )
    assert digest(over()) != first


def test_several_levels(tmp_path: Path, over: Over) -> None:
    over()
    for number in range(1, 6):
        folder = tmp_path / f"level{number}"
        folder.mkdir()
        below = "../world" if number == 1 else f"../level{number - 1}"
        head = f"ruleset: level{number}\nversion: 1.0.0\nextends: {below}\n"
        (folder / "ruleset.yaml").write_text(head, encoding="utf-8")
        label = f"entity: order\nlabel: L{number}\n"
        (folder / "order.yaml").write_text(
            label if number % 2 else "entity: order\npath: [placed]\n", encoding="utf-8"
        )
    rules = sound(compile_folder("level5")).definition
    assert rules is not None
    assert (rules.entities["order"].label, rules.entities["order"].path) == ("L5", ("placed",))
    compiled = over(HEAD.replace("../world", "../level5"))
    (found,) = compiled.diagnostics
    assert (found.code, found.span.file) == ("OF107", "level1/ruleset.yaml")
    assert "more than 5" in found.message


HEADS = [
    # extends, code, message
    ("../wrld", "OF107", "there is no folder `../wrld`"),
    ("/etc", "OF107", "must be a folder seen from this one"),
    ("..", "OF902", "leads outside"),
    ("../../elsewhere", "OF902", "leads outside"),
    ("../world/../../elsewhere", "OF902", "leads outside"),
    (".", "OF107", "a rule set cannot extend itself"),
    ("../over", "OF107", "a rule set cannot extend itself"),
    ("sub", "OF107", "lies inside this rule set"),
    ("../round", "OF107", "`../over` extends this rule set"),
    ("../link", "OF902", "leads outside"),
    ("..\\world", "OF107", "must be a folder seen from this one"),
]


@pytest.mark.parametrize(("extends", "code", "message"), HEADS)
def test_a_base_that_may_not_be(tmp_path: Path, over: Over, extends: str, code: str, message: str) -> None:
    elsewhere = tmp_path.parent / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    (elsewhere / "ruleset.yaml").write_text("ruleset: secret\nversion: 1\n", encoding="utf-8")
    (tmp_path / "link").symlink_to(elsewhere)
    (tmp_path / "round").mkdir()
    head = "ruleset: round\nversion: 1.0.0\nextends: ../over\n"
    (tmp_path / "round" / "ruleset.yaml").write_text(head, encoding="utf-8")
    compiled = over(HEAD.replace("../world", extends), order="entity: order\n")
    assert compiled.definition is None
    (found,) = compiled.diagnostics
    assert found.code == code
    assert message in found.message
    assert found.fix is not None
    assert not any("secret" in text for text in compiled.sources.values())


def test_a_base_below_the_folder_around_it(tmp_path: Path, over: Over) -> None:
    (tmp_path / "inner").mkdir()
    shutil.copytree(WORLD, tmp_path / "inner" / "world")
    sound(over(HEAD.replace("../world", "../inner/world")))


DROPS = [
    ("order: {transitions: [cancle]}", "unknown item of `transitions` `cancle`", "cancle"),
    ("order: {transition: [cancel]}", "unknown part `transition`", "transition"),
    ("ordr: {transitions: [cancel]}", "unknown entity `ordr`", "ordr"),
    ("queues: [bg]", "unknown item of `queues` `bg`", "bg"),
    ("quees: [big]", "unknown section `quees`", "quees"),
    ("entities: [tiket]", "unknown entity `tiket`", "tiket"),
    ("order: [cancel]", "`drop` does not say what of `order` is left out", "order"),
    ("queues: big", "must be a list of names", "big"),
    ("order: {states: [placed_]}", "unknown item of `states` `placed_`", "placed_"),
]


@pytest.mark.parametrize(("drop", "message", "place"), DROPS)
def test_what_cannot_be_dropped(over: Over, drop: str, message: str, place: str) -> None:
    compiled = over(f"{HEAD}drop:\n  {drop}\n")
    found = [item for item in compiled.diagnostics if message in item.message]
    assert len(found) == 1, [item.message for item in compiled.diagnostics]
    assert (found[0].span.file, pointed(found[0], compiled)) == ("over/ruleset.yaml", place)


def test_drop_needs_a_base(over: Over) -> None:
    over()
    compiled = compile_folder("world")
    sound(compiled)
    head = Path("world/ruleset.yaml")
    head.write_text(head.read_text(encoding="utf-8") + "drop: {queues: [big]}\n", encoding="utf-8")
    (found,) = compile_folder("world").diagnostics
    assert (found.code, found.span.file) == ("OF107", "world/ruleset.yaml")
    assert "extends none" in found.message


def test_faults_point_into_the_file_they_come_from(tmp_path: Path, over: Over) -> None:
    over()
    path = tmp_path / "world" / "shipment.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("event: ship}", "event: shp}"), encoding="utf-8")
    order = "entity: order\ntransitions:\n  cancel: {from: placed, to: canceled, event: cancel}\n  more: {from: placed, wehn: true}\n"
    compiled = over(order=order, queues="queues:\n  big: {of: order, when: regin == region}\n")
    found = {
        (item.code, item.span.file, item.span.line, pointed(item, compiled)) for item in compiled.diagnostics
    }
    assert found == {
        ("OF101", "world/shipment.yaml", 10, "shp"),
        ("OF101", "over/order.yaml", 3, "canceled"),
        ("OF101", "over/order.yaml", 4, "wehn"),
        ("OF101", "over/queues.yaml", 2, "regin"),
    }


def test_what_the_base_has_wrong_is_found_once(tmp_path: Path, over: Over) -> None:
    over()
    path = tmp_path / "world" / "ruleset.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("CNY", "CNX"), encoding="utf-8")
    compiled = over()
    assert [(item.code, item.span.file) for item in compiled.diagnostics] == [("OF101", "world/ruleset.yaml")]


def test_an_item_that_mends_the_base(tmp_path: Path, over: Over) -> None:
    over()
    path = tmp_path / "world" / "order.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("event: cancel}", "event: cancle}"), encoding="utf-8"
    )
    assert compile_folder("world").definition is None
    sound(over(order="entity: order\ntransitions:\n  cancel: {from: placed, to: cancelled, event: cancel}\n"))


def test_a_file_that_cannot_be_read_is_the_only_finding(tmp_path: Path, over: Over) -> None:
    over()
    (tmp_path / "world" / "order.yaml").write_text("entity: [", encoding="utf-8")
    compiled = over(queues="queues:\n  big: {of: order, when: regin == 1}\n")
    assert {item.code for item in compiled.diagnostics} == {"OF901"}
    assert compiled.diagnostics[0].span.file == "world/order.yaml"


def test_an_entity_twice_in_one_folder(over: Over) -> None:
    compiled = over(a="entity: ticket\nlabel: A\n", b="entity: ticket\nlabel: B\n")
    assert "entity `ticket` is defined twice" in [item.message for item in compiled.diagnostics]


def test_a_cut_expression_in_an_overlay(over: Over) -> None:
    compiled = over(order="entity: order\ntransitions: {more: {from: placed, event: cancel, when: any(lines, quantity > 1)}}\n")  # fmt: skip
    (found,) = compiled.diagnostics
    assert (found.code, found.span.file) == ("OF106", "over/order.yaml")


def test_a_misspelled_extends_is_one_finding(over: Over) -> None:
    compiled = over(HEAD.replace("extends", "extend"))
    assert [(item.code, item.message) for item in compiled.diagnostics] == [("OF101", "unknown key `extend`")]


def test_a_scenario_of_the_base_that_cannot_be_read_does_not_matter(tmp_path: Path, over: Over) -> None:
    over()
    (tmp_path / "world" / "a.test.yaml").write_text("tests: [", encoding="utf-8")
    sound(over())
