def test_all_queues_with_their_counts(run, shop):
    out = run("queue", *shop, "--now", "2026-02-03T12:00").out
    assert out.splitlines()[0].split() == ["queue", "label", "owner", "records"]
    assert out.splitlines()[1].endswith("warehouse        0")


def test_the_records_of_one_queue(run, shop, tmp_path):
    (tmp_path / "more.jsonl").write_text(
        '{"receive": {"main": {"MUG": 5}}, "at": "2026-02-03T12:00:00"}\n', encoding="utf-8"
    )
    run("run", "rules", "--orders", "more.jsonl", "--db", "sqlite:///o.db")
    out = run("queue", "not_packed", *shop, "--now", "2026-02-04T12:00").out
    assert out.splitlines() == [
        "Paid more than a day ago, not packed: 1, with warehouse",
        "record            state           there since       for",
        "1002/shipments/1  Units reserved  2026-02-03 12:00  1 day",
    ]
    found = run("queue", *shop, "--now", "2026-02-04T12:00", "--format", "json").json
    assert found["queues"]["not_packed"] == {
        "label": "Paid more than a day ago, not packed",
        "owner": "warehouse",
        "ticket": None,
        "count": 1,
        "records": ["1002/shipments/1"],
        "standing": [
            {
                "record": "1002/shipments/1",
                "state": "Units reserved",
                "since": "2026-02-03T11:00:00+00:00",
                "seconds": 86400.0,
                "tickets": [],
            }
        ],
    }


def test_an_unknown_queue_is_answered_with_the_nearest(run, shop):
    found = run("queue", "not_paked", *shop)
    assert (found.code, found.err) == (2, "error: no queue `not_paked`; did you mean `not_packed`\n")
