"""Small shops told by hand, as lines of JSON: what a whole day does not have for certain."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

#: When the stories begin: a Wednesday morning in Shanghai.
START = datetime.fromisoformat("2026-02-11T10:00:00+08:00")

Line = Mapping[str, object]


def at(**after: float) -> str:
    """A moment, counted from the beginning."""
    return (START + timedelta(**after)).isoformat()


def receive(units: Mapping[str, int], warehouse: str = "hq") -> Line:
    """Stock at the beginning."""
    return {"receive": {warehouse: dict(units)}, "at": at()}


def submit(entity: str, id: str, fields: Mapping[str, object], role: str = "channel", **after: float) -> Line:
    """A record comes in."""
    return {"submit": entity, "id": id, "at": at(**after), "as": role, "fields": dict(fields)}


def order(id: str, lines: Iterable[tuple[str, int]], category: str = "other", **more: object) -> Line:
    """An order at the beginning, of these SKUs and units at 100 yuan each, paid at once.

    Args:
        more: fields that are otherwise; None leaves one out.
    """
    rows = [
        {"line_no": number, "sku": sku, "quantity": units, "unit_price": "100", "category": category}
        for number, (sku, units) in enumerate(lines, start=1)
    ]
    due = sum(row["quantity"] * 100 for row in rows if isinstance(row["quantity"], int))
    fields: dict[str, object] = {
        "channel": "taobao",
        "customer": "C1",
        "phone": "13800000001",
        "region": "浙江",
        "address": "温州市鹿城区示例路1号",
        "lines": rows,
        "placed_at": at(),
        "amount_due": str(due),
        "amount_paid": str(due),
        "paid_at": at(),
    }
    given = {**fields, **more}
    return submit("order", id, {name: value for name, value in given.items() if value is not None})


def send(to: str, event: str, role: str, data: Mapping[str, object] | None = None, **after: float) -> Line:
    """A named event."""
    return {"send": event, "to": to, "at": at(**after), "as": role, "data": dict(data or {})}


def packed(parcel: str, units: int, **after: float) -> list[Line]:
    """A parcel goes through the house."""
    steps: tuple[tuple[str, Line], ...] = (
        ("accept", {}),
        ("start_picking", {}),
        ("finish_picking", {"units": units}),
        ("pass_check", {"waybill_no": f"YT{parcel[-1]}"}),
    )
    return [send(parcel, name, "warehouse", data, **after) for name, data in steps]


def dispatched(parcel: str, units: int, **after: float) -> list[Line]:
    """A parcel leaves the house."""
    return [*packed(parcel, units, **after), send(parcel, "dispatch", "warehouse", {}, **after)]


def scan(parcel: str, kind: str, **after: float) -> Line:
    """The carrier reads a parcel's label."""
    return send(parcel, "scan", "carrier", {"kind": kind}, **after)


def written(lines: Iterable[Line], folder: Path) -> Path:
    """The lines as a file that can be run."""
    file = folder / "story.jsonl"
    file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return file
