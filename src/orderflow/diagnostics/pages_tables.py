"""The pages of the codes about tiers and decision tables."""

from orderflow.diagnostics.pages import Page

TIERS_AND_TABLES = (
    Page(
        code="OF301",
        title="values that nothing takes",
        meaning=(
            "A tier has no level, or a decision table no row, for some values that a record can have. The finding "
            "says which. A table's rows are worked out together over every value of what they ask about, within "
            "the bounds, options and `optional` that the fields declare; where two fields are compared with one "
            "another, or a function is asked, it speaks up only when nothing they can give would fill the gap."
        ),
        harm=(
            "A customer below every threshold would get the lowest level all the same, and a parcel of the weight "
            "that nobody thought of has no fee, no carrier, no promised day."
        ),
        bad=(
            "tiers:\n"
            "  size:\n"
            "    of: amount_paid\n"
            "    levels:\n"
            "      large: {at_least: 1000}\n"
            "      small: {at_least: 100}"
        ),
        good=(
            "tiers:\n"
            "  size:\n"
            "    of: amount_paid\n"
            "    levels:\n"
            "      large: {at_least: 1000}\n"
            "      small: {at_least: 100}\n"
            "      tiny:"
        ),
        repair=(
            "Give the last level no `at_least`. Add the row that is missing, or `- otherwise: true` as the last row "
            "of the table: with values for the rest, or without any, which says that nothing is meant there."
        ),
    ),
    Page(
        code="OF302",
        title="rows or levels that take the same, or nothing",
        meaning=(
            "Two rows of a table with `hit: unique` both fit a record that the finding describes; or a row is never "
            "chosen, because rows above it take all of it or because its condition can never hold; or `otherwise` "
            "is left with nothing; or two levels of a tier have one threshold, or no number comes to a level."
        ),
        harm=(
            "The order of the lines in a file would decide which fee or carrier an order gets, and the row that "
            "somebody added for the exception never counts."
        ),
        bad=(
            "tables:\n"
            "  fee:\n"
            "    of: order\n"
            "    gives: {cents: integer}\n"
            "    rows:\n"
            "      - {when: amount_paid <= 100, cents: 490}\n"
            "      - {when: amount_paid >= 100, cents: 0}"
        ),
        good=(
            "tables:\n"
            "  fee:\n"
            "    of: order\n"
            "    gives: {cents: integer}\n"
            "    rows:\n"
            "      - {when: amount_paid < 100, cents: 490}\n"
            "      - {when: amount_paid >= 100, cents: 0}"
        ),
        repair=(
            "Let the conditions exclude each other, or say `hit: first` and put the exception above the rule. "
            "Remove a row or level that is never chosen, or correct the bound that is in its way."
        ),
    ),
    Page(
        code="OF303",
        title="levels or outputs that turn back",
        meaning=(
            "The levels of a tier do not go from the highest threshold down; or an output that a table names under "
            "`rising` (or `falling`) becomes less (or more) while a number, date or duration that the rows compare "
            "becomes more."
        ),
        harm=(
            "The first level that fits is taken: with the lowest at the top, the best customers would all be "
            "ordinary ones. A fee that falls where it should rise is money that nobody misses until the year ends."
        ),
        bad=(
            "tables:\n"
            "  fee:\n"
            "    of: order\n"
            "    hit: first\n"
            "    gives: {cents: integer}\n"
            "    falling: cents\n"
            "    rows:\n"
            "      - {when: amount_paid < 50, cents: 490}\n"
            "      - {when: amount_paid < 100, cents: 690}\n"
            "      - {otherwise: true, cents: 0}"
        ),
        good=(
            "tables:\n"
            "  fee:\n"
            "    of: order\n"
            "    hit: first\n"
            "    gives: {cents: integer}\n"
            "    falling: cents\n"
            "    rows:\n"
            "      - {when: amount_paid < 50, cents: 690}\n"
            "      - {when: amount_paid < 100, cents: 490}\n"
            "      - {otherwise: true, cents: 0}"
        ),
        repair="Correct the threshold or the value that is out of line, or take the output out of `rising` or `falling`.",
    ),
)
