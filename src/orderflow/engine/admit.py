"""Whether a family that other rules decided can live on under these."""

from collections.abc import Iterator, Mapping

from orderflow.engine.machine import Machine
from orderflow.model.convert import ValueFault
from orderflow.model.definition import Definition
from orderflow.model.record import Family, Record


def misfits(definition: Definition, machines: Mapping[str, Machine], family: Family) -> list[str]:
    """What of a stored family these rules do not know or allow, a sentence each; empty when it fits.

    A family that these very rules decided fits, and costs one comparison.
    """
    if family.digest == definition.digest:
        return []
    return [problem for record in family.records() for problem in _misfits(machines, record)]


def _misfits(machines: Mapping[str, Machine], record: Record) -> Iterator[str]:
    machine = machines.get(record.entity)
    if machine is None:
        yield f"`{record.id}` is a `{record.entity}`, which these rules do not have"
        return
    state = machine.entity.states.get(record.state)
    if state is None or state.leaves != (record.state,):
        yield f"`{record.id}` is in state `{record.state}`, which these rules do not have"
    for name, convert in machine.converters.items():
        try:
            convert(record.fields.get(name))
        except ValueFault as fault:
            yield f"`{record.id}`: {fault}"
