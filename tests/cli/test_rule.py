def test_a_code_is_explained(run):
    found = run("rule", "of101")
    assert found.code == 0
    assert found.out.startswith("# OF101: ")
    assert run("rule", "OF101", "--format", "json").json["code"] == "OF101"


def test_the_number_alone_names_a_code(run):
    assert run("rule", "101").out == run("rule", "of101").out != ""


def test_a_page_in_chinese(run, monkeypatch):
    english, chinese = run("rule", "OF101").out, run("rule", "OF101", "--lang", "zh").out
    assert chinese.startswith("# OF101: 未知的名称\n")
    assert "**对订单的影响。** " in chinese
    assert "**如何修复。** " in chinese
    assert chinese.split("```")[1::2] == english.split("```")[1::2]  # the examples stay
    monkeypatch.setenv("ORDERFLOW_LANG", "zh_CN.UTF-8")
    assert run("rule", "OF101").out == chinese
    assert run("rule", "OF101", "--lang", "en").out == english
    assert run("rule", "OF101", "--format", "json").json["page"] == chinese.rstrip("\n") + "\n"
