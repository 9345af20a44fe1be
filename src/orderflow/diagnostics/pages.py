"""The pages of the codes, family by family: names and types, lifecycle, the file itself."""

from typing import NamedTuple


class Page(NamedTuple):
    """The page of one code.

    Args:
        code: the code, such as "OF101".
        title: what the checker found, in a few words.
        meaning: what the code says.
        harm: why it would hurt an order.
        bad: YAML that has the fault.
        good: the same YAML, repaired.
        repair: how to mend it.
    """

    code: str
    title: str
    meaning: str
    harm: str
    bad: str
    good: str
    repair: str


NAMES_AND_TYPES = (
    Page(
        code="OF101",
        title="unknown name",
        meaning=(
            "A key, field, state, event, action, role, function, option or another name is used that nothing defines. "
            "The nearest name that exists is suggested, with the place where it is defined; of a label, such as "
            "`to: 已支付`, the name that has it."
        ),
        harm=(
            "A misspelled state is a place no order ever arrives at; a misspelled key is a rule that is "
            "silently left out. `whne: amount_paid > 0` would let every order through unpaid."
        ),
        bad=("transitions:\n  ship: {from: packed, to: shiped, event: scan}"),
        good=("transitions:\n  ship: {from: packed, to: shipped, event: scan}"),
        repair=(
            "Take the suggested name, or define the one you wrote where its kind is defined: `fields`, "
            "`states`, `events`, `actions`."
        ),
    ),
    Page(
        code="OF102",
        title="values of different kinds",
        meaning=(
            "Two values that cannot be compared or combined meet, or a value stands where another kind is"
            " asked for: text with a number, a date with a moment, money with a duration."
        ),
        harm=(
            "Such a comparison is never true, or is true by accident: the order waits for ever, or moves "
            "too early."
        ),
        bad=('transitions:\n  confirm: {from: created, to: paid, when: amount_paid > "0"}'),
        good=("transitions:\n  confirm: {from: created, to: paid, when: amount_paid > 0}"),
        repair=(
            "Make both sides the same kind: take the quotes off a number, compare days with "
            "`day(paid_at)`, write durations as `hours(24)`."
        ),
    ),
    Page(
        code="OF103",
        title="an expression that could fail",
        meaning=(
            "A field that may be missing is used before it was tested, a divisor may be zero, or a result"
            " may leave the range of its kind."
        ),
        harm=(
            "The first order without the value would stop in the middle of a decision. Nothing that "
            "passes the check may do that."
        ),
        bad=("transitions:\n  confirm: {from: created, to: paid, when: paid_at > placed_at}"),
        good=(
            "transitions:\n"
            "  confirm: {from: created, to: paid, when: paid_at is not None and paid_at > placed_at}"
        ),
        repair=(
            "Test first: `x is not None and ...`, `quantity > 0 and total / quantity > 5`; or give a "
            "default with `coalesce(x, 0)`; or declare the field without `optional: true`."
        ),
    ),
    Page(
        code="OF104",
        title="defined and never used",
        meaning=(
            "An action, event, role, kind of children, record, table, allocation policy, promise, pool or calendar is "
            "defined, but no rule runs, takes, names, makes, asks it or counts by it. A day of a calendar stands in `off` that "
            "is no working day anyway, or one in `on` that is one. Or a field, a datum of an event, an aggregate, a tier or a tag "
            "is there that no rule reads or writes, no contract binds, and that has no `label`: what has one is there "
            "for people, which is use enough."
        ),
        harm=(
            "Mostly it is the other half of a misspelling, or a rule that somebody meant to write and did"
            " not."
        ),
        bad=(
            "actions:\n"
            "  tell_warehouse: {use: notify, to: warehouse, message: pick it}\n"
            "# no transition says `do: [tell_warehouse]`"
        ),
        good=(
            "actions:\n"
            "  tell_warehouse: {use: notify, to: warehouse, message: pick it}\n"
            "transitions:\n"
            "  accept: {from: paid, to: accepted, event: accept, do: [tell_warehouse]}"
        ),
        repair="Use it where it was meant to be used, or remove it.",
    ),
    Page(
        code="OF105",
        title="the same name twice",
        meaning=(
            "A key or name is defined twice in one place, perhaps in two files, or in two spellings that Unicode holds "
            "for equal, such as `ｐaid` and `paid`. Or a name has a letter of another script that only looks like one of "
            "its own, or one that nobody sees; or two names are easily confused (`Paid` and `paid`, `rate_1` and "
            "`rate_l`); or two states, options or queues have the same label."
        ),
        harm=(
            "One of the two would be dropped without a word: half of a transition, the stricter of two "
            "guards."
        ),
        bad=("states:\n  paid: {label: 已支付}\n  paid: {label: 已收款}"),
        good=("states:\n  paid: {label: 已支付}"),
        repair=(
            "Remove one of them or give it a name of its own. The second label on the frame shows the "
            "first one."
        ),
    ),
    Page(
        code="OF106",
        title="a rule that is cut or never set off",
        meaning=(
            "A transition has no trigger; an expression or a text was cut by a comment (` #`) or, inside braces, by a"
            " comma; a value is tested for being missing (`is None`, `coalesce`) that is never missing there, so that "
            "the test says nothing (what may be missing and is not tested is OF103, what nobody reads OF104); or a "
            "condition that acts by itself turns at a moment that nothing tells: it asks for "
            "stock or a limit without `retry_on`, or uses the clock in another way than to compare it."
        ),
        harm=(
            "A transition without a trigger never fires, or fires at once; a cut guard says less than was"
            " written, so orders move that should have waited; and a record that nothing wakes stays where "
            "it is until somebody happens to touch it."
        ),
        bad=("transitions:\n  ship: {from: packed, to: shipped}"),
        good=("transitions:\n  ship: {from: packed, to: shipped, event: scan}"),
        repair=(
            "Say what sets it off: `event`, `after`, `when`, `otherwise: true` or `at_once: true`. Put an"
            " expression that holds a comma, `: ` or ` #` in quotes, and a comment on a line of its own."
            " Add `retry_on: stock` (or the amount that is asked for); compare the clock itself: "
            '`age(paid_at) > hours(2)`, `now >= start`, `today > due_on`, `time_in("paid") > hours(4)`.'
        ),
    ),
    Page(
        code="OF107",
        title="wrong shape",
        meaning=(
            "A key holds something of another shape than its kind of file allows: text where keys are "
            "asked for, a list where there should be one value, an empty list, a key that must be there "
            "and is not."
        ),
        harm="The rule cannot be understood at all, so that nothing it was to do would be done.",
        bad="states: [created, paid]",
        good=("states:\n  created: {initial: true}\n  paid: {}"),
        repair=(
            "Write it as the message says; `orderflow schema` gives editors the whole shape, so that they"
            " complete and check it as you type."
        ),
    ),
    Page(
        code="OF108",
        title="a comment that ignores nothing",
        meaning=(
            "A comment `# orderflow: ignore CODE reason` stands where there is no warning of that code, gives no reason, "
            "or names a code that does not exist or is an error there: errors cannot be ignored."
        ),
        harm=(
            "What was ignored for a reason last year may be mended by now. A comment that is left behind would hide the "
            "next mistake on its line, and nobody would know why it is there."
        ),
        bad=("actions:\n  tell: {use: notify, to: clerk, message: paid}  # orderflow: ignore OF104"),
        good=(
            "actions:\n"
            "  # orderflow: ignore OF104 the shop on the coast uses it, over this rule set\n"
            "  tell: {use: notify, to: clerk, message: paid}"
        ),
        repair=(
            "Write it at the end of the line that the warning names first, or alone on the line above, with the reason "
            "behind the code; several codes go with commas between them. Remove it when nothing is left to ignore."
        ),
    ),
)

