"""The exceptions that callers meet, each picklable.

OrderflowError
├── RuleSetError        the rule set has errors; .diagnostics holds every finding
├── RecordError         an order, event or update does not fit its fields; .problems holds each reason
│   └── RepeatError     an event id was used before, for other content
├── DecisionError       an event could not be decided, such as transitions that never come to rest
├── StorageError        the storage failed; nothing of the event was kept
│   └── ConflictError   another writer was first; the step may be retried on fresh data
└── NotifierError       an outside effect could not be delivered; the outbox keeps it
"""

from collections.abc import Sequence

from orderflow.diagnostics.diagnostic import Diagnostic
from orderflow.diagnostics.formats.concise import render_concise


class OrderflowError(Exception):
    """Any failure that orderflow reports to its caller."""


class RuleSetError(OrderflowError):
    """A rule set that cannot be loaded, with everything that is wrong in it.

    Args:
        diagnostics: every finding, warnings too.
    """

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics: tuple[Diagnostic, ...] = tuple(diagnostics)
        super().__init__(self.diagnostics)

    def __str__(self) -> str:
        return render_concise(self.diagnostics)


class RecordError(OrderflowError):
    """Input that does not fit the fields, events or contracts of its entity.

    Args:
        problems: one sentence, or one for each thing that is wrong.
    """

    def __init__(self, problems: str | Sequence[str]) -> None:
        self.problems: tuple[str, ...] = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "; ".join(self.problems)


class RepeatError(RecordError):
    """An event id that was applied before, with other content: nothing is changed.

    Args:
        event_id: the id.
    """

    def __init__(self, event_id: str) -> None:
        self.event_id = event_id
        super().__init__(
            f"event id `{event_id}` was used before for other content; give each event its own id"
        )

    def __reduce__(self) -> tuple[type["RepeatError"], tuple[str]]:
        return RepeatError, (self.event_id,)


class DecisionError(OrderflowError):
    """An event that could not be decided."""


class StorageError(OrderflowError):
    """A storage that failed; nothing of the event was kept."""


class ConflictError(StorageError):
    """Another writer changed the same family first; the step may be retried on fresh data."""


class NotifierError(OrderflowError):
    """An outside effect that could not be delivered."""
