"""A day as people write it."""

import pytest

from kb.language.dates import iso_day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-04-01", "2024-04-01"),
        ("2024/4/1", "2024-04-01"),
        ("２０２４年４月１日", "2024-04-01"),
        ("令和元年5月1日", "2019-05-01"),
        ("R6.4.1", "2024-04-01"),
        ("2024-02-30", ""),
        ("0000-01-01", ""),
        ("K6.4.1", ""),
        ("2024年4月", ""),
        ("", ""),
    ],
)
def test_a_day_is_read_or_is_none(text: str, day: str) -> None:
    assert iso_day(text) == day
