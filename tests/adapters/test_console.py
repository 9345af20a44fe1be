"""Effects as lines of text."""

import io

import pytest

from orderflow.adapters.console import ConsoleNotifier, line_of
from orderflow.model.decision import Effect
from orderflow.testing.contracts import NotifierContract
from orderflow.testing.samples import effect


class TestConsoleNotifier(NotifierContract):
    @pytest.fixture
    def notifier(self):
        return ConsoleNotifier(io.StringIO())


@pytest.mark.parametrize(
    ("use", "parameters", "line"),
    [
        (
            "notify",
            {"to": "warehouse", "message": "订单 1001 待拣货"},
            "notify → warehouse: 订单 1001 待拣货",
        ),
        ("notify", {"to": "li", "via": "wecom", "message": "go"}, "notify → li → wecom: go"),
        ("print", {"document": "card", "content": "A × 2", "to": "hall 3"}, "print → card → hall 3: A × 2"),
        ("post", {"system": "finance", "message": "paid"}, "post → finance: paid"),
        ("label", {"carrier": "yto", "copies": 2}, "label: carrier yto, copies 2"),
        ("bell", {}, "bell"),
        ("notify", {"to": "li", "message": "a\nb\x1b[31m\u202ec"}, "notify → li: a b [31m c"),
        ("notify", {"to": "li", "message": "x" * 300}, "notify → li: " + "x" * 200 + "…"),
    ],
)
def test_a_line_says_what_to_whom(use, parameters, line):
    assert line_of(Effect("1:1:1", "1", "tell", use, parameters)) == line


def test_counts_what_it_does_not_show():
    stream = io.StringIO()
    notifier = ConsoleNotifier(stream, limit=2)
    assert notifier.summary() == ""
    for number in range(1, 5):
        notifier.deliver(effect("1", 1, number))
    notifier.deliver(effect("1", 1, 5)._replace(action="card"))
    assert stream.getvalue() == "notify → warehouse: 订单 1: 1\nnotify → warehouse: 订单 1: 2\n"
    assert notifier.summary() == "… and 3 more: card × 1, tell_warehouse × 2"


def test_shows_all_without_a_limit():
    stream = io.StringIO()
    notifier = ConsoleNotifier(stream)
    for number in range(50):
        notifier.deliver(effect("1", 1, number))
    assert stream.getvalue().count("\n") == 50
    assert notifier.summary() == ""
