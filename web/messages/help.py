"""Headings of the guides, and the page about the product."""

from __future__ import annotations

MESSAGES: dict[str, tuple[str, str]] = {
    "nav.help": ("使い方", "Help"),
    "help.title": ("使い方", "Help"),
    "help.contents": ("目次", "Contents"),
    "help.search": ("調べる", "Searching"),
    "help.advise": ("助言を作る", "Preparing advice"),
    "help.add": ("資料を追加する", "Adding documents"),
    "help.tips": ("探し方のこつ", "Search tips"),
    "help.shot.search": ("検索結果の画面", "Search results"),
    "help.shot.compare": ("事例を比べる画面", "Comparing cases"),
    "help.shot.municipality": ("自治体の画面", "A municipality's page"),
    "help.shot.documents": ("資料の画面", "The documents page"),
    "about.title": ("このシステムについて", "About"),
    "about.schema": ("データの版", "data version"),
    "about.index": ("取り込み済み", "Indexed"),
    "about.counts": (
        "資料{documents}件、事例{cases}件、検索する文{chunks}件。",
        "{documents} documents, {cases} cases, {chunks} passages.",
    ),
    "about.lexicon": ("同義語", "Synonyms"),
    "about.groups": ("{n}組", "{n} groups"),
    "about.licence": ("ライセンス", "Licence"),
    "about.model": ("意味で探すためのモデル", "The model that finds by meaning"),
    "about.model.name": ("{name}（{dimension}次元）", "{name} ({dimension} dimensions)"),
    "about.model.card": (
        "同梱のモデルです。日本語と英語のことば9万語の意味を数の並びで持ち、文の意味をその和で表します。"
        "語順や文脈は見ません。辞書・対訳・法令・行政手続・自治体広報などから学び、事例の本文は学習していません。"
        "計算はこのサーバーの中だけで行い、文章を作ることはありません。",
        "It ships with the product: 90,000 Japanese and English words as vectors; a text is the sum of "
        "its words, without their order. It learned from dictionaries, translations, laws, procedures "
        "and municipal bulletins, not from case studies. It computes on this server only and writes "
        "no text.",
    ),
    "about.model.licence": ("モデルの重みのライセンス:", "Licence of the weights:"),
    "about.reranker": ("並べ直し: {name}", "Reranker: {name}"),
    "about.data": ("データ", "Data"),
    "about.data.text": (
        "人口は2020年国勢調査、自治体コードと位置は公的な統計と地図のデータによります。事例の本文とページは、"
        "資料フォルダに置かれた資料そのものです。",
        "Population is that of the 2020 census; codes and positions come from public statistics and "
        "maps. Cases and pages are those of the documents in the corpus folder.",
    ),
    "about.libraries": ("使っているソフトウェア", "Software used"),
    "about.library": ("名前", "Name"),
    "about.version": ("版", "Version"),
    "about.tokens": (
        "画面の色・文字の大きさには、デジタル庁デザインシステムのデザイントークン（MIT）を使っています。",
        "Colours and sizes are design tokens of the Digital Agency Design System (MIT).",
    ),
}
