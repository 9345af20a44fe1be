"""Actions, linked: a plan that turns a record's values into an effect's parameters."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from orderflow.expr.template import Template, compile_template
from orderflow.expr.view import View
from orderflow.model.definition import Action

Render = Callable[[Mapping[str, object], View], str]


@dataclass(frozen=True, slots=True)
class ActionPlan:
    """What an effect of this action carries: constants as they are, texts filled in when it is decided."""

    name: str
    use: str
    constants: Mapping[str, object]
    texts: tuple[tuple[str, Render], ...]
    attempts: int
    first_seconds: float
    private: tuple[str, ...]

    def parameters(self, fields: Mapping[str, object], view: View) -> dict[str, object]:
        """The effect's parameters, for one record."""
        filled = dict(self.constants)
        for name, render in self.texts:
            filled[name] = render(fields, view)
        return filled


def plan(action: Action, private: Collection[str]) -> ActionPlan:
    """Link one action: compile its texts.

    Args:
        private: the private fields as `order.phone`; a text that reads one is private itself.
    """
    return ActionPlan(
        name=action.name,
        use=action.use,
        constants={
            name: value for name, value in action.parameters.items() if not isinstance(value, Template)
        },
        texts=tuple(
            (name, compile_template(value))
            for name, value in action.parameters.items()
            if isinstance(value, Template)
        ),
        attempts=action.attempts,
        first_seconds=action.first.total_seconds(),
        private=tuple(
            name
            for name, value in action.parameters.items()
            if isinstance(value, Template)
            and any(not item.reads.paths.isdisjoint(private) for item in value.expressions)
        ),
    )
