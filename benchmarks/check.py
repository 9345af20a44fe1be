"""How fast `orderflow check` is: a rule set of 5,000 lines from a cold start, and expressions typed in a second.

    python benchmarks/check.py [--runs 9] [--lines 5000] [--peers]

Every contender is a process of its own, started in turn, so that a noisy moment falls on all alike; the wall clock and
the processor's time are told, medians, and ratios to a bare interpreter's start. `--peers` first installs the peers into
a virtual environment of their own, `build/peers`. Each does what it can of the same: yamllint reads the same files,
check-jsonschema holds them against our published schema, python-statemachine loads charts of the same states and
transitions; none of them knows names, types or reachability. Expressions are those of the rules, each in the scope in
which `check` types it; the floor is `ast.parse` of the same texts, which knows no names and no types.
"""

import argparse
import ast
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import Any
from unittest.mock import patch

from orderflow.bootstrap import compile as compile_rules
from orderflow.compiler import expressions
from orderflow.compiler.schema import json_schema
from orderflow.expr.check import analyse
from orderflow.model.definition import Definition, Entity, State, Trigger

HERE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HERE))  # run as a program, it sees its own folder alone
from benchmarks import rules  # noqa: E402

PEERS = HERE / "build" / "peers"
WENZHOU = HERE / "rules" / "wenzhou"
_LOAD = "import sys; from pathlib import Path; from statemachine.io import load; [load(Path(p)) for p in sys.argv[1:]]"


@dataclass(slots=True)
class Contender:
    """A command, and the seconds that its runs took: on the wall, and of the processor."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    target: float | None = None
    walls: list[float] = field(default_factory=list)
    users: list[float] = field(default_factory=list)

    def run(self) -> None:
        """Run it once, and note how long it took."""
        began = perf_counter()
        # an installed program has its byte code: it is written in the first run, which is not counted
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        process = subprocess.Popen(
            self.command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={**environment, **self.environment},
        )
        assert process.stderr is not None
        with process.stderr as stream:
            said = stream.read()
        _, status, used = os.wait4(process.pid, 0)
        self.walls.append(perf_counter() - began)
        self.users.append(used.ru_utime + used.ru_stime)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise SystemExit(f"{self.name} failed: {said.decode(errors='replace')}")

    def forget(self) -> None:
        """Forget the run that warmed the disk and wrote byte code."""
        self.walls.clear()
        self.users.clear()


def contenders(folder: Path, cache: Path) -> list[Contender]:
    """What can be measured here: orderflow, and the peers that are installed."""
    python, shop = sys.executable, str(folder)
    check = [python, "-m", "orderflow", "check", shop]
    found = [
        Contender("python -c pass", [python, "-c", "pass"]),
        Contender("orderflow check", check, {"ORDERFLOW_CACHE": "off"}, 1.0),
        Contender("orderflow check, unchanged", check, {"ORDERFLOW_CACHE": str(cache)}, 0.3),
    ]
    if (PEERS / "bin").is_dir():
        files = [str(path) for path in sorted(folder.glob("*.yaml"))]
        schema = cache.parent / "schema.json"
        schema.write_text(json.dumps(json_schema()), encoding="utf-8")
        chart_files = charts(folder, cache.parent / "charts")
        found += [
            Contender("yamllint", [str(PEERS / "bin" / "yamllint"), "-d", "relaxed", "--no-warnings", shop]),
            Contender(
                "check-jsonschema",
                [str(PEERS / "bin" / "check-jsonschema"), "--schemafile", str(schema), *files],
            ),
            Contender("python-statemachine", [str(PEERS / "bin" / "python"), "-c", _LOAD, *chart_files]),
        ]
    return found


def charts(folder: Path, out: Path) -> list[str]:
    """The states and transitions of every entity in the YAML that python-statemachine loads, a file each."""
    definition = compile_rules(folder).definition
    assert definition is not None
    out.mkdir(exist_ok=True)
    written = []
    for entity in definition.entities.values():
        path = out / f"{entity.name}.yaml"
        path.write_text(json.dumps(_chart(entity), indent=2), encoding="utf-8")  # JSON is YAML, too
        written.append(str(path))
    return written


def _chart(entity: Entity) -> dict[str, Any]:
    top = {name: _state(entity, state) for name, state in entity.states.items() if state.parent is None}
    return {"name": entity.name, "datamodel": {"amount": "1"}, "states": top}


def _state(entity: Entity, state: State) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if state.name == entity.initial or state.initial:
        made["initial"] = True
    if state.final:
        made["final"] = True
    inner = {
        name: _state(entity, other) for name, other in entity.states.items() if other.parent == state.name
    }
    if inner:
        made["states"] = inner
    moves = []
    for transition in entity.transitions.values():
        if state.name in transition.sources and not state.final:
            move: dict[str, Any] = {"target": transition.target or state.name}
            if transition.trigger is Trigger.EVENT:
                move["event"] = transition.event
            if transition.when is not None:
                move["cond"] = "amount > 0"  # its guards are Python over its own data: each gets a small one
            moves.append(move)
    if moves:
        made["transitions"] = moves
    return made


def install() -> None:
    """Install the peers into an environment of their own."""
    venv.create(PEERS, with_pip=True, clear=True)
    names = ["check-jsonschema", "yamllint", "python-statemachine", "pyyaml"]
    subprocess.run([str(PEERS / "bin" / "python"), "-m", "pip", "install", "--quiet", *names], check=True)


def typed(folder: Path) -> list[tuple[Any, ...]]:
    """What `check` hands to the parser and type checker of expressions: source, scope and expected type, each once."""
    seen: dict[tuple[str, int, str], tuple[Any, ...]] = {}

    def noted(source: str, scope: Any, expected: Any = None) -> Any:
        seen.setdefault((source, id(scope), str(expected)), (source, scope, expected))
        return analyse(source, scope, expected)

    with patch.object(expressions, "analyse", noted):
        compile_rules(folder)
    return list(seen.values())


def rates(work: Callable[[], object], count: int, runs: int) -> tuple[float, float]:
    """How many a second by the processor's clock: in the median run, and in the fastest."""
    times = []
    for _ in range(runs):
        began = process_time()
        work()
        times.append(process_time() - began)
    return count / statistics.median(times), count / min(times)


