"""Playing many events in a row: history, imports, simulated days."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from orderflow.diagnostics.errors import ConflictError, DecisionError, RecordError, RepeatError
from orderflow.model.decision import Decision
from orderflow.model.event import Event
from orderflow.model.stock import FREEING
from orderflow.service.clocks import ManualClock
from orderflow.service.engine import Engine
from orderflow.service.lines import play_line
from orderflow.service.plan import Plan, Planned
from orderflow.service.report import RejectedLine

Progress = Callable[[int, int], None]
_CHANGED = (
    "says something else than when it was first played, and what was stored stays; "
    "send what changed as an update of the order"
)
_FAR = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Played:
    """What came of the events: how many were played, refused (by code), repeated (applied by an earlier run), and rejected with their place."""

    events: int = 0
    accepted: int = 0
    repeated: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    rejected: list[RejectedLine] = field(default_factory=list)


def replay(
    engine: Engine, clock: ManualClock, plan: Plan, *, batch: int = 1000, progress: Progress | None = None
) -> Played:
    """Play a plan's events in order, timers between them, `batch` events in one transaction.

    Args:
        engine: its clock must be `clock`, which is moved along with the events.
        plan: the events, in order.
        progress: called with (events done, events in all) after each transaction.

    Raises:
        StorageError: the storage failed; what was committed before stays.
    """
    player = _Player(engine, clock, plan)
    total = len(plan.events)
    for start in range(0, total, batch):
        player.play(plan.events[start : start + batch])
        if progress is not None:
            progress(min(start + batch, total), total)
    return player.played


class _Player:
    def __init__(self, engine: Engine, clock: ManualClock, plan: Plan) -> None:
        self.engine = engine
        self.clock = clock
        self.file = plan.file
        self.played = Played()
        self.wake = self._earliest()
        self.made: dict[str, str] = {}  # ids of orders that came without one

    def play(self, events: Sequence[Planned]) -> None:
        """Play some events in one transaction; all again, should another writer have been first."""
        for tries in range(5):
            before = Played(
                self.played.events,
                self.played.accepted,
                self.played.repeated,
                self.played.refusals.copy(),
                self.played.rejected.copy(),
            )
            wake, now = self.wake, self.clock.now()
            try:
                with self.engine.batch():
                    for planned in events:
                        self._one(planned)
                return
            except ConflictError:
                if tries == 4:
                    raise
                self.played, self.wake = before, wake
                self.clock.set(now)

    def _one(self, planned: Planned) -> None:
        at = planned.at
        if at > self.clock.now():
            self.clock.set(at)
        if self.wake is not None and self.wake <= at:
            self.engine.tick(at)
            self.wake = self._earliest()
        self.played.events += 1
        try:
            if isinstance(planned.event, Event):
                self._note(self._apply(planned.event))
            else:
                for decision in play_line(self.engine, planned.event, at):
                    self._note(decision)
        except RepeatError:
            self._reject(planned, (_CHANGED,))
        except RecordError as error:
            self._reject(planned, error.problems)
        except DecisionError as error:
            self._reject(planned, (str(error),))

    def _reject(self, planned: Planned, problems: Sequence[str]) -> None:
        self.played.rejected += [RejectedLine(self.file, planned.line, 1, problem) for problem in problems]

    def _apply(self, event: Event) -> Decision:
        """Play an event of a table; a row that brings no key is an order whose key is made now."""
        if event.event_id:
            return self.engine.apply(event)
        if event.kind == "submit":
            decision = self.engine.submit(event.data, entity=event.name, at=event.at, actor=event.actor)
            if decision.accepted:
                self.made[event.target] = decision.family.id
            return decision
        made = self.made.get(event.target)
        if made is None:
            raise RecordError("its order was not taken; nothing follows it")
        return self.engine.apply(event._replace(target=made))

    def _note(self, decision: Decision) -> None:
        self.played.repeated += decision.repeated
        if decision.accepted:
            self.played.accepted += 1
            wake = decision.family.wake
            if not self.engine.ruleset.solitary and _reaches_others(decision):
                self.wake = self._earliest()  # others that waited for this have moved as well
            elif wake is not None and (self.wake is None or wake < self.wake):
                self.wake = wake
        else:
            self.played.refusals[decision.refusals[0].code] += 1

    def _earliest(self) -> datetime | None:
        due = self.engine.due(_FAR, 1)
        return due[0][0] if due else None


def _reaches_others(decision: Decision) -> bool:
    """Whether other families may have moved with it: those that wait for units, a limit, a record or its history."""
    return bool(
        decision.event.kind == "submit"  # records that it refers to may have been made
        or decision.contributions
        or decision.changes
        or any(move.kind in FREEING for move in decision.moves)
        or any(draw.kind != "take" for draw in decision.draws)
    )
