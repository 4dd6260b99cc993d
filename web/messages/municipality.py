"""Sentences of the municipality pages."""

from __future__ import annotations

MESSAGES: dict[str, tuple[str, str]] = {
    "municipality.where": ("{name}の中の位置", "Where it lies in {name}"),
    "municipalities.title": ("自治体", "Municipalities"),
    "municipalities.lead": (
        "自治体ごとに、困りごとと、答えになりそうなほかの自治体の事例を見られます。",
        "For each municipality: what it needs, and who elsewhere has solved it.",
    ),
    "municipalities.name": ("自治体名・よみ・団体コード", "Name, reading or code"),
    "municipalities.unknown": (
        "「{name}」という自治体は見つかりません。「多可町」「たかちょう」のように入力してください。",
        "No municipality is called “{name}”. Try 多可町 or Taka.",
    ),
    "municipalities.open": ("開く", "Open"),
    "municipalities.which": ("「{name}」は複数あります", "There are several called {name}"),
    "municipalities.with_cases": ("事例のある自治体", "Municipalities with cases"),
    "municipalities.by_prefecture": ("都道府県順", "By prefecture"),
    "municipalities.counts": ("数字は事例の数です。", "Numbers count cases."),
    "municipalities.none": (
        "事例のある自治体はまだありません。資料が取り込まれると、ここに並びます。",
        "None has a case yet. They will stand here once documents are read.",
    ),
    "municipality.cases": ("{n}事例", "{n} cases"),
    "municipality.cases.one": ("{n}事例", "{n} case"),
    "municipality.needs": (
        "困りごとと、答えになりそうな事例",
        "Needs, and cases that may answer them",
    ),
    "municipality.needs.none": (
        "「見えてきた課題」「有効と思われる支援」の記載がある資料は、まだありません。",
        "No document names open issues or wished-for support yet.",
    ),
    "municipality.precedents": ("ほかの自治体の先例", "Precedents elsewhere"),
    "municipality.precedents.none": (
        "これに答える事例は、まだありません。",
        "No case answers this yet.",
    ),
    "municipality.search": ("ことばを変えて調べる", "Search in other words"),
    "municipality.done": ("{name}の事例", "Cases of {name}"),
    "municipality.done.none": (
        "この自治体の事例は、まだありません。似た自治体の事例をご覧ください。",
        "There is no case of this municipality yet. See those like it.",
    ),
    "municipality.alike": ("似た自治体", "Municipalities like this one"),
    "municipality.alike.none": (
        "事例のある似た自治体は、まだありません。",
        "None like it has a case yet.",
    ),
    "municipality.formula": (
        "人口の近さ5割、市町村の種別2割、距離の近さ3割（100kmごとに半減）で選んでいます。",
        "Half by population, a fifth by kind, three tenths by distance (halved every 100 km).",
    ),
    "municipality.neighbours": ("近くの自治体", "Nearby"),
    "municipality.site": ("自治体のサイト", "Its website"),
}