LIFECYCLE = (
    Page(
        code="OF201",
        title="a state that no order can reach",
        meaning="No chain of transitions leads from the initial state to this one.",
        harm=(
            "Whatever hangs on it never happens: its actions do not run, its queue stays empty, and "
            "nobody notices."
        ),
        bad=(
            "states:\n"
            "  paid: {initial: true}\n"
            "  checked: {}\n"
            "  shipped: {final: true}\n"
            "transitions:\n"
            "  ship: {from: [paid, checked], to: shipped, event: ship}"
        ),
        good=(
            "transitions:\n"
            "  check: {from: paid, to: checked, event: check}\n"
            "  ship: {from: [paid, checked], to: shipped, event: ship}"
        ),
        repair=(
            "Add the transition that was meant to lead there, correct a `to:` that names another state, "
            "or remove the state."
        ),
    ),
    Page(
        code="OF205",
        title="two transitions that could fire together",
        meaning=(
            "From one state, the same trigger could set off two transitions at once, and nothing says "
            "which is first."
        ),
        harm=(
            "The order of keys in a file would decide where an order goes; sorting the file would change "
            "the business."
        ),
        bad=(
            "transitions:\n"
            "  big: {from: paid, to: review, when: amount_paid > 1000}\n"
            "  ready: {from: paid, to: released, when: amount_paid > 0}"
        ),
        good=(
            "transitions:\n"
            "  big: {from: paid, to: review, when: amount_paid > 1000, before: ready}\n"
            "  ready: {from: paid, to: released, when: amount_paid > 0}"
        ),
        repair=(
            "Make the guards exclude each other, or say `otherwise: true` on the one that yields, or "
            "`before: NAME` on the one that goes first."
        ),
    ),
    Page(
        code="OF207",
        title="transitions that never come to rest",
        meaning=(
            "Automatic transitions lead around in a circle without waiting for anything, or one that leaves no state is "
            "enabled again as soon as it was taken, perhaps by way of the children that it tells. No field changes on the "
            "way, so two conditions that exclude each other end a circle, and so does one that asks how long the record has "
            "been in a state of it, or whether it was there before (`not reached(...)`). A circle that asks for nothing is "
            "an error, one that could be run through a warning."
        ),
        harm="The decision would never end; the engine stops it and the order is stuck where it was.",
        bad=(
            "transitions:\n"
            "  hold: {from: ready, to: waiting, when: amount_paid >= 0}\n"
            "  resume: {from: waiting, to: ready, when: amount_paid >= 0}"
        ),
        good=(
            "transitions:\n"
            "  hold: {from: ready, to: waiting, when: amount_paid == 0}\n"
            "  resume: {from: waiting, to: ready, event: resume}"
        ),
        repair=(
            "Let one transition of the circle wait for an event or a time (`event:`, `after:`), or make "
            "its guard exclude the others. A transition that leaves no state needs an event, or a `when` that "
            "what it makes or tells turns false."
        ),
    ),
    Page(
        code="OF208",
        title="a state with no way out",
        meaning=(
            "A state is not final and no transition leaves it, or a state around it; no final state can be reached from "
            "some states; a final state is out of reach; or a transition leaves a final state."
        ),
        harm=(
            "Orders pile up there for good: never completed, never cancelled, their stock never given back."
        ),
        bad=(
            "states:\n"
            "  paid: {initial: true}\n"
            "  lost: {}\n"
            "  completed: {final: true}\n"
            "transitions:\n"
            "  lose: {from: paid, to: lost, event: lose}\n"
            "  close: {from: paid, to: completed, event: close}"
        ),
        good=(
            "transitions:\n"
            "  lose: {from: paid, to: lost, event: lose}\n"
            "  find: {from: lost, to: paid, event: find}\n"
            "  close: {from: paid, to: completed, event: close}"
        ),
        repair="Add a transition that leads on, or say `final: true` if this is where such orders end.",
    ),
    Page(
        code="OF209",
        title="effects that conflict",
        meaning=(
            "An event sets what cannot be set: the key of a record, or a field that never changes. Or one step does the "
            "same twice: a field is set by the event and by the promise of the plan, two `moves` move the same units, an "
            "action is named both by what a state does on the way out or in and by the transition between them, a resource, "
            "or a queue that begins with the state. Or a calendar says of a day that it is worked and that it is not."
        ),
        harm=(
            "The event would be refused every time, or which value stays would depend on the order in "
            "which the step is worked through; ten units that came in are booked as twenty, a label is printed twice."
        ),
        bad=(
            "fields:\n"
            "  channel: {type: text, changes: never}\n"
            "events:\n"
            "  reroute: {data: {where: text}, set: {channel: event.where}}\n"
            "transitions:\n"
            "  reroute: {from: paid, to: moved, event: reroute}"
        ),
        good=(
            "fields:\n"
            "  channel: {type: text}\n"
            "events:\n"
            "  reroute: {data: {where: text}, set: {channel: event.where}}\n"
            "transitions:\n"
            "  reroute: {from: paid, to: moved, event: reroute}"
        ),
        repair="Take the field out of the event's `set`, or let the field change. Of what is done twice, remove one.",
    ),
)

