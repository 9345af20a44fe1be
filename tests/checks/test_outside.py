"""What is done outside and cannot be taken back, or is not known again (OF406)."""

from pathlib import Path

import pytest

from orderflow.checks import check_folder
from orderflow.compiler.load import Compiled
from orderflow.model.signature import SIGNATURES, ActionSignature

ORDER = """\
entity: order
children: {parcels: {entity: parcel, one_per: order}, notes: {entity: note}}
states:
  paid: {initial: true}
  packed: {ON_PACKED}
  sent: {final: true}
  gone: {final: true}
resources:
  waybill: {held_in: packed, TAKE}
events: {pack: {}, send: {}, drop: {}, note: {}}
transitions:
  pack: {from: paid, to: packed, event: pack, creates: parcels}
  note: {from: packed, event: note, creates: notes}
  send: {from: packed, to: sent, event: send, SEND}
  drop: {from: packed, to: gone, event: drop}
  late: {from: packed, to: gone, after: 5d}
"""
CHILD = """\
entity: NAME
parent: order
fields: {text: {type: text, label: Text, default: x}}
states: {a: {initial: true, on_entry: [ON_ENTRY]}, b: {final: true}}
events: {go: {}}
transitions: {go: {from: a, to: b, event: go}}
"""
#: Registered actions of a shop: one that must be undone wherever it is done, one that needs nothing.
OWN = {
    **SIGNATURES,
    "authorise": ActionSignature("authorise", ("text",), ("key",), "block money on a card", "always", "key"),
    "log": ActionSignature("log", ("text",), (), "write a line", "never"),
}
ACTIONS = {
    "take_it": '{use: post, system: carrier, message: "{order.order_id}"}',
    "void_it": '{use: post, system: carrier, message: "void {order.order_id}"}',
    "block": '{use: authorise, text: "{order.order_id}"}',
    "log_it": '{use: log, text: "{order.order_id}"}',
}


def check(
    folder: Path, *, take: str = "take: log_it", packed: str = "", send: str = "", **more: str
) -> Compiled:
    order = ORDER.replace("ON_PACKED", packed).replace("TAKE", take).replace("SEND", send or "label: Send")
    actions = {**ACTIONS, **{name: text for name, text in more.items() if name not in ("parcel", "note")}}
    used = "\n".join((order, *more.values()))
    files = {
        "ruleset": "ruleset: shop\nversion: 1.0.0\n",
        "order": order,
        "parcel": CHILD.replace("NAME", "parcel").replace("ON_ENTRY", more.get("parcel", "log_it")),
        "note": CHILD.replace("NAME", "note").replace("ON_ENTRY", more.get("note", "log_it")),
        "actions": "actions:\n"
        + "".join(
            f"  {name}: {text}\n"
            for name, text in actions.items()
            if name in used or name in more or name == "log_it"
        ),
    }
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return check_folder(folder, OWN)


def said(compiled: Compiled) -> list[tuple[str, str, str]]:
    """Of each finding its severity, its text, and what stands at its place."""
    assert {item.code for item in compiled.diagnostics} <= {"OF104", "OF406"}, compiled.diagnostics
    found: list[tuple[str, str, str]] = []
    for item in compiled.diagnostics:
        if item.code == "OF406":
            line = compiled.sources[item.span.file].splitlines()[item.span.line - 1]
            found.append(
                (item.severity.value, item.message, line[item.span.column - 1 : item.span.end_column - 1])
            )
    return found


@pytest.mark.parametrize(
    ("take", "severity", "name"),
    [
        ("take: take_it", "warning", "take_it"),
        ("take: [log_it, take_it]", "warning", "take_it"),
        ("take: block", "error", "block"),
        ("take: take_it, spend_on: sent", "warning", "take_it"),
    ],
)
def test_what_is_taken_outside_is_given_back(tmp_path: Path, take: str, severity: str, name: str) -> None:
    text = f"`{name}` takes `waybill` outside, and nothing takes it back when `DROP` gives it up"
    first = "drop" if "spend_on" in take else "send"
    assert said(check(tmp_path, take=take)) == [(severity, text.replace("DROP", first), name)]
    assert said(check(tmp_path, take=f"{take}, give_back: void_it")) == []


