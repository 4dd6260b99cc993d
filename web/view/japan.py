"""Japan as a map of tiles, one per prefecture, so that the small ones can be read and pressed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

SIDE = 44
"""Width and height of a tile with its gap, in units of the drawing."""

COLUMNS, ROWS = 14, 12

_TILES = """
12,0 北海道
12,2 青森県
11,3 秋田県 12,3 岩手県
11,4 山形県 12,4 宮城県
8,5 石川県 9,5 富山県 10,5 新潟県 11,5 福島県
8,6 福井県 9,6 岐阜県 10,6 長野県 11,6 群馬県 12,6 栃木県 13,6 茨城県
3,7 山口県 4,7 島根県 5,7 鳥取県 6,7 兵庫県 7,7 京都府 8,7 滋賀県 9,7 愛知県 10,7 山梨県 11,7 埼玉県
12,7 東京都 13,7 千葉県
0,8 長崎県 1,8 佐賀県 2,8 福岡県 4,8 広島県 5,8 岡山県 6,8 大阪府 7,8 奈良県 8,8 三重県 10,8 静岡県
12,8 神奈川県
1,9 熊本県 2,9 大分県 7,9 和歌山県
1,10 鹿児島県 2,10 宮崎県 4,10 愛媛県 5,10 香川県
0,11 沖縄県 4,11 高知県 5,11 徳島県
"""


@dataclass(frozen=True, slots=True)
class Tile:
    """A prefecture's place in the drawing. ``level`` is 0 for none to 4 for the most cases;
    ``address`` narrows the question to it."""

    prefecture: str
    short: str
    x: int
    y: int
    count: int
    level: int
    address: str


@dataclass(frozen=True, slots=True)
class Map:
    """The drawing, in its own units."""

    tiles: tuple[Tile, ...]
    width: int = COLUMNS * SIDE
    height: int = ROWS * SIDE


def _positions() -> dict[str, tuple[int, int]]:
    words = _TILES.split()
    found = {}
    for place, name in zip(words[::2], words[1::2], strict=True):
        column, row = place.split(",")
        found[name] = (int(column), int(row))
    return found


POSITIONS: Mapping[str, tuple[int, int]] = _positions()
"""(column, row) of every prefecture."""


def draw(counts: Mapping[str, int], address: Callable[[str], str]) -> Map:
    """The map for these counts by prefecture, from north to south."""
    most = max((counts.get(name, 0) for name in POSITIONS), default=0)
    return Map(
        tuple(
            Tile(name, _short(name), x * SIDE, y * SIDE, n, _level(n, most), address(name))
            for name, (x, y) in POSITIONS.items()
            for n in (counts.get(name, 0),)
        )
    )


def _short(name: str) -> str:
    return name if name == "北海道" else name[:-1]


def _level(count: int, most: int) -> int:
    """0, or a quarter of the largest count, 1 to 4."""
    return 0 if not count else max(1, -(-4 * count // most))
