"""A small corpus for the tests of the web."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from ingest.flow.pipeline import ingest
from kb.base.config import Settings, load_settings
from kb.ranking.search import Searcher
from kb.storage.store import Store
from kb.storage.writer import open_writer
from tests.paths import ROOT
from web.services import Services

SHIPPED = ROOT / "corpus"
NOTES = (
    "aomori_hirosaki_integrated-counter",
    "ehime_matsuyama_dx-leader-training",
    "fukuoka_iizuka_trap-monitoring",
    "gunma_tsumagoi_tourism-data",
    "hokkaido_kyowa_maternal-app",
    "hokkaido_shihoro_line",
    "hyogo_itami_line-bosai",
    "hyogo_kasai_steam-program",
    "hyogo_nishinomiya_smart-application",
    "hyogo_tatsuno_tv-watch-over",
    "ibaraki_goka_shelter-mynumber",
    "kagoshima_kagoshima_no-writing-counter",
    "kumamoto_oguni_nocode-apps",
    "nagano_ina_yuai-market",
    "niigata_kashiwazaki_chatgpt-crew",
    "osaka_kishiwada_shelter-reception",
    "shizuoka_hamamatsu_no-writing-counter",
    "shizuoka_shimizu_park-permit-form",
    "tochigi_nikko_congestion-visualization",
    "tokyo_tama_afterschool-form",
    "wakayama_hashimoto_rpa-shared",
    "yamanashi_yamanashi_lpwa-farming",
)
"""Notes of the shipped corpus that this one has, so that it stays small while that one grows."""

HOSTILE_NAME = "a & b' onmouseover=alert(1) %2e%2e.md"
HOSTILE = """---
title: <script>alert("title")</script> 悪意のある題名の申請
municipality: 多可町
prefecture: 兵庫県
field: 申請
year: 2023
source_title: "\\"><img src=x onerror=alert(2)>"
source_url: "javascript:alert(3)"
---
## 取組

申請フォームに<img src=x onerror=alert(4)>と書かれても、</blockquote><script>alert(5)</script>は
文字のまま表示される。
"""
OFFICE_ONLY = """---
title: 庁内だけの極秘申請検討メモ
municipality: 多可町
prefecture: 兵庫県
field: 申請
visibility: 庁内
---
## 取組

申請フォームの入札予定価格を検討した。
"""


def build(folder: Path) -> Settings:
    """Settings of :func:`lay_out`'s corpus, ingested."""
    settings = replace(load_settings({}), data=folder / "data", corpus=lay_out(folder / "corpus"))
    ingest(settings, progress=None)
    return settings


def lay_out(corpus: Path) -> Path:
    """Fills ``corpus``: shipped notes, the shipped deck, a hostile note, a note for the office only
    and an empty file."""
    shutil.copytree(SHIPPED / "hyogo", corpus / "hyogo")
    (corpus / "notes").mkdir()
    for name in NOTES:
        shutil.copy(SHIPPED / "notes" / f"{name}.md", corpus / "notes")
    shutil.copytree(SHIPPED / "decks", corpus / "decks")
    (corpus / HOSTILE_NAME).write_text(HOSTILE, encoding="utf-8")
    (corpus / "office.md").write_text(OFFICE_ONLY, encoding="utf-8")
    (corpus / "empty.pdf").write_bytes(b"")
    return corpus


def services(settings: Settings) -> Services:
    """Services over the real store and the real search."""
    store = Store.open(settings)
    return Services(settings, store, Searcher(settings, store))


def of_nothing(settings: Settings) -> Services:
    """Services over a store that is there and has read nothing yet."""
    with open_writer(settings):
        pass
    return services(settings)
