"""The words that make a bound of a number: 以下, 未満, を超える, at least; one list for people, yen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

# Of every word: whether it bounds from above (else from below), and whether the number itself is in.
_WORDS: Mapping[str, tuple[bool, bool]] = {
    **dict.fromkeys(
        "以下 以内 弱 足らず くらいまで ぐらいまで 程度まで まで".split(), (True, True)
    ),
    **dict.fromkeys(
        "未満 もいない に届かない を下回る 下回る を切る に満たない より少ない より小さい より安い".split(),
        (True, False),
    ),
    **dict.fromkeys("以上 強".split(), (False, True)),
    **dict.fromkeys(
        "超 を超える 超える を超す を上回る 上回る より多い より大きい".split(), (False, False)
    ),
    **dict.fromkeys(("at most", "up to", "no more than"), (True, True)),
    **dict.fromkeys(("under", "below", "less than", "fewer than", "smaller than"), (True, False)),
    **dict.fromkeys(("or less", "or fewer", "or under", "or below"), (True, True)),
    **dict.fromkeys(("at least", "or more", "or over", "or above"), (False, True)),
    **dict.fromkeys(("over", "above", "more than", "larger than", "bigger than"), (False, False)),
}

JAPANESE = "|".join(sorted((w for w in _WORDS if not w.isascii()), key=len, reverse=True))
ENGLISH = "|".join(
    sorted((w for w in _WORDS if w.isascii() and w[:3] != "or "), key=len, reverse=True)
)
ENGLISH_BEHIND = "|".join(w for w in _WORDS if w.startswith("or "))
"""Patterns of these words, the longest first; those that stand before a number, and those behind."""

MOST = 10**15
"""A number beyond what any case can have; larger ones are cut to it."""


def bounded(number: float, word: str) -> tuple[int | None, int | None]:
    """(least, most) that a number with such a word means, both inclusive."""
    is_upper, is_in = _WORDS[word]
    value = round(min(number, MOST))
    if is_upper:
        return None, value if is_in else max(0, value - 1)
    return value if is_in else value + 1, None


def band(number: float) -> tuple[int, int]:
    """(least, most) of a number with 台: 2万 is 20,000 to 29,999."""
    low = round(min(number, MOST))
    step = 10 ** (len(str(low)) - len(str(low).rstrip("0")))
    return low, low + step - 1


_JAPANESE = ("{}〜{}", "{}未満", "{}以下", "{}超", "{}以上")
_ENGLISH = ("{} to {}", "under {}", "up to {}", "over {}", "{} or more")


def shown(low: int | None, high: int | None, told: Callable[[int], str]) -> str:
    """Bounds as people write them: 20,000人以下, 20,000人未満, 10,000人〜30,000人."""
    return _shown(low, high, told, _JAPANESE)


def shown_en(low: int | None, high: int | None, told: Callable[[int], str]) -> str:
    """The same in English: up to 20,000 people, under 20,000 people."""
    return _shown(low, high, told, _ENGLISH)


def _shown(
    low: int | None, high: int | None, told: Callable[[int], str], words: tuple[str, ...]
) -> str:
    between, under, most, over, least = words
    if low is not None and high is not None:
        return between.format(told(low), told(high))
    if high is not None:
        beyond = _is_open(high + 1)
        return under.format(told(high + 1)) if beyond else most.format(told(high))
    if low is None:
        return ""
    return over.format(told(low - 1)) if _is_open(low - 1) else least.format(told(low))


def _is_open(beyond: int) -> bool:
    """True for a bound beside a round number, which was said to be outside: 9,999 or 10,001."""
    return beyond >= 100 and beyond % 100 == 0
