"""The name a user most likely meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.diagnostics import nearest

STATES = [
    "pending_review",
    "paid",
    "allocated",
    "accepted",
    "packed",
    "shipped",
    "picked_up",
    "in_transit",
    "delivered",
]
KEYS = [
    "from",
    "to",
    "when",
    "event",
    "after",
    "do",
    "otherwise",
    "before",
    "at_once",
    "label",
    "on_entry",
    "on_exit",
]
FIELDS = ["amount_paid", "amount_due", "paid_at", "placed_at", "channel", "customer", "实收金额", "应收金额"]


@pytest.mark.parametrize(
    ("word", "names", "meant"),
    [
        ("shiped", STATES, "shipped"),
        ("duoyin", ["taobao", "douyin", "offline"], "douyin"),
        ("whne", KEYS, "when"),
        ("form", KEYS, "from"),
        ("ot", KEYS, "to"),
        ("otherwize", KEYS, "otherwise"),
        ("onentry", KEYS, "on_entry"),
        ("on-exit", KEYS, "on_exit"),
        ("Paid", STATES, "paid"),
        ("ｐaid", STATES, "paid"),
        ("pаid", STATES, "paid"),
        ("раid", STATES, "paid"),
        ("payed", STATES, "paid"),
        ("己支付", ["已支付", "未支付"], "已支付"),
        ("deliverd", STATES, "delivered"),
        ("deliv", STATES, "delivered"),
        ("review", STATES, "pending_review"),
        ("paid_amount", FIELDS, "amount_paid"),
        ("amount_payed", FIELDS, "amount_paid"),
        ("ammount_paid", FIELDS, "amount_paid"),
        ("实收金頟", FIELDS, "实收金额"),
        ("支负", ["发货", "支付"], "支付"),
        ("warehouse", STATES, None),
        ("refunded", STATES, None),
        ("a", ["b", "c"], None),
        ("退款", ["发货", "支付"], None),
        ("", KEYS, None),
        ("x" * 10_000, ["x" * 9_999], None),
    ],
)
def test_nearest(word: str, names: list[str], meant: str | None) -> None:
    assert nearest(word, names) == meant
    assert nearest(word, reversed(names)) == meant


@given(st.sampled_from(STATES + FIELDS), st.data())
def test_one_slip_in_a_long_name_is_found(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 2))
    slips = [
        name[:at] + name[at + 1 :],
        name[:at] + name[at + 1] + name[at] + name[at + 2 :],
        name[:at] + name[at] + name[at:],
    ]
    word = data.draw(st.sampled_from(slips))
    if len(name) > 5 and word != name:
        assert nearest(word, [name, "zzzzzz"]) == name


def test_one_of_a_thousand_names_is_told_apart() -> None:
    names = [f"transition_of_some_length_{i}" for i in range(1000)]
    assert nearest("transition_of_some_lenght_7", names) == "transition_of_some_length_7"
