"""The names, literals and patterns that generated expressions on the shop's order are made of."""

#: Names of the order by kind; `?` marks what may be missing.
ORDER = {
    "integer": [
        "qty",
        "stock",
        "big",
        "sequence",
        "points?",
        "address.floor?",
        "order.qty",
        "streak",
        "customer.orders",
        "account.region.buffer",
        "account.region.brake_pads",
        'on_hand("hq", customer)',
        'available("xihu", "EX-1")',
        'pooled("hq", "EX-1", "presale")',
        'look_up("carrier", "days")?',
        "sum(plan.lines, quantity)",
        'count(collect("discounts"), percent > 1)',
        "customer.address.floor?",
    ],
    "decimal": [
        "rate",
        "weight?",
        "plan.distance_km?",
        'look_up("fee")',
        'sum(collect("discounts"), percent)',
        "distance_km(shop, coalesce(place, shop))",
    ],
    "money": [
        "amount_due",
        "amount_paid",
        "discount?",
        "order.amount_due",
        "account.credit_limit",
        "event.amount",
        "实收金额",
        "customer.credit_limit",
        "customer.spend_30d",
        "order.customer.last_price?",
        "best?",
        "order.best?",
    ],
    "text": [
        "title",
        "customer",
        "note?",
        "event.number",
        "event.actor",
        "address.city",
        "channel",
        "customer.note?",
        'tier("customer_tier")',
        'tier("order_rank")',
        'tier("region_rank")',
        'look_up("carrier", "carrier")?',
        "plan.warehouse",
        "plan.carrier?",
        '(referrer.name if referrer is not None else "-")',
        '(tier("partner_tier", referrer) if referrer is not None else "-")',
    ],
    "bool": [
        "gift",
        "insured?",
        "is_held()",
        'is_held("manual")',
        'is_held("credit", "manual")',
        'has_tag("vip")',
        'can_source("nearest")',
        'can_take("credit")',
        "reaches(warehouse, place)",
        "reaches(warehouse, customer.place)",
        'tier("customer_tier") == "gold"',
        "place == shop",
    ],
    "datetime": [
        "placed_at",
        "now",
        "paid_at?",
        "event.at",
        "account.since",
        'reached_at("paid")?',
        'entered("pending")?',
        "customer.since",
        "held_since()?",
        'held_since("manual")?',
        'held_since("credit", "manual")?',
    ],
    "date": ["ordered_on", "today", "promised_on?", "plan.promised_on?"],
    "duration": ["wait", "pause?", 'time_in("paid")', 'time_in("live")', 'time_in("pending")'],
}
LINE = {
    "integer": ["quantity", "line.quantity", "order.qty", 'on_hand("hq", sku)', "streak", "customer.orders"],
    "decimal": ["weight?", "line.weight?", "rate"],
    "money": ["unit_price", "amount_paid"],
    "text": ["sku", "line.sku", "title"],
    "bool": ["presale", "gift", 'is_held("manual")', 'has_tag("late")', 'tier("order_rank") == "x"'],
    "datetime": ["packed_at?", "placed_at", "now"],
    "date": ["made_on", "today"],
    "duration": ["wait", 'time_in("paid")'],
}
SHIPMENT = {
    "integer": ["boxes", "shipment.boxes", "qty"],
    "decimal": ["rate"],
    "money": ["amount_paid", "order.amount_due"],
    "text": ["carrier", "shipment.carrier", "title"],
    "bool": ["gift", "is_held()", 'is_held("manual")', 'is_held("stuck", "manual")', 'has_tag("fragile")'],
    "datetime": [
        "scanned_at?",
        "placed_at",
        'reached_at("shipped")?',
        'entered("picking")?',
        'reached_at("moving")?',
        "held_since()?",
        'held_since("stuck", "manual")?',
    ],
    "date": ["today", "ordered_on"],
    "duration": ["wait", 'time_in("picking")', 'time_in("in_house")', 'time_in("shipped")'],
}
PARCEL = {
    "integer": ["boxes", "qty"],
    "decimal": ["kg", "parcel.kg"],
    "money": ["order.amount_due"],
    "text": ["carrier"],
    "bool": ["gift", "is_held()"],
    "datetime": ["sealed_at?", "scanned_at?", "placed_at", "held_since()?"],
    "date": ["today"],
    "duration": ["wait", 'time_in("open")'],
}
STATES = {
    "order": ["pending", "paid", "delivered", "cancelled", "live"],
    "shipment": ["allocated", "picking", "shipped", "delivered", "cancelled", "in_house", "moving", "failed"],
    "parcel": ["open", "sealed"],
}
LITERALS = {
    "integer": ["0", "1", "3", "7", "-2", "128", "100"],
    "decimal": ["0.5", "0.1", "-2.5", "0.000005", "1.25"],
    "money": ["0", "3", "2.67", "100"],
    "text": ['"EX-1"', '"-1"', '"douyin"', '""', "'刹车片'"],
    "datetime": ["now", "placed_at"],
    "date": ["today", "date(2026, 4, 4)"],
    "duration": ["hours(2)", "days(1)", "minutes(0)", "hours(1.5)"],
}
PATTERNS = [
    '"digits"',
    '"EX-[0-9]+"',
    "'[a-z]{2,4}'",
    '".*"',
    '"([A-Z]*-)?[0-9a-z]*"',
    "'刹车[片盘]'",
    '"\\\\w*"',
    '"(EX|ex)-1|[A-Z]?"',
]
#: What stands in one text or another.
FRAGMENTS = ['""', '""', '"E"', '"1"', '"-1"', '"EX"', "'片'", '"o"', '" "']
#: Two operators of a chain, mostly of one direction: others are hardly ever true.
CHAINS = ["<= <=", "< <=", "<= <", ">= >=", ">= >", "!= !=", "!= <=", "== <="]
#: A day that is worked, off, or neither by name, a leap day, the day on which clocks go back, the first day of all.
DATES = [
    "date(2026, 4, 4)",
    "date(2026, 3, 29)",
    "date(2024, 2, 29)",
    "date(2025, 10, 26)",
    "date(1970, 1, 1)",
]
CALENDARS = ['"cn"', '"shop"']
KINDS = ["bool", "bool", "bool", "integer", "decimal", "money", "text", "datetime", "date", "duration"]
NUMERIC = ["integer", "decimal", "money"]
