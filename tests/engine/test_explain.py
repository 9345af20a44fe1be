"""What `explain` says, as golden files: `UPDATE_GOLDEN=1 pytest tests/engine` writes what is said now."""

import itertools
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from orderflow.adapters.console import line_of
from orderflow.bootstrap import load
from orderflow.diagnostics.errors import RecordError
from orderflow.engine.link import RuleSet
from orderflow.service.clocks import ManualClock
from orderflow.service.engine import Engine
from orderflow.service.memory import MemoryStorage

GOLDEN = Path(__file__).parent / "golden"
ORDER = {
    "channel": "taobao",
    "customer": "C1",
    "phone": "13800001234",
    "region": "浙江",
    "address": "温州市",
    "placed_at": "2026-02-03T09:00:00",
    "amount_due": 240,
    "lines": [{"line_no": 1, "sku": "EX-1", "name": "排气管", "quantity": 2, "unit_price": 120}],
}

#: What the orders of some stages have beside that.
MORE = {
    "backordered": {"location": ["39.90", "116.40"]},
    "split": {"location": ["30.25", "120.14"]},
}


@pytest.fixture
def engine(root: Path) -> Engine:
    ids = itertools.count()
    clock = ManualClock(datetime(2026, 2, 3, 2, tzinfo=UTC))
    return Engine(
        load(root / "rules" / "wenzhou"), MemoryStorage(), clock=clock, new_id=lambda: f"e{next(ids)}"
    )


def stage(engine: Engine, name: str) -> str:
    """Bring an order to a stage; its id."""
    record_id = engine.submit({**ORDER, **MORE.get(name, {})}, entity="order", actor="channel").family.id
    if name == "unpaid":
        return record_id
    if name == "fulfilling":
        engine.receive("hq", {"EX-1": 5})
    if name == "split":
        engine.receive("hq", {"EX-1": 1})
        engine.receive("xihu", {"EX-1": 1})
    if name == "backordered":
        engine.receive("hangzhou", {"EX-1": 1})
    engine.update(
        record_id,
        {"paid_at": "2026-02-03T10:00:00", "amount_paid": 80 if name == "credit" else 240},
        actor="channel",
    )
    if name == "held":
        engine.hold(record_id, "manual", reason="客户要求 customer's wish", actor="customer_care:Li")
    if name == "cancelled":
        engine.send(record_id, "cancel", {"why": "customer"}, actor="customer_care")
    assert isinstance(engine.clock, ManualClock)
    engine.clock.advance(timedelta(hours=3))
    return record_id


@pytest.mark.parametrize(
    "name", ["unpaid", "backordered", "fulfilling", "cancelled", "split", "held", "credit"]
)
def test_an_order_that_does_not_move_says_what_it_waits_for(engine: Engine, name: str) -> None:
    text = "\n".join(engine.explain(stage(engine, name)).lines()) + "\n"
    file = GOLDEN / f"explain_{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("department", "word"),
    [(None, "已支付 Paid"), ("sales", "已收款"), ("warehouse", "待接单"), ("finance", "已入账")],
)
def test_each_department_has_its_own_word_for_the_one_state(
    engine: Engine, department: str | None, word: str
) -> None:
    found = engine.explain(stage(engine, "unpaid"), department=department)
    assert found.state == "pending_review"
    assert f"to {word} (paid)" in "\n".join(found.lines())


def test_a_department_that_nobody_knows_is_told(engine: Engine) -> None:
    with pytest.raises(
        RecordError, match="unknown department `slaes`; known: `finance`, `sales`, `warehouse`"
    ):
        engine.explain(stage(engine, "unpaid"), department="slaes")


def test_the_same_as_data(engine: Engine) -> None:
    data = json.loads(json.dumps(engine.explain(stage(engine, "unpaid")).to_dict(), default=str))
    wait = next(item for item in data["waits"] if item["transition"] == "confirm_payment")
    assert [clause["held"] for clause in wait["clauses"]] == [False, False]
    assert wait["clauses"][1]["seen"] == {"amount_paid": "0.00"}
    assert data["fields"]["amount_paid"] == {"label": "实收金额 Amount paid", "shown": "0.00"}
    assert data["fields"]["phone"]["shown"] == "138****1234"
    assert data["waits"][1]["due"] == "2026-02-04T02:00:00+00:00"


def test_private_values_are_masked_in_what_is_seen(link_rules: Callable[..., RuleSet]) -> None:
    rules = link_rules(
        order="""
entity: order
fields: {phone: {type: text, private: true}, ready: {type: bool, default: false}}
states: {new: {initial: true}, done: {final: true}}
events: {finish: {}}
transitions: {finish: {from: new, to: done, event: finish, when: phone == "1"}}
"""
    )
    engine = Engine(rules, MemoryStorage(), clock=ManualClock(datetime(2026, 1, 1, tzinfo=UTC)))
    engine.submit({"phone": "13812345678"}, id="1")
    refused = engine.send("1", "finish")
    assert "13812345678" not in repr(refused.refusals)
    assert "138****5678" in refused.refusals[0].message
    assert "13812345678" not in "\n".join(engine.explain("1").lines())


def test_a_text_that_holds_a_private_field_is_for_its_receiver_alone(
    link_rules: Callable[..., RuleSet],
) -> None:
    rules = link_rules(
        order="""
entity: order
fields: {phone: {type: text, private: true}}
states: {new: {initial: true, on_entry: [call, greet]}, done: {final: true}}
events: {finish: {}}
transitions: {finish: {from: new, to: done, event: finish}}
""",
        actions="""
actions:
  call: {use: notify, to: desk, message: "call {phone}"}
  greet: {use: notify, to: desk, message: "hello"}
""",
    )
    engine = Engine(rules, MemoryStorage(), clock=ManualClock(datetime(2026, 1, 1, tzinfo=UTC)))
    effects = engine.submit({"phone": "13812345678"}, id="1").effects
    assert [effect.private for effect in effects] == [("message",), ()]
    assert effects[0].parameters["message"] == "call 13812345678"
    assert [line_of(effect) for effect in effects] == ["notify → desk: ****", "notify → desk: hello"]
