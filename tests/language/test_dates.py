"""Years, dates and ranges in every writing, and numbers likewise."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.language.dates import compact, dates
from kb.language.eras import era_of, in_era
from kb.language.numerals import number
from kb.language.text import fold_text


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("令和6年度", 2024, 2024),
        ("令和六年度", 2024, 2024),
        ("平成三十一年度", 2019, 2019),
        ("令和元年度", 2019, 2019),
        ("令和5（2023）年度", 2023, 2023),
        ("2023（令和5）年度", 2023, 2023),
        ("二〇二四年度", 2024, 2024),
        ("二零二四年", 2024, 2024),
        ("２０２４年度", 2024, 2024),
        ("R6", 2024, 2024),
        ("R6.6.1", 2024, 2024),
        ("R7.2", 2024, 2024),
        ("FY24", 2024, 2024),
        ("FY 2023", 2023, 2023),
        ("2024年6月", 2024, 2024),
        ("2025年2月3日", 2024, 2024),
        ("2024-08-29", 2024, 2024),
        ("令和6年度上半期", 2024, 2024),
        ("令和4〜6年度", 2022, 2024),
        ("令和4・5年度", 2022, 2023),
        ("令和4年度から令和6年度", 2022, 2024),
        ("平成30年度～令和2年度", 2018, 2020),
        ("2020-2022", 2020, 2022),
        ("2020〜22年", 2020, 2022),
        ("R3〜R5", 2021, 2023),
        ("2021年10月から2022年3月", 2021, 2021),
    ],
)
def test_years_in_every_writing(text: str, first: int, last: int) -> None:
    folded = fold_text(text)
    (date,) = dates(folded)
    assert (date.first_fiscal, date.last_fiscal) == (first, last)
    assert folded[date.start : date.end] == folded


@pytest.mark.parametrize("text", ["昭和100年", "12024年", "1.2024", "AR6"])
def test_other_numbers_are_no_years(text: str) -> None:
    assert list(dates(fold_text(text))) == []


def test_a_range_that_runs_backwards_is_two_years() -> None:
    assert [date.year for date in dates("2022年から2020年")] == [2022, 2020]


@given(st.text(alphabet="令和平成昭元年度月日0123456789一二十〇RrHhfy-〜.()、から ", max_size=30))
def test_dates_lie_in_the_text_in_order(text: str) -> None:
    folded = fold_text(text)
    at = 0
    for date in dates(folded):
        assert at <= date.start < date.end <= len(folded)
        at = date.end


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("推進方針_R060301", (2024, 3, 1)),
        ("x_20240401", (2024, 4, 1)),
        ("040224", (2022, 2, 24)),
        ("20241301", None),
        ("1234567", None),
    ],
)
def test_dates_in_digits_alone(text: str, date: tuple[int, int, int] | None) -> None:
    found = compact(fold_text(text))
    assert (found[2] if found else None) == (datetime.date(*date) if date else None)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,250", 1250),
        ("1250", 1250),
        ("千二百五十", 1250),
        ("一千二百五十", 1250),
        ("二十四", 24),
        ("十", 10),
        ("5万", 50_000),
        ("2万5千", 25_000),
        ("2.5万", 25_000),
        ("一万二千", 12_000),
        ("300万", 3_000_000),
        ("百万", 1_000_000),
        ("3,000,000", 3_000_000),
        ("1億2千万", 120_000_000),
        ("二〇二四", 2024),
        ("", 0),
    ],
)
def test_numbers_in_every_writing(text: str, value: float) -> None:
    assert number(text) == value


@given(st.integers(min_value=0, max_value=10**13))
def test_a_number_with_commas_is_the_same(value: int) -> None:
    assert number(f"{value:,}") == number(str(value)) == value


def test_eras_begin_on_their_day_and_are_counted_by_year() -> None:
    era = era_of(datetime.date(2019, 4, 30))
    assert era is not None
    assert era.name == "平成"
    counted = in_era(2019)
    assert counted is not None
    assert (counted[0].name, counted[1]) == ("令和", 1)
    assert era_of(datetime.date(1800, 1, 1)) is None
