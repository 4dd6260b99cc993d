"""Sentences of the coverage page."""

from __future__ import annotations

MESSAGES: dict[str, tuple[str, str]] = {
    "coverage.title": ("事例の分布", "Coverage"),
    "coverage.lead": (
        "どの分野に、どの規模・地域の事例があるか。空いているところが、次に集めたい事例です。",
        "Which fields have cases from where. The gaps are what to collect next.",
    ),
    "coverage.by": ("横軸", "Columns"),
    "coverage.by.population": ("人口規模", "Population"),
    "coverage.by.prefecture": ("都道府県", "Prefecture"),
    "coverage.total": ("計", "Total"),
    "coverage.gap": ("なし", "none"),
    "coverage.hint": (
        "人口は2020年国勢調査。都道府県の事例は、人口規模の列には数えていません。",
        "Population of the 2020 census; cases of prefectures are not counted by population.",
    ),
}
