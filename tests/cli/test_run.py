def test_a_table_of_orders_as_json(run, minimal):
    found = run("run", "rules", "--orders", "rules/orders.csv", "--format", "json")
    assert found.code == 0
    assert found.json["orders"] == 3
    assert found.json["states"] == {"pending": 1, "paid": 2, "shipped": 0, "cancelled": 0}
    assert found.json["queues"] == {"not_shipped": 1}
    assert found.json["metrics"]["time_to_pay"]["count"] == 2
    assert found.json["metrics"]["time_to_pay"]["excluded"] == {"paid_at_missing": 1}


def test_now_moves_the_moment_of_judgement(run, minimal):
    later = ("--orders", "rules/orders.csv", "--now", "2026-02-20T00:00", "--format", "json")
    found = run("run", "rules", *later).json
    assert found["states"]["cancelled"] == 1
    assert found["queues"] == {"not_shipped": 2}


def test_what_a_manager_reads(run, minimal):
    out = run("run", "rules", "--orders", "rules/orders.csv").out
    assert "my-shop 1.0.0, as of 2026-02-05 08:30 Europe/Berlin" in out
    assert "3 orders" in out
    assert "oversold: 0" in out
    assert "left out 1 paid_at_missing" in out


def test_the_last_line_says_where_the_report_is(run, minimal, tmp_path):
    out = run("run", "rules", "--orders", "rules/orders.csv", "--report", "build/report.html").out
    assert out.splitlines()[-1] == "report: build/report.html"
    assert (tmp_path / "build/report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_rows_that_cannot_be_read_are_listed_and_the_rest_is_run(run, minimal):
    with (minimal / "orders.csv").open("a", encoding="utf-8") as file:
        file.write("1004,Alan,much,0,2026-02-05 09:00:00,\n")
    found = run("run", "rules", "--orders", "rules/orders.csv")
    assert found.code == 1
    assert "rejected: rules/orders.csv:5:11: " in found.out
    assert "3 orders" in found.out


def test_effects_go_to_the_console_and_the_json_stays_alone(run):
    run("init", "rules", "--template", "shop")
    command = ("run", "rules", "--orders", "rules/orders.jsonl", "--dispatch", "console")
    assert "notify → purchasing: order 1002 waits for stock" in run(*command).out
    found = run(*command, "--format", "json")
    assert "notify → purchasing" in found.err
    assert found.json["effects"]["tell_purchasing"]["sent"] == 1


def test_the_same_file_twice_changes_nothing(run, minimal):
    command = ("run", "rules", "--orders", "rules/orders.csv", "--db", "sqlite:///o.db", "--format", "json")
    first, second = run(*command).json, run(*command).json
    assert second["orders"] == first["orders"] == 3
    assert second["states"] == first["states"]


def test_wrong_words_on_the_line(run, minimal):
    found = run("run", "rules", "--orders", "rules/orders.csv", "--now", "soon")
    assert (found.code, "`--now soon`" in found.err) == (2, True)
    found = run("run", "rules", "--orders", "rules/orders.csv", "--db", "mysql://x")
    assert (found.code, "names no storage" in found.err) == (3, True)
    found = run("run", "rules", "--orders", "rules/orders.csv", "--channel", "tabel")
    assert (found.code, "did you mean `table`" in found.err) == (3, True)


def test_a_report_without_a_place_is_refused_before_the_run(run, minimal, tmp_path):
    orders = ("run", "rules", "--orders", "rules/orders.csv", "--db", "sqlite:///o.db", "--report")
    for place, code, words in (
        ("rules", 2, "`rules` is a folder"),
        ("", 2, "name a file for the report"),
        (
            "rules/order.yaml/report.html",
            3,
            "the report `rules/order.yaml/report.html` cannot be written there",
        ),
    ):
        found = run(*orders, place)
        assert (found.code, found.out) == (code, "")
        assert words in found.err
    assert not (tmp_path / "o.db").exists()


def test_a_folder_of_orders_is_told_from_a_file_that_is_missing(run, minimal):
    assert "`rules` is a folder; name a file in it" in run("run", "rules", "--orders", "rules").err


def test_stopping_says_that_what_is_stored_stays(run, minimal, monkeypatch):
    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("orderflow.service.run.run", stopped)
    found = run("run", "rules", "--orders", "rules/orders.csv", "--db", "sqlite:///o.db")
    assert found.code == 130
    assert "what is stored so far stays in `sqlite:///o.db`; run the same file again to go on" in found.err
    assert "stays in" not in run("run", "rules", "--orders", "rules/orders.csv").err
