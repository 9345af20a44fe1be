"""Findings about a rule set as a whole, one file a family."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from orderflow.checks.constant import check_constant
from orderflow.checks.cycles import check_cycles
from orderflow.checks.effects import check_effects
from orderflow.checks.formulas import check_formulas
from orderflow.checks.ignores import without_ignored
from orderflow.checks.outside import check_outside
from orderflow.checks.parcels import check_parcels
from orderflow.checks.quiet import check_holds, check_sections, check_spending, check_tags
from orderflow.checks.reach import check_reach
from orderflow.checks.retries import check_repeats, check_retries
from orderflow.checks.rivals import check_order, check_rivals
from orderflow.checks.tables import check_tables
from orderflow.checks.tiers import check_tiers
from orderflow.checks.unused import check_unused
from orderflow.checks.waiting import check_waiting
from orderflow.checks.waking import check_path, check_waits
from orderflow.compiler.load import Compiled, compile_folder
from orderflow.diagnostics import Diagnostic
from orderflow.model.definition import Definition
from orderflow.model.frozen import EMPTY
from orderflow.model.signature import SIGNATURES, ActionSignature

__all__ = ["check_folder", "run"]


def check_folder(
    path: str | Path,
    signatures: Mapping[str, ActionSignature] = SIGNATURES,
    unsaved: Mapping[str, bytes] = EMPTY,
) -> Compiled:
    """Compile the rules in a folder and look for everything that is wrong with them.

    Args:
        path: the folder, as the user gave it.
        signatures: the registered actions that `use` may name.
        unsaved: by path, what to take for the content of a file in place of what lies there.

    Returns:
        The definition (None when there is an error) and all findings by place.
    """
    compiled = compile_folder(path, signatures, unsaved)
    return without_ignored(compiled.also(tuple(run(compiled, signatures))), path)


def run(compiled: Compiled, signatures: Mapping[str, ActionSignature] = SIGNATURES) -> Iterator[Diagnostic]:
    """Findings about a compiled rule set; entities whose lifecycle has faults are not judged.

    Args:
        compiled: what the compiler made of a folder.
        signatures: the registered actions that `use` may name.
    """
    rules: Definition | None = compiled.outline
    if rules is None:
        return
    sound = {name: entity for name, entity in rules.entities.items() if name not in compiled.faulty}
    waylaid: set[str] = set()
    for name, entity in rules.entities.items():
        if name in compiled.unsure or not entity.states:
            continue
        for found in check_reach(entity, compiled.documents):
            waylaid.add(name)
            yield found
        if name in compiled.faulty:
            continue
        yield from check_cycles(entity, sound)
        yield from check_effects(entity, rules, compiled.documents)
        yield from check_repeats(entity, compiled.documents)
        yield from check_outside(entity, rules, signatures, compiled.documents)
        yield from check_rivals(entity)
        yield from check_order(entity)
        yield from check_constant(entity, compiled.documents, compiled.sources)
        yield from check_spending(entity)
        yield from check_tags(entity)
        yield from check_holds(entity)
        if not compiled.faulty:
            yield from check_formulas(entity, rules)
            yield from check_waits(entity, rules, compiled.documents, compiled.sources)
            yield from check_path(entity, rules)
            yield from check_waiting(entity, rules, compiled.documents)
    yield from check_sections(rules)
    yield from check_parcels(rules)
    yield from check_retries(rules, compiled.documents)
    yield from check_tables(rules)
    yield from check_tiers(rules)
    if not compiled.has_errors:
        yield from check_unused(rules, compiled.documents, compiled.sources, frozenset(waylaid))
