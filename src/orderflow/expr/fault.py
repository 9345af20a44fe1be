"""A fault in an expression, as plain data: whoever knows the file turns it into a diagnostic."""

from dataclasses import dataclass, field

from orderflow.diagnostics.message import NOTHING, Message


@dataclass(frozen=True, slots=True)
class Wanted:
    """A name that was asked for and is not there: with it, whoever knows the labels can tell what was meant.

    Args:
        what: the kind of name, as messages call it.
        word: what was written.
        names: the names that would be right.
        guess: the one of them that is spelled most like it, or None.
        owners: the entities or records whose names they are, the likeliest first; for an option `order.channel`.
        before, after: what stands around the name in a replacement, such as quotes.
    """

    what: str
    word: str
    names: tuple[str, ...]
    guess: str | None
    owners: tuple[str, ...] = ()
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an expression, where, and how to repair it.

    Args:
        code: OF101 (an unknown name), OF102 (a clash of types), OF103 (it could fail), OF105 (a letter is not
            what it seems to be), OF106 (it cannot be read, or not told when time turns it), OF107 (it may not be
            asked here), OF902 (a pattern that could match in two ways).
        message: what is wrong, in the rule writer's words.
        start: offset in the source text, in characters.
        end: the same, exclusive.
        fix_message: what to do about it.
        replacement: text to put in place of `source[start:end]`, when that alone is the repair.
        note: a few words to stand beside the marked text.
        wanted: of an unknown name, what it may stand for.
        at: the offsets of what `replacement` goes in place of, when that is not the marked text.
        missing: of a value that may be missing, the text that a test for it names.
        about: the fields that explain it, as `order.channel`, each with what to say where it is declared.
    """

    code: str
    message: Message
    start: int
    end: int
    fix_message: Message = NOTHING
    replacement: str | None = None
    note: Message = NOTHING
    wanted: Wanted | None = field(default=None, compare=False, repr=False)
    at: tuple[int, int] | None = None
    missing: str = field(default="", compare=False, repr=False)
    about: tuple[tuple[str, Message], ...] = field(default=(), compare=False, repr=False)


class Refused(Exception):  # noqa: N818 - it never leaves the package, and a fault is no error of the program
    """Carries faults out of a recursion."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(*faults)
        self.faults = faults
