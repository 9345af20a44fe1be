"""One case: a drawn rule set through `check`, and lives under it."""

import hashlib
import os
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.soundness.coverage import note_expressions
from tests.soundness.lives import decided, lived
from tests.soundness.rules import Drawn, draw_rules
from tests.soundness.tape import Tape, shrunk

from orderflow.checks import check_folder
from orderflow.compiler.load import Compiled
from orderflow.engine.link import RuleSet, link

NIGHTLY = bool(os.environ.get("ORDERFLOW_NIGHTLY"))
#: The seeds of a run begin here: `ORDERFLOW_SEED=20260401 make test-soundness` tries others.
FIRST_SEED = int(os.environ.get("ORDERFLOW_SEED", "0"))
#: Bytes of a tape: what the rules are drawn from, and each life.
RULES, LIFE = 4_000, 600
#: Lives under each rule set: by `decide` alone, and by an engine.
ALONE, WITH_ENGINE = 6, 2


def tape_of(seed: int, size: int = RULES + (ALONE + WITH_ENGINE) * LIFE) -> bytes:
    """The bytes of a seed, the same on every machine."""
    return hashlib.shake_256(f"orderflow {seed}".encode()).digest(size)


@dataclass
class Tally:
    """What a run came to."""

    drawn: int = 0
    passed: int = 0
    lives: int = 0
    seen: Counter[str] = field(default_factory=Counter)

    @property
    def share(self) -> float:
        """How many of the drawn rule sets pass the check."""
        return self.passed / max(self.drawn, 1)


def checked(drawn: Drawn, folder: Path) -> Compiled:
    """Write a rule set into an empty folder and check it."""
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name, text in drawn.files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return check_folder(folder)


def run_case(
    data: bytes, folder: Path, tally: Tally, *, dares: str | None = None, hostile: bool = False
) -> None:
    """Draw rules, check them, and live under them if they pass: nothing may be raised.

    Args:
        data: the tape.
        folder: where the files go.
        tally: what is counted.
        dares: what the rules dare, see `draw_rules`.
        hostile: whether inputs are spoiled.
    """
    drawn = draw_rules(data[:RULES], dares=dares)
    tally.drawn += 1
    compiled = checked(drawn, folder)
    if compiled.definition is None:
        assert compiled.has_errors, "refused, and no finding says why"
        tally.seen.update(
            f"refused {item.code}" for item in compiled.diagnostics if item.severity.name == "ERROR"
        )
        return
    tally.passed += 1
    tally.seen.update(drawn.seen)
    note_expressions(compiled.definition, tally.seen)
    cycles = any(item.code == "OF207" for item in compiled.diagnostics)
    rules = link(compiled.definition)
    for life in lives(rules, data[RULES:], tally, cycles=cycles, hostile=hostile):
        tally.seen.update(life)


def lives(
    rules: RuleSet, data: bytes, tally: Tally, *, cycles: bool, hostile: bool
) -> Iterator[Counter[str]]:
    """Lives under one rule set, each from its part of the tape; what was seen in them."""
    for number in range(0 if hostile else ALONE):
        tape = Tape(data[number * LIFE : (number + 1) * LIFE])
        entity = "customer" if number == ALONE - 1 else "order"
        for _ in decided(rules, tape, entity, cycles=cycles):
            pass
        tally.lives += 1
        yield tape.seen
    for number in range(ALONE, ALONE + WITH_ENGINE):
        tape = Tape(data[number * LIFE : (number + 1) * LIFE])
        lived(rules, tape, cycles=cycles, hostile=hostile)
        tally.lives += 1
        yield tape.seen


def many(count: int, folder: Path, tally: Tally, *, dares: str | None = None, hostile: bool = False) -> None:
    """Cases from one seed on, until so many lives were lived; the first that raises is shown at its simplest.

    Raises:
        AssertionError: rules that passed the check raised.
    """
    seed = FIRST_SEED
    while tally.lives < count:
        data = tape_of(seed)
        try:
            run_case(data, folder, tally, dares=dares, hostile=hostile)
        except Exception:
            simple = _simplest(data, folder, dares=dares, hostile=hostile)
            text = f"{draw_rules(simple[:RULES], dares=dares).text}\nseed {seed}: {_raised(simple, folder, dares, hostile)}"
            raise AssertionError(text) from None
        seed += 1


def _raised(data: bytes, folder: Path, dares: str | None, hostile: bool) -> str:
    """What a case raises, with the place; empty when it does not."""
    try:
        run_case(data, folder, Tally(), dares=dares, hostile=hostile)
    except Exception as error:
        return (
            f"{type(error).__name__}: {str(error)[:300]} at {traceback.extract_tb(error.__traceback__)[-1]}"
        )
    return ""


def _simplest(data: bytes, folder: Path, *, dares: str | None, hostile: bool) -> bytes:
    """A simpler tape that raises at the same place; rules and lives keep their parts of it."""
    rules, rest = data[:RULES], data[RULES:]
    place = _raised(data, folder, dares, hostile).rpartition(" at ")[2]

    def same(first: bytes, second: bytes) -> bool:
        return _raised(_long(first, RULES) + second, folder, dares, hostile).rpartition(" at ")[2] == place

    shorter: Callable[[bytes], bool] = lambda tape: same(rules, _long(tape, len(rest)))  # noqa: E731
    rest = _long(shrunk(rest, shorter, 60), len(rest))
    return _long(shrunk(rules, lambda tape: same(tape, rest), 200), RULES) + rest


def _long(tape: bytes, size: int) -> bytes:
    return tape[:size] + bytes(max(size - len(tape), 0))
