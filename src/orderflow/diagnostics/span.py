"""Where something stands in a file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of one file; lines and columns count from 1, columns in characters, the end is exclusive.

    Args:
        file: the path as the user gave it, relative to where they stand, with forward slashes.
        line: first line.
        column: first character.
        end_line: line of the end.
        end_column: the character after the last one; equal to `column` for an empty stretch.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    def to(self, end: "Span") -> "Span":
        """Return the stretch from the start of this one to the end of another in the same file."""
        return Span(self.file, self.line, self.column, end.end_line, end.end_column)

    def to_dict(self) -> dict[str, str | int]:
        """Return the span as plain data for JSON."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "end_line": self.end_line,
            "end_column": self.end_column,
        }
