"""A fault in an expression, as plain data: whoever knows the file turns it into a diagnostic."""

from dataclasses import dataclass

from orderflow.diagnostics.message import NOTHING, Message


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an expression, where, and how to repair it.

    Args:
        code: OF101 (an unknown name), OF102 (a clash of types), OF103 (it could fail), OF106 (it cannot be
            read, or not told when time turns it), OF107 (it may not be asked here).
        message: what is wrong, in the rule writer's words.
        start: offset in the source text, in characters.
        end: the same, exclusive.
        fix_message: what to do about it.
        replacement: text to put in place of `source[start:end]`, when that alone is the repair.
        note: a few words to stand beside the marked text.
    """

    code: str
    message: Message
    start: int
    end: int
    fix_message: Message = NOTHING
    replacement: str | None = None
    note: Message = NOTHING


class Refused(Exception):  # noqa: N818 - it never leaves the package, and a fault is no error of the program
    """Carries faults out of a recursion."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(*faults)
        self.faults = faults
