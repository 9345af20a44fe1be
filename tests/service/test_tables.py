"""Tables: what is read, and the exact place of what cannot be."""

from pathlib import Path

import pytest

from orderflow.diagnostics.errors import RecordError
from orderflow.service.tables import Row, Table, read_table


def table(folder: Path, content: str | bytes) -> Table:
    path = folder / "t.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(path)


def cells(read: Table) -> list[list[str]]:
    return [row.cells for row in read.rows]


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n1,2\n3,4\n",
        "a,b\r\n1,2\r\n3,4\r\n",
        "a,b\r1,2\r3,4\r",
        "a,b\n1,2\n3,4",
        "\ufeffa,b\n1,2\n3,4\n",
        '\ufeff"a","b"\n"1","2"\n"3","4"\n',
        " a ,b \t\n1,2\n\n\n3,4\n\n",
        "\n\na,b\n1,2\n   \n,\n3,4\n,\n",
    ],
)
def test_the_same_table_in_many_clothes(tmp_path: Path, content: str) -> None:
    read = table(tmp_path, content)
    assert read.header == ["a", "b"]
    assert cells(read) == [["1", "2"], ["3", "4"]]


def test_a_header_alone_is_a_table_without_rows(tmp_path: Path) -> None:
    read = table(tmp_path, "a,b\n")
    assert (read.header, read.rows) == (["a", "b"], [])


def test_rows_remember_the_line_on_which_they_begin(tmp_path: Path) -> None:
    read = table(tmp_path, 'a,b\r\n"x\r\ny\r\nz",1\r\n\r\nw,2\r\n')
    assert [row.line for row in read.rows] == [2, 6]
    assert read.rows[0].cells == ["x\ny\nz", "1"]


@pytest.mark.parametrize(
    ("row", "place", "where"),
    [
        ("1,2,3", 0, (2, 1)),
        ("1,2,3", 2, (2, 5)),
        ('"1,1",2,3', 1, (2, 7)),
        ('"a ""q"", b",2,3', 1, (2, 14)),
        ("订单,金额,3", 2, (2, 7)),
        ("😀,é,3", 2, (2, 5)),
        ('"x\ny",2,"3\n4",5', 1, (3, 4)),
        ('"x\ny",2,"3\n4",5', 2, (3, 6)),
        ('"x\ny",2,"3\n4",5', 3, (4, 4)),
        (",,x", 2, (2, 3)),
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_cell_is_found_where_it_begins(
    tmp_path: Path, row: str, place: int, where: tuple[int, int], ending: str
) -> None:
    read = table(tmp_path, f"a,b,c\n{row}\n".replace("\n", ending))
    assert read.locate(read.rows[0], place) == where


def test_a_place_that_a_short_row_does_not_have_is_its_end(tmp_path: Path) -> None:
    read = table(tmp_path, "a,b,c\n12,3\n")
    assert read.locate(read.rows[0], 9) == (2, 5)
    assert read.locate(Row(99, []), 1) == (99, 1)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", ":1:1: empty; the first line must name the columns"),
        (b"\n\n  \n", ":1:1: empty"),
        ("a,b\n1,2\nx订单,2\n".encode("gbk"), ":3:2: not UTF-8; save the table as"),
        ("\ufeff订单,b\n".encode() + b"\xe9,2\n", ":2:1: not UTF-8"),
        ("\ufeffé,b".encode() + b"\xff", ":1:4: not UTF-8"),
        ("a,b\n".encode("utf-16"), ":1:1: not UTF-8"),
        (b"a,b\n1,2\n3,4\0\n", ":3:4: holds a zero byte"),
        (b'a,b\n1,2\n3,"4\n5,6\n7,8\n', ":3:3: not a CSV row"),
        (b'a,b\n"1\n2",2\n3,"4"x\n5,6\n', ":4:3: not a CSV row"),
        (b'a,b\n"x",""\n5,"', ":3:3: not a CSV row"),
        (b"a,b,a\n1,2,3\n", ":1:5: the column `a` stands twice; rename one"),
        (b"\n\na,b, a ,a\n", ":3:9: the column `a` stands twice; rename one"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(RecordError) as caught:
        table(tmp_path, content)
    (problem,) = caught.value.problems
    assert problem.startswith(f"{(tmp_path / 't.csv').as_posix()}{says}")


def test_every_column_that_stands_twice_is_named_once(tmp_path: Path) -> None:
    with pytest.raises(RecordError) as caught:
        table(tmp_path, "a,b,a,b,a\n")
    assert [problem.split("the column ")[1] for problem in caught.value.problems] == [
        "`b` stands twice; rename one",
        "`a` stands twice; rename one",
    ]


def test_a_missing_file_is_the_callers_business(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_table(tmp_path / "none.csv")


def test_a_file_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orderflow.service.tables.MOST_BYTES", 3)
    with pytest.raises(RecordError, match=r"t\.csv: larger than 0 MiB; split it"):
        table(tmp_path, "a,b\n")
