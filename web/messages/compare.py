"""Sentences of the comparison and the brief."""

from __future__ import annotations

MESSAGES: dict[str, tuple[str, str]] = {
    "compare.title": ("事例を比べる", "Compare cases"),
    "compare.lead": (
        "横に並べて比べ、所見を添えて、出典つきの資料にできます。",
        "Side by side, and with your remarks as a brief that names its sources.",
    ),
    "compare.link": ("この比較へのリンク", "Link to this comparison"),
    "compare.empty": (
        "比べる事例がまだありません。検索結果の「比べる」を押すと、ここに並びます。",
        "Nothing to compare yet. Press “Compare” at a result and it will stand here.",
    ),
    "compare.add": ("比べる", "Compare"),
    "compare.full": ("比べるのは6件まで", "Six are chosen, the most"),
    "compare.chosen": ("比べるのをやめる", "Do not compare"),
    "compare.remove": ("外す", "Remove"),
    "compare.earlier": ("左へ", "To the left"),
    "compare.clear": ("すべて外す", "Remove all"),
    "compare.brief": ("助言資料にする", "Make a brief"),
    "compare.brief.hint": (
        "所見はサーバーに保存されません。書き出した資料にだけ入り、このタブを閉じると消えます。",
        "Remarks are not stored on the server: they go into the exported brief, and are gone when this "
        "tab is closed.",
    ),
    "compare.remark": ("全体への所見", "Remark on the whole"),
    "compare.remark.for": ("所見: {title}", "Remark: {title}"),
    "compare.brief.title": ("資料の題", "Title of the brief"),
    "compare.word": ("Wordで書き出す", "Export to Word"),
    "compare.excel": ("Excelで書き出す", "Export to Excel"),
    "compare.markdown": ("Markdownで書き出す", "Export as Markdown"),
    "compare.print": ("印刷する", "Print"),
}
