"""The pages of the codes about what is held, about timers and about what is done outside."""

from orderflow.diagnostics.pages import Page

RESOURCES = (
    Page(
        code="OF403",
        title="something is held and nothing ends the wait",
        meaning=(
            "A record holds stock, an amount of a limit or a token in a state that it may stay in for ever: no timer leaves "
            "the state, no queue tells of it in time, and what it waits for does not end either. A final state that holds "
            "something is the same for good. What counts as an end: a transition with `after:`, or one whose `when` asks "
            "the clock, out of the state or one around it, or of the parent that tells the record to leave; a queue that "
            "asks the clock and may hold in the state, or in which every record of the state stands; an automatic "
            "transition that always leaves at once, or that waits for children whose own waits end."
        ),
        harm=(
            "A parcel that everybody forgot keeps its units locked: they are on the shelf, nobody may buy them, and no list "
            "shows why."
        ),
        bad=(
            "states:\n"
            "  reserved: {initial: true}\n"
            "  sent: {final: true}\n"
            "resources:\n"
            "  stock: {held_in: reserved, of: lines, at: main, spend_on: sent}\n"
            "transitions:\n"
            "  send: {from: reserved, to: sent, event: send}"
        ),
        good=(
            "states:\n"
            "  reserved: {initial: true}\n"
            "  sent: {final: true}\n"
            "resources:\n"
            "  stock: {held_in: reserved, of: lines, at: main, spend_on: sent}\n"
            "transitions:\n"
            "  send: {from: reserved, to: sent, event: send}\n"
            "# in the file of the queues\n"
            "queues:\n"
            "  not_sent:\n"
            "    of: order\n"
            '    when: is_in("reserved") and age(entered("reserved")) > days(2)'
        ),
        repair=(
            "Let a timer give it up (`after: 3d`, to a state outside `held_in`), or let a queue show it to whoever looks "
            "after it. One for a compound state does for all states inside it."
        ),
    ),
    Page(
        code="OF405",
        title="a retry without a bound",
        meaning=(
            "An action is tried again with no wait in between (`first: 0s`; each wait is twice the one before, and twice "
            "nothing is nothing). Or timers lead around in a circle that does an action each time, and nothing ends the "
            "circle: no `when` on it asks the clock or counts children, and no timer of a state around it leads out. A "
            "timer of a state that the circle enters again never comes to its time."
        ),
        harm=(
            "A carrier whose system is down gets the same request as fast as it can refuse it; a customer who does not "
            "answer gets the same message every day for years."
        ),
        bad=(
            "states:\n"
            "  waiting: {initial: true}\n"
            "  cancelled: {final: true}\n"
            "transitions:\n"
            "  remind: {from: waiting, to: waiting, after: 1d, do: [remind_customer]}\n"
            "  expire: {from: waiting, to: cancelled, after: 7d}\n"
            "actions:\n"
            "  remind_customer: {use: notify, to: customer, message: please pay}"
        ),
        good=(
            "states:\n"
            "  open:\n"
            "    initial: true\n"
            "    states: {waiting: {initial: true}}\n"
            "  cancelled: {final: true}\n"
            "transitions:\n"
            "  remind: {from: waiting, to: waiting, after: 1d, do: [remind_customer]}\n"
            "  expire: {from: open, to: cancelled, after: 7d}\n"
            "actions:\n"
            "  remind_customer: {use: notify, to: customer, message: please pay}"
        ),
        repair=(
            "Give the first wait a length. End a circle by a timer of a state around it, as above, or by a `when` that asks "
            "how long it has been going on: `age(placed_at) < days(7)`."
        ),
    ),
    Page(
        code="OF406",
        title="an action outside that is not undone, or not known again",
        meaning=(
            "A resource takes something outside by an action (`take`), some transition gives it up, and there is no "
            "`give_back` that would say so outside. Or an action that its signature says must be undone is named where "
            "nothing undoes it. Or the key by which the other side knows a repetition does not name the record."
        ),
        harm=(
            "A waybill of a cancelled parcel is paid for; an authorised payment stays blocked on the customer's card. With "
            "one key for two orders the other side takes the second refund for a repetition of the first, and does not pay."
        ),
        bad=(
            "states:\n"
            "  packed: {initial: true}\n"
            "  sent: {final: true}\n"
            "  cancelled: {final: true, on_entry: [refund]}\n"
            "resources:\n"
            "  waybill: {held_in: packed, take: order_waybill, spend_on: sent}\n"
            "transitions:\n"
            "  send: {from: packed, to: sent, event: send}\n"
            "  cancel: {from: packed, to: cancelled, after: 3d}\n"
            "actions:\n"
            "  order_waybill: {use: post, system: carrier, message: a waybill please}\n"
            "  refund: {use: post, system: bank, message: refund, key: refund}"
        ),
        good=(
            "states:\n"
            "  packed: {initial: true}\n"
            "  sent: {final: true}\n"
            "  cancelled: {final: true, on_entry: [refund]}\n"
            "resources:\n"
            "  waybill: {held_in: packed, take: order_waybill, give_back: void_waybill, spend_on: sent}\n"
            "transitions:\n"
            "  send: {from: packed, to: sent, event: send}\n"
            "  cancel: {from: packed, to: cancelled, after: 3d}\n"
            "actions:\n"
            "  order_waybill: {use: post, system: carrier, message: a waybill please}\n"
            "  void_waybill: {use: post, system: carrier, message: not needed}\n"
            '  refund: {use: post, system: bank, message: refund, key: "refund-{order_id}"}'
        ),
        repair=(
            "Name the action that undoes it in `give_back`. Put the key of the record into the key of the action, or leave "
            "the parameter out: every effect has a stable key of its own."
        ),
    ),
)
