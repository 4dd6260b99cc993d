"""The lexical view: BM25 over the fields of whole cases, in Tantivy."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import tantivy

from kb.base.errors import ViewError
from kb.storage.rows import CaseTerms

_FIELDS = ("body", "readings")
# Every two neighbouring letters, so that what stands in a row is found to the letter.
_LETTERS, _CALLED = "letters", "called"
_SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
_AS_LETTERS = {ord(space): 0xFDD0 + n for n, space in enumerate(_SPACES)}  # which are no characters
_TERMS = 20_000  # frequencies kept: a question asks for those of its words several times
_MANY = 4  # times as many cases hold a term as are asked about: these are looked up alone
_FEW, _KEPT = (
    300,
    1024,
)  # cases that are looked up whatever is asked, terms for which these are kept
_ALL = 1500  # cases that hold a word of a question up to which all of them are read, 1 µs each; to look one up takes 3
_AT_ONCE = 24  # powers of two that a float tells apart
_HEAP = 64_000_000  # bytes
_LEAST_HEAP = 15_000_000  # what Tantivy wants at least
META = "meta.json"
"""What Tantivy says of the files that belong to the view."""


def build(folder: Path, cases: Iterable[CaseTerms]) -> LexicalView:
    """Writes the view into the empty ``folder`` and opens it."""
    folder.mkdir(parents=True, exist_ok=True)
    index = tantivy.Index(_schema(), path=str(folder))
    _written(index.writer(heap_size=_HEAP, num_threads=1), cases)
    return LexicalView(index, 0)


def change(folder: Path, gone: Iterable[int], cases: Iterable[CaseTerms]) -> None:
    """Takes the cases ``gone`` out of the view in ``folder`` and puts ``cases`` into it. Files are written
    and removed there, but none is changed. Raises OSError or ValueError."""
    index = tantivy.Index.open(str(folder))
    writer = index.writer(heap_size=_LEAST_HEAP, num_threads=1)
    writer.delete_documents_by_query(tantivy.Query.term_set_query(index.schema, "case", [*gone]))
    _written(writer, cases)


def _written(writer: Any, cases: Iterable[CaseTerms]) -> None:
    for case in cases:
        document = tantivy.Document()
        document.add_unsigned("case", case.case_no)
        document.add_text("body", case.body)
        document.add_text("readings", case.readings)
        document.add_text(_LETTERS, " ".join(_pairs(case.text)))
        document.add_text(_CALLED, " ".join(_pairs(case.called)))
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()


def open_view(folder: Path) -> LexicalView:
    """Opens a view that :func:`build` or :func:`change` wrote. Raises OSError or ValueError when it is
    damaged."""
    return LexicalView(tantivy.Index.open(str(folder)), counts(folder)[1])


def counts(folder: Path) -> tuple[int, int]:
    """How many documents a view holds, and how many have been taken out that still count in Tantivy's
    statistics. Raises OSError or ValueError."""
    meta = json.loads((folder / META).read_text(encoding="utf-8"))
    kept = sum(int(segment["max_doc"]) for segment in meta["segments"])
    deletes = (segment.get("deletes") for segment in meta["segments"])
    dead = sum(int(of["num_deleted_docs"]) for of in deletes if of)
    return kept - dead, dead


class LexicalView:
    """Search over the view; scores are Tantivy's BM25 (k1 1.2, b 0.75), higher is better. Matches by
    reading or by a loanword's origin count ``readings`` beside 1.0 for the text.

    Tantivy counts the ``dead`` documents when it tells how rare a term is; its weight makes up for that.
    Only the mean length of a text still counts them."""

    def __init__(self, index: Any, dead: int) -> None:
        index.reload()
        self._dead = dead
        self._index = index
        self._searcher = index.searcher()
        self._schema = index.schema
        self._frequencies: dict[tuple[str, str], int] = {}
        self._rarer: dict[tuple[str, str], float] = {}
        self._saying: dict[tuple[str, bool], Collection[int]] = {}
        self._last: tuple[object, Mapping[int, float]] | None = None

    def top(
        self,
        terms: Mapping[str, float],
        k: int,
        allowed: Collection[int] | None,
        readings: float = 0.0,
    ) -> dict[int, float]:
        """The best ``k`` cases for the weighted ``terms``, among ``allowed`` (None: all)."""
        if not terms or (allowed is not None and not allowed):
            return {}
        if allowed is None:
            return self._run(self._any_of(terms, readings), k)
        if (every := self._every(terms, readings, len(allowed))) is not None:
            kept = frozenset(allowed)
            return dict(islice((hit for hit in every.items() if hit[0] in kept), k))
        return self._run(self._among(self._any_of(terms, readings), allowed), k)

    def scores(
        self, terms: Mapping[str, float], cases: Sequence[int], readings: float = 0.0
    ) -> dict[int, float]:
        """Exact scores of the given cases; a case without any of the terms is left out."""
        if not terms or not cases:
            return {}
        if (every := self._every(terms, readings, len(cases))) is not None:
            return {case: every[case] for case in cases if case in every}
        return self._run(self._among(self._any_of(terms, readings), cases), len(cases))

    def frequency(self, term: str, field: str = "body") -> int:
        """Number of cases that contain ``term`` in their title or text (or another ``field``)."""
        key = field, term
        if key not in self._frequencies:
            query = tantivy.Query.term_query(self._schema, field, term, index_option="basic")
            with _whole():
                count = int(self._searcher.search(query, limit=1).count)
            if len(self._frequencies) >= _TERMS:
                self._frequencies.clear()
            self._frequencies[key] = count
        return self._frequencies[key]

    def holding(self, terms: Collection[str], most: int | None = None) -> frozenset[int]:
        """The cases that contain all of ``terms`` in their title or text, ``most`` at most."""
        if not terms or not len(self):
            return frozenset()
        each = [
            (
                tantivy.Occur.Must,
                tantivy.Query.term_query(self._schema, "body", term, index_option="basic"),
            )
            for term in terms
        ]
        return frozenset(self._run(tantivy.Query.boolean_query(each), most or len(self)))

    def literally(self, words: Collection[str]) -> frozenset[int]:
        """The cases that say one of ``words``, each of two letters or more, letter by letter."""
        return self._in_a_row(_LETTERS, words)

    def called(self, name: str) -> frozenset[int]:
        """The cases in whose document's name (``CaseTerms.called``) ``name``, of two letters or more, stands."""
        return self._in_a_row(_CALLED, [name])

    def _in_a_row(self, field: str, words: Collection[str]) -> frozenset[int]:
        each = []
        for word in words if len(self) else ():
            pairs = _pairs(word)
            query = (
                tantivy.Query.phrase_query(self._schema, field, [*pairs])
                if len(pairs) > 1
                else tantivy.Query.term_query(self._schema, field, pairs[0], "basic")
            )
            each.append((tantivy.Occur.Should, query))
        return frozenset(self._run(tantivy.Query.boolean_query(each), len(self)) if each else ())

    def saying(
        self, terms: Iterable[str], cases: Collection[int], *, sounds: bool
    ) -> dict[str, Collection[int]]:
        """By term those of ``cases`` (and maybe others) that contain it; with ``sounds`` also by its
        reading or origin."""
        if not cases:
            return dict.fromkeys(terms, ())
        fields = _FIELDS if sounds else _FIELDS[:1]
        found: dict[str, Collection[int]] = {}
        usual: list[str] = []
        for term in terms:
            if (term, sounds) in self._saying:
                found[term] = self._saying[term, sounds]
                continue
            holding = sum(self.frequency(term, field) for field in fields)
            if holding > max(_MANY * len(cases), _FEW):
                usual.append(term)
                continue
            if len(self._saying) >= _KEPT:
                self._saying.clear()
            held = self.top({term: 1.0}, holding, None, float(sounds)) if holding else {}
            found[term] = self._saying[term, sounds] = held.keys()
        for at in range(0, len(usual), _AT_ONCE):
            found |= self._told_apart(usual[at : at + _AT_ONCE], cases, fields)
        return found

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def _told_apart(
        self, terms: Sequence[str], cases: Collection[int], fields: Sequence[str]
    ) -> dict[str, Collection[int]]:
        """The same for usual terms, asked at once: each is worth a power of two of the score."""
        each = []
        for place, term in enumerate(terms):
            one = [
                (
                    tantivy.Occur.Should,
                    tantivy.Query.term_query(self._schema, field, term, index_option="basic"),
                )
                for field in fields
            ]
            worth = tantivy.Query.const_score_query(tantivy.Query.boolean_query(one), 2.0**place)
            each.append((tantivy.Occur.Should, worth))
        told = self._run(self._among(tantivy.Query.boolean_query(each), cases), len(cases))
        signs = [(case, int(score)) for case, score in told.items()]
        return {
            term: {case for case, sign in signs if sign >> place & 1}
            for place, term in enumerate(terms)
        }

    def _every(
        self, terms: Mapping[str, float], readings: float, asked: int
    ) -> Mapping[int, float] | None:
        """The score of every case that any of the terms is in, best first, kept for the question at hand;
        None where these are so many that looking up those ``asked`` about costs less."""
        key, last = (tuple(terms.items()), readings), self._last
        if last is None or last[0] != key:
            fields = _FIELDS if readings else _FIELDS[:1]
            holding = sum(self.frequency(term, field) for term in terms for field in fields)
            if min(holding, len(self)) > max(_ALL, _MANY * asked):
                return None
            last = self._last = key, self._run(self._any_of(terms, readings), max(1, len(self)))
        return last[1]

    def _any_of(self, terms: Mapping[str, float], readings: float) -> Any:
        parts = []
        for term, weight in terms.items():
            for field, boost in zip(_FIELDS, (1.0, readings), strict=True):
                if boost == 0.0:
                    continue
                query = tantivy.Query.term_query(self._schema, field, term, index_option="freq")
                boost *= weight * self._made_up(field, term)
                parts.append((tantivy.Occur.Should, tantivy.Query.boost_query(query, boost)))
        return tantivy.Query.boolean_query(parts)

    def _made_up(self, field: str, term: str) -> float:
        """How much rarer ``term`` is among the documents that are there than Tantivy believes."""
        if not self._dead:
            return 1.0
        if (field, term) not in self._rarer:
            if len(self._rarer) >= _TERMS:
                self._rarer.clear()
            self._rarer[field, term] = self._how_much_rarer(field, term)
        return self._rarer[field, term]

    def _how_much_rarer(self, field: str, term: str) -> float:
        with _whole():
            counted = int(self._searcher.doc_freq(field, term))
        if not counted or not (live := self.frequency(term, field)):
            return 1.0
        return _rarity(len(self), live) / _rarity(len(self) + self._dead, counted)

    def _among(self, query: Any, cases: Collection[int]) -> Any:
        chosen = tantivy.Query.term_set_query(self._schema, "case", list(cases))
        return tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Must, query),
                (tantivy.Occur.Must, tantivy.Query.const_score_query(chosen, 0.0)),
            ]
        )

    def _run(self, query: Any, k: int) -> dict[int, float]:
        with _whole():
            hits = self._searcher.search(query, limit=k, count=False).hits
            cases = self._searcher.fast_field_values("case", [at for _, at in hits])
            return {case: float(score) for case, (score, _) in zip(cases, hits, strict=True)}


def _pairs(text: str) -> list[str]:
    text = text.translate(_AS_LETTERS)
    return [one + other for one, other in pairwise(text)]


def _rarity(documents: int, frequency: int) -> float:
    """Inverse document frequency as Tantivy has it."""
    return math.log(1.0 + (documents - frequency + 0.5) / (frequency + 0.5))


@contextmanager
def _whole() -> Iterator[None]:
    """Turns what Tantivy says of files that were damaged under it into ViewError."""
    try:
        yield
    except BaseException as error:  # a panic in Rust is no Exception
        if isinstance(error, ValueError | LookupError) or type(error).__name__ == "PanicException":
            raise ViewError("store.view_damaged") from error
        raise


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("case", stored=True, indexed=True, fast=True)
    for field in _FIELDS:
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    for field in (_LETTERS, _CALLED):
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="position")
    return builder.build()
