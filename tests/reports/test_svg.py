import re
from xml.etree import ElementTree

import pytest

from orderflow.reports import svg

HOSTILE = "<script>alert(1)</script>\"'&]]> --> \\"


def test_the_document_is_xml_with_every_state_and_transition(definition):
    text = svg.render(definition, "order")
    root = ElementTree.fromstring(text)
    shown = "".join(root.itertext())
    for word in (
        "待审核",
        "已支付",
        "pending",
        "cancelled",
        "when paid_at is not None",
        "after 36h",
        "↻ note",
    ):
        assert word in shown


def test_hostile_labels_stay_text(make_definition):
    text = svg.render(make_definition(label=HOSTILE, done=HOSTILE, finish=HOSTILE))
    root = ElementTree.fromstring(text)
    assert not [one for one in root.iter() if one.tag.endswith("script")]
    assert "<script" not in text


def test_nothing_is_fetched(definition):
    text = svg.render(definition).replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:|url\(|@import|href|@font-face", text)


def test_light_and_dark_have_the_same_colours(definition):
    light, dark = svg.STYLE.split("@media (prefers-color-scheme: dark)")
    named = set(re.findall(r"(--of-[a-z-]+):", light))
    assert named == set(re.findall(r"(--of-[a-z-]+):", dark))
    assert set(re.findall(r"var\((--of-[a-z-]+)\)", svg.STYLE)) <= named


def test_the_same_rules_give_the_same_picture(definition):
    assert svg.render(definition) == svg.render(definition)


def test_an_unknown_entity_is_a_key_error(definition):
    with pytest.raises(KeyError):
        svg.render(definition, "nope")


def test_characters_that_xml_forbids_are_shown_as_their_code():
    assert svg.clean("a\x00b\ud800c\ufffe\U0001f600") == "a␀b\\ud800c\ufffd\U0001f600"


def test_characters_that_reverse_text_are_shown_as_their_code_and_joiners_stay():
    assert svg.clean("\u202egnp.x \x9b") == "\\u202egnp.x \\u009b"
    assert svg.clean("👩\u200d🔧\n<b>") == "👩\u200d🔧\n&lt;b&gt;"


def test_corners_are_rounded_and_the_line_stops_before_the_tip():
    assert svg.path([(0, 0), (0, 20), (30, 20), (30, 60)]).startswith("M0.0 0.0L0.0 13.0Q0.0 20.0 7.0 20.0")
    assert svg.path([(0, 0), (0, 40)]) == "M0.0 0.0L0.0 34.0"
