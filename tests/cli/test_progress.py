import io

from orderflow.cli.progress import Lines


def test_a_line_now_and_then():
    now, stream = [0.0], io.StringIO()
    lines = Lines("events", stream, clock=lambda: now[0])
    for second in range(7):
        now[0] = float(second)
        lines(second * 1000, 10_000)
    assert stream.getvalue().splitlines() == [
        "2,000 of 10,000 events (20%)",
        "4,000 of 10,000 events (40%)",
        "6,000 of 10,000 events (60%)",
    ]
