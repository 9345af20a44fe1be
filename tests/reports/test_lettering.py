import pytest

from orderflow.reports.lettering import shorten, text_width, words


def test_a_full_width_character_takes_one_em():
    assert text_width("订单", 10) == 20
    assert text_width("ab", 10) < 14


def test_a_long_text_is_cut_within_its_width():
    cut = shorten("when amount_paid > 0 and paid_at is not None", 12)
    assert cut.endswith("…")
    assert text_width(cut, 1) <= 12
    assert shorten("short\n  text", 12) == "short text"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.25, "0.2 s"),
        (59.7, "60 s"),
        (61, "1 min 1 s"),
        (3599.9, "1 h"),
        (22_320, "6 h 12 min"),
        (86_399.9, "1 d"),
        (90_000, "1 d 1 h"),
        (-7200, "−2 h"),
    ],
)
def test_durations_in_words(seconds, text):
    assert words(seconds) == text
