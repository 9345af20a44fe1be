"""Journal entries and effects as compact JSON and back, exactly; readable under any version of a rule set."""

from typing import Any, Final, cast

from orderflow.diagnostics.errors import StorageError
from orderflow.model.decision import Change, Clause, Effect, Judged, Marked, Refusal, Seen, Step
from orderflow.model.event import Event
from orderflow.model.plain import dumps_tagged, loads_tagged, tupled
from orderflow.model.plan import Demand, Parcel, Plan, PlannedLine, Short, Verdict
from orderflow.model.stock import Draw, Move
from orderflow.service.ports import JournalEntry

#: How the text of an entry is laid out; a number that is not known is refused.
LAYOUT: Final = 2


def dumps_entry(entry: JournalEntry) -> str:
    """The entry, without its number, as one line of JSON: lists in the order of the model's own parts."""
    return dumps_tagged((LAYOUT, *entry[1:]))


def loads_entry(text: str, number: int) -> JournalEntry:
    """The entry that `dumps_entry` wrote, at its place in the journal.

    Raises:
        StorageError: the text is not what it wrote.
    """
    layout, *parts = cast("list[Any]", loads_tagged(text))
    if layout != LAYOUT:
        raise StorageError(f"journal entry {number} has layout {layout}; use the orderflow that wrote it")
    try:
        recorded, version, event, accepted, steps, changes, moves, effects, refusals, *more = parts
        fingerprint, digest, draws, plans, arrival, marks = more
        return JournalEntry(
            number,
            recorded,
            version,
            _event(*event),
            accepted,
            tuple([_step(*step) for step in steps]),
            tuple([Change(record, name, tupled(old), tupled(new)) for record, name, old, new in changes]),
            tuple([Move(*move) for move in moves]),
            tuple([_effect(*effect) for effect in effects]),
            tuple([_refusal(*refusal) for refusal in refusals]),
            fingerprint,
            digest,
            tuple([Draw(*draw) for draw in draws]),
            tuple([_plan(*plan) for plan in plans]),
            tuple([_judged(*judged) for judged in arrival]),
            tuple([Marked(*mark) for mark in marks]),
        )
    except (ValueError, TypeError, AttributeError) as error:
        raise StorageError(f"journal entry {number} cannot be read: {error}") from None


def dumps_effect(effect: Effect) -> str:
    """The effect as one line of JSON."""
    return dumps_tagged(effect)


def loads_effect(text: str) -> Effect:
    """The effect that `dumps_effect` wrote.

    Raises:
        StorageError: the text is not what it wrote.
    """
    try:
        return _effect(*cast("list[Any]", loads_tagged(text)))
    except (TypeError, AttributeError) as error:
        raise StorageError(f"a stored effect cannot be read: {error}") from None


def _event(kind: Any, target: str, at: Any, name: str, data: dict[str, object], *rest: str) -> Event:
    return Event(kind, target, at, name, {key: tupled(value) for key, value in data.items()}, *rest)


def _step(record: str, transition: str, before: str, after: str, over: list[str]) -> Step:
    return Step(record, transition, before, after, tuple(over))


def _effect(
    key: str,
    record: str,
    action: str,
    use: str,
    parameters: dict[str, object],
    attempts: int,
    first_seconds: float,
    private: list[str],
) -> Effect:
    plain = {name: tupled(value) for name, value in parameters.items()}
    return Effect(key, record, action, use, plain, attempts, first_seconds, tuple(private))


def _refusal(code: str, record: str, message: str, transition: str | None, clauses: list[Any]) -> Refusal:
    return Refusal(code, record, message, transition, tuple([_clause(*clause) for clause in clauses]))


def _clause(source: str, held: bool | None, seen: list[Any], needs: str) -> Clause:
    found = tuple([Seen(name, label, tupled(value)) for name, label, value in seen])
    return Clause(source, held, found, needs)


def _judged(name: str, label: str, held: bool, clauses: list[Any]) -> Judged:
    return Judged(name, label, held, tuple([_clause(*clause) for clause in clauses]))


def _plan(
    policy: str, record: str, wanted: list[Any], parcels: list[Any], verdicts: list[Any], made: bool
) -> Plan:
    return Plan(
        policy,
        record,
        tuple([Demand(tupled(line), sku, quantity, tuple(pools)) for line, sku, quantity, pools in wanted]),
        tuple([_parcel(*parcel) for parcel in parcels]),
        tuple([_verdict(*verdict) for verdict in verdicts]),
        made,
    )


def _parcel(warehouse: str, lines: list[Any], *more: Any) -> Parcel:
    return Parcel(warehouse, tuple([PlannedLine(tupled(line), *rest) for line, *rest in lines]), *more)


def _verdict(warehouse: str, code: Any, distance_km: Any, short: list[Any], note: str) -> Verdict:
    return Verdict(warehouse, code, distance_km, tuple([Short(*one) for one in short]), note)
