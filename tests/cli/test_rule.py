def test_a_code_is_explained(run):
    found = run("rule", "of101")
    assert found.code == 0
    assert found.out.startswith("# OF101: ")
    assert run("rule", "OF101", "--format", "json").json["code"] == "OF101"


def test_the_number_alone_names_a_code(run):
    assert run("rule", "101").out == run("rule", "of101").out != ""


def test_a_page_in_chinese(run):
    assert run("rule", "OF101", "--lang", "zh").out.startswith("# OF101: 未知的名称\n")