def show_rates(runs: int, folders: Mapping[str, Path]) -> None:
    """Print how many expressions are parsed and typed in a second, beside Python's own parser on the same texts."""
    print(
        f"\n{'expressions a second':38}{'of the floor':>13}{'median':>10}{'fastest':>10}   target >= 10,000"
    )
    for name, folder in folders.items():
        asked = typed(folder)
        lines = ["(" + source.replace("\n", " ") + ")" for source, *_ in asked]
        length = statistics.mean(len(line) - 2 for line in lines)
        least, _ = rates(partial(_parse, lines), len(asked), runs)
        middle, most = rates(partial(_type, asked), len(asked), runs)
        what = f"{len(asked)} of {length:.0f} characters" + ("  MISSED" if middle < 10_000 else "")
        print(f"{name:38}{middle / least:13.3f}{middle:10,.0f}{most:10,.0f}   {what}")


def _parse(lines: Sequence[str]) -> None:
    for line in lines:
        ast.parse(line, mode="eval")


def _type(asked: Sequence[tuple[Any, ...]]) -> None:
    for each in asked:
        analyse(*each)


def show(runs: int, several: Sequence[Contender]) -> None:
    """Run the contenders in turn, and print what they took."""
    for contender in several:
        contender.run()
        contender.forget()
    for _ in range(runs):
        for contender in several:
            contender.run()
    bare = statistics.median(several[0].users)
    print(f"{'a process from a cold start':30}{'ratio':>8}{'wall':>10}{'processor':>12}{'target':>12}")
    for contender in several:
        wall, user = statistics.median(contender.walls), statistics.median(contender.users)
        goal = "" if contender.target is None else f"< {contender.target:.1f} s"
        late = "  MISSED" if contender.target is not None and wall > contender.target else ""
        print(f"{contender.name:30}{user / bare:8.1f}{wall:8.3f} s{user:10.3f} s{goal:>12}{late}".rstrip())


def describe(definition: Definition, made: Mapping[str, str]) -> str:
    """What the rule set is made of."""
    lines = {name: text.count("\n") for name, text in made.items()}
    scenarios = sum(count for name, count in lines.items() if name.endswith(".test.yaml"))
    states = sum(len(entity.states) for entity in definition.entities.values())
    transitions = sum(len(entity.transitions) for entity in definition.entities.values())
    return (
        f"{sum(lines.values()):,} lines in {len(lines)} files: {sum(lines.values()) - scenarios:,} of rules, {scenarios:,} of "
        f"scenarios; {len(definition.entities)} entities, {states} states, {transitions} transitions, "
        f"{len(definition.tables)} tables, {len(definition.queues)} queues, {len(definition.actions)} actions"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--lines", type=int, default=rules.LINES)
    parser.add_argument("--peers", action="store_true", help="install the peers first")
    options = parser.parse_args()
    if options.peers:
        install()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "shop")
        made = rules.write(folder, options.lines)
        compiled = compile_rules(folder)
        assert compiled.definition is not None
        assert not compiled.diagnostics
        print(
            f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}"
        )
        print(describe(compiled.definition, made) + f"; median of {options.runs} runs\n")
        show(options.runs, contenders(folder, Path(place, "cache")))
        show_rates(2 * options.runs, {"typed: rules/wenzhou": WENZHOU, "typed: the set above": folder})


if __name__ == "__main__":
    main()
