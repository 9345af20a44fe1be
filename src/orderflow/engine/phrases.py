"""Words for guards: what a clause needs, said so that a person who writes no code understands it."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal

from orderflow.expr.tree import (
    OPPOSITE,
    SWAPPED,
    And,
    Call,
    Compare,
    Constant,
    Expression,
    IsNone,
    Listing,
    Membership,
    Name,
    Node,
    Not,
    Or,
    Through,
)
from orderflow.model.definition import Definition, Field
from orderflow.model.policies import Allocation
from orderflow.model.record import masked

_SAID = {
    "==": "is {}",
    "!=": "is not {}",
    ">": "is more than {}",
    ">=": "is at least {}",
    "<": "is less than {}",
    "<=": "is at most {}",
}


class Words:
    """Labels and values of one definition, as people see them.

    Args:
        definition: whose labels are used.
        zone: moments are shown in it.
        entity: whose states are meant where several entities have one of the same name.
        department: whose own words for states are used.
    """

    def __init__(
        self, definition: Definition, zone: tzinfo, entity: str | None = None, department: str | None = None
    ) -> None:
        self.definition = definition
        self.zone = zone
        self.entity = entity
        self.department = department

    def about(self, entity: str) -> "Words":
        """The same words, spoken of another entity's records."""
        return Words(self.definition, self.zone, entity, self.department)

    def field(self, owner: str, name: str) -> Field | None:
        """The field of an entity, or of a record of rows, by their names."""
        entity = self.definition.entities.get(owner)
        if entity is not None:
            return entity.fields.get(name)
        for other in self.definition.entities.values():
            for item in other.fields.values():
                if item.rows is not None and item.rows.name == owner:
                    return item.rows.fields.get(name)
        return None

    def read_by(self, node: Node) -> Field | None:
        """The field that a name reads, through a ref too."""
        if isinstance(node, Name):
            return self.field(node.owner, node.path[-1])
        return self.field(node.entity, node.name) if isinstance(node, Through) else None

    def name(self, node: Name | Through) -> str:
        """A name with its label: `实收金额 (amount_paid)`."""
        field = self.read_by(node)
        dotted = ".".join(node.path) if isinstance(node, Name) else f"{node.entity}.{node.name}"
        if field is None and isinstance(node, Through) and node.aggregate:
            label = self.definition.entities[node.entity].aggregates[node.name].label
            return dotted if label == node.name else f"{label} ({dotted})"
        return dotted if field is None or field.label == field.name else f"{field.label} ({dotted})"

    def value(self, value: object, field: Field | None = None) -> str:
        """A value in words; private ones masked, moments local."""
        if field is not None and field.private:
            return "missing" if value is None else str(masked(value))
        match value:
            case None:
                return "missing"
            case bool():
                return "yes" if value else "no"
            case datetime():
                return f"{value.astimezone(self.zone):%Y-%m-%d %H:%M}"
            case date():
                return value.isoformat()
            case timedelta():
                return span(value)
            case str() if field is not None and value in field.options and field.options[value] != value:
                return f"{field.options[value]} ({value})"
            case str():
                return f"“{value}”"
            case tuple() | list():
                return f"{len(value)} rows"
            case int() | Decimal():
                return format(value, "f") if isinstance(value, Decimal) else str(value)
        return str(value)

    # ---- needs ----------------------------------------------------------------------------------------------------

    def needs(self, expression: Expression, node: Node, wanted: bool = True) -> str:
        """What must be so for a clause to be true (or false, when not `wanted`): `实收金额 (amount_paid) is more than 0`."""
        match node:
            case IsNone(operand=Name() | Through() as name, negated=negated):
                return f"{self.name(name)} is " + ("filled in" if negated == wanted else "empty")
            case Not(operand=operand):
                return self.needs(expression, operand, not wanted)
            case And(items=items) | Or(items=items):
                joint = " and " if isinstance(node, And) == wanted else " or "
                return joint.join(self.needs(expression, item, wanted) for item in items)
            case Compare(operators=(operator,), operands=(left, right)):
                return self._compare(expression, operator if wanted else OPPOSITE[operator], left, right)
            case Membership(item=Name() | Through() as name, negated=negated, container=Listing(items=items)):
                field = self.read_by(name)
                listed = ", ".join(self._operand(expression, item, field) for item in items)
                return f"{self.name(name)} is " + ("one of " if negated != wanted else "none of ") + listed
            case Name() | Through():
                return f"{self.name(node)} is {'yes' if wanted else 'no'}"
            case Call():
                return self._call(expression, node, wanted)
        return f"`{expression.text(node)}` is {'true' if wanted else 'false'}"

    def _compare(self, expression: Expression, operator: str, left: Node, right: Node) -> str:
        if isinstance(left, Constant) and not isinstance(right, Constant):
            left, right, operator = right, left, SWAPPED[operator]
        field = self.read_by(left)
        subject = self.name(left) if isinstance(left, Name | Through) else f"`{expression.text(left)}`"
        return f"{subject} {_SAID[operator].format(self._operand(expression, right, field))}"

    def _operand(self, expression: Expression, node: Node, field: Field | None) -> str:
        if isinstance(node, Constant):
            shown = self.value(node.value, field)
            return shown if not isinstance(node.value, str) else shown.strip("“”")
        return self.name(node) if isinstance(node, Name | Through) else f"`{expression.text(node)}`"

    def _call(self, expression: Expression, node: Call, wanted: bool) -> str:
        isnt = "" if wanted else "not "
        match node.function:
            case "is_in":
                return f"it is {isnt}in {self._states(node)}"
            case "reached":
                return f"it has {isnt}reached {self._states(node)}"
            case "is_open":
                return f"it is {isnt}open"
            case "can_source":
                return f"{self._named(node, self.definition.allocation)} finds {'' if wanted else 'no '}stock"
            case "can_take":
                return f"{node.arguments[0].value} can {isnt}be taken"  # type: ignore[union-attr]
            case "is_held":
                return f"it is {isnt}held"
            case "none_live":
                return f"{isnt}every one of {self._many(node)} is cancelled, returned or the like"
            case "some" | "any" if len(node.arguments) == 2:
                which = "at least one" if wanted else "none"
                return f"{which} of {self._many(node)}: {self._inside(expression, node)}"
            case "all_live" | "all" if len(node.arguments) == 2:
                live = "live " if node.function == "all_live" else ""
                which = f"every {live}one" if wanted else f"not every {live}one"
                return f"{which} of {self._many(node)}: {self._inside(expression, node)}"
        return f"`{expression.text(node)}` is {'true' if wanted else 'false'}"

    def _named(self, node: Call, known: Mapping[str, Allocation]) -> str:
        """What a function names, with its label: `就近有货 (nearest_in_stock)`."""
        first = node.arguments[0]
        name = str(first.value) if isinstance(first, Constant) else ""
        label = known[name].label if name in known else name
        return name if label == name else f"{label} ({name})"

    def _child(self, node: Call) -> str | None:
        """The entity of the children that a function looks at; None for rows."""
        first = node.arguments[0]
        if not isinstance(first, Name):
            return None
        several = (entity.children.get(first.path[-1]) for entity in self.definition.entities.values())
        return next((child.entity for child in several if child is not None), None)

    def _inside(self, expression: Expression, node: Call) -> str:
        child = self._child(node)
        return (self.about(child) if child is not None else self).needs(expression, node.arguments[1])

    def _many(self, node: Call) -> str:
        """The rows or children that a function looks at, with their label: `包裹 (shipments)`."""
        first = node.arguments[0]
        if not isinstance(first, Name):
            return "them"
        child = self._child(node)
        if child is None:
            return self.name(first)
        label = self.definition.entities[child].label
        return first.path[-1] if label == child else f"{label} ({first.path[-1]})"

    def _states(self, node: Call) -> str:
        names = [str(item.value) for item in node.arguments if isinstance(item, Constant)]
        return " or ".join(self.state(name) for name in names)

    def state(self, name: str) -> str:
        """A state with its label: `已支付 (paid)`."""
        entities = list(self.definition.entities.values())
        if self.entity is not None:
            entities.insert(0, self.definition.entities[self.entity])
        found = next((item.states[name] for item in entities if name in item.states), None)
        called = name if found is None else found.called(self.department)
        return name if called == name else f"{called} ({name})"


def span(value: timedelta) -> str:
    """A length of time in words: `2 days 3 h`, `45 min`, `12 s`."""
    sign = "-" if value < timedelta(0) else ""
    seconds = int(abs(value).total_seconds())
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, seconds = divmod(rest, 60)
    if days:
        words = f"{days} day{'s' if days > 1 else ''}" + (f" {hours} h" if hours else "")
    elif hours:
        words = f"{hours} h" + (f" {minutes} min" if minutes else "")
    else:
        words = f"{minutes} min" if minutes else f"{seconds} s"
    return sign + words
