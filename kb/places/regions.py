"""Parts of Japan that people name instead of prefectures: 東北, 山陰, 信州, Kyushu."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOHOKU = "青森県 岩手県 宮城県 秋田県 山形県 福島県"
_NORTH_KANTO = "茨城県 栃木県 群馬県"
_SOUTH_KANTO = "埼玉県 千葉県 東京都 神奈川県"
_KANTO = f"{_NORTH_KANTO} {_SOUTH_KANTO}"
_HOKURIKU = "富山県 石川県 福井県"
_KOSHINETSU = "新潟県 山梨県 長野県"
_CHUBU = f"{_KOSHINETSU} {_HOKURIKU} 岐阜県 静岡県 愛知県"
_KINKI = "滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県"
_SANIN = "鳥取県 島根県"
_SANYO = "岡山県 広島県 山口県"
_CHUGOKU = f"{_SANIN} {_SANYO}"
_SHIKOKU = "徳島県 香川県 愛媛県 高知県"
_NORTH_KYUSHU = "福岡県 佐賀県 長崎県 大分県 熊本県"
_KYUSHU = f"{_NORTH_KYUSHU} 宮崎県 鹿児島県"

# 中国 alone is a country, so 中国地方 wants its second half. The longer name stands first.
_REGIONS = (
    ("東北", "東北(?:地方|地域|[6六]県)?", "tohoku", _TOHOKU),
    ("北関東", "北関東", "northern kanto", _NORTH_KANTO),
    ("南関東", "南関東|[1一]都[3三]県", "southern kanto", _SOUTH_KANTO),
    ("首都圏", "首都圏", "tokyo metropolitan area", f"{_KANTO} 山梨県"),
    ("関東", "関東(?:地方|地域|圏)?", "kanto", _KANTO),
    ("甲信越", "甲信越", "koshinetsu", _KOSHINETSU),
    ("信越", "信越", "shinetsu", "新潟県 長野県"),
    ("北陸", "北陸(?:地方|地域|[3三]県)?", "hokuriku", _HOKURIKU),
    ("東海", "東海(?:地方|地域|[3三4四]県)?", "tokai", "岐阜県 静岡県 愛知県 三重県"),
    ("中部", "中部(?:地方|圏)", "chubu", _CHUBU),
    ("近畿", "近畿(?:地方|地域|圏)?", "kinki", _KINKI),
    ("関西", "関西(?:地方|地域|圏)?", "kansai", _KINKI),
    ("中国・四国", "中国・?四国|中四国", "chugoku and shikoku", f"{_CHUGOKU} {_SHIKOKU}"),
    ("中国地方", "中国(?:地方|地域|[5五]県)", "chugoku", _CHUGOKU),
    ("山陰", "山陰(?:地方)?", "san'?in", _SANIN),
    ("山陽", "山陽地方", "sanyo region", _SANYO),
    ("四国", "四国(?:地方|地域|[4四]県)?", "shikoku", _SHIKOKU),
    ("北部九州", "北部?九州", "northern kyushu", _NORTH_KYUSHU),
    ("南九州", "南九州", "southern kyushu", "宮崎県 鹿児島県"),
    ("九州・沖縄", "九州・?沖縄", "kyushu and okinawa", f"{_KYUSHU} 沖縄県"),
    ("九州", "九州(?:地方|地域|[7七]県)?", "kyushu", _KYUSHU),
    ("信州", "信州", "shinshu", "長野県"),
)
_JAPANESE = re.compile("|".join(f"({words})" for _, words, _, _ in _REGIONS))
_ENGLISH = re.compile("|".join(rf"\b({words})\b" for _, _, words, _ in _REGIONS))


@dataclass(frozen=True, slots=True)
class Region:
    """A region that is named in a folded text at ``start`` to ``end``, with its prefectures by
    their full names."""

    label: str
    label_en: str
    start: int
    end: int
    prefectures: tuple[str, ...]


def regions(folded: str) -> tuple[Region, ...]:
    """The regions that a folded text names, in order."""
    found = []
    for pattern in (_JAPANESE, _ENGLISH):
        for match in pattern.finditer(folded):
            label, _, english, prefectures = _REGIONS[(match.lastindex or 1) - 1]
            label_en = english.replace("?", "").title()
            found.append(Region(label, label_en, *match.span(), tuple(prefectures.split())))
    return tuple(sorted(found, key=lambda region: region.start))
