"""The head of a rule set: name, version, time zone, currency, roles."""

from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from orderflow.compiler.currencies import PLACES
from orderflow.compiler.names import check_name
from orderflow.compiler.nodes import ScalarNode, name_of
from orderflow.compiler.part import Part
from orderflow.compiler.report import Report
from orderflow.diagnostics import Span

ENGINE = "engine"


@dataclass(frozen=True, slots=True)
class Header:
    """What all files of a rule set share. `sure` is False when faults leave some of it open."""

    name: str
    label: str
    version: str
    timezone: str
    currency: str | None
    roles: tuple[str, ...]
    sure: bool = True

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
        report.unknown("time zone", zone, sorted(_zones()))
        zone, sure = None, False
    if currency is not None and currency.value not in PLACES:
        report.unknown("currency", currency, sorted(PLACES))
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


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _role(node: ScalarNode, roles: dict[str, Span], report: Report) -> None:
    name = name_of(node)
    if name in roles:
        report.error("OF105", f"role `{name}` is named twice", node.span, "again here", "remove one of them")
    elif check_name("role", node, report):
        roles[name] = node.span
