"""From a question to an answer: two legs, one score, cases with passages."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np

from kb.base.config import Settings
from kb.base.once import Once
from kb.base.types import Answer, Case, Filters, Mode, Viewer
from kb.index.said import SaidWords
from kb.index.views import ViewKeeper, Views, mended
from kb.language.encoder import Encoder, StaticEncoder, load_encoder
from kb.language.lexicon import Lexicon, load_lexicon
from kb.language.sentences import SentenceEncoder, read_twice
from kb.language.tokens import search_terms, tokenize
from kb.places.names import Place
from kb.query.conditions.wishes import AS_TYPED, Wishes
from kb.query.filters import resolve_filters, resolve_place
from kb.query.operators import Operators, says
from kb.query.question import Question, understand
from kb.query.said import lexicon_words
from kb.query.terms import Query, asked_name
from kb.ranking.aspects import answering_aspect, moved_to
from kb.ranking.boosting import (
    Standing,
    bound,
    leading,
    met_first,
    moved_up,
    nearer,
    newest_first,
    one_of_each,
    possible,
    standings,
)
from kb.ranking.candidates import (
    KnownCases,
    Legs,
    Vector,
    both,
    named_document,
    named_in_hiragana,
    related,
)
from kb.ranking.fusion import Scored
from kb.ranking.reranker import Reranker, reread
from kb.ranking.result_set import Ranking, answer, loosened
from kb.ranking.shown import Shown
from kb.ranking.taken import is_general
from kb.ranking.tuning import SHIPPED, Tuning
from kb.ranking.verdict import Answering, answering, is_name
from kb.ranking.vocabulary import Vocabulary, vocabulary
from kb.storage.store import Store
from kb.storage.writer import model_mismatch

EVERY_CASE = "事例"
"""What asks for every case, where filters narrow them down."""


@dataclass(frozen=True, slots=True)
class _Scope:
    """The cases that are ``allowed`` (None: all) and, of all, those ``meeting`` the conditions;
    ``browsing`` is True where these are the answer; ``standings`` are those to each condition,
    ``named`` the cases asked for by their document's name or by a word in hiragana."""

    allowed: Collection[int] | None
    meeting: frozenset[int]
    browsing: bool
    standings: tuple[Standing, ...]
    named: frozenset[int]


