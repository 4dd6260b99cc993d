"""From a question to an answer: two legs, one score, cases with passages."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from kb.base.config import Settings
from kb.base.types import Answer, Case, Filters, Mode, Result, Viewer, Why
from kb.index.views import ViewKeeper, Views
from kb.language.encoder import Encoder, StaticEncoder, load_encoder
from kb.language.lexicon import Lexicon, load_lexicon
from kb.language.tokens import search_terms, tokenize
from kb.places.names import Place
from kb.query.aspect import asked_roles
from kb.query.bridge import Bridge
from kb.query.filters import resolve_filters, resolve_place
from kb.query.operators import Operators, says
from kb.query.question import Question, take_apart
from kb.query.spelling import Spelling
from kb.query.terms import Query
from kb.ranking.boosting import met, met_by_all, moved_up, nearer
from kb.ranking.facets import bands, facets
from kb.ranking.fusion import Scored, fuse, weights, z_scores
from kb.ranking.reranker import DEPTH, WEIGHT, Reranker
from kb.ranking.snippets import Marks, matches, nearest_sentences, passages
from kb.ranking.verdict import WEAK_LEXICAL, strength, weak_below
from kb.storage.store import Store, StoredChunk
from kb.storage.writer import model_mismatch

Vector = npt.NDArray[np.float32]

CANDIDATES = 200
"""Cases that each leg brings; standardising over their union loses nothing (docs/design.md)."""

MANY = 5000
"""Cases that meet a question's conditions up to which their best are candidates beside the best of
all; where more meet them, enough of those are among the best anyway."""

LEAST_SHARE = 0.15
"""Share of the best BM25 score that a case must exceed to belong to the result set by its words."""

RELATED_SIMILARITY = 0.6
"""Inner product (passage + title, at most 2) from which a case belongs to the result set by its
meaning alone."""

RELATED_SHARE = 0.8
"""Where nothing is that near, share of the best similarity from which a case belongs to it."""

SPELLING_CASES = 3000
"""Cases whose words corrections are taken from: enough to know a field's words, quick to read."""

RARE = 0.005
"""Share of the cases that must hold a word of one kanji for it to be a word at all."""

_STEP = 1e-4  # by which an older edition stands under the newest


@dataclass(frozen=True, slots=True)
class Ranking:
    """A whole result set: what was asked, what it was asked of, the cases by number, and how many
    cases ``meet`` each of the question's conditions."""

    question: Question
    views: Views
    vector: Vector | None
    scored: tuple[Scored, ...]
    cases: Mapping[int, Case]
    weak: bool
    meet: tuple[int, ...]

    @property
    def query(self) -> Query:
        """What was looked for."""
        return self.question.query


