"""Names: which record, event or clock a name reads, and what to say when there is none."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from orderflow.diagnostics.message import NOTHING, Message, joined
from orderflow.diagnostics.nearest import nearest
from orderflow.expr.altered import replace
from orderflow.expr.fault import Fault, Refused, Wanted
from orderflow.expr.functions import FUNCTIONS
from orderflow.expr.reads import walk
from orderflow.expr.scope import EVENT_FIELDS, Scope, Surroundings
from orderflow.expr.tree import Name, Node, Origin, Part, Through
from orderflow.expr.types import DATE, DATETIME, UNKNOWN, Kind, Type

#: What the clock gives under which name.
CLOCK = {"now": DATETIME, "today": DATE}


@dataclass(frozen=True, slots=True)
class Frame:
    """A record or row whose fields are in reach; the last frame is looked at first."""

    scope: Scope
    row: bool = False


def frames_of(scope: Scope) -> list[Frame]:
    """The frames an expression starts with: its record, or the row with the record around it."""
    if scope.outer is None:
        return [Frame(scope)]
    return [*frames_of(scope.outer), Frame(scope, row=True)]


class Names:
    """Binds names, given the frames in reach."""

    def __init__(self, scope: Scope) -> None:
        self.frames = frames_of(scope)
        self.scope = scope

    def bind(self, name: Name) -> tuple[Node, Type]:
        """The bound node of a name and its type; nested fields become `Part` nodes.

        Raises:
            Refused: nothing in reach has that name.
        """
        head, *rest = name.path
        if rest:
            bound = self._qualified(name, head, rest[0])
            if bound is not None:
                return self._parts(name, *bound, rest[1:])
        found = self._bare(name, head)
        if found is None:
            raise Refused(self._unknown(name))
        return self._parts(name, *found, rest)

    @property
    def around(self) -> Surroundings:
        """What may be asked of the world around the record in scope."""
        return self.frames[0].scope.around

    @property
    def own(self) -> str:
        """The entity of the record in scope."""
        return self.frames[0].scope.entity

    def state_frame(self) -> int:
        """The depth of the frame whose lifecycle is in reach: the innermost record, not a row."""
        return max((depth for depth, frame in enumerate(self.frames) if not frame.row), default=0)

    def _event(self) -> dict[str, Type] | None:
        for frame in self.frames:
            if frame.scope.event is not None:
                return {**frame.scope.event, **EVENT_FIELDS}
        return None

    def _extra(self, head: str) -> Type | None:
        return next((frame.scope.extra[head] for frame in self.frames if head in frame.scope.extra), None)

    def _bare(self, name: Name, head: str) -> tuple[Node, Type] | None:
        for depth, frame in reversed(list(enumerate(self.frames))):
            found = self._member(name, frame.scope, depth, head)
            if found is not None:
                return found
        if head in CLOCK:
            return self._leaf(name, Origin.CLOCK, 0, "", head, CLOCK[head])
        extra = self._extra(head)
        if extra is not None:
            return self._leaf(name, Origin.EXTRA, 0, "", head, extra)
        return self._aggregate(name, head)

    def _member(self, name: Name, scope: Scope, depth: int, field: str) -> tuple[Node, Type] | None:
        if field in scope.fields:
            return self._leaf(name, Origin.FIELD, depth, scope.entity, field, scope.fields[field])
        if field in scope.children:
            return self._leaf(name, Origin.CHILDREN, depth, scope.entity, field, UNKNOWN)
        return None

    def _leaf(
        self, name: Name, origin: Origin, depth: int, owner: str, field: str, type_: Type
    ) -> tuple[Node, Type]:
        return replace(name, path=(field,), origin=origin, depth=depth, owner=owner, type=type_), type_

    def _qualified(self, name: Name, head: str, field: str) -> tuple[Node, Type] | None:
        """`order.x`, `event.x`, `line.x`; None when the head is no such owner."""
        bare = next(
            (frame.scope.fields[head] for frame in reversed(self.frames) if head in frame.scope.fields), None
        )
        if bare is not None and bare.kind is Kind.RECORD:
            return None
        if head == "event":
            event = self._event()
            if event is None:
                raise Refused(
                    Fault(
                        "OF101",
                        Message("there is no event here"),
                        name.start,
                        name.end,
                        Message("read a field that an event has set"),
                    )
                )
            if field not in event:
                raise Refused(self._no_member(name, 1, "event", event))
            return self._leaf(name, Origin.EVENT, 0, "event", field, event[field])
        for depth, frame in reversed(list(enumerate(self.frames))):
            if frame.scope.entity == head:
                found = self._member(name, frame.scope, depth, field)
                if found is None and depth == 0:
                    found = self._aggregate(name, field)
                if found is None:
                    known = [*frame.scope.fields, *(self._aggregates() if depth == 0 else ())]
                    raise Refused(self._no_member(name, 1, head, known))
                return found
        parent = self.frames[0].scope.parent
        if parent is not None and parent.entity == head:
            if field not in parent.fields:
                raise Refused(self._no_member(name, 1, head, parent.fields))
            return self._leaf(name, Origin.PARENT, 0, head, field, parent.fields[field])
        extra = self._extra(head)
        if extra is not None and extra.kind is Kind.RECORD:
            nested = extra.field(field)
            if nested is None:
                raise Refused(self._no_member(name, 1, head, dict(extra.fields)))
            base, _ = self._leaf(name, Origin.EXTRA, 0, "", head, extra)
            base = replace(base, end=_end(name, 1))
            return Part(name.start, name.end, base, field, nested), nested
        return None

    def _parts(self, name: Name, node: Node, type_: Type, rest: list[str]) -> tuple[Node, Type]:
        """`rest` read from nested records, one inside the other, or through a ref."""
        for place, field in enumerate(rest):
            if type_.kind is Kind.REF:
                node, type_ = self._through(name, node, type_, len(name.path) - len(rest) + place)
                continue
            if type_.kind is not Kind.RECORD:
                what = Message("`{field}` follows a value that has no fields", field=field)
                raise Refused(
                    Fault("OF101", what, name.start, name.end, Message("read a field of the record in scope"))
                )
            nested = type_.field(field)
            if nested is None:
                raise Refused(
                    self._no_member(
                        name, len(name.path) - len(rest) + place, type_.name or "record", dict(type_.fields)
                    )
                )
            base = replace(node, end=_end(name, len(name.path) - len(rest) + place))
            node, type_ = Part(name.start, name.end, base, field, nested), nested
        return node, type_

    def _through(self, name: Name, ref: Node, type_: Type, place: int) -> tuple[Node, Type]:
        """The part of a dotted name at `place`, read from the record that a ref leads to."""
        before = ".".join(name.path[:place])
        base = replace(ref, end=_end(name, place))
        if any(isinstance(node, Through) for node in walk(ref)):
            message = Message(
                "`{before}` is itself read through a ref; one is as far as an expression sees", before=before
            )
            fix = Message("keep what is needed of that record in a field of this one")
            raise Refused(Fault("OF101", message, name.start, name.end, fix))
        found = self.around.refs.get(type_.name)
        if found is None:
            message = Message("nothing can be read through `{before}` here", before=before)
            raise Refused(
                Fault(
                    "OF101",
                    message,
                    name.start,
                    name.end,
                    Message("use `{before}` alone, as a text", before=before),
                )
            )
        field = name.path[place]
        end = _end(name, place + 1)
        for aggregate, known in enumerate((found.fields, found.aggregates)):
            if field in known:
                inner = known[field]
                return Through(name.start, end, base, type_.name, field, bool(aggregate), inner), inner
        if field in found.tiers:
            better = f'tier("{field}")'
            message = Message("`{field}` is a tier of `{name}`", field=field, name=type_.name)
            raise Refused(
                Fault(
                    "OF101", message, name.start, name.end, Message("write `{better}`", better=better), better
                )
            )
        raise Refused(self._no_member(name, place, type_.name, [*found.fields, *found.aggregates]))

    def _aggregates(self) -> Mapping[str, Type]:
        return self.around.own.aggregates if self.around.own is not None else {}

    def _aggregate(self, name: Name, field: str) -> tuple[Node, Type] | None:
        """An aggregate of the record in scope."""
        found = self._aggregates().get(field)
        return None if found is None else self._leaf(name, Origin.AGGREGATE, 0, self.own, field, found)

    def _no_member(self, name: Name, place: int, owner: str, known: Iterable[str]) -> Fault:
        """The part of a dotted name at `place` is no field of `owner`; the fault points at that part alone."""
        names = list(known)
        field = name.path[place]
        better = nearest(field, names)
        start, end = name.start, name.end
        before, after = ".".join((*name.path[:place], "")), ".".join(("", *name.path[place + 1 :]))
        if _end(name, place) != name.end:
            start, end, before, after = _end(name, place) + 1, _end(name, place + 1), "", ""
        replacement = f"{before}{better}{after}" if better else None
        return Fault(
            "OF101",
            Message("`{owner}` has no field `{field}`", owner=owner, field=field),
            start,
            end,
            Message("replace with `{replacement}`", replacement=replacement) if replacement else _list(names),
            replacement,
            Message("not a field"),
            Wanted("name", field, tuple(names), better, (owner,), before, after),
        )

    def _unknown(self, name: Name) -> Fault:
        head, *rest = name.path
        if not rest and head in FUNCTIONS:
            fix = Message("write it like `{example}`", example=FUNCTIONS[head].example)
            return Fault(
                "OF101",
                Message("`{head}` is a function and needs brackets", head=head),
                name.start,
                name.end,
                fix,
            )
        known = self.known()
        parent = self.frames[0].scope.parent
        if rest:
            known |= {"event"} | {frame.scope.entity for frame in self.frames}
            if parent is not None:
                known.add(parent.entity)
        elif parent is not None and head in parent.fields:
            better = f"{parent.entity}.{head}"
            fix = Message("replace with `{better}`", better=better)
            return Fault(
                "OF101",
                Message("`{head}` is a field of `{entity}`", head=head, entity=parent.entity),
                name.start,
                name.end,
                fix,
                better,
                Message("unknown here"),
                Wanted("name", head, (), better),
            )
        above = [] if parent is None or rest else [f"{parent.entity}.{field}" for field in parent.fields]
        guess = nearest(head, known) or nearest(head, above)
        replacement = ".".join([guess, *rest]) if guess else None
        fix = (
            Message("replace with `{replacement}`", replacement=replacement)
            if guess
            else _list(sorted(known))
        )
        return Fault(
            "OF101",
            Message("unknown name `{name}`", name=".".join(name.path)),
            name.start,
            name.end,
            fix,
            replacement,
            Message("not known here"),
            Wanted(
                what="name",
                word=head,
                names=(*sorted(known), *above),
                guess=guess,
                owners=tuple(frame.scope.entity for frame in reversed(self.frames)),
                after=".".join(("", *rest)),
            ),
        )

    def known(self) -> set[str]:
        """Every bare name in reach."""
        names = set(CLOCK)
        for frame in self.frames:
            names |= set(frame.scope.fields) | set(frame.scope.children) | set(frame.scope.extra)
        return names | set(self._aggregates())


def _end(name: Name, parts: int) -> int:
    """Where the first parts of a dotted name end in the source; the whole name's end where that cannot be told."""
    if name.end - name.start != len(".".join(name.path)):
        return name.end
    return name.start + len(".".join(name.path[:parts]))


def _list(names: list[str]) -> Message:
    shown = joined((Message("`{name}`", name=name) for name in names[:12]), ", ")
    return (
        Message(
            "use one of {shown}{what}",
            shown=shown,
            what=Message(" and others") if len(names) > 12 else NOTHING,
        )
        if shown
        else Message("declare the field first")
    )
