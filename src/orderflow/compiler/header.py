"""The head of a rule set: name, version, time zone, currency, roles."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from orderflow.compiler.currencies import PLACES
from orderflow.compiler.names import check_name
from orderflow.compiler.nodes import ScalarNode, name_of
from orderflow.compiler.part import Part
from orderflow.compiler.report import Report, replace_scalar
from orderflow.diagnostics import Span
from orderflow.diagnostics.message import Message
from orderflow.model.frozen import EMPTY

ENGINE = "engine"
#: Names that people use and that no list has; the nearest in letters would be another country's.
_ALSO_CALLED = {
    "RMB": "CNY", "CNH": "CNY", "YUAN": "CNY", "NTD": "TWD", "STG": "GBP",
    "ASIA/BEIJING": "Asia/Shanghai", "ASIA/SHENZHEN": "Asia/Shanghai", "ASIA/GUANGZHOU": "Asia/Shanghai",
    "CHINA": "Asia/Shanghai", "BEIJING": "Asia/Shanghai",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Header:
    """What all files of a rule set share. `sure` is False when faults leave some of it open.

    `warehouses` says where each is declared, in the order of the rules.
    """

    name: str
    label: str
    version: str
    timezone: str
    currency: str | None
    roles: tuple[str, ...]
    sure: bool = True
    warehouses: Mapping[str, Span] = EMPTY

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of local days and of times without an offset."""
        return ZoneInfo(self.timezone)

    @property
    def places(self) -> int:
        """The decimal places of money."""
        return PLACES.get(self.currency or "", 2)


NO_HEADER = Header("", "", "", "UTC", None, (ENGINE,), sure=False)


def compile_header(part: Part, report: Report) -> Header:
    """The head that a `ruleset` document declares.

    Args:
        part: the document.
        report: where the findings go.
    """
    name = part.text("ruleset") or ""
    zone, currency = part.scalar("timezone"), part.scalar("currency")
    sure = part.intact
    if zone is not None and zone.value not in _zones():
        _unknown(Message("time zone"), zone, _zones(), report)
        zone, sure = None, False
    if currency is not None and currency.value not in PLACES:
        _unknown(Message("currency"), currency, PLACES, report)
        currency, sure = None, False
    roles: dict[str, Span] = {}
    for node in part.scalars("roles"):
        _role(node, roles, report)
    return Header(
        name=name,
        label=part.text("label") or name,
        version=part.text("version") or "",
        timezone=zone.value if zone else "UTC",
        currency=currency.value if currency else None,
        roles=tuple(dict.fromkeys((*roles, ENGINE))),
        sure=sure and "roles" not in part.lost.get(part.node.span, ()),
    )


def _unknown(what: Message, node: ScalarNode, known: Iterable[str], report: Report) -> None:
    meant = _ALSO_CALLED.get(node.value.upper())
    if meant is None and what == "time zone" and len(node.value) < 6 and "/" not in node.value:
        # `CST` is one thing in Shanghai and another in Chicago
        text, fix = (
            Message("unknown time zone `{value}`", value=node.value),
            Message("write an IANA name such as `Asia/Shanghai`"),
        )
        report.error("OF101", text, node.span, Message("not a time zone"), fix)
    elif meant is None:
        report.unknown(what, node, sorted(known))
    else:
        report.error(
            "OF101",
            Message("unknown {what} `{value}`", what=what, value=node.value),
            node.span,
            Message("not a {what}", what=what),
            replace_scalar(node, meant),
        )


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _role(node: ScalarNode, roles: dict[str, Span], report: Report) -> None:
    name = name_of(node)
    if name in roles:
        report.error(
            "OF105",
            Message("role `{name}` is named twice", name=name),
            node.span,
            Message("again here"),
            Message("remove one of them"),
        )
    elif check_name(Message("role"), node, report):
        roles[name] = node.span
