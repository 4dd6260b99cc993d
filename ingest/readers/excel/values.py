"""Values of cells as Excel shows them, near enough to be searched and read."""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from kb.language.eras import era_of

BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 14: "yyyy/m/d", 15: "d-mmm-yy",
    16: "d-mmm", 17: "mmm-yy", 18: "h:mm", 19: "h:mm:ss", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm",
    27: "ge.m.d", 28: 'ggge"年"m"月"d"日"', 29: 'ggge"年"m"月"d"日"', 30: "m/d/yy",
    31: 'yyyy"年"m"月"d"日"', 32: 'h"時"mm"分"', 33: 'h"時"mm"分"ss"秒"', 34: 'yyyy"年"m"月"',
    35: 'm"月"d"日"', 36: "ge.m.d", 37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;-#,##0.00", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss", 49: "@", 50: "ge.m.d",
    51: 'ggge"年"m"月"d"日"', 52: 'yyyy"年"m"月"', 53: 'm"月"d"日"', 54: 'ggge"年"m"月"d"日"',
    55: 'yyyy"年"m"月"', 56: 'm"月"d"日"', 57: "ge.m.d", 58: 'ggge"年"m"月"d"日"',
}  # fmt: skip
"""Number formats that files name by number only, in Japanese Excel (ISO/IEC 29500-1, 18.8.30)."""

_PIECE = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|[_*].|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[[^\]]*\]'
    r"|(?P<digits>[0#?.,]+)|(?P<other>.)"
)
_ELAPSED = re.compile(r"\[[hms]+\]", re.IGNORECASE)
_LARGEST_DAY = 2_958_465  # 31 December 9999
_LONGEST = 60  # characters of a number; a longer one is no figure


def shown(value: float, number_format: str, *, from_1904: bool = False) -> str:
    """A number as its format shows it: 1,234円, 12.5%, 令和6年4月1日."""
    sections = number_format.split(";")
    if _is_moment(sections[0]):
        return _moment(value, sections[0], from_1904=from_1904) or _plain(value)
    if sections[0].strip().lower() in ("", "general", "@"):
        return _plain(value)
    if value < 0 and len(sections) > 1 and sections[1].strip():
        return _formatted(-value, sections[1])
    if value == 0 and len(sections) > 2 and sections[2].strip():
        return _formatted(value, sections[2])
    return _formatted(value, sections[0])


def _formatted(value: float, section: str) -> str:
    before, digits, after = "", "", ""
    for piece in _PIECE.finditer(section):
        if piece["digits"] and not after:
            digits += piece["digits"]
            continue
        text = piece["quoted"] or piece["escaped"] or piece["currency"] or piece["other"] or ""
        if digits:
            after += text
        else:
            before += text
    if not digits:
        return (before + after).strip() or _plain(value)
    if "E+" in after or "E-" in after or "/" in after:
        return _plain(value)
    return f"{before}{_figures(value, digits, percent='%' in after)}{after}".strip()


def _figures(value: float, digits: str, *, percent: bool) -> str:
    """The digits of a number: rounded, grouped, in thousands or percent, with leading zeros."""
    core = digits.rstrip(",")
    whole, _, fraction = core.partition(".")
    try:
        number = Decimal(repr(value)) * (100 if percent else 1)
        number = number.scaleb(-3 * (len(digits) - len(core)))
        fewest, most = fraction.count("0"), len(fraction.replace(",", ""))
        number = number.quantize(Decimal(1).scaleb(-most), ROUND_HALF_UP)
    except InvalidOperation:
        return _plain(value)
    text = f"{abs(number):{',' if ',' in whole else ''}f}"
    if "." in text:
        kept, _, rest = text.partition(".")
        rest = rest[:fewest] + rest[fewest:].rstrip("0")
        text = f"{kept}.{rest}" if rest else kept
    text = text.zfill(whole.count("0")) if "," not in whole else text
    return f"-{text}" if number < 0 else text


def _plain(value: float) -> str:
    text = f"{value:.10g}" if abs(value) < 1e10 or value != int(value) else f"{value:.0f}"
    return text if len(text) <= _LONGEST else f"{value:.10g}"


def _is_moment(section: str) -> bool:
    """True for a format of dates or times: it has letters of theirs outside quotes and brackets."""
    letters = _letters(section)
    is_named = "general" not in letters and bool(set(letters) & set("ymdhsge"))
    return is_named or bool(_ELAPSED.search(section))


def _letters(section: str) -> str:
    """What a format says outside quotes and brackets, without its digits."""
    return "".join(piece["other"] or "" for piece in _PIECE.finditer(section)).lower()


def _moment(value: float, section: str, *, from_1904: bool) -> str:
    """A date in figures that everybody reads, a time or a duration; "" for what is none."""
    seconds = round(value * 86400)
    if _ELAPSED.search(section):
        return f"{seconds // 3600}時間{seconds % 3600 // 60:02}分"
    if not 0 <= value <= _LARGEST_DAY:
        return ""
    letters = _letters(section)
    time = f"{seconds % 86400 // 3600}時{seconds % 3600 // 60:02}分"
    if not set(letters) & set("ydge"):
        return time if "h" in letters or value < 1 or "s" in letters else ""
    days = int(value) + (1462 if from_1904 else 0)
    days += days < 60  # Excel counts a 29 February 1900 that never was
    date = dt.date(1899, 12, 30) + dt.timedelta(days)
    day = f"{_year(date, letters)}年{date.month}月"
    if "d" in letters or "m" not in letters:
        day += f"{date.day}日"
    return f"{day} {time}" if "h" in letters and seconds % 86400 else day


def _year(date: dt.date, letters: str) -> str:
    if "g" in letters and (era := era_of(date)):
        count = date.year - era.before
        return f"{era.name}{'元' if count == 1 else count}"
    return str(date.year)
