from tests.service.teahouse import write_days, write_rules


def test_what_an_order_waits_for(run, shop):
    out = run("explain", "1002", *shop, "--now", "last").out
    assert "Waiting for stock" in out
    assert "MUG" in out
    assert "shop sends" in out


def test_as_json(run, shop):
    found = run("explain", "1002", *shop, "--now", "last", "--format", "json").json
    assert (found["version"], found["id"], found["state"], found["final"]) == (
        1,
        "1002",
        "backordered",
        False,
    )
    assert {wait["transition"] for wait in found["waits"]} >= {"source", "cancel"}


def test_rules_and_storage_may_come_from_the_environment(run, shop, monkeypatch):
    monkeypatch.setenv("ORDERFLOW_RULES", "rules")
    monkeypatch.setenv("ORDERFLOW_DB", "sqlite:///o.db")
    assert run("explain", "1002").code == 0


def test_a_record_or_database_that_is_not_there(run, shop, tmp_path):
    found = run("explain", "9", *shop)
    assert (found.code, "`9`" in found.err) == (3, True)
    found = run("explain", "9", "--rules", "rules", "--db", "sqlite:///other.db")
    assert (found.code, "there is no database `other.db`" in found.err) == (3, True)
    assert not (tmp_path / "other.db").exists()


def test_what_was_checked_on_arrival_is_told_with_its_needs(run, tmp_path):
    write_rules(tmp_path / "rules")
    write_days(tmp_path)
    command = ("run", "rules", "--orders", "days.jsonl", "--stock", "stock.csv", "--db", "sqlite:///o.db")
    assert run(*command).code == 0
    where = ("--rules", "rules", "--db", "sqlite:///o.db", "--now", "last")
    out = run("explain", "B4", *where).out.splitlines()
    assert out[1:3] == [
        "  Checked on arrival: 一处有货 One store has all (whole): no, it needs: 就近 Near (near) finds stock",
        "  Checked on arrival: 小单 Small (small): yes",
    ]
    found = run("explain", "B4", *where, "--format", "json").json
    assert found["arrival"][0] == {
        "name": "whole", "label": "一处有货 One store has all", "held": False, "needs": ["就近 Near (near) finds stock"],
    }  # fmt: skip
    assert any(
        line.strip().startswith("Held: 暂停 Paused") for line in run("explain", "B2", *where).out.splitlines()
    )
