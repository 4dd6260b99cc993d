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
    "coverage.questions": ("見つからなかった質問", "Questions that found nothing"),
    "coverage.questions.lead": (
        "検索で良い事例がなかったときに「記録する」を押された質問です。資料が増えて見つかるようになると、ここで"
        "分かります。",
        "Recorded when a search found no good case. Once the documents answer one, it says so here.",
    ),
    "coverage.questions.none": (
        "記録された質問はありません。良い事例が見つからない検索で「この質問を記録する」を押すと、ここに並びます。",
        "No question was recorded. Press “Record this question” when a search finds no good case.",
    ),
    "coverage.question": ("質問", "Question"),
    "coverage.times": ("回数", "Times"),
    "coverage.last": ("最後に聞かれた日", "Last asked"),
    "coverage.now": ("いまの結果", "Now"),
    "coverage.answered": ("見つかります", "answered"),
    "coverage.open": ("まだありません", "not yet"),
    "coverage.forget": ("片付ける", "Remove"),
    "coverage.rest.population": ("県・不明", "Prefecture or not stated"),
    "coverage.rest.prefecture": ("不明", "Not stated"),
    "coverage.sort.total": ("少ない順", "Fewest first"),
    "coverage.sort.field": ("分野順", "By field"),
    "coverage.hint": (
        "数字は事例の数です。押すと、その事例が開きます。人口は2020年国勢調査によります。",
        "Numbers count cases; press one to see them. Population of the 2020 census.",
    ),
}
