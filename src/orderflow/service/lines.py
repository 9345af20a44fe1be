"""Events as JSON lines: reading them, and playing one."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import cast

from orderflow.diagnostics.errors import RecordError
from orderflow.diagnostics.nearest import nearest
from orderflow.engine.link import RuleSet
from orderflow.model.convert import ValueFault
from orderflow.model.decision import Decision
from orderflow.model.moments import to_datetime
from orderflow.service.engine import Engine
from orderflow.service.plan import Plan, Planned
from orderflow.service.report import RejectedLine

_HALF = re.compile("[\ud800-\udfff]")
#: Events nest less than this: an order, its lines, their fields.
_MOST_DEPTH = 32
_KINDS = ("submit", "send", "update", "receive", "hold", "release", "handover")
_KEYS = {
    "submit": {"submit", "id", "at", "as", "event_id", "fields"},
    "send": {"send", "to", "at", "as", "event_id", "data"},
    "update": {"update", "at", "as", "event_id", "fields", "reason"},
    "receive": {"receive", "at", "event_id"},
    "hold": {"hold", "name", "at", "as", "event_id", "reason"},
    "handover": {"handover", "to", "owner", "fields", "at", "as", "event_id"},
    "release": {"release", "name", "at", "as", "event_id", "reason"},
}


def read_lines(ruleset: RuleSet, path: Path) -> Plan:
    """Read a file with one event a line, as JSON objects (see `docs/run.md`); events in time order.

    An event without an id gets one from its line's text, so that a file that is played twice is applied once.

    Raises:
        FileNotFoundError: there is no such file.
    """
    plan = Plan(str(path))
    seen: Counter[bytes] = Counter()
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            if raw.strip():
                _read_line(ruleset, plan, number, raw, seen)
    plan.events.sort(key=lambda planned: planned.at)
    return plan


def _read_line(ruleset: RuleSet, plan: Plan, number: int, raw: bytes, seen: Counter[bytes]) -> None:
    try:
        line = json.loads(
            raw.rstrip().decode("utf-8-sig")
        )  # a fault at the end stands on this line, not the next
        if raw.count(b"[") + raw.count(b"{") > _MOST_DEPTH and _too_deep(line):
            raise RecursionError
    except UnicodeDecodeError:
        plan.rejected.append(RejectedLine(plan.file, number, 1, "is not UTF-8; save the file as UTF-8"))
        return
    except (ValueError, RecursionError) as error:
        column = error.colno if isinstance(error, json.JSONDecodeError) else 1
        words = "too deeply nested" if isinstance(error, RecursionError) else "a number is too long"
        if isinstance(error, json.JSONDecodeError):
            words = error.msg[:1].lower() + error.msg[1:].removesuffix(" starting at")
        plan.rejected.append(RejectedLine(plan.file, number, column, f"is not JSON: {words}; mend the line"))
        return
    problem = _wrong_shape(line)
    if b"\\u" in raw and _HALF.search(json.dumps(line, ensure_ascii=False)):
        problem = "holds half a character (`\\ud800` to `\\udfff` alone); mend it where it comes from"
    if problem is None:
        try:
            at = to_datetime(line["at"], ruleset.zone)
        except (KeyError, ValueFault) as fault:
            words = "is missing" if isinstance(fault, KeyError) else str(fault)
            problem = f"`at` {words}; say when it happened, such as 2026-02-11T09:00:00+08:00"
        else:
            if not line.get("event_id"):
                text = raw.strip()
                seen[text] += 1
                line["event_id"] = f"line:{sha256(text).hexdigest()[:32]}:{seen[text]}"
            plan.events.append(Planned(at, number, line))
            return
    plan.rejected.append(RejectedLine(plan.file, number, 1, problem))


def _wrong_shape(line: object) -> str | None:
    if not isinstance(line, dict):
        return "must be a JSON object with one event"
    kinds = [kind for kind in _KINDS if kind in line]
    if len(kinds) != 1:
        return "must hold one of `submit`, `send`, `update`, `receive`, `hold`, `release`, `handover`"
    unknown = _first(set(line) - _KEYS[kinds[0]])
    if unknown is not None:
        if not unknown.isidentifier():
            return f"a key is none of {', '.join(f'`{key}`' for key in sorted(_KEYS[kinds[0]]))}"
        meant = nearest(unknown, _KEYS[kinds[0]])
        return f"unknown key `{unknown}`" + (f"; did you mean `{meant}`" if meant else "")
    for name in ("fields", "data", "receive"):
        if not isinstance(line.get(name, {}), dict):
            return f"`{name}` must be an object"
    for name in (
        "submit",
        "send",
        "update",
        "hold",
        "release",
        "handover",
        "owner",
        "name",
        "to",
        "as",
        "event_id",
        "reason",
    ):
        if not isinstance(line.get(name, ""), str):
            return f"`{name}` must be a text; put it in quotes, or leave it out"
    if not isinstance(line.get("id", ""), str | int) or isinstance(line.get("id"), bool):
        return "`id` must be a text; put it in quotes, or leave it out"
    if kinds[0] in ("hold", "release") and "name" not in line:
        return "`name` is missing; name the hold"
    if kinds[0] in ("send", "handover") and "to" not in line:
        return "`to` is missing; name the record"
    return None


def _too_deep(line: object) -> bool:
    level = [line]
    for _ in range(_MOST_DEPTH):
        level = [
            inner
            for value in level
            if isinstance(value, dict | list)
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
    return bool(level)


def _first(names: Iterable[str]) -> str | None:
    return min(names, default=None)


def play_line(engine: Engine, line: Mapping[str, object], at: datetime) -> Sequence[Decision]:
    """Play one event that is written as a JSON object (see `docs/run.md`).

    Raises:
        RecordError: it does not fit.
    """
    actor = str(line.get("as", "engine"))
    event_id = str(line.get("event_id", ""))
    fields = cast(Mapping[str, object], line.get("fields", {}))
    if "submit" in line:
        given = line.get("id")
        key = str(given) if given is not None else None
        return (
            engine.submit(fields, entity=str(line["submit"]), id=key, at=at, actor=actor, event_id=event_id),
        )
    if "update" in line:
        reason = str(line.get("reason", ""))
        return (
            engine.update(str(line["update"]), fields, at=at, actor=actor, event_id=event_id, reason=reason),
        )
    if "hold" in line or "release" in line:
        act = engine.hold if "hold" in line else engine.release
        given = {"reason": str(line.get("reason", "")), "actor": actor, "event_id": event_id}
        return (act(str(line.get("hold", line.get("release"))), str(line["name"]), at=at, **given),)
    if "handover" in line:
        queue, owner = str(line["handover"]), str(line.get("owner", ""))
        return (engine.handover(queue, str(line["to"]), owner=owner, fields=fields, at=at, actor=actor),)
    if "send" in line:
        data = cast(Mapping[str, object], line.get("data", {}))
        return (engine.send(str(line["to"]), str(line["send"]), data, at=at, actor=actor, event_id=event_id),)
    receipts = line["receive"]
    if not isinstance(receipts, dict) or not all(isinstance(units, dict) for units in receipts.values()):
        raise RecordError("`receive` must be {warehouse: {sku: units}}")
    decisions: list[Decision] = []
    for warehouse, units in receipts.items():
        decisions += engine.receive(warehouse, units, at=at, event_id=event_id and f"{event_id}:{warehouse}")
    return decisions
