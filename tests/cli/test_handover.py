import pytest
from tests.service.teahouse import write_days, write_rules


@pytest.fixture
def house(run, tmp_path):
    """Two days of the tea house in a database."""
    write_rules(tmp_path / "rules")
    write_days(tmp_path)
    command = ("run", "rules", "--orders", "days.jsonl", "--stock", "stock.csv", "--db", "sqlite:///o.db")
    assert run(*command).code == 0
    return ("--db", "sqlite:///o.db", "--now", "last")


def test_a_ticket_is_opened_for_whom_it_is_given_to(run, house):
    where = ("handover", "rules", "not_left", "B4/crates/1", *house)
    found = run(*where, "--to", "store:chen", "--as", "desk:mei", "--note", "看看后面")
    assert (found.code, found.err) == (0, "")
    assert found.out.splitlines() == [
        "S002: B4/crates/1 is with store:chen",
        "  queue: 超一天未出门 Not left for a day (not_left)",
        "  opened by desk:mei, 2026-03-04 10:00; 未看 Lying (lying)",
        "  备注 Note: 看看后面",
    ]
    out = run("queue", "not_left", "--rules", "rules", *house).out
    assert out.splitlines()[0] == "超一天未出门 Not left for a day: 3, with store"
    assert any("S002: store:chen, 未看 Lying" in line for line in out.splitlines())
    assert "2" in run("queue", "--rules", "rules", *house).out.splitlines()[1].split()[-1]


def test_said_again_it_is_the_same_ticket_and_the_owner_is_the_queues(run, house):
    where = ("handover", "rules", "not_left", "B2/crates/1", *house, "--format", "json")
    assert "(it was handed over before)" in run("handover", "rules", "not_left", "B1/crates/2", *house).out
    first, second = run(*where).json, run(*where, "--to", "boss").json
    assert (first["repeated"], second["repeated"]) == (False, True)
    assert first["ticket"] == second["ticket"]
    assert (first["ticket"]["owner"], first["ticket"]["opened_by"]) == ("store", "engine")


def test_what_does_not_stand_there_or_cannot_be_handed_over(run, house):
    for queue, record, code, words in (
        ("not_left", "B1/crates/1", 3, "`B1/crates/1` does not stand in `not_left`"),
        ("waits", "B5", 3, "queue `waits` opens no tickets"),
        ("not_let", "B5", 2, "no queue `not_let`; did you mean `not_left`"),
        ("not_left", "B99", 3, "there is no record `B99`"),
    ):
        found = run("handover", "rules", queue, record, *house)
        assert (found.code, found.out) == (code, "")
        assert words in found.err


def test_a_note_needs_a_field(run, house, tmp_path):
    slip = tmp_path / "rules" / "slip.yaml"
    lines = slip.read_text(encoding="utf-8").splitlines()
    slip.write_text("\n".join(line for line in lines if "note:" not in line), encoding="utf-8")
    found = run("handover", "rules", "not_left", "B4/crates/1", *house, "--note", "x")
    assert (found.code, found.err) == (
        2,
        "error: a `slip` has no field `note`; leave `--note` out, or give it one\n",
    )
