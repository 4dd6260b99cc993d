"""One initiative, one answer: what several documents tell of one thing is folded, and nothing else."""

from __future__ import annotations

import shutil
from itertools import combinations
from pathlib import Path

import pytest

from ingest.flow.pipeline import ingest
from ingest.flow.sentences import embed_waiting
from kb.base.config import Settings
from kb.base.tables import read_table
from kb.base.types import Case, Viewer
from kb.index.views import ViewKeeper
from kb.ranking.contracts import answer_json
from kb.ranking.initiatives import folded
from kb.ranking.search import Searcher
from kb.storage.store import Store
from tests.support.samples import note

_CORPUS = Path(__file__).parents[2] / "corpus"
_FILES = (
    "decks/online-forms_small-municipalities.pdf hyogo/hyogo-pref_dx-support.md hyogo/kasai_education-dx.md "
    "hyogo/nishinomiya_counter-dx.md notes/*shihoro_line.md notes/*shiojiri_*.md notes/*suo-oshima*.md "
    "notes/*kaga_139*.md notes/*komae_*.md notes/*uki_bereavement*.md notes/*shimizu_park*.md "
    "notes/hyogo_hyogo-pref_municipal*.md notes/*toride_*.md notes/*tottori-pref_*.md notes/*hidaka_*.md "
    "notes/*miyake_*.md notes/hyogo_kasai_*.md notes/hyogo_nishinomiya_*.md notes/*toyota_*.md "
    "notes/*nishikawa_*.md notes/*tatsuno_*.md"
).split()


@pytest.fixture(scope="module")
def chosen(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("shipped")
    settings = Settings(data=folder / "data", corpus=folder / "corpus")
    for pattern in _FILES:
        for path in _CORPUS.glob(pattern):
            target = settings.corpus / path.relative_to(_CORPUS)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    ingest(settings)
    embed_waiting(settings)
    return settings


def test_pairs_judged_by_hand(chosen: Settings) -> None:
    store = Store.open(chosen)
    cases = store.cases_by_no(sorted(store.all_case_nos()), Viewer.owner())
    order = sorted(cases)
    sentences = ViewKeeper(chosen, store).views().sentences
    same = folded(order, cases, sentences, store.near_pairs(order, Viewer.owner()), order)
    together = {
        frozenset((cases[a].title, cases[b].title))
        for first, others in same.items()
        for a, b in combinations((first, *others), 2)
    }
    judged = {
        frozenset((_titled(cases.values(), one), _titled(cases.values(), other))): verdict
        for verdict, one, other in (row.cells for row in read_table(
            Path(__file__).parent / "data" / "initiatives.tsv", ("verdict", "one", "other")
        ))
    }  # fmt: skip
    assert together == {pair for pair, verdict in judged.items() if verdict == "same"}
    codes = {case.title: case.code for case in cases.values()}
    assert all(len({codes[title] for title in pair}) == 1 for pair in together)


def _titled(cases: object, beginning: str) -> str:
    (title,) = {c.title for c in cases if c.title.startswith(beginning)}  # type: ignore[attr-defined]
    return str(title)


def test_an_answer_shows_one_card_and_cites_all(chosen: Settings) -> None:
    answer = Searcher(chosen, Store.open(chosen)).search("士幌町 公式LINE", k=30)
    towns = [r for r in answer.results if r.case.municipality == "士幌町"]
    (one,) = towns
    shown = answer_json(answer)["results"][one.rank - 1]["same_initiative"]  # type: ignore[index]
    (other,) = one.same_initiative
    assert {one.case.path[:5], other.path[:5]} == {"decks", "notes"}
    assert shown == [
        {
            "case_id": other.id,
            "title": other.title,
            "source": {
                "path": other.path,
                "page": other.pages[0] if other.pages else None,
                "document_id": other.document_id,
            },
        }
    ]
    assert answer.total == sum(r.answers for r in answer.results)


_BODY = "## 取組\n\n" + "書かない窓口を市民課で始め、住所や名前を何度も書かずに済むようにした。" * 4


@pytest.fixture
def copies(tmp_path: Path) -> Settings:
    settings = Settings(data=tmp_path / "data", corpus=tmp_path / "corpus")
    for name, town in (("a", "多可町"), ("b", "多可町"), ("c", "加西市"), ("d", "")):
        note(
            settings.corpus,
            f"{name}.md",
            f"{_BODY}資料{name}。",
            title="書かない窓口",
            municipality=town,
        )
    ingest(settings)
    return settings


def test_the_same_text_is_folded_within_a_municipality_only(copies: Settings) -> None:
    answer = Searcher(copies, Store.open(copies)).search("書かない窓口")
    told = sorted((r.case.municipality, len(r.same_initiative)) for r in answer.results)
    assert told == [("", 0), ("加西市", 0), ("多可町", 1)]
    assert answer.total == 3
    assert answer.facets["municipality"] == {"加西市": 1, "多可町": 1}


def test_a_scan_read_badly_stands_behind(copies: Settings) -> None:
    store = Store.open(copies)
    cases: dict[int, Case] = store.cases_by_no(sorted(store.all_case_nos()), Viewer.owner())
    one, other = (no for no, case in cases.items() if case.municipality == "多可町")
    object.__setattr__(cases[one], "quality", 0.5)
    sentences = ViewKeeper(copies, store).views().sentences
    same = folded(
        [one, other], cases, sentences, store.near_pairs([one, other], Viewer.owner()), [one, other]
    )
    assert same == {other: (one,)}