def test_what_is_always_spent_or_needs_no_undo(tmp_path: Path) -> None:
    assert said(check(tmp_path, take="take: log_it")) == []
    compiled = check(tmp_path, take="take: take_it, spend_on: sent")
    assert len(said(compiled)) == 1
    order = (tmp_path / "order.yaml").read_text(encoding="utf-8")
    for way in ("drop", "late"):
        order = order.replace(f"{way}: {{from: packed, to: gone", f"{way}: {{from: packed, to: sent")
    order = order.replace("  gone: {final: true}\n", "").replace("event: drop}", "event: drop}")
    (tmp_path / "order.yaml").write_text(order, encoding="utf-8")
    assert said(check_folder(tmp_path, OWN)) == []


@pytest.mark.parametrize(
    ("place", "key", "part"),
    [({"packed": "on_entry: block"}, "on_entry", "packed"), ({"send": "do: block"}, "do", "send")],
)
def test_what_must_be_undone_stands_in_a_take(
    tmp_path: Path, place: dict[str, str], key: str, part: str
) -> None:
    text = f"what `block` does must be undone when the record is given up, and `{key}` of `{part}` does not see to it"
    assert said(check(tmp_path, **place)) == [("error", text, "block")]


@pytest.mark.parametrize(
    ("key", "message", "fix"),
    [
        ("refund", "is the same for every `order`: only the first would be done", '"refund-{order_id}"'),
        ("7", "is the same for every `order`: only the first would be done", None),
        ('"{now:%Y%m%d}"', "does not name the `order`: two of them may have the same, and the second would not be done", None),
        ('"{order_id}"', None, None),
        ('"refund-{order.order_id}-{now:%Y}"', None, None),
    ],
)  # fmt: skip
def test_a_key_names_the_record(tmp_path: Path, key: str, message: str | None, fix: str | None) -> None:
    compiled = check(
        tmp_path, send="do: refund", refund=f"{{use: post, system: bank, message: x, key: {key}}}"
    )
    expected = [] if message is None else [("error", f"`key` of `refund` {message}", key)]
    assert said(compiled) == expected
    for item in compiled.diagnostics:
        if item.code == "OF406":
            assert item.fix is not None
            assert item.fix.replacement == fix


@pytest.mark.parametrize(
    ("child", "key", "message"),
    [
        (
            "note",
            "{order.order_id}",
            "is the same for every `note` of one `order`: only the first would be done",
        ),
        ("note", "{text}", "does not name the `note`"),
        ("note", "{order.order_id}-{text}", None),
        ("parcel", "{order.order_id}", None),  # there is one for each order
    ],
)
def test_a_key_of_a_child(tmp_path: Path, child: str, key: str, message: str | None) -> None:
    post = f'{{use: post, system: bank, message: x, key: "{key}"}}'
    compiled = check(tmp_path, **{child: "told"}, told=post)
    found = said(compiled)
    assert len(found) == (message is not None)
    assert all(str(message) in item[1] for item in found)


def test_the_repair_of_a_key_is_right(tmp_path: Path) -> None:
    refund = "{use: post, system: bank, message: x, key: refund}"
    compiled = check(tmp_path, send="do: refund", refund=refund)
    [found] = [item for item in compiled.diagnostics if item.code == "OF406"]
    assert found.fix is not None
    assert found.fix.span is not None
    path = tmp_path / "actions.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    line, span = lines[found.fix.span.line - 1], found.fix.span
    lines[span.line - 1] = line[: span.column - 1] + str(found.fix.replacement) + line[span.end_column - 1 :]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert said(check_folder(tmp_path, OWN)) == []
