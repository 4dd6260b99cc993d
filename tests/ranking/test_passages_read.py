"""Which passage of a case is shown: what the sentence model finds nearest counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ingest.flow.pipeline import ingest
from ingest.flow.sentences import embed_waiting
from kb.base.config import Settings
from kb.base.types import Viewer
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


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("read")
    settings = Settings(data=folder / "data", corpus=folder / "corpus")
    settings.corpus.mkdir()
    parts = [
        "町は窓口で使う端末を入れ替え、職員に操作の研修をした。担当は総務課で、住民からは好評である。",
        "半年たっても職員は紙の台帳に書き続け、新しい画面を開く人はほとんどいなかった。",
        "機器は県の共同調達で借り、費用は人口割で負担する。職員の数は変わらない。",
    ]
    body = "\n\n".join(f"## {i}\n\n{part}" for i, part in enumerate(parts))
    note(settings.corpus, "a.md", body, title="窓口の端末")
    ingest(settings)
    embed_waiting(settings)
    return settings


def test_the_passage_shown_is_what_the_sentence_model_finds_nearest(read: Settings) -> None:
    store = Store.open(read)
    firmly = Searcher(read, store, replace(SHIPPED, passage_read=100.0))
    for query in ("新しいものが定着しない", "お金を出し合う", "教わった"):
        ranking = firmly.rank(query)
        assert ranking.sentence is not None
        case = ranking.scored[0].case_no
        nearest = ranking.views.sentences.passages(ranking.sentence, case)[0][0]
        section = store.reading_spans([case], Viewer.owner())[case][nearest][0]
        result = firmly.search(query).results[0]
        assert result.passages[0].text == result.case.sections[section].text


def test_a_question_is_read_in_its_usual_words_too(read: Settings) -> None:
    searcher = Searcher(read, Store.open(read))
    encoder = searcher.sentence_encoder
    passage, alone = (
        encoder.encode_passages(["職員の私物端末の利用"]),
        encoder.encode_queries(["BYOD"]),
    )
    asked = searcher.rank("BYOD").sentence
    assert asked is not None
    assert float(asked @ passage[0]) > float(alone[0] @ passage[0]) + 0.02
    placed = searcher.rank("神戸市 BYOD").sentence
    assert placed is not None
    both = encoder.encode_queries(["神戸市 BYOD"]) + encoder.encode_passages(["神戸市 BYOD"])
    assert placed @ both[0] / np.linalg.norm(both) > 0.9999  # nothing stands beside a place's name


@pytest.mark.parametrize("heading", ["出典", "■ 参考資料", "関連リンク：", "Sources"])
def test_the_title_of_a_source_is_no_passage_to_show(heading: str, settings: Settings) -> None:
    told = "町は「たすけフォーム」を二つの手続きに取り入れ、窓口へ来る人を減らした。"
    body = f"## 取組\n\n{told}\n\n## {heading}\n\n町の「たすけフォーム」導入効果\n"
    note(settings.corpus, "a.md", body, title="手続きをフォームに")
    ingest(settings)
    found = Searcher(settings, Store.open(settings)).search("たすけフォームの導入効果")
    assert next(p.text for p in found.results[0].passages) == told