_ASKED = (
    1024  # questions of which a number or two is kept, for whoever narrows them or turns a page
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question and what narrows it down, asked of the cases that the viewer may see."""

    filters: Filters
    query: str
    mode: Mode
    near: str | None
    home: str | None
    wishes: Wishes
    viewer: Viewer


class Searcher:
    """Searches the store of ``settings`` with the weights of ``tuning``; notices changes by itself;
    safe to share."""

    def __init__(self, settings: Settings, store: Store, tuning: Tuning = SHIPPED) -> None:
        self._settings = settings
        self._store = store
        self._tuning = tuning
        self.views_keeper = ViewKeeper(settings, store)
        self._known_words: Vocabulary | None = None
        self._before_narrowed = Once(_ASKED)
        self._given_up = Once(_ASKED)
        self._known_cases = KnownCases(store)

    @cached_property
    def encoder(self) -> Encoder:
        """The configured model, loaded at first use."""
        return load_encoder(self._settings.model)

    @cached_property
    def sentence_encoder(self) -> SentenceEncoder:
        """The shipped sentence model, loaded at first use."""
        return SentenceEncoder()

    @cached_property
    def lexicon(self) -> Lexicon:
        """The lexicon with the municipality's own words."""
        own = self._settings.lexicon
        return load_lexicon(own if own.is_file() else None)

    @cached_property
    def _said(self) -> SaidWords:
        return SaidWords(self._settings, self._store, lexicon_words(self.lexicon))

    def views(self) -> Views:
        """The views that are searched now."""
        return self.views_keeper.views()

    def ready(self) -> bool:
        """True when a search can be answered now."""
        return self.views_keeper.views().generation > 0 or self._store.last_ingest() != ""

    @cached_property
    def reranker(self) -> Reranker | None:
        """The configured cross-encoder, loaded at first use; None without one."""
        return Reranker(self._settings.reranker) if self._settings.reranker else None

    @mended
    def rank(  # noqa: PLR0913 - the contract's options, each by its name
        self,
        query: str,
        *,
        filters: Filters | None = None,
        mode: Mode = "hybrid",
        near: str | None = None,
        home: str | None = None,
        wishes: Wishes = AS_TYPED,
        viewer: Viewer | None = None,
    ) -> Ranking:
        """The whole result set of ``query``, best first, without excerpts. Raises like search."""
        viewer = viewer or Viewer.owner()
        views = self.views_keeper.views()
        own = resolve_place(asking) if (asking := near or home) else None
        question = self.understand(query, near or home, wishes)
        wanted = resolve_filters(filters or Filters())
        scope = self._scope(views, question, (wanted, wishes), viewer)
        asked = _Asked(wanted, query, mode, near, home, wishes, viewer)
        legs = self._legs(views, question, mode)
        scored = legs.candidates(scope.allowed, scope.meeting)
        if not scope.browsing and not question.is_aspect:
            scored = related(scored, self._tuning, self._best(legs, asked), scope.named)
        cases = self._known_cases.by_no([s.case_no for s in scored], viewer)
        scored = [s for s in scored if s.case_no in cases]
        strength = self._known_cases.strengths(question.aspects, cases, viewer)
        verdict = self._answering(scored, legs, question, scope, asked)
        if question.is_aspect:
            meeting = possible(scope.standings)
            verdict = Answering.only(answering_aspect(question.aspects, strength, meeting))
        scored = moved_to(scored, strength, self._tuning, is_alone=question.is_aspect)
        ordered = self._ordered(scored, cases, scope, own if near else None, viewer)
        is_of_some = question.is_aspect and question.conditions
        is_near_first = scope.standings and self._is_near_first(ordered, verdict.answers, viewer)
        is_exact = scope.named or is_name(asked_name(question.query.text))
        if is_exact or is_of_some or is_near_first:
            ordered = leading(ordered, verdict.answers)
        ordered = one_of_each(ordered, cases) if is_general(question) else ordered
        found = (ordered, cases, verdict, scope.standings, legs.sentence)
        return self._reranked(Ranking(question, views, legs.vector, *found), viewer)

    def _legs(self, views: Views, question: Question, mode: Mode) -> Legs:
        if mode == "lexical":
            return Legs(views, question.query, None, mode, self._tuning, None)
        vector, sentence = self._vector(question.query), self._sentence(views, question)
        return Legs(views, question.query, vector, mode, self._tuning, sentence)

    def _lead(self, views: Views, asked: _Asked) -> float | None:
        """That of a question before it was narrowed down, so that what a facet counts is what it brings;
        None where nothing narrows it."""
        if asked.filters == Filters():
            return None
        whole = replace(asked, filters=Filters())

        def lead() -> float:
            found = self.rank(
                whole.query, mode=whole.mode, near=whole.near, home=whole.home,
                wishes=whole.wishes, viewer=whole.viewer,
            )  # fmt: skip
            return found.verdict.lead

        return self._before_narrowed.get(("lead", whole), _state(views), lead)

    def _best(self, legs: Legs, asked: _Asked) -> tuple[float, float] | None:
        """The best of each leg over the whole corpus; None where that is what is asked."""
        if asked.filters == Filters():
            return None
        whole = replace(asked, filters=Filters())

        def best() -> tuple[float, float]:
            return legs.best(self._store.case_nos(Filters(), asked.viewer))

        return self._before_narrowed.get(("best", whole), _state(legs.views), best)

    def _scope(
        self, views: Views, question: Question, narrowed: tuple[Filters, Wishes], viewer: Viewer
    ) -> _Scope:
        """The cases among which a question is asked: those that no condition that binds forbids. A
        question that says nothing but conditions is asked of those that meet them, and one that says
        nothing but the 分野 it is narrowed to, of all in it; so does one that says 事例 beside filters."""
        wanted, wishes = narrowed
        allowed = self._insisted(
            views, question.asked, self._store.case_nos(wanted, viewer), viewer
        )
        document = named_document(self._store, question.text, viewer, views)
        each = standings(self._store, () if document else question.conditions, viewer, views)
        named = document or named_in_hiragana(self._store, question.text, viewer, views)
        meeting = met_first(each)
        is_met = question.browsing and bool(meeting)
        text = question.query.text.strip()
        browsing = is_met or text in wanted.fields or (text == EVERY_CASE and wanted != Filters())
        kept = meeting if is_met else bound(each, strict=wishes.strict)
        if kept is not None:
            allowed = both(allowed, kept)
        return _Scope(allowed, meeting | named, browsing, each, named)

    def _answering(
        self, scored: list[Scored], legs: Legs, question: Question, scope: _Scope, asked: _Asked
    ) -> Answering:
        """The cases that answer: those that meet the conditions where nothing else is asked."""
        every = frozenset(s.case_no for s in scored)
        if scope.named:
            return Answering.only(scope.named & every)
        if question.browsing or scope.browsing:
            return Answering.only(every if scope.browsing else frozenset())
        with_vectors = legs.vector is not None and self._settings.is_builtin_model
        model = "vectors" if with_vectors else "words"
        lead = self._lead(legs.views, asked)
        found = answering(scored, legs, question.marked.typed, model=model, lead=lead)
        if lead is None:
            self._before_narrowed.get(("lead", asked), _state(legs.views), lambda: found.lead)
        return found

    def _is_near_first(
        self, ordered: Sequence[Scored], answers: Collection[int], viewer: Viewer
    ) -> bool:
        """True where what stands first is no answer, nor the newest edition of one."""
        if not ordered or ordered[0].case_no in answers:
            return False
        return ordered[0].case_no not in self._store.newer_editions([*answers], viewer).values()

    def _ordered(
        self,
        scored: list[Scored],
        cases: Mapping[int, Case],
        scope: _Scope,
        near: Place | None,
        viewer: Viewer,
    ) -> tuple[Scored, ...]:
        """The result set in its order: by score, conditions, editions and nearness in size."""
        newer = self._store.newer_editions([s.case_no for s in scored], viewer)
        scored = newest_first(moved_up(scored, scope.standings, self._tuning.conditions), newer)
        if near:
            scored = nearer(scored, cases, near.population, self._tuning.near)
        return tuple(scored)

    def search(  # noqa: PLR0913 - the contract's options, each by its name
        self,
        query: str,
        *,
        k: int = 10,
        filters: Filters | None = None,
        mode: Mode = "hybrid",
        near: str | None = None,
        home: str | None = None,
        wishes: Wishes = AS_TYPED,
        viewer: Viewer | None = None,
    ) -> Answer:
        """Answers ``query`` with the best ``k`` cases.

        ``near`` moves cases of places about as large up, ``home`` is only what 「うちと同じ規模」
        means, ``wishes`` say which understood conditions shall bind or not count. Raises
        QueryError, UnknownPlaceError, UsageError for what was asked, and StoreError or
        ModelMismatchError when the index cannot be used.
        """
        started, reader = time.perf_counter(), viewer or Viewer.owner()
        asked = partial(
            self.rank, query, filters=filters, mode=mode, near=near, home=home, viewer=reader
        )

        def ranked(wishes: Wishes) -> Ranking:
            found = asked(wishes=wishes)
            return found.by_initiative(self._store.near_pairs([*found.cases], reader))

        ranking = ranked(wishes)
        results = self._shown(reader).results(ranking, k)
        key = _Asked(filters or Filters(), query, mode, near, home, wishes, reader)
        given_up = self._given_up.get(
            key, _state(ranking.views), lambda: loosened(ranking, wishes, ranked)
        )
        found = answer(ranking, results, given_up)
        return replace(found, seconds=round(time.perf_counter() - started, 4))

    @mended
    def understand(self, text: str, home: str | None = None, wishes: Wishes = AS_TYPED) -> Question:
        """What ``text`` asks, as a search for it understands it; one in English alone also in the
        Japanese of the documents. Raises QueryError and UnknownPlaceError."""
        own = resolve_place(home) if home else None
        known = self._vocabulary(self.views_keeper.views())
        question = understand(text, known.words, own=own, wishes=wishes)
        if not question.asked.text.isascii():
            query, marked = known.completed(question.query), known.completed(question.marked)
            return replace(question, query=query, marked=marked)
        query, marked = known.across(question.query), known.across(question.marked)
        return replace(question, query=query, marked=marked)

    def _vocabulary(self, views: Views) -> Vocabulary:
        """The words of the generation that is searched."""
        known = self._known_words
        if known is None or known.generation != views.generation:
            encoder = self.encoder if self._settings.is_builtin_model else None
            static = encoder if isinstance(encoder, StaticEncoder) else None
            known = vocabulary(views, self._said, self.lexicon, self._tuning.terms, static)
            self._known_words = known
        return known

    def _insisted(
        self, views: Views, asked: Operators, allowed: Collection[int] | None, viewer: Viewer
    ) -> Collection[int] | None:
        """The cases of ``allowed`` that hold every quoted phrase and nothing that is excluded."""
        for phrase in asked.phrases:
            holding = self._saying(views, phrase, viewer)
            allowed = holding if allowed is None else holding.intersection(allowed)
        for excluded in asked.excluded:
            kept = self._store.all_case_nos() if allowed is None else frozenset(allowed)
            allowed = kept - self._saying(views, excluded.words, viewer)
        return allowed

    def _saying(self, views: Views, phrase: str, viewer: Viewer) -> frozenset[int]:
        terms = search_terms(tokenize(phrase))
        found = views.lexical.holding(terms) if terms else self._store.all_case_nos()
        cases = self._store.cases_by_no(sorted(found), viewer)
        return frozenset(no for no, case in cases.items() if says(case, (phrase,)))

    def _reranked(self, ranking: Ranking, viewer: Viewer) -> Ranking:
        """The first cases in the order of a cross-encoder and of the legs, where there is one."""
        if self.reranker is None:
            return ranking
        told = self._shown(viewer).told(ranking, self._tuning.reranked)
        read = self.reranker.scores(ranking.query.text, told)
        scored = reread(ranking.scored, list(map(float, read)), self._tuning.reranker)
        return replace(ranking, scored=scored)

    def _shown(self, viewer: Viewer) -> Shown:
        return Shown(self._store, viewer, self._tuning, lambda: self.encoder)

    def _vector(self, query: Query) -> Vector | None:
        stored, own = self._store.model_id(), self.encoder.model_id
        if stored and stored != own:
            raise model_mismatch(stored, own)
        return _finite(self.encoder.encode_queries([query.text])[0])

    def _sentence(self, views: Views, question: Question) -> Vector | None:
        """What the question says as a whole (beside a place usual words would hide its name). None
        before anything has been read by that model."""
        if not self._settings.reads_sentences or not len(views.sentences):
            return None
        is_placed = any(c.kind in ("place", "region") for c in question.conditions)
        words = 0 if is_placed else self._tuning.usual_words
        return _finite(read_twice(self.sentence_encoder, self.lexicon, question.query.text, words))


def _state(views: Views) -> tuple[int, int]:
    """What changes when cases or their sentences do."""
    return views.generation, len(views.sentences)


def _finite(vector: Vector) -> Vector | None:
    """The vector; None, so that words alone count, where a damaged model gives what is no number."""
    return vector if np.isfinite(vector).all() else None
