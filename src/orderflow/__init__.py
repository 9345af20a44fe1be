"""Run an online shop's orders by checked, explained rules kept in YAML.

The public names below are loaded when they are first used, so that `import orderflow` stays fast.
"""

from typing import TYPE_CHECKING

from orderflow._version import __version__

if TYPE_CHECKING:
    from orderflow.bootstrap import check, load, open
    from orderflow.diagnostics import Diagnostic
    from orderflow.diagnostics.errors import (
        ConflictError,
        DecisionError,
        NotifierError,
        OrderflowError,
        RecordError,
        RuleSetError,
        StorageError,
    )
    from orderflow.engine.link import RuleSet
    from orderflow.model.decision import Decision, Effect, Refusal
    from orderflow.model.definition import Definition
    from orderflow.model.event import Event
    from orderflow.model.facts import Facts
    from orderflow.model.record import Family, Record
    from orderflow.service.dispatcher import Dispatcher
    from orderflow.service.engine import Engine
    from orderflow.service.ports import Clock, Notifier, Storage

__all__ = [
    "Clock",
    "ConflictError",
    "Decision",
    "DecisionError",
    "Definition",
    "Diagnostic",
    "Dispatcher",
    "Effect",
    "Engine",
    "Event",
    "Facts",
    "Family",
    "Notifier",
    "NotifierError",
    "OrderflowError",
    "Record",
    "RecordError",
    "Refusal",
    "RuleSet",
    "RuleSetError",
    "Storage",
    "StorageError",
    "__version__",
    "check",
    "load",
    "open",
]

_HOMES = {
    "Clock": "orderflow.service.ports",
    "ConflictError": "orderflow.diagnostics.errors",
    "Decision": "orderflow.model.decision",
    "DecisionError": "orderflow.diagnostics.errors",
    "Definition": "orderflow.model.definition",
    "Diagnostic": "orderflow.diagnostics",
    "Dispatcher": "orderflow.service.dispatcher",
    "Effect": "orderflow.model.decision",
    "Engine": "orderflow.service.engine",
    "Event": "orderflow.model.event",
    "Facts": "orderflow.model.facts",
    "Family": "orderflow.model.record",
    "Notifier": "orderflow.service.ports",
    "NotifierError": "orderflow.diagnostics.errors",
    "OrderflowError": "orderflow.diagnostics.errors",
    "Record": "orderflow.model.record",
    "RecordError": "orderflow.diagnostics.errors",
    "Refusal": "orderflow.model.decision",
    "RuleSet": "orderflow.engine.link",
    "RuleSetError": "orderflow.diagnostics.errors",
    "Storage": "orderflow.service.ports",
    "StorageError": "orderflow.diagnostics.errors",
    "check": "orderflow.bootstrap",
    "load": "orderflow.bootstrap",
    "open": "orderflow.bootstrap",
}

# Hidden from type checkers: they read the imports above, and report a misspelled name.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Load a public name on first use (PEP 562)."""
        home = _HOMES.get(name)
        if home is None:
            raise AttributeError(f"module `orderflow` has no public name `{name}`")
        from importlib import import_module

        value = getattr(import_module(home), name)
        globals()[name] = value  # the next use does not come here again
        return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted(__all__)
