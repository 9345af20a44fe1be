from orderflow.reports.chart import Arrow, Box, Chart
from orderflow.reports.layers import layers


def chart(names, pairs, path=(), rare=()):
    boxes = {name: Box(name, name, None, (), name == names[0], False, (), name) for name in names}
    arrows = [Arrow(a + b, (a,), b, "event", a + b, "", "", rare=(a + b) in rare) for a, b in pairs]
    return Chart("order", "", boxes, tuple(arrows), tuple(path))


def test_each_arrow_goes_down_and_one_that_closes_a_cycle_goes_back():
    found = layers(chart("abc", ["ab", "bc", "ca"]))
    assert [found.first[name] for name in "abc"] == [0, 1, 2]


def test_the_declared_path_decides_the_order():
    found = layers(chart("abc", ["ca", "ab"], path="abc"))
    assert [found.first[name] for name in "abc"] == [0, 1, 2]


def test_without_a_path_the_longest_way_is_the_main_one():
    found = layers(chart("abcx", ["ax", "ab", "bc"]))
    assert found.spine == ("a", "b", "c")


def test_what_is_only_entered_otherwise_is_not_on_the_main_way():
    found = layers(chart("abc", ["ab", "bc", "ac"], path="abc", rare=["ab"]))
    assert found.spine == ("a", "c")