FILE = (
    Page(
        code="OF901",
        title="a file that is not safe or not YAML",
        meaning=(
            "The file cannot be read as it stands: it is not YAML, not UTF-8, too large or too deep, or "
            "it holds something that rule files may not: aliases, anchors, merge keys, tags, several "
            "documents, control characters, marks that turn the direction of text around, line ends that "
            "only some programs see."
        ),
        harm=(
            "Such a file can say one thing to the person who reviews it and another to the engine, or "
            "bring a server down. Rules that move goods and money have to read the same for everyone."
        ),
        bad=("base: &base {label: 已支付}\nstates:\n  paid: *base"),
        good=("states:\n  paid: {label: 已支付}"),
        repair=(
            "Do what the message says: write values out, indent with spaces, put a space after each "
            "colon, and put text that begins with a sign or holds `: ` or ` #` in quotes."
        ),
    ),
    Page(
        code="OF902",
        title="a pattern that could match in two ways, a file that may not be read",
        meaning=(
            "A pattern (`pattern:` of a field, `matches`) in which, reading a text from left to right, a character could "
            "belong to two of its parts; or which is written in a way that patterns are not. Or a file: a link in the "
            "folder leads out of it, `extends` names a folder that is not beside this rule set, or what looks like a "
            "rule file is no ordinary file or cannot be read."
        ),
        harm=(
            "A matcher that has to try several ways can take minutes over one short text that somebody sends. A path "
            "could bring in rules that nobody reviewed, and another machine would not have them."
        ),
        bad='fields:\n  waybill: {type: text, pattern: "SF[0-9]{12}|SP[0-9]{10}"}',
        good='fields:\n  waybill: {type: text, pattern: "S(F[0-9]{12}|P[0-9]{10})"}',
        repair=(
            "Of two parts of a pattern, take the shared characters out of one: `[^x]*x` for `.*x`; write once what "
            "alternatives begin with. Copy a file into the folder, or the base beside it, and let everyone who runs "
            "the rules read it."
        ),
    ),
)
