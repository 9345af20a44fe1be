"""Deciding alone: an order of twelve states, a guard of two fields, one event after the other.

    python benchmarks/decide.py            # add peers with: pip install transitions python-statemachine sismic

Every contender takes the same 12 transitions round and round. orderflow gets the record as a value and gives a decision
back (steps, changes, the family afterwards), as a service does that loads an order for every event. Peers are measured
both ways: (a) one object used on and on, (c) a new object for every event, put into its state as a web handler does.
The floor is a dict of compiled lambdas with a frozen result object for each event.
"""

import os
import platform
import statistics
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import Any

from orderflow.bootstrap import load
from orderflow.model.event import Event

STATES = 12
NOW = datetime(2026, 1, 1, tzinfo=UTC)
Contender = tuple[str, int, Callable[[int], None]]


def rules(folder: Path, states: int) -> None:
    """A ring of states with a guard of two fields on each transition."""
    (folder / "ruleset.yaml").write_text("ruleset: ring\nversion: 1.0.0\n", encoding="utf-8")
    lines = [
        "entity: order",
        "fields:",
        "  paid: {type: integer, default: 1}",
        "  due: {type: integer, default: 2}",
        "states:",
    ]
    lines += [f"  s{number}: {{initial: {'true' if number == 0 else 'false'}}}" for number in range(states)]
    lines += ["  end: {final: true}", "events: {go: {}, stop: {}}", "transitions:"]
    lines += [
        f"  t{number}: {{from: s{number}, to: s{(number + 1) % states}, event: go, when: paid > 0 and due > 1}}"
        for number in range(states)
    ]
    lines.append("  stop: {from: s0, to: end, event: stop}")
    (folder / "order.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def orderflow(states: int = STATES) -> Contender:
    """A pure decision for each event."""
    with tempfile.TemporaryDirectory() as folder:
        rules(Path(folder), states)
        ruleset = load(folder)
    first = ruleset.decide(None, Event("submit", "1", NOW, "order", {}), NOW).family
    event = Event("send", "1", NOW, "go")

    def work(count: int) -> None:
        family = first
        for _ in range(count):
            family = ruleset.decide(family, event, NOW).family

    return f"orderflow, {states} states", 20_000, work


@dataclass(frozen=True, slots=True)
class Result:
    before: str
    after: str
    transition: str


def floor() -> Contender:
    """What the same walk costs by hand."""
    table = {
        f"s{number}": (
            eval("lambda o: o['paid'] > 0 and o['due'] > 1"),
            f"s{(number + 1) % STATES}",
            f"t{number}",
        )
        for number in range(STATES)
    }

    def work(count: int) -> None:
        order = {"paid": 1, "due": 2, "state": "s0"}
        for _ in range(count):
            guard, after, name = table[order["state"]]  # type: ignore[index]
            if guard(order):
                Result(order["state"], after, name)  # type: ignore[arg-type]
                order = {**order, "state": after}

    return "floor: lambdas, a result each", 200_000, work


def transitions() -> Iterator[Contender]:
    """pip install transitions."""
    Machine = import_module("transitions").Machine  # noqa: N806

    class Order:
        paid, due = 1, 2

        def fine(self) -> bool:
            return self.paid > 0 and self.due > 1

    names = [f"s{number}" for number in range(STATES)]
    moves = [
        {"trigger": "go", "source": name, "dest": names[(place + 1) % STATES], "conditions": "fine"}
        for place, name in enumerate(names)
    ]
    machine: Any = Machine(model=None, states=names, transitions=moves, initial="s0")

    def same(count: int) -> None:
        order: Any = Order()
        machine.add_model(order, initial="s0")
        for _ in range(count):
            order.go()
        machine.remove_model(order)

    def new(count: int) -> None:
        for place in range(count):
            order: Any = Order()
            machine.add_model(order, initial=names[place % STATES])
            order.go()
            machine.remove_model(order)

    yield "transitions (a)", 4_000, same
    yield "transitions (c)", 2_000, new


def statemachine() -> Iterator[Contender]:
    """pip install python-statemachine."""
    module = import_module("statemachine")
    State, StateMachine = module.State, module.StateMachine  # noqa: N806

    names = [f"s{number}" for number in range(STATES)]
    states = {name: State(name, initial=name == "s0") for name in names}
    body: dict[str, Any] = dict(states)
    go: Any = None
    for place, name in enumerate(names):
        move = states[name].to(states[names[(place + 1) % STATES]], cond="fine")
        go = move if go is None else go | move
    body["go"] = go
    body["fine"] = lambda self: self.paid > 0 and self.due > 1
    body["paid"], body["due"] = 1, 2
    machine: Any = type("Order", (StateMachine,), body)

    def same(count: int) -> None:
        order = machine()
        for _ in range(count):
            order.send("go")

    def new(count: int) -> None:
        for place in range(count):
            machine(start_value=names[place % STATES]).send("go")

    yield "python-statemachine (a)", 2_000, same
    yield "python-statemachine (c)", 500, new


def sismic() -> Iterator[Contender]:
    """pip install sismic."""
    Interpreter = import_module("sismic.interpreter").Interpreter  # noqa: N806
    import_from_yaml = import_module("sismic.io").import_from_yaml

    lines = [
        "statechart:",
        "  name: ring",
        "  preamble: paid = 1; due = 2",
        "  root state:",
        "    name: root",
        "    initial: s0",
        "    states:",
    ]
    for number in range(STATES):
        lines += [
            f"      - name: s{number}",
            "        transitions:",
            "          - event: go",
            "            guard: paid > 0 and due > 1",
        ]
        lines.append(f"            target: s{(number + 1) % STATES}")
    chart = import_from_yaml("\n".join(lines))

    def same(count: int) -> None:
        order = Interpreter(chart)
        for _ in range(count):
            order.queue("go").execute_once()

    yield "sismic (a)", 2_000, same


PEERS = {"transitions": transitions, "statemachine": statemachine, "sismic": sismic}


def rate(contender: Contender) -> float:
    """Events a second: the median of five rounds."""
    _, count, work = contender
    work(count // 10)
    seconds = []
    for _ in range(5):
        began = perf_counter()
        work(count)
        seconds.append(perf_counter() - began)
    return count / statistics.median(seconds)


def main() -> None:
    """Measure all contenders in one run and print ratios first."""
    contenders = [orderflow(), floor(), orderflow(192)]
    missing = []
    for module, peer in PEERS.items():
        if find_spec(module) is None:
            missing.append(module)
        else:
            contenders += peer()
    rates = [rate(contender) for contender in contenders]
    print(
        f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}"
    )
    print(f"{'':32} {'of orderflow':>12} {'events/s':>12}")
    for (name, _, _), found in zip(contenders, rates, strict=True):
        print(f"{name:32} {found / rates[0]:12.3f} {found:12,.0f}")
    if missing:
        print("not installed, not measured: " + ", ".join(missing))


if __name__ == "__main__":
    main()
