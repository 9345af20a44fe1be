"""The composition root: wires the compiler, the engine and an adapter together. There are no globals."""

from collections.abc import Mapping
from os import PathLike, fspath
from typing import TYPE_CHECKING

from orderflow.checks import check_folder
from orderflow.compiler.load import Compiled
from orderflow.diagnostics import Diagnostic
from orderflow.diagnostics.diagnostic import Severity
from orderflow.diagnostics.errors import RuleSetError, StorageError
from orderflow.model.signature import SIGNATURES, ActionSignature

if TYPE_CHECKING:
    from orderflow.engine.link import RuleSet
    from orderflow.service.engine import Engine
    from orderflow.service.ports import Clock, Storage


def compile(path: str | PathLike[str], signatures: Mapping[str, ActionSignature] = SIGNATURES) -> Compiled:
    """Read and check a rule set; nothing is raised for what an analyst did wrong."""
    return check_folder(fspath(path), signatures)


def check(
    path: str | PathLike[str], signatures: Mapping[str, ActionSignature] = SIGNATURES
) -> list[Diagnostic]:
    """Every problem of a rule set at once, sorted by place.

    Args:
        path: the folder of YAML files.
        signatures: the actions that `use:` may name.
    """
    return list(compile(path, signatures).diagnostics)


def load(path: str | PathLike[str], signatures: Mapping[str, ActionSignature] = SIGNATURES) -> "RuleSet":
    """Load a rule set that passes `check`.

    Raises:
        RuleSetError: it has errors; `.diagnostics` holds every finding.
    """
    compiled = compile(path, signatures)
    if compiled.definition is None or any(item.severity is Severity.ERROR for item in compiled.diagnostics):
        raise RuleSetError(compiled.diagnostics)
    from orderflow.engine.link import link  # what only checks need not import what decides

    return link(compiled.definition)


def storage(ruleset: "RuleSet", url: str) -> "Storage":
    """Open the storage that a URL names: `memory:` or `sqlite:///PATH` (`sqlite:////PATH` for an absolute one).

    Raises:
        StorageError: the URL names no storage known here, or it cannot be opened.
    """
    if url in ("memory:", "memory://"):
        from orderflow.service.memory import MemoryStorage

        return MemoryStorage()
    if url.startswith("sqlite:///") and len(url) > len("sqlite:///"):
        from orderflow.adapters.sqlite import SqliteStorage
        from orderflow.model.codec import Codec

        return SqliteStorage(url.removeprefix("sqlite:///"), Codec(ruleset.definition))
    raise StorageError(f"`{url}` names no storage; use `memory:` or `sqlite:///orders.db`")


def open(
    ruleset: "RuleSet | str | PathLike[str]", url: str = "memory:", *, clock: "Clock | None" = None
) -> "Engine":
    """An engine over a rule set and a storage.

    Args:
        ruleset: a loaded rule set, or the folder of one.
        url: where to store: `memory:` or `sqlite:///orders.db`.
        clock: tells the present moment; the system's by default.

    Raises:
        RuleSetError: the rules have errors.
        StorageError: the storage cannot be opened.
    """
    from orderflow.service.engine import Engine

    rules = load(ruleset) if isinstance(ruleset, (str, PathLike)) else ruleset
    return Engine(rules, storage(rules, url), clock=clock)
