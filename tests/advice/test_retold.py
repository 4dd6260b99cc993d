"""A note that tells a document of the corpus in words of its own says so, and a brief cites both."""

from __future__ import annotations

import pytest

from ingest.flow.pipeline import ingest
from kb.advice.brief import Brief
from kb.advice.brief_markdown import markdown
from kb.advice.related import kin, originals, with_originals
from kb.base.config import Settings
from kb.base.types import Case, Viewer
from kb.ranking.contracts import case_json
from kb.ranking.search import Searcher
from kb.storage.store import Store
from tests.support.pdfs import build, lines
from tests.support.samples import note

OWNER = Viewer.owner()


@pytest.fixture
def told(settings: Settings) -> dict[str, Case]:
    deck = settings.corpus / "hyogo_deck.pdf"
    said = ("総務省事業の概要について", "兵庫県多可町", "多可町は予防接種の申請フォームを作った。")
    deck.write_bytes(build(lines(*said, step=40)))
    deck.with_name(f"{deck.name}.yaml").write_text("visibility: 庁内\n", encoding="utf-8")
    for name, source in (
        ("named.md", "兵庫県「総務省事業の概要について」1ページ"),
        ("other.md", "多可町「総合計画の策定について」"),
        ("page.md", "兵庫県「総務省事業の概要について」7ページ"),
    ):
        note(
            settings.corpus, name, f"## 取組\n\n{name}: 予約の方法を変えた。", title=name, municipality="多可町",
            prefecture="兵庫県", source_title=source,
        )  # fmt: skip
    ingest(settings)
    store = Store.open(settings)
    cases = store.cases_by_no(sorted(store.all_case_nos()), OWNER).values()
    return {case.path: case for case in cases}


def test_a_note_names_the_case_that_it_retells(settings: Settings, told: dict[str, Case]) -> None:
    store = Store.open(settings)
    searcher = Searcher(settings, store)
    found = {name: originals(searcher, store, case, OWNER) for name, case in told.items()}
    assert found["named.md"] == (told["hyogo_deck.pdf"],)
    assert not any(others for name, others in found.items() if name != "named.md")
    named = told["named.md"]
    (link,) = case_json(named, kin(searcher, store, named, OWNER))["paraphrases"]  # type: ignore[misc]
    assert link["path"] == "hyogo_deck.pdf"
    assert originals(searcher, store, named, Viewer.of()) == ()
    brief = with_originals(Brief((named,)), searcher, store, OWNER)
    assert "p.1 hyogo\\_deck.pdf" in markdown(brief)
    assert "hyogo\\_deck.pdf" not in markdown(Brief((named,)))
