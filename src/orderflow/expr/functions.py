"""The functions that expressions may call: one table, read by the checker, the back ends, the messages and the docs."""

from dataclasses import dataclass
from enum import StrEnum


class Takes(StrEnum):
    """What a parameter accepts; the text is how messages name it."""

    VALUE = "a value"
    NUMBER = "a number"
    ORDERED = "a number, date or duration"
    ANY = "a number, date or duration, or a list or children"
    MORE = "another one, or what is looked at of each"
    SIZE = "a number, duration"
    MOMENT = "a datetime"
    WHEN = "a datetime or date, which may be missing"
    TEXT = "a text"
    STATE = "the name of a state, in quotes"
    PLACES = "a number of places, 0 to 6"
    LIST = "a list"
    CHILDREN = "children"
    ROWS = "a list or children"
    TEST = "a condition on each"
    EACH = "a number or duration for each"
    YEAR = "a year"
    MONTH = "a month"
    DAY = "a day"
    DATE = "a date"
    HOUR = "an hour, 0 to 23"
    MINUTE = "a minute, 0 to 59"
    MONTHS = "a number of months"
    WORKDAYS = "a number of working days"
    CALENDAR = "the name of a calendar, in quotes"
    PATTERN = "a pattern, in quotes"
    OLD = "a text to look for, in quotes"
    NEW = "a text to put there, in quotes"
    OTHERWISE = "what stands in for other texts, which may be missing"
    TIER = "the name of a tier, in quotes"
    REF = "a ref"
    TAG = "the name of a tag, in quotes"
    HOLD = "the name of a hold, in quotes"
    TABLE = "the name of a table, in quotes"
    OUTPUT = "the name of one of its outputs, in quotes"
    POLICY = "the name of an allocation policy, in quotes"
    RESOURCE = "the name of a resource, in quotes"
    POOL = "the name of a pool, in quotes"
    WAREHOUSE = "a warehouse"
    SKU = "a SKU"
    LOCATION = "a location"
    SITE = "a record with `location` and `radius_km`"
    PLACE = "a location, which may be missing"


@dataclass(frozen=True, slots=True)
class Signature:
    """A function: what it takes, what it gives, a sentence and an example for the docs.

    Args:
        optional: how many of the last parameters may be left out.
        repeats: True when the last parameter may be given any number of times.
    """

    name: str
    parameters: tuple[Takes, ...]
    gives: str
    doc: str
    example: str
    optional: int = 0
    repeats: bool = False

    @property
    def least(self) -> int:
        """The fewest arguments."""
        return len(self.parameters) - self.optional

    @property
    def most(self) -> int | None:
        """The most arguments; None when there is no end."""
        return None if self.repeats else len(self.parameters)


def _table(*signatures: Signature) -> dict[str, Signature]:
    return {signature.name: signature for signature in signatures}