class Searcher:
    """Searches the store of ``settings``; notices changes by itself; safe to share."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._keeper = ViewKeeper(settings, store)
        self._known_words: tuple[int, Spelling, Bridge | None] | None = None

    @cached_property
    def encoder(self) -> Encoder:
        """The configured model, loaded at first use."""
        return load_encoder(self._settings.model)

    @cached_property
    def lexicon(self) -> Lexicon:
        """The lexicon with the municipality's own words."""
        own = self._settings.lexicon
        return load_lexicon(own if own.is_file() else None)

    def ready(self) -> bool:
        """True when a search can be answered now."""
        return self._keeper.views().generation > 0 or self._store.last_ingest() != ""

    @cached_property
    def reranker(self) -> Reranker | None:
        """The configured cross-encoder, loaded at first use; None without one."""
        return Reranker(self._settings.reranker) if self._settings.reranker else None

    def rank(  # noqa: PLR0913 - the contract's options, each by its name
        self,
        query: str,
        *,
        filters: Filters | None = None,
        mode: Mode = "hybrid",
        near: str | None = None,
        home: str | None = None,
        ignore: Collection[str] = (),
        viewer: Viewer | None = None,
    ) -> Ranking:
        """The whole result set of ``query``, best first, without excerpts. Raises like search."""
        viewer = viewer or Viewer.owner()
        views = self._keeper.views()
        own = resolve_place(asking) if (asking := near or home) else None
        question = self._question(query, views, own, ignore)
        wanted = resolve_filters(filters or Filters())
        allowed = self._insisted(
            views, question.asked, self._store.case_nos(wanted, viewer), viewer
        )
        each = [met(self._store, condition, viewer) for condition in question.conditions]
        meeting = met_by_all(question.conditions, each)
        browsing = question.browsing and bool(meeting)
        if browsing:
            allowed = _both(allowed, meeting)
        vector = None if mode == "lexical" else self._vector(question.query)
        found = self._score(views, question.query, vector, allowed, mode, meeting)
        best = (
            self._best(views, question.query, vector, mode, viewer) if wanted != Filters() else None
        )
        scored = found if browsing else _related(found, best)
        cases = self._store.cases_by_no([s.case_no for s in scored], viewer)
        scored = [s for s in scored if s.case_no in cases]
        least = WEAK_LEXICAL if vector is None else weak_below(len(views.dense))
        weak = not browsing and (
            question.browsing or strength(scored[:10], views, question.query) < least
        )
        scored = moved_up(scored, cases, question.conditions)
        scored = _newest_first(scored, self._store.newer_editions([s.case_no for s in scored]))
        if near and own:
            scored = nearer(scored, cases, own.population)
        meet = tuple(map(len, each))
        ranking = Ranking(question, views, vector, tuple(scored), cases, weak, meet)
        return self._reranked(ranking) if self.reranker else ranking

    def search(  # noqa: PLR0913 - the contract's options, each by its name
        self,
        query: str,
        *,
        k: int = 10,
        filters: Filters | None = None,
        mode: Mode = "hybrid",
        near: str | None = None,
        home: str | None = None,
        ignore: Collection[str] = (),
        viewer: Viewer | None = None,
    ) -> Answer:
        """Answers ``query`` with the best ``k`` cases.

        ``near`` moves cases of places about as large up, ``home`` is only what 「うちと同じ規模」
        means, ``ignore`` are labels of understood conditions that shall not count. Raises
        QueryError, UnknownPlaceError, UsageError for what was asked, and StoreError or
        ModelMismatchError when the index cannot be used.
        """
        started = time.perf_counter()
        ranking = self.rank(
            query, filters=filters, mode=mode, near=near, home=home, ignore=ignore, viewer=viewer
        )
        asker = viewer or Viewer.owner()
        shown = [
            replace(result, relatives=self._store.relatives(result.case.id, asker))
            for i, s in enumerate(ranking.scored[:k], start=1)
            if (result := self._result(i, s, ranking))
        ]
        cases = [ranking.cases[s.case_no] for s in ranking.scored]
        return Answer(
            query=query,
            seconds=round(time.perf_counter() - started, 4),
            total=len(ranking.scored),
            weak=ranking.weak,
            results=self._with_nearest(shown, ranking),
            facets=facets(cases),
            bands=bands(cases),
            understood=tuple(
                replace(condition.shown, cases=count)
                for condition, count in zip(ranking.question.conditions, ranking.meet, strict=True)
            ),
            corrected=ranking.question.corrected,
        )

    def _question(
        self, text: str, views: Views, own: Place | None, ignore: Collection[str]
    ) -> Question:
        """The question taken apart; one in English alone also in the Japanese of the documents."""
        words, bridge = self._said(views)
        question = take_apart(text, self.lexicon, words.corrections, own, ignore)
        if bridge is None or not question.asked.text.isascii():
            return question
        return replace(question, query=bridge.across(question.query))

    def _said(self, views: Views) -> tuple[Spelling, Bridge | None]:
        """The words that can be meant, of the generation that is searched. Only what everybody may
        see is in it: a correction must not tell what an internal document says."""
        known = self._known_words
        if known is None or known[0] != views.generation:
            words = self._words(views)
            encoder = self.encoder if self._settings.is_builtin_model else None
            bridge = Bridge(encoder, words.said) if isinstance(encoder, StaticEncoder) else None
            known = (views.generation, words, bridge)
            self._known_words = known
        return known[1:]

    def _words(self, views: Views) -> Spelling:
        def is_said(term: str) -> bool:
            encoder = self.encoder if term.isascii() else None
            is_english = isinstance(encoder, StaticEncoder) and encoder.knows(term)
            return is_english or views.lexical.frequency(term) > RARE * len(views.lexical)

        own = (word for group in self.lexicon.groups for word, _ in group.members())
        return Spelling(
            lambda: self._store.public_bodies(SPELLING_CASES),
            own,
            is_said,
            lambda terms: bool(views.lexical.holding(terms, 1)),
        )

    def _insisted(
        self, views: Views, asked: Operators, allowed: Collection[int] | None, viewer: Viewer
    ) -> Collection[int] | None:
        """The cases of ``allowed`` that hold every quoted phrase and nothing that is excluded."""
        for phrase in asked.phrases:
            holding = self._saying(views, phrase, viewer)
            allowed = holding if allowed is None else holding.intersection(allowed)
        for phrase in asked.excluded:
            kept = self._store.all_case_nos() if allowed is None else frozenset(allowed)
            allowed = kept - self._saying(views, phrase, viewer)
        return allowed

    def _saying(self, views: Views, phrase: str, viewer: Viewer) -> frozenset[int]:
        terms = search_terms(tokenize(phrase))
        found = views.lexical.holding(terms) if terms else self._store.all_case_nos()
        cases = self._store.cases_by_no(sorted(found), viewer)
        return frozenset(no for no, case in cases.items() if says(case, (phrase,)))

    def _reranked(self, ranking: Ranking) -> Ranking:
        """The first cases in the order of both scores, each standardised, the rest as it was."""
        head, tail = ranking.scored[:DEPTH], ranking.scored[DEPTH:]
        if self.reranker is None or not head:
            return ranking
        read = self.reranker.scores(ranking.query.text, [self._told(s, ranking) for s in head])
        sums = [
            a + WEIGHT * b
            for a, b in zip(
                z_scores([s.score for s in head]), z_scores([float(x) for x in read]), strict=True
            )
        ]
        floor = (tail[0].score if tail else 0.0) - min(sums)
        moved = [replace(s, score=floor + total) for s, total in zip(head, sums, strict=True)]
        moved.sort(key=lambda s: (-s.score, s.case_no))
        return replace(ranking, scored=(*moved, *tail))

    def _told(self, scored: Scored, ranking: Ranking) -> str:
        """Title and nearest passage of a case."""
        case = ranking.cases[scored.case_no]
        chunks = self._ranked_chunks(scored.case_no, ranking)
        if not chunks:
            return case.title
        chunk = max(chunks, key=lambda pair: pair[1])[0]
        return f"{case.title}\n{case.sections[chunk.section].text[chunk.start : chunk.end]}"

    def _with_nearest(self, results: Sequence[Result], ranking: Ranking) -> tuple[Result, ...]:
        """The results with the sentence of the first passage that is nearest to the question."""
        if ranking.vector is None:
            return tuple(results)
        spans = nearest_sentences(
            [r.passages[0].text if r.passages else "" for r in results],
            ranking.vector,
            self.encoder,
        )
        return tuple(
            replace(r, passages=(replace(r.passages[0], nearest=span), *r.passages[1:]))
            if span
            else r
            for r, span in zip(results, spans, strict=True)
        )

    def _vector(self, query: Query) -> Vector:
        stored, own = self._store.model_id(), self.encoder.model_id
        if stored and stored != own:
            raise model_mismatch(stored, own)
        vector: Vector = self.encoder.encode_queries([query.text])[0]
        return vector

    def _best(
        self, views: Views, query: Query, vector: Vector | None, mode: Mode, viewer: Viewer
    ) -> tuple[float, float]:
        """The best score of each leg among all that ``viewer`` may see, whatever the filters are:
        what a facet counts is then what it leads to."""
        visible = self._store.case_nos(Filters(), viewer)
        lexical = {} if mode == "dense" else views.lexical.top(query.terms, 1, visible)
        dense = {} if vector is None else views.dense.top(vector, 1, visible)
        return max(lexical.values(), default=0.0), max(dense.values(), default=0.0)

    def _score(  # noqa: PLR0913 - both legs' inputs, each by its name
        self,
        views: Views,
        query: Query,
        vector: Vector | None,
        allowed: Collection[int] | None,
        mode: Mode,
        meeting: Collection[int],
    ) -> list[Scored]:
        """Every candidate scored exactly by both legs, best first: the best of all, over which the
        scores are standardised, and the best of those that meet the question's conditions."""

        def legs(among: Collection[int] | None) -> tuple[dict[int, float], dict[int, float]]:
            return (
                {} if mode == "dense" else views.lexical.top(query.terms, CANDIDATES, among),
                {} if vector is None else views.dense.top(vector, CANDIDATES, among),
            )

        lexical, dense = legs(allowed)
        basis = lexical.keys() | dense.keys()
        if meeting and len(meeting) <= MANY:
            for found, more in zip((lexical, dense), legs(_both(allowed, meeting)), strict=True):
                found |= more
        union = sorted(lexical.keys() | dense.keys())
        if mode != "dense":
            missing = [case for case in union if case not in lexical]
            lexical |= views.lexical.scores(query.terms, missing)
        if vector is not None:
            dense |= views.dense.scores(vector, [case for case in union if case not in dense])
        return fuse(union, lexical, dense, weights(len(query.typed), mode), basis)

    def _result(self, rank: int, scored: Scored, ranking: Ranking) -> Result:
        case, query = ranking.cases[scored.case_no], ranking.query
        typed, synonyms = matches(case, query)
        chunks = self._ranked_chunks(scored.case_no, ranking)
        excerpts = passages(case, chunks, Marks.of(query, synonyms), asked_roles(query.text))
        why = Why(round(scored.z_lexical, 3), round(scored.z_dense, 3), typed, synonyms)
        snippet = excerpts[0].text if excerpts else ""
        return Result(rank, round(scored.score, 4), case, snippet, excerpts, why)

    def _ranked_chunks(self, case_no: int, ranking: Ranking) -> Sequence[tuple[StoredChunk, float]]:
        dense = ranking.views.dense
        vector = ranking.vector
        query = np.zeros(dense.dimension, dtype=np.float32) if vector is None else vector
        scored = dense.passages(query, case_no)
        chunks = self._store.chunks([no for no, _ in scored])
        return [(chunks[no], score) for no, score in scored if no in chunks]


def _both(allowed: Collection[int] | None, meeting: Collection[int]) -> Collection[int]:
    return meeting if allowed is None else frozenset(meeting).intersection(allowed)


def _related(scored: Sequence[Scored], best: tuple[float, float] | None = None) -> list[Scored]:
    """The result set: what matches by words nearly as well as the ``best`` (lexical, dense; None:
    of these), or is near in meaning. Where filters leave none of it, what comes nearest."""
    own = max((s.lexical for s in scored), default=0.0), max((s.dense for s in scored), default=0.0)
    lexical, dense = best or own
    least, related = LEAST_SHARE * lexical, min(RELATED_SIMILARITY, RELATED_SHARE * dense)
    kept = [s for s in scored if s.lexical > least or s.dense >= related]
    return kept if kept or best is None else _related(scored)


def _newest_first(scored: list[Scored], newer: Mapping[int, int]) -> list[Scored]:
    """An older edition never stands above the newest one."""
    best = {s.case_no: s.score for s in scored}
    bounded = [
        replace(s, score=min(s.score, best[newer[s.case_no]] - _STEP))
        if newer.get(s.case_no) in best
        else s
        for s in scored
    ]
    return sorted(bounded, key=lambda s: (-s.score, s.case_no))
