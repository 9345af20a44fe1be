"""An explanation as data: where a record stands, what lies on it, and what each way on waits for; as text and JSON."""

from dataclasses import dataclass
from datetime import datetime

from orderflow.engine.situation import Situation
from orderflow.model.decision import Clause


@dataclass(frozen=True, slots=True)
class Wait:
    """One way on, and what it waits for.

    Args:
        trigger: `event` (somebody sends `event`), `after` (the clock, at `due`) or `automatic` (as soon as it can).
        clauses: the guard's parts, judged now; those of an event that look at its data are not.
        shortages: units that are missing.
        needs: what must come about, a phrase each, with the values seen now.
        sentence: the whole in words.
    """

    transition: str
    label: str
    target: str | None
    target_label: str
    trigger: str
    event: str | None
    event_label: str
    by: tuple[str, ...]
    due: datetime | None
    clauses: tuple[Clause, ...]
    shortages: tuple[str, ...]
    needs: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Where a record stands.

    `since` is aware UTC; `fields` gives each field's name, label and value in words, private ones masked; `situation` is what lies
    on it beside its state: holds, what it holds, plans, queues, tags; `children` explains its children in turn.
    """

    id: str
    entity: str
    label: str
    state: str
    state_label: str
    shown: str
    since: datetime
    final: bool
    fields: tuple[tuple[str, str, str], ...]
    waits: tuple[Wait, ...]
    children: "tuple[Explanation, ...]"
    headline: str
    situation: Situation

    def lines(self, indent: str = "") -> list[str]:
        """The explanation as lines of text: first what it does by itself, then what people can do."""
        found = [indent + self.headline]
        found += [f"{indent}  {line}" for line in self.situation.lines()]
        alone = [wait for wait in self.waits if wait.event is None]
        moved = [wait for wait in self.waits if wait.event is not None and wait.target is not None]
        noted = [wait for wait in self.waits if wait.event is not None and wait.target is None]
        if alone:
            held = ", once it is no longer held" if self.situation.holds else ""
            found.append(f"{indent}  It moves on by itself{held}:")
            found += _several(alone, indent)
        if moved:
            found.append(f"{indent}  Somebody can move it on:")
            found += _several(moved, indent)
        if noted:
            found.append(
                f"{indent}  Also taken here, without moving it: " + ", ".join(_event(wait) for wait in noted)
            )
        for child in self.children:
            found += ["", *child.lines(indent + "  ")]
        return found

    def to_dict(self) -> dict[str, object]:
        """The explanation as plain data for JSON."""
        return {
            "id": self.id,
            "entity": self.entity,
            "state": self.state,
            "state_label": self.state_label,
            "shown": self.shown,
            "since": self.since.isoformat(),
            "final": self.final,
            "headline": self.headline,
            **self.situation.to_dict(),
            "fields": {name: {"label": label, "shown": shown} for name, label, shown in self.fields},
            "waits": [
                {
                    "transition": wait.transition,
                    "label": wait.label,
                    "to": wait.target,
                    "trigger": wait.trigger,
                    "event": wait.event,
                    "by": list(wait.by),
                    "due": wait.due.isoformat() if wait.due is not None else None,
                    "needs": list(wait.needs),
                    "clauses": [
                        {
                            "source": clause.source,
                            "held": clause.held,
                            "seen": {seen.name: seen.value for seen in clause.seen},
                            "needs": clause.needs,
                        }
                        for clause in wait.clauses
                    ],
                    "shortages": list(wait.shortages),
                    "sentence": wait.sentence,
                }
                for wait in self.waits
            ],
            "children": [child.to_dict() for child in self.children],
        }


def _several(waits: list[Wait], indent: str) -> list[str]:
    found = []
    for wait in waits:
        goal = f"to {wait.target_label}" if wait.target is not None else wait.label
        name = "" if wait.transition == wait.label or wait.target is None else f" [{wait.label}]"
        if len(wait.needs) == 1:
            found.append(f"{indent}    • {goal}{name}: when {wait.needs[0]}")
        else:
            found.append(f"{indent}    • {goal}{name}: when")
            found += [f"{indent}        - {need}" for need in wait.needs]
    return found


def _event(wait: Wait) -> str:
    return str(wait.event) if wait.event_label == wait.event else f"{wait.event_label} ({wait.event})"
