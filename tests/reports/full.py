"""A report with something in every part; every label and id in it is the text that is given."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from orderflow.service.accounts import (
    AllocationPart,
    AmountLine,
    ArrivalLine,
    BackorderPart,
    DayLine,
    HoldLine,
    LatePart,
    MoveLine,
    OwnerLine,
    PoolLine,
    RefusalLine,
    ServedLine,
    Share,
    SkuLine,
    Story,
    StoryEntry,
    TagLine,
    TicketLine,
    Trouble,
)
from orderflow.service.report import QueueLine, RunReport, StockLine

NOW = datetime(2026, 2, 18, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


def full(report: RunReport, text: str) -> RunReport:
    """Return a report with every part filled in."""
    ticket = TicketLine("T1", text, "late", text, text, "open", text, NOW, True, ((text, text),))
    queue = QueueLine(
        "late", text, text, 130, (text, "WZ2/shipments/1"), NOW, 7200.0, 1, 1, (ticket,), (Share(text, text, 3),), "order", text
    )  # fmt: skip
    sku = SkuLine(text, 3, 5, 1, 2)
    return replace(
        report,
        subject=text,
        troubles=(Trouble("bad", text, text), Trouble("warn", "Second."), Trouble("good", "Third.")),
        queues=(queue, QueueLine("none", text, None, 0)),
        days=(DayLine(date(2026, 2, 17), 4, 1, 2, 3, 0), DayLine(date(2026, 2, 18), 9, 0, 0, 0, 5)),
        stock=(StockLine(text, text, 120, 20000, 300, 4, 7, 8, 9, 10),),
        allocation=AllocationPart(
            entity="order", label=text, policies=(Share("near", text, 9),), of=20, asked=10, planned=9, parcels=11, units=30,
            split=((1, 7), (2, 2)), warehouses=(ServedLine(text, text, text, 11, 30, 12.34, 9, 1, 2, 3),), short=2, preorders=1,
            skus=(sku,), sku_count=4, lacking=(sku,),
            backorders=BackorderPart(1, (text,), 3600.0, 2, 1, 60.0, 61.0, 1),
        ),
        late=LatePart(
            5, 2, 1, ((Share("moving", text, 2), ((text, 1), ("carrier", 1))),), (Share(text, text, 2),), (Share(text, text, 2),),
            ((text, 3),),
        ),
        holds=(HoldLine("order", "risk", text, 3, 1, 60.0, 120.0, ((text, 2),), ((text, 3),), (text,)),),
        amounts=(
            AmountLine(
                "order", text, "amount", 3, Decimal("300.00"), Decimal("100.00"), Decimal(0), Decimal("200.00"), 2, 1, 1,
                (OwnerLine(text, Decimal("150.00"), Decimal("500.00")), OwnerLine("C2", Decimal("50.00"), None)),
            ),
        ),
        pools=(PoolLine("early", text, 9, 2, 3, 4),),
        moves=(MoveLine("count", "order", text, 2, 3, 1), MoveLine("receive", "", "", 1, 9)),
        tags=(TagLine("customer", "fan", text, 3, 1, 2, (text,)),),
        arrival=(ArrivalLine("order", "whole", text, 9, 2, (text,)),),
        refused_events=(RefusalLine("guard", "order", text, text, text, 4, ((text, text),)),),
        story=Story(text, text, text, (text,), (StoryEntry(NOW, text, False, (text, f"  {text}")),), (text,)),
    )  # fmt: skip
