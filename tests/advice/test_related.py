"""Cases of the same matter, and precedents for a need, over real notes that the sentence model has read."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.flow.pipeline import ingest
from ingest.flow.sentences import embed_waiting
from kb.advice.precedents import ANSWERS_NEED, precedents
from kb.advice.related import same_matter
from kb.base.config import Settings
from kb.base.types import Viewer
from kb.places.gazetteer import load_gazetteer
from kb.ranking.search import Searcher
from kb.storage.store import Store
from tests.support.samples import note

NOTES = {
    "eiheiji": ("福井県", "永平寺町", "書かない窓口の導入", "転入の届出を職員が聞き取って申請書を作る。住民は署名するだけで済む。"),
    "echizen": ("福井県", "越前市", "文章を作る人工知能の試行", "職員が対話型の人工知能であいさつ文の下書きを作り、時間を測った。"),
    "kitami": ("北海道", "北見市", "窓口で申請書を書かせない", "来庁した住民から聞き取り、申請書を職員が印字する。待ち時間が減った。"),
    "toyooka": ("兵庫県", "豊岡市", "ドローンで薬を運ぶ", "山あいの集落へ無人機で薬を届ける実験をした。"),
    "saga": ("佐賀県", "佐賀市", "水道の漏水を衛星で探す", "衛星の画像から漏水の疑いのある管を見つけ、掘る場所を減らした。"),
    "ina": ("長野県", "伊那市", "乗り合いタクシーの予約", "高齢者が電話やアプリで乗り合いの車を呼ぶ。配車は自動で決まる。"),
    "amami": ("鹿児島県", "奄美市", "契約を電子にした", "工事の契約を電子署名で結び、印紙代と郵送の手間がなくなった。"),
}  # fmt: skip


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> tuple[Searcher, Store]:
    folder = tmp_path_factory.mktemp("related")
    settings = Settings(data=folder / "data", corpus=folder / "corpus")
    settings.corpus.mkdir()
    for name, (prefecture, town, title, text) in NOTES.items():
        _write(settings.corpus, name, (prefecture, town), title, text)
    ingest(settings)
    embed_waiting(settings)
    store = Store.open(settings)
    return Searcher(settings, store), store


def _write(corpus: Path, name: str, place: tuple[str, str], title: str, text: str) -> None:
    body = f"## 取組\n\n{text}"
    note(corpus, f"{name}.md", body, title=title, municipality=place[1], prefecture=place[0])


def _matter(read: tuple[Searcher, Store], town: str) -> list[str]:
    searcher, store = read
    owner = Viewer.owner()
    place = load_gazetteer().find(town)[0]
    (case,) = store.cases_of(code=place.code, viewer=owner)
    return [other.municipality for other in same_matter(searcher, store, case, owner, 3)]


def test_the_same_matter_leads_not_the_same_prefecture(read: tuple[Searcher, Store]) -> None:
    assert _matter(read, "永平寺町") == ["北見市"]
    assert _matter(read, "北見市") == ["永平寺町"]


def test_nothing_is_shown_rather_than_something_else(read: tuple[Searcher, Store]) -> None:
    assert _matter(read, "奄美市") == []


def _answering(read: tuple[Searcher, Store], need: str) -> list[tuple[str, float | None]]:
    place = load_gazetteer().find("多可町")[0]
    found = precedents(read[0], need, place, Viewer.owner())
    return [(p.case.municipality, p.reading) for p in found]


def test_precedents_carry_a_figure_and_a_poor_one_is_left_out(read: tuple[Searcher, Store]) -> None:
    ((town, reading),) = _answering(read, "水道管の漏水を探すのに人手がかかる")
    assert town == "佐賀市"
    assert reading is not None
    assert reading >= ANSWERS_NEED
    assert _answering(read, "墓地の草刈りをする人がいない") == []
