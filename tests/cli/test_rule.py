def test_a_code_is_explained(run):
    found = run("rule", "of101")
    assert found.code == 0
    assert found.out.startswith("# OF101: ")
    assert run("rule", "OF101", "--format", "json").json["code"] == "OF101"
