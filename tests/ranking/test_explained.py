"""Why a case is here, in the words of whoever asked: what was typed, whole synonyms, no contradiction."""

from __future__ import annotations

import pytest

from ingest.flow.pipeline import ingest
from kb.base.config import Settings
from kb.base.types import Why
from kb.ranking.search import Searcher
from kb.storage.store import Store
from tests.support.samples import note

_NOTES = {
    "unwritten": "住民は申請書を書かずに済み、書かない窓口で待ち時間も短い。スマートフォンから予約する。",
    "written": "住民は窓口で申請書を書く。窓口が混むので、職員が書き方を案内する。役所の内線も鳴る。",
    "waste": "ごみの分別をスマホで調べる。塵ひとつない町にしたい。カウンターでも尋ねられる。",
}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    folder = tmp_path_factory.mktemp("explained")
    settings = Settings(data=folder / "data", corpus=folder / "corpus", sentences=False)
    for name, body in _NOTES.items():
        note(settings.corpus, f"{name}.md", f"## 取組\n\n{body}", title=f"{name}の取組")
    ingest(settings)
    return Searcher(settings, Store.open(settings))


def why(searcher: Searcher, question: str, name: str) -> Why:
    found = searcher.search(question).results
    return next(r.why for r in found if r.case.path == f"{name}.md")


@pytest.mark.parametrize(
    ("question", "name", "words"),
    [
        ("書かない窓口", "unwritten", ("書かない窓口",)),
        ("書かない窓口", "written", ("窓口",)),
        ("窓口が混んで困る", "written", ("窓口", "混んで")),
        ("ゴミの分別", "waste", ("ゴミ", "分別")),
        ("スマホで調べる", "waste", ("スマホ", "調べる")),
        ("窓口で申請書を書かせている", "unwritten", ("窓口", "申請書", "書かせている")),
    ],
)
def test_words_as_they_were_typed(
    searcher: Searcher, question: str, name: str, words: tuple[str, ...]
) -> None:
    assert why(searcher, question, name).terms == words


def test_synonyms_are_whole_and_stand_in_the_text(searcher: Searcher) -> None:
    for question in ("ゴミ", "スマホの予約", "窓口", "庁内の電話"):
        for result in searcher.search(question).results:
            told = " ".join((result.case.title, *(s.text for s in result.case.sections))).lower()
            assert not {"塵", "内", "スマ", "マホ"} & {*result.why.terms, *result.why.synonyms}
            assert all(word.lower() in told for word in result.why.synonyms)


def test_what_the_words_contradict_is_not_marked(searcher: Searcher) -> None:
    marked = {
        r.case.path: [p.text[s:e] for p in r.passages for s, e in p.highlights]
        for r in searcher.search("書かない窓口").results
    }
    assert any("書か" in word for word in marked["unwritten.md"])
    assert not any("書" in word for word in marked["written.md"])
