def test_what_happened_and_who_did_it(run, shop):
    out = run("history", "1001", *shop).out
    assert "2026-02-02 09:15:00  updated by shop" in out
    assert "Waiting for payment (pending) → Paid (paid) by pay" in out
    assert "takes 2 × MUG at main" in out
    assert "1001/shipments/1: tracking: missing → " in out


def test_as_json(run, shop):
    found = run("history", "1001", *shop, "--format", "json").json
    assert [entry["kind"] for entry in found["entries"]] == ["submit", "update", "send", "send", "send"]
    assert found["entries"][1]["changes"][0] == {
        "record": "1001",
        "field": "paid_at",
        "before": None,
        "after": "2026-02-02T08:15:00+00:00",
    }


def test_refusals_are_told_with_their_reasons(run, shop, tmp_path):
    (tmp_path / "more.jsonl").write_text(
        '{"send": "pack", "to": "1001/shipments/1", "at": "2026-02-04T08:00:00", "as": "warehouse"}\n',
        encoding="utf-8",
    )
    run("run", "rules", "--orders", "more.jsonl", "--db", "sqlite:///o.db")
    out = run("history", "1001", *shop).out
    assert "sent pack to 1001/shipments/1 by warehouse  REFUSED" in out
    assert run("history", "1001", *shop, "--format", "json").json["entries"][-1]["refusals"][0]["message"]


def test_private_values_are_masked(run, shop, tmp_path):
    (tmp_path / "more.jsonl").write_text(
        '{"update": "1002", "at": "2026-02-04T08:00:00", "as": "shop", "fields": {"phone": "13800001234"}}\n',
        encoding="utf-8",
    )
    assert run("run", "rules", "--orders", "more.jsonl", "--db", "sqlite:///o.db").code == 0
    for format_ in ("text", "json"):
        out = run("history", "1002", *shop, "--format", format_).out
        assert "138****1234" in out
        assert "13800001234" not in out
