"""Build ``kb/places/data/municipalities.csv`` from a list of municipalities and wards.

    python scripts/build_municipalities.py SOURCE.csv

SOURCE has the columns code, prefecture, name, kana, latitude, longitude, url, population_2020;
wards of designated cities are written "札幌市 中央区". Codes are the local government codes of the
Ministry of Internal Affairs and Communications (six digits, the last a check digit), populations
the preliminary counts of the 2020 census (a blank is a town evacuated on census day: nobody).

Added here: the kind, the parent of each ward, and a row per prefecture. A prefecture's population
is the sum over its municipalities, its place their mean weighted by population.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from pathlib import Path

TARGET = Path(__file__).parent.parent / "kb" / "places" / "data" / "municipalities.csv"
COLUMNS = "code name prefecture kana kind latitude longitude population url parent".split()
# In the order of the JIS X 0401 codes 01 to 47.
PREFECTURE_KANA = (
    "ほっかいどう あおもりけん いわてけん みやぎけん あきたけん やまがたけん ふくしまけん いばらきけん "
    "とちぎけん ぐんまけん さいたまけん ちばけん とうきょうと かながわけん にいがたけん とやまけん "
    "いしかわけん ふくいけん やまなしけん ながのけん ぎふけん しずおかけん あいちけん みえけん しがけん "
    "きょうとふ おおさかふ ひょうごけん ならけん わかやまけん とっとりけん しまねけん おかやまけん "
    "ひろしまけん やまぐちけん とくしまけん かがわけん えひめけん こうちけん ふくおかけん さがけん "
    "ながさきけん くまもとけん おおいたけん みやざきけん かごしまけん おきなわけん"
).split()

Row = dict[str, str]


def main(source: Path) -> None:
    """Read ``source`` and write the table."""
    with source.open(encoding="utf-8-sig", newline="") as file:
        places = municipalities(list(csv.DictReader(file)))
    rows = sorted(places + prefectures(places), key=lambda row: row["code"])
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{len(rows)} places -> {TARGET}", file=sys.stderr)


def municipalities(source: list[Row]) -> list[Row]:
    """Rows of the municipalities and wards. Raises ValueError for a wrong check digit."""
    codes = {(row["prefecture"], row["name"].strip()): row["code"] for row in source}
    cities = {row["name"].split()[0] for row in source if len(row["name"].split()) == 2}
    rows = []
    for row in source:
        if row["code"] != with_check_digit(row["code"][:5]):
            raise ValueError(f"{row['code']} {row['name']}: wrong check digit")
        city, *ward = row["name"].split()
        rows.append(
            {
                "code": row["code"],
                "name": city + "".join(ward),
                "prefecture": row["prefecture"],
                "kana": "".join(row["kana"].split()),
                "kind": kind(city, bool(ward), city in cities),
                "latitude": f"{float(row['latitude']):.5f}",
                "longitude": f"{float(row['longitude']):.5f}",
                "population": str(int(row["population_2020"] or 0)),
                "url": row["url"].strip(),
                "parent": codes[row["prefecture"], city] if ward else "",
            }
        )
    return rows


def kind(city: str, is_ward: bool, is_designated: bool) -> str:
    """政令市, 市, 特別区, 行政区, 町 or 村."""
    if is_ward:
        return "行政区"
    if is_designated:
        return "政令市"
    return "特別区" if city.endswith("区") else city[-1]


def prefectures(places: list[Row]) -> list[Row]:
    """Rows of the prefectures that ``places`` lie in."""
    members: dict[str, list[Row]] = defaultdict(list)
    for row in places:
        if not row["parent"]:
            members[row["prefecture"]].append(row)
    return [prefecture(name, rows) for name, rows in members.items()]


def prefecture(name: str, members: list[Row]) -> Row:
    """The row of one prefecture from those of its municipalities."""
    number = members[0]["code"][:2]
    people = [int(row["population"]) for row in members]
    total = sum(people)

    def mean(column: str) -> str:
        pairs = zip(members, people, strict=True)
        return f"{sum(float(row[column]) * count for row, count in pairs) / total:.5f}"

    return {
        "code": with_check_digit(f"{number}000"),
        "name": name,
        "prefecture": name,
        "kana": PREFECTURE_KANA[int(number) - 1],
        "kind": "都道府県",
        "latitude": mean("latitude"),
        "longitude": mean("longitude"),
        "population": str(total),
        "url": "",
        "parent": "",
    }


def with_check_digit(code: str) -> str:
    """Six digits from five: weights 6 to 2, remainder of 11 (総務省「全国地方公共団体コード」)."""
    total = sum(int(digit) * weight for digit, weight in zip(code, (6, 5, 4, 3, 2), strict=True))
    return f"{code}{(11 - total % 11) % 10}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
