"""One fault in a sound shop each: its code, the shop, where it must be found, and what is written in place of what."""

#: Code, shop, file:line:column, edits (file, old, new).
Case = tuple[str, str, str, tuple[tuple[str, str, str], ...]]

# fmt: off
CASES: tuple[Case, ...] = (
    ("OF201", "flowers", "order.yaml:35:3", (("order.yaml", "to: wilted", "to: cancelled"),)),
    ("OF201", "tea", "订单.yaml:20:3", (("订单.yaml", "to: 待复核", "to: 已取消"),)),
    ("OF201", "books", "parcel.yaml:6:44", (("parcel.yaml", "hub: {from: sent, to: near_you", "hub: {from: sent, to: sent"),)),
    ("OF201", "workshop", "job.yaml:19:7", (("job.yaml", "to: waiting_parts", "to: on_stand"),)),
    ("OF201", "workshop", "job.yaml:22:3", (("job.yaml", "    to: done\n    after: 1h", "    to: brought\n    after: 1h"),)),
    ("OF201", "coffee", "subscription.yaml:30:7", (("subscription.yaml", "from: resting\n    to: asking", "from: resting\n    to: paused"),)),
    ("OF201", "wholesale", "заказ.yaml:18:3", (
        ("заказ.yaml", "  готов: {label", "  потерян: {label: Потерян}\n  готов: {label"),
        ("заказ.yaml", "from: [новый, проверка, сборка], to: отменён", "from: [новый, проверка, сборка, потерян], to: отменён"),
    )),
    ("OF201", "workshop", "job.yaml:19:7", (
        ("job.yaml", '  need_parts:\n    from: quoted\n    to: waiting_parts\n    when: approved and kind == "overhaul"\n', ""),
    )),
    ("OF201", "coffee", "subscription.yaml:23:7", (("subscription.yaml", "  roast:\n    from: resting\n    to: roasting\n    after: 14d\n", ""),)),
    ("OF205", "tea", "订单.yaml:46:3", (("订单.yaml", "when: 应收 < 5000", "when: 应收 <= 5000"),)),
    ("OF205", "workshop", "job.yaml:85:3", (("job.yaml", "    when: age(brought_at) <= days(60)\n", ""),)),
    ("OF205", "books", "parcel.yaml:25:3", (("parcel.yaml", 'when: event.kind == "lost", do', 'when: \'event.kind in ["lost", "signed"]\', do'),)),
    ("OF205", "wholesale", "заказ.yaml:34:3", (("заказ.yaml", "event: утвердить, otherwise: true}", "event: утвердить}"),)),
    ("OF205", "wholesale", "заказ.yaml:40:3", (
        ("заказ.yaml", "  отозвать: {", "  закрыть_рано: {from: готов, to: завершён, event: отменить, when: срочный}\n  отозвать: {"),
    )),
    ("OF205", "tea", "订单.yaml:42:3", (
        ("订单.yaml", "    when: 应收 >= 5000\n", "    when: 应收 >= 5000\n    before: 备货\n"),
        ("订单.yaml", "    retry_on: 赊账\n", "    retry_on: 赊账\n    before: 大额复核\n"),
    )),
    ("OF205", "flowers", "order.yaml:96:3", (
        ("order.yaml", "  throw:\n    from", "  expire:\n    from: ready\n    to: cancelled\n    after: 5d\n  throw:\n    from"),
    )),
    ("OF205", "coffee", "subscription.yaml:121:3", (
        ("subscription.yaml", "  expire:\n    from: paused", "  resume:\n    from: paused\n    to: roasting\n    event: go_on\n    when: balance > 0\n  expire:\n    from: paused"),
    )),
    ("OF205", "books", "giveback.yaml:10:3", (("giveback.yaml", "when: not event.good,", ""),)),
    ("OF207", "tea", "订单.yaml:42:3", (
        ("订单.yaml", "  复核:\n    from: 待复核\n", "  退回:\n    from: 待复核\n    to: 已付款\n    when: 应收 >= 5000\n  复核:\n    from: 待复核\n"),
    )),
    ("OF207", "books", "order.yaml:24:3", (
        ("order.yaml", "  hold_back: {from: [checked", "  again: {from: short, to: checked, otherwise: true}\n  hold_back: {from: [checked"),
    )),
    ("OF207", "wholesale", "заказ.yaml:38:3", (
        ("заказ.yaml", "  завершить: {", "  позвонить: {from: готов, when: оплачено > 0, do: напомнить}\n  завершить: {"),
    )),
    ("OF207", "coffee", "subscription.yaml:101:3", (
        ("subscription.yaml", "  go_on:\n    from: paused", "  wake:\n    from: paused\n    to: asking\n    when: balance >= 0\n  go_on:\n    from: paused"),
    )),
    ("OF207", "books", "order.yaml:31:3", (
        ("order.yaml", "  wish: {from", '  nag: {from: fulfilling, when: \'some(parcels, is_in("inside"))\', before: [arrive, all_off], tell: {parcels: pick}}\n  wish: {from'),
        ("parcel.yaml", "pick: {by: [picker]}", "pick: {by: [picker, engine]}"),
    )),
    ("OF207", "books", "order.yaml:33:3", (
        ("order.yaml", "  close: {from", "  auto_back: {from: delivered, when: wanted_on is not None, creates: {returns: {lines: lines}}}\n  close: {from"),
    )),
    ("OF207", "workshop", "job.yaml:50:3", (
        ("job.yaml", "  parts_in:\n    from: waiting_parts\n    to: on_stand\n    event: parts_in", "  parts_in:\n    from: waiting_parts\n    to: on_stand\n    event: parts_in\n  recheck:\n    from: waiting_parts\n    to: quoted\n    when: deposit >= 0"),
    )),
    ("OF207", "wholesale", "заказ.yaml:38:3", (
        ("заказ.yaml", "  завершить: {", "  назад: {from: готов, to: отгружен, when: срочный, retry_on: долг}\n  завершить: {"),
    )),
    ("OF207", "flowers", "order.yaml:100:3", (
        ("order.yaml", "  throw:\n    from", "  rescue:\n    from: wilted\n    to: ready\n    when: total > 100\n  faint:\n    from: ready\n    to: wilted\n    when: total >= 200\n  throw:\n    from"),
    )),
    ("OF208", "flowers", "order.yaml:35:3", (("order.yaml", "    from: wilted\n    to: binned", "    from: out\n    to: binned"),)),
    ("OF208", "tea", "订单.yaml:24:3", (("订单.yaml", "已签收: {label: 已签收, final: true}", "已签收: {label: 已签收}"),)),
    ("OF208", "books", "parcel.yaml:24:25", (("parcel.yaml", "sign: {from: moving,", "sign: {from: [moving, lost],"),)),
    ("OF208", "wholesale", "перемещение.yaml:8:33", (
        ("перемещение.yaml", "    from: в_пути\n    to: на_месте", "    from: в_пути\n    to: в_пути"),
    )),
    ("OF208", "coffee", "subscription.yaml:34:3", (
        ("subscription.yaml", "  ended:\n    label: Ended\n    final: true\n", "  ended:\n    label: Ended\n"),
    )),
    ("OF208", "tea", "客户.yaml:8:3", (("客户.yaml", "停用: {label: 停用, final: true}", "停用: {label: 停用}"),)),
    ("OF208", "flowers", "order.yaml:37:3", (("order.yaml", "to: binned", "to: cancelled"),)),
    ("OF208", "workshop", "job.yaml:22:3", (("job.yaml", "  done: {label: Done, on", "  done: {label: Done, final: true, on"),)),
    ("OF208", "flowers", "order.yaml:97:20", (("order.yaml", "from: wilted\n    to: binned", "from: [wilted, delivered]\n    to: binned"),)),
    ("OF208", "wholesale", "заказ.yaml:18:3", (
        ("заказ.yaml", "  завершить: {from: готов, to: завершён", "  завершить: {from: готов, to: отгружен"),
        ("заказ.yaml", "  отозвать: {from: готов, to: отменён", "  отозвать: {from: готов, to: отгружен"),
    )),
    ("OF208", "tea", "订单.yaml:23:3", (("订单.yaml", "  签收:\n    from: 已发货\n    to: 已签收\n    event: 签收\n", ""),)),
    ("OF208", "workshop", "job.yaml:23:3", (("job.yaml", "  fetch:\n    from: done\n    to: fetched\n    event: fetch\n", ""),)),
    ("OF208", "wholesale", "перемещение.yaml:8:33", (
        ("перемещение.yaml", "  принять:\n    from: в_пути\n    to: на_месте\n    event: принять\n    moves:\n      - arrive: {of: строки, at: куда}\n", ""),
    )),
    ("OF209", "tea", "订单.yaml:32:24", (("订单.yaml", "复核: {by: [财务]}", '复核: {by: [财务], set: {渠道: \'"微信"\'}}'),)),
    ("OF209", "workshop", "job.yaml:22:34", (("job.yaml", "    to: done\n    after: 1h\n", "    to: done\n    after: 1h\n    do: [call_owner]\n"),)),
    ("OF209", "books", "giveback.yaml:9:109", (
        ("giveback.yaml", "when: event.good, moves: [{receive: {of: lines, at: barn}}]", "when: event.good, moves: [{receive: {of: lines, at: barn}}, {receive: {of: lines, at: barn}}]"),
    )),
    ("OF209", "coffee", "messages.yaml:59:9", (("messages.yaml", "      - 2026-12-19", "      - 2026-12-25"),)),
    ("OF209", "workshop", "job.yaml:16:15", (
        ("job.yaml", "  in_shop:\n    initial: true\n", "  in_shop:\n    initial: true\n    on_entry: block_card\n"),
    )),
    ("OF209", "books", "order.yaml:21:145", (("order.yaml", "set: {wanted_on: event.day}", 'set: {wanted_on: event.day, order_no: \'"X1"\'}'),)),
    ("OF209", "flowers", "actions.yaml:19:9", (
        ("actions.yaml", "queues:\n", 'queues:\n  binding:\n    of: order\n    label: Being bound\n    when: is_in("bound")\n    do: tell_florist\n'),
    )),
    ("OF209", "books", "order.yaml:21:153", (
        ("order.yaml", "set: {wanted_on: event.day}", "set: {wanted_on: event.day, lines: {line_no: line_no + 1}}"),
    )),
    ("OF209", "coffee", "subscription.yaml:77:9", (
        ("subscription.yaml", "    to: running\n    event: start\n", "    to: running\n    event: start\n    do:\n      - welcome\n"),
    )),
    ("OF209", "coffee", "messages.yaml:59:9", (("messages.yaml", "      - 2026-12-19", "      - 2026-07-29"),)),
    ("OF209", "wholesale", "перемещение.yaml:29:9", (
        ("перемещение.yaml", "      - arrive: {of: строки, at: куда}", "      - arrive: {of: строки, at: куда}\n      - arrive: {of: строки, at: куда}"),
    )),
    ("OF209", "workshop", "job.yaml:39:52", (
        ("job.yaml", "fetch: {by: [front], set: {fetched_at: event.at}}", 'fetch: {by: [front], set: {fetched_at: event.at, serial: \'"none"\'}}'),
    )),
    ("OF301", "coffee", "subscription.yaml:136:19", (
        ("subscription.yaml", "at_least: 250\n        label: Small", "at_least: 300\n        label: Small"),
    )),
    ("OF301", "tea", "其他.yaml:2:3", (("其他.yaml", "重量 >= 500 and", "重量 > 500 and"),)),
    ("OF301", "books", "network.yaml:4:3", (("network.yaml", '\'order.country in ["ie", "fr"]\'', 'order.country == "ie"'),)),
    ("OF301", "workshop", "rest.yaml:12:3", (("rest.yaml", "deposit > 0", "deposit > 10"),)),
    ("OF301", "workshop", "rest.yaml:2:3", (("rest.yaml", "hours_spent >= 10", "hours_spent > 10"),)),
    ("OF301", "wholesale", "клиент.yaml:10:101", (("клиент.yaml", "низший: {at_least: 0}", "низший: {at_least: 1}"),)),
    ("OF301", "workshop", "rest.yaml:12:3", (("rest.yaml", "      - {when: note is None, shelf: front}\n", ""),)),
    ("OF301", "coffee", "messages.yaml:24:3", (
        ("messages.yaml", "      - otherwise: true\n        drum: second\n", ""),
        ("messages.yaml", "{look_up('drum')}", "{coalesce(look_up('drum'), '-')}"),
    )),
    ("OF301", "tea", "客户.yaml:24:33", (("客户.yaml", "普通: {label: 普通}", "普通: {label: 普通, at_least: 1}"),)),
    ("OF301", "coffee", "messages.yaml:37:3", (("messages.yaml", "when: grams > 1500", "when: grams > 2000"),)),
    ("OF301", "workshop", "rest.yaml:2:3", (("rest.yaml", 'in ["puncture", "brakes"]\'', 'in ["brakes"]\''),)),
    ("OF302", "coffee", "messages.yaml:49:15", (("messages.yaml", "when: grams > 500 and", "when: grams >= 500 and"),)),
    ("OF302", "books", "network.yaml:4:162", (("network.yaml", 'when: order.country == "gb"', 'when: \'order.country in ["gb", "ie", "fr"]\''),)),
    ("OF302", "tea", "其他.yaml:22:10", (("其他.yaml", "        方式: 电话\n", "        方式: 电话\n      - {otherwise: true, 方式: 短信}\n"),)),
    ("OF302", "wholesale", "клиент.yaml:10:77", (("клиент.yaml", "средний: {at_least: 40}", "средний: {at_least: 80}"),)),
    ("OF302", "workshop", "rest.yaml:18:16", (("rest.yaml", "{when: note is None,", "{when: note is None or deposit > 100,"),)),
    ("OF302", "coffee", "messages.yaml:33:15", (("messages.yaml", "when: grams > 1000 and", "when: grams > 5000 and"),)),
    ("OF302", "coffee", "subscription.yaml:130:19", (
        ("subscription.yaml", "      large:\n        at_least: 2000", "      huge:\n        at_least: 6000\n        label: Huge\n      large:\n        at_least: 2000"),
        ("subscription.yaml", "[large, medium, small], f", "[huge, large, medium, small], f"),
    )),
    ("OF302", "workshop", "job.yaml:99:84", (("job.yaml", "big: {label: Big, at_least: 500}", "big: {label: Big, at_least: 150.5}"),)),
    ("OF302", "books", "network.yaml:4:210", (
        ("network.yaml", "carrier: dhl, days: 4}]", 'carrier: dhl, days: 4}, {when: order.country == "fr", carrier: ups, days: 9}]'),
    )),
    ("OF302", "coffee", "messages.yaml:33:15", (
        ("messages.yaml", '      - when: beans == "decaf"\n        drum: third\n      - when: grams > 1000', '      - when: beans == "decaf"\n        drum: third\n      - when: beans == "decaf" and grams > 2000\n        drum: third\n      - when: grams > 1000'),
    )),
    ("OF302", "tea", "其他.yaml:10:16", (("其他.yaml", "{when: 重量 >= 2000, 元: 18}", "{when: 重量 >= 1999, 元: 18}"),)),
    ("OF303", "tea", "客户.yaml:23:33", (("客户.yaml", "at_least: 800", "at_least: 80"),)),
    ("OF303", "tea", "其他.yaml:9:44", (("其他.yaml", "元: 10}", "元: 5}"),)),
    ("OF303", "workshop", "rest.yaml:10:64", (("rest.yaml", "rate: 80,", "rate: 95,"),)),
    ("OF303", "coffee", "messages.yaml:54:15", (("messages.yaml", "days: 2\n", "days: 5\n"),)),
    ("OF303", "coffee", "subscription.yaml:133:19", (("subscription.yaml", "at_least: 2000", "at_least: 900"),)),
    ("OF303", "wholesale", "клиент.yaml:10:100", (
        ("клиент.yaml", "средний: {at_least: 40}, низший: {at_least: 0}", "низший: {at_least: 0}, средний: {at_least: 40}"),
    )),
    ("OF303", "workshop", "rest.yaml:10:78", (("rest.yaml", "falling: rate", "falling: [rate, warranty]"),)),
    ("OF303", "tea", "其他.yaml:10:31", (("其他.yaml", "元: 18}", "元: 8}"),)),
    ("OF303", "tea", "客户.yaml:27:61", (("客户.yaml", "回头客: {at_least: 2,", "回头客: {at_least: 12,"),)),
    ("OF403", "wholesale", "заказ.yaml:17:3", (
        ("склад.yaml", 'is_in("сборка") and age(entered("сборка"))', 'is_in("готов") and age(entered("готов"))'),
    )),
    ("OF403", "flowers", "order.yaml:25:3", (("order.yaml", "from: [ready, bound]", "from: ready"),)),
    ("OF403", "tea", "订单.yaml:22:3", (("其他.yaml", 'is_in("已打包") and age(entered("已打包"))', 'is_in("已发货") and age(entered("已发货"))'),)),
    ("OF403", "workshop", "job.yaml:18:7", (("job.yaml", "    from: in_shop\n    to: scrapped", "    from: brought\n    to: scrapped"),)),
    ("OF403", "wholesale", "заказ.yaml:24:19", (("заказ.yaml", "долг: {held_in: отгружен", "долг: {held_in: завершён"),)),
    ("OF403", "wholesale", "заказ.yaml:19:3", (
        ("склад.yaml", 'is_in("отгружен") and age(entered("отгружен"))', 'is_in("готов") and age(entered("готов"))'),
    )),
    ("OF403", "books", "parcel.yaml:5:62", (
        ("network.yaml", 'is_in("inside") and age(reached_at("planned"))', 'is_in("planned") and age(reached_at("planned"))'),
    )),
    ("OF403", "books", "parcel.yaml:5:3", (
        ("network.yaml", 'when: \'is_in("inside") and age(reached_at("planned")) > days(2)\'', 'when: \'is_in("moving") and age(reached_at("sent")) > days(2)\''),
    )),
    ("OF403", "wholesale", "перемещение.yaml:8:10", (
        ("перемещение.yaml", "    to: на_месте\n    after: 7d", "    to: на_месте\n    event: принять"),
    )),
    ("OF405", "flowers", "actions.yaml:13:14", (("actions.yaml", "first: 20s", "first: 0s"),)),
    ("OF405", "coffee", "subscription.yaml:92:3", (
        ("subscription.yaml", '    when: time_in("running") < days(365)\n', ""),
        ("subscription.yaml", "  give_up:\n    from: running", "  give_up:\n    from: posting"),
    )),
    ("OF405", "books", "network.yaml:12:108", (("network.yaml", "first: 1m", "first: 0m"),)),
    ("OF405", "tea", "订单.yaml:68:3", (
        ("订单.yaml", "  已签收: {label", "  催签中: {label: 催签中}\n  已签收: {label"),
        ("订单.yaml", "  超时未付:\n", "  催签:\n    from: 已发货\n    to: 催签中\n    after: 3d\n    do: 催仓管\n  再等:\n    from: 催签中\n    to: 已发货\n    after: 4d\n  超时未付:\n"),
    )),
    ("OF405", "workshop", "rest.yaml:25:121", (("rest.yaml", "first: 15s", "first: 0s"),)),
    ("OF405", "workshop", "job.yaml:75:3", (
        ("job.yaml", "  fetched: {label", "  called: {label: Called}\n  fetched: {label"),
        ("job.yaml", "  note:\n    from: [in_shop, done]", "  call:\n    from: done\n    to: called\n    after: 7d\n  rest:\n    from: called\n    to: done\n    after: 7d\n  note:\n    from: [in_shop, done]"),
    )),
    ("OF405", "wholesale", "заказ.yaml:38:3", (
        ("заказ.yaml", "  завершить: {", "  напоминать: {from: отгружен, to: отгружен, after: 1d, do: [напомнить]}\n  завершить: {"),
    )),
    ("OF406", "tea", "订单.yaml:28:28", (("订单.yaml", "give_back: 作废, ", ""), ("其他.yaml", '  作废: {use: post, system: 快递, message: "作废 {订单号}"}\n', ""),)),
    ("OF406", "flowers", "actions.yaml:10:10", (("actions.yaml", "lost-{order_id}", "lost-{total}"),)),
    ("OF406", "workshop", "rest.yaml:25:75", (("rest.yaml", 'key: "{job_id}-block"', "key: block"),)),
    ("OF406", "wholesale", "склад.yaml:7:79", (("склад.yaml", "долг-{заказ_номер}", "долг-{клиент}"),)),
    ("OF406", "books", "parcel.yaml:13:34", (
        ("parcel.yaml", "give_back: void_label, ", ""),
        ("parcel.yaml", "do: [claim]", "do: [claim, void_label]"),
    )),
    ("OF406", "tea", "其他.yaml:35:57", (("其他.yaml", 'key: "面单-{订单号}"', 'key: "面单-{下单时间:%Y%m%d}"'),)),
    ("OF406", "workshop", "job.yaml:32:12", (
        ("job.yaml", "    take: [block_card]\n    give_back: [free_card]", "    take: [block_card]"),
        ("rest.yaml", '  free_card: {use: post, system: bank, message: "free", key: "{job_id}-free"}\n', ""),
    )),
    ("OF406", "books", "network.yaml:14:78", (("network.yaml", 'key: "claim-{order.order_no}-{coalesce(label_no, \'-\')}"', "key: claim"),)),
    ("OF406", "coffee", "messages.yaml:14:10", (("messages.yaml", "    system: books\n", '    system: books\n    key: "bag-{beans}"\n'),)),
)
# fmt: on
