"""Numbers as people read them, the same in text and HTML."""

from datetime import timedelta

from orderflow.engine.phrases import span
from orderflow.reports.lettering import words
from orderflow.service.report import MetricLine


def number(value: float) -> str:
    """Return a plain number for people: thousands apart, at most two places."""
    return f"{value:,.2f}".rstrip("0").rstrip(".") if value != int(value) else f"{int(value):,}"


def measured(value: float | None, metric: MetricLine) -> str:
    """Return a metric's value for people: a share in percent, a duration in words, or a number."""
    if value is None:
        return "–"
    if metric.kind == "rate":
        return f"{value:.2%}"
    return words(value) if metric.unit == "seconds" else number(value)


def length(seconds: float | None) -> str:
    """Return how long something took, in words; `–` where there is nothing to tell."""
    return "–" if seconds is None else span(timedelta(seconds=seconds))


#: Why an event changed nothing, in words, by code.
REFUSED = {
    "no_transition": "came at a moment when it is not taken",
    "guard": "a condition did not hold",
    "not_allowed": "the sender may not",
    "not_due": "too early",
    "stock": "too little stock",
    "moves": "too little stock to move",
    "limit": "over a limit",
    "contract": "a field may not change so",
    "exists": "is there already",
    "no_record": "there is no such record",
    "event_unknown": "no such event",
    "hold_unknown": "no such hold",
    "not_held": "is not held",
    "held": "is held already",
    "reason": "a reason is needed",
    "no_rest": "the rules go round in circles",
}

#: What each kind of move of stock means, by kind.
MOVED = {
    "receive": "taken in",
    "quarantine": "taken in, kept apart",
    "damage": "found damaged",
    "restore": "good again",
    "scrap": "scrapped",
    "pool": "set aside in a pool",
    "unpool": "freed from a pool",
    "expect": "on its way",
    "arrive": "arrived",
    "lose": "lost on the way",
    "count": "corrected by counting",
    "safety": "safety stock changed",
}