_T = Takes
FUNCTIONS = _table(
    Signature("age", (_T.MOMENT,), "duration", "the time since then", "age(paid_at) > hours(24)"),
    Signature("days", (_T.NUMBER,), "duration", "so many days of 24 hours", "age(paid_at) > days(3)"),
    Signature("weeks", (_T.NUMBER,), "duration", "so many weeks of 7 days", "age(paid_at) > weeks(2)"),
    Signature("hours", (_T.NUMBER,), "duration", "so many hours", "age(paid_at) > hours(24)"),
    Signature("minutes", (_T.NUMBER,), "duration", "so many minutes", "age(paid_at) <= minutes(30)"),
    Signature("seconds", (_T.NUMBER,), "duration", "so many seconds", "age(paid_at) > seconds(90)"),
    Signature("day", (_T.MOMENT,), "date", "the calendar day in the rule set's time zone", "day(paid_at) == today"),
    Signature("date", (_T.YEAR, _T.MONTH, _T.DAY), "date", "a day of the calendar, written out", "promised_on >= date(2026, 2, 17)"),
    Signature("at", (_T.DATE, _T.HOUR, _T.MINUTE), "datetime", "the moment at which clocks in the rule set's time zone show that time on that day; on the hour, if the minute is left out", "placed_at < at(day(placed_at), 16, 30)", optional=1),
    Signature("year", (_T.DATE,), "integer", "the year", "year(promised_on) == 2026"),
    Signature("month", (_T.DATE,), "integer", "the month, 1 to 12", "month(day(placed_at)) == 11"),
    Signature("day_of_month", (_T.DATE,), "integer", "the day of the month, 1 to 31", "day_of_month(promised_on) <= 15"),
    Signature("weekday", (_T.DATE,), "integer", "the day of the week, 1 for Monday to 7 for Sunday (ISO 8601)", "weekday(day(placed_at)) >= 6"),
    Signature("hour", (_T.MOMENT,), "integer", "the hour that clocks in the rule set's time zone show, 0 to 23", "hour(placed_at) < 16"),
    Signature("minute", (_T.MOMENT,), "integer", "the minute that they show, 0 to 59", "minute(placed_at) < 30"),
    Signature("start_of_month", (_T.DATE,), "date", "the first day of the month", "start_of_month(day(placed_at))"),
    Signature("add_months", (_T.DATE, _T.MONTHS), "date", "the same day so many months later, or earlier; in a shorter month its last day", "today > add_months(promised_on, 3)"),
    Signature("workdays", (_T.DATE, _T.DATE, _T.CALENDAR), "integer", "the working days after the first date and up to the second, by a calendar of the rule set; less than 0 where the second comes first. The calendar may be left out where there is only one", "workdays(day(paid_at), today) > 3", optional=1),
    Signature("add_workdays", (_T.DATE, _T.WORKDAYS, _T.CALENDAR), "date", "the day so many working days later, or earlier; for 0 the same day", "today > add_workdays(day(paid_at), 3)", optional=1),
    Signature("is_workday", (_T.DATE, _T.CALENDAR), "bool", "True when it is a working day", "is_workday(promised_on)", optional=1),
    Signature("coalesce", (_T.VALUE, _T.VALUE), "the values' type", "the first that is not missing", "coalesce(last_scan_at, placed_at)", repeats=True),
    Signature("round", (_T.NUMBER, _T.PLACES), "decimal, or money where the places suffice", "rounded half to even", "round(amount_due * 0.3, 2)"),
    Signature("abs", (_T.SIZE,), "the value's type", "without its sign", "abs(amount_due - amount_paid) < 1"),
    Signature("min", (_T.ANY, _T.MORE), "the values' type", "the least of several values, or of what each row or child gives, as in `min(lines, unit_price)`; that is missing over none, unless the list has an `at_least`", "min(quantity, 100)", optional=1, repeats=True),
    Signature("max", (_T.ANY, _T.MORE), "the values' type", "the greatest, likewise, as in `coalesce(max(shipments, boxes), 0)`", "max(amount_due - amount_paid, 0)", optional=1, repeats=True),
    Signature("count", (_T.ROWS, _T.TEST), "integer", "how many there are, or how many meet a condition", "count(lines, presale) > 0", optional=1),
    Signature("sum", (_T.ROWS, _T.EACH), "the number's or duration's type", "the sum over the rows or children; 0 over none", "sum(lines, unit_price) == amount_due", optional=1),
    Signature("any", (_T.LIST, _T.TEST), "bool", "True when a row meets the condition; False over none", "any(lines, presale)"),
    Signature("all", (_T.LIST, _T.TEST), "bool", "True when every row meets the condition; True over none", "all(lines, quantity <= 10)"),
    Signature("some", (_T.CHILDREN, _T.TEST), "bool", "True when a child meets the condition; False over none", 'some(shipments, reached("picking"))'),
    Signature("all_live", (_T.CHILDREN, _T.TEST), "bool", "True when at least one child is live and every live one meets the condition", 'all_live(shipments, reached("delivered"))'),
    Signature("none_live", (_T.CHILDREN,), "bool", "True when there are children and none of them is live", "none_live(shipments)"),
    Signature("latest", (_T.ROWS, _T.WHEN), "datetime or date, or missing", "the latest that is there; missing when none is", 'latest(shipments, reached_at("delivered"))'),
    Signature("earliest", (_T.ROWS, _T.WHEN), "datetime or date, or missing", "the earliest that is there; missing when none is", 'earliest(shipments, reached_at("shipped"))'),
    Signature("is_in", (_T.STATE,), "bool", "True when the record is in one of the states, or inside it", 'is_in("picked_up", "in_transit")', repeats=True),
    Signature("is_open", (), "bool", "True when the record is in no final state", "not some(returns, is_open())"),
    Signature("reached", (_T.STATE,), "bool", "True when the record was ever in the state or in one later on the path", 'reached("shipped")'),
    Signature("reached_at", (_T.STATE,), "datetime or missing", "the first moment at which that was so", 'reached_at("picked_up")'),
    Signature("entered", (_T.STATE,), "datetime or missing", "the last moment at which the state was entered", 'entered("paid")'),
    Signature("time_in", (_T.STATE,), "duration", "how long the record has been in the state since it last entered it, held time left out; zero when it is not in it", 'time_in("picking") > hours(4)'),
    Signature("is_held", (_T.HOLD,), "bool", "True while a hold is on, one of those named if any are: of the record or of its parent; in a condition on a child, of that child", 'not is_held("manual")', optional=1, repeats=True),
    Signature("held_since", (_T.HOLD,), "datetime or missing", "the moment since which a hold is on, the earliest of those named or of all: of the record or of its parent; in a condition on a child, of that child", 'is_held("manual") and age(held_since("manual")) > hours(24)', optional=1, repeats=True),
    Signature("has_tag", (_T.TAG,), "bool", "True while the record has the tag", 'has_tag("enthusiast")'),
    Signature("tier", (_T.TIER, _T.REF), "choice", "the level of the record itself, or of the one that its ref (or its parent's) leads to", 'tier("customer_tier") == "gold"', optional=1),
    Signature("look_up", (_T.TABLE, _T.OUTPUT), "the output's type, or missing", "what the row of a decision table that fits the record gives; never missing where the last row says `otherwise`", 'look_up("carrier", "days")', optional=1),
    Signature("collect", (_T.TABLE,), "list of record", "what every row of a decision table that fits the record gives", 'sum(collect("discounts"), percent)'),
    Signature("can_source", (_T.POLICY,), "bool", "True when the allocation policy finds warehouses for the whole record", 'can_source("nearest_in_stock")'),
    Signature("can_take", (_T.RESOURCE,), "bool", "True when the record could take the resource now", 'not can_take("credit")'),
    Signature("on_hand", (_T.WAREHOUSE, _T.SKU), "integer", "the units that lie in a warehouse", 'on_hand("hq", sku)'),
    Signature("available", (_T.WAREHOUSE, _T.SKU), "integer", "the units there that anyone may take", 'available("hq", sku) >= quantity'),
    Signature("pooled", (_T.WAREHOUSE, _T.SKU, _T.POOL), "integer", "the units there that are set aside in a pool", 'pooled("hq", sku, "presale")'),
    Signature("distance_km", (_T.LOCATION, _T.LOCATION), "decimal, 3 places", "the great-circle distance", "distance_km(warehouse.location, location) < 50"),
    Signature("reaches", (_T.SITE, _T.PLACE), "bool", "True when a warehouse has no radius, or the location lies within it; False when that cannot be told", "reaches(warehouse, location)"),
    Signature("length", (_T.TEXT,), "integer", "the number of characters", "length(sku) == 8"),
    Signature("starts_with", (_T.TEXT, _T.TEXT), "bool", "True when the first text starts with the second", 'starts_with(sku, "EX-")'),
    Signature("ends_with", (_T.TEXT, _T.TEXT), "bool", "True when the first text ends with the second", 'ends_with(sku, "-L")'),
    Signature("contains", (_T.TEXT, _T.TEXT), "bool", "True when the second text stands somewhere in the first", 'contains(note, "加急")'),
    Signature("lower", (_T.TEXT,), "text", "in small letters", 'lower(carrier) == "yto"'),
    Signature("upper", (_T.TEXT,), "text", "in capital letters", 'upper(sku) == "EX-1"'),
    Signature("trim", (_T.TEXT,), "text", "without the blanks at both ends", 'trim(note) != ""'),
    Signature("replace", (_T.TEXT, _T.OLD, _T.NEW), "text", "with one text put in place of another, wherever it stands; it may not be longer than what it replaces", 'replace(sku, "-", "")'),
    Signature("matches", (_T.TEXT, _T.PATTERN), "bool", "True when the whole text fits a pattern: one with a name, or a regular expression", 'matches(sku, "EX-[0-9]{4}")'),
    Signature("to_integer", (_T.TEXT, _T.OTHERWISE), "integer", "the whole number that the text says, or what stands in for a text that says none", "to_integer(sku, 0) > 100"),
    Signature("to_decimal", (_T.TEXT, _T.OTHERWISE), "decimal", "the number that the text says, likewise", "to_decimal(note, 0) > 0.5"),
)  # fmt: skip
