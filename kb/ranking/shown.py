"""What is shown of a result set: its best cases with excerpts, reasons and relatives."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kb.base.types import Case, Met, Result, Viewer, Why
from kb.language.encoder import Encoder
from kb.ranking.fusion import Scored
from kb.ranking.result_set import Ranking
from kb.ranking.snippets import (
    Marks,
    Ranked,
    as_read,
    is_taken_apart,
    matches,
    nearest_sentences,
    passages,
    words_of,
)
from kb.ranking.tuning import Tuning
from kb.storage.store import Store


@dataclass(frozen=True, slots=True)
class Shown:
    """Shows cases of the ``store`` to a ``viewer``; the ``encoder`` is loaded where there are vectors."""

    store: Store
    viewer: Viewer
    tuning: Tuning
    encoder: Callable[[], Encoder]

    def results(self, ranking: Ranking, k: int) -> tuple[Result, ...]:
        """The best ``k`` cases with passages and relatives."""
        top = ranking.scored[:k]
        nos = [scored.case_no for scored in top]
        ranking = self._whole(
            ranking, {no for one in nos for no in (one, *ranking.same.get(one, ()))}
        )
        fresh = [no for no in nos if not is_taken_apart(ranking.cases[no])]
        for no, stored in self.store.concordances(fresh, self.viewer).items():
            words_of(ranking.cases[no], stored)
        chunks = self._chunks(ranking, nos)
        relatives = self.store.relatives_of([ranking.cases[no].id for no in nos], self.viewer)
        found = [
            replace(
                self._result(rank, scored, ranking, chunks[scored.case_no]),
                relatives=relatives[ranking.cases[scored.case_no].id],
            )
            for rank, scored in enumerate(top, start=1)
        ]
        if ranking.vector is None:
            return tuple(found)
        first = [r.passages[0].text if r.passages else "" for r in found]
        nearest = nearest_sentences(first, ranking.vector, self.encoder())
        return tuple(map(_with_nearest, found, nearest))

    def told(self, ranking: Ranking, k: int) -> list[str]:
        """Title and nearest passage of each of the best ``k`` cases."""
        nos = [scored.case_no for scored in ranking.scored[:k]]
        cases = self._whole(ranking, nos).cases
        return [_told(cases[no], chunks) for no, chunks in self._chunks(ranking, nos).items()]

    def _whole(self, ranking: Ranking, nos: Collection[int]) -> Ranking:
        """``ranking`` with sections and evidence of these cases."""
        return replace(
            ranking, cases={**ranking.cases, **self.store.cases_by_no(sorted(nos), self.viewer)}
        )

    def _result(
        self, rank: int, scored: Scored, ranking: Ranking, chunks: Sequence[Ranked]
    ) -> Result:
        case, query = ranking.cases[scored.case_no], ranking.question.marked
        typed, synonyms = matches(case, query)
        marks, aspects = Marks.of(query, synonyms), ranking.question.aspects
        chosen = passages(case, chunks, marks, aspects, self.tuning)
        read = ranking.sentence
        stands = None if read is None else ranking.views.sentences.standing(read, scored.case_no)
        why = Why(round(scored.z_lexical, 3), round(scored.z_dense, 3), typed, synonyms, stands)
        snippet = chosen[0].text if chosen else ""
        met = tuple(Met(s.condition.shown, s.of(scored.case_no)) for s in ranking.standings)
        return Result(
            rank, round(scored.score, 4), case, snippet, chosen, why, conditions=met,
            same_initiative=tuple(ranking.initiatives(scored.case_no)[1:]),
            answers=scored.case_no in ranking.answers,
            could_answer=scored.case_no in ranking.verdict.could,
        )  # fmt: skip

    def _chunks(self, ranking: Ranking, nos: Sequence[int]) -> dict[int, Sequence[Ranked]]:
        """The chunks of these cases, each case's best first."""
        dense, vector, sentence = ranking.views.dense, ranking.vector, ranking.sentence
        query = np.zeros(dense.dimension, dtype=np.float32) if vector is None else vector
        scored = {no: dense.passages(query, no) for no in nos}
        chunks = self.store.chunks(
            [chunk for found in scored.values() for chunk, _ in found], self.viewer
        )
        ranked: dict[int, Sequence[Ranked]] = {
            no: [(chunks[chunk], score) for chunk, score in found if chunk in chunks]
            for no, found in scored.items()
        }
        if sentence is None:
            return ranked
        spans, read = self.store.reading_spans(nos, self.viewer), ranking.views.sentences.passages
        weight = self.tuning.passage_read
        return {no: as_read(ranked[no], spans[no], read(sentence, no), weight) for no in nos}


def _told(case: Case, chunks: Sequence[Ranked]) -> str:
    if not chunks:
        return case.title
    chunk = max(chunks, key=lambda pair: pair[1])[0]
    return f"{case.title}\n{case.sections[chunk.section].text[chunk.start : chunk.end]}"


def _with_nearest(result: Result, nearest: tuple[int, int] | None) -> Result:
    if nearest is None:
        return result
    first, *others = result.passages
    return replace(result, passages=(replace(first, nearest=nearest), *others))
