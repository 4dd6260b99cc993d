"""The lexical view: BM25 over the fields of whole cases, in Tantivy."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tantivy

from kb.base.errors import ViewError
from kb.storage.rows import CaseTerms

_FIELDS = ("body", "readings")
_TERMS = 20_000  # frequencies kept: a question asks for those of its words several times
_MANY = 4  # times as many cases hold a term as are asked about: these are looked up alone
_FEW, _KEPT = (
    300,
    1024,
)  # cases that are looked up whatever is asked, terms for which these are kept
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
        self._saying: dict[tuple[str, bool], Collection[int]] = {}

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
        query = self._any_of(terms, readings)
        if allowed is not None:
            query = self._among(query, allowed)
        return self._run(query, k)

    def scores(
        self, terms: Mapping[str, float], cases: Sequence[int], readings: float = 0.0
    ) -> dict[int, float]:
        """Exact scores of the given cases; a case without any of the terms is left out."""
        if not terms or not cases:
            return {}
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

    def saying(self, term: str, cases: Collection[int], *, sounds: bool) -> Collection[int]:
        """Those of ``cases`` that contain ``term``; with ``sounds`` also by its reading or origin."""
        if (term, sounds) in self._saying:
            return self._saying[term, sounds]
        fields = _FIELDS if sounds else _FIELDS[:1]
        holding = sum(self.frequency(term, field) for field in fields)
        if holding > max(_MANY * len(cases), _FEW):
            return self.scores({term: 1.0}, [*cases], float(sounds)).keys()
        if len(self._saying) >= _KEPT:
            self._saying.clear()
        found = self.top({term: 1.0}, holding, None, float(sounds)) if holding else {}
        return self._saying.setdefault((term, sounds), found.keys())

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

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
    return builder.build()
