"""Which passage of a case is shown: what the sentence model finds nearest counts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ingest.flow.pipeline import ingest
from ingest.flow.sentences import embed_waiting
from kb.base.config import Settings
from kb.ranking.search import Searcher
from kb.ranking.snippets import as_read
from kb.ranking.tuning import SHIPPED
from kb.storage.rows import StoredChunk
from kb.storage.store import Store
from tests.support.samples import note

CHUNKS = [(StoredChunk(i, 1, 0, 100 * i, 100 * i + 90), 0.9 - 0.1 * i) for i in range(3)]
SPANS = {1: (0, 0, 95), 2: (0, 100, 195), 3: (1, 200, 290)}


def test_a_chunk_counts_by_what_was_read_around_it() -> None:
    found = as_read(CHUNKS, SPANS, [(2, 0.9), (3, 0.85), (1, 0.8)], 4.0)
    assert [(chunk.no, round(score, 3)) for chunk, score in found] == [
        (1, 0.8),  # around it the best was read
        (0, 0.5),
        (2, 0.3),  # another section's span is not around it: as the least near
    ]


def test_without_anything_read_the_order_stays() -> None:
    assert as_read(CHUNKS, SPANS, [], 4.0) == CHUNKS
    assert as_read(CHUNKS, SPANS, [(2, 0.9), (1, 0.8)], 0.0) == CHUNKS


def test_the_passage_shown_is_chosen_by_what_it_says(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", corpus=tmp_path / "corpus")
    settings.corpus.mkdir()
    body = (
        "## 概要\n\n" + "町は窓口で使う端末を入れ替え、職員に操作の研修をした。担当は総務課である。" * 3 + "\n\n"
        "## 経過\n\n" + "半年たっても職員は前の紙の台帳に書き続け、新しい画面を開く人はほとんどいなかった。" * 2 + "\n\n"
        "## 体制\n\n" + "窓口の端末は県の共同調達で借り、費用は人口割で負担する。職員の数は変わらない。" * 3
    )  # fmt: skip
    note(settings.corpus, "a.md", body, title="窓口の端末", municipality="多可町")
    ingest(settings)
    embed_waiting(settings)
    store = Store.open(settings)
    query = "窓口の端末を入れたのに現場に根付かず、使われなかった"
    shown = Searcher(settings, store).search(query).results[0].passages[0]
    before = Searcher(settings, store, replace(SHIPPED, passage_read=0.0)).search(query)
    assert "前の紙の台帳" in shown.text
    assert "前の紙の台帳" not in before.results[0].passages[0].text
