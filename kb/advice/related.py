"""Cases of the same matter elsewhere, by the sentence model where it has read them: rather none than a
poor one. The bound was read off pairs made from the project's judged queries (docs/ablation.md)."""

from __future__ import annotations

from kb.base.errors import QueryError
from kb.base.types import Case, Filters, Viewer
from kb.query.question import beside_conditions
from kb.ranking.search import Searcher
from kb.storage.store import Store

SAME_MATTER = 0.3
"""Likeness (-1 to 1) from which two cases are about the same: one in a hundred pairs reaches 0.385."""

_OTHERS = 8  # results that may be of the same municipality


def same_matter(
    searcher: Searcher, store: Store, case: Case, viewer: Viewer, k: int
) -> tuple[Case, ...]:
    """Up to ``k`` cases of other municipalities about the same, nearest first."""
    number = store.number(case.id, viewer)
    alike = {} if number is None else searcher.views().sentences.alike(number)
    if alike:
        near = sorted((n for n, x in alike.items() if x >= SAME_MATTER), key=lambda n: -alike[n])
        found = store.cases_by_no(near, viewer)
        others = [found[n] for n in near if n in found]
    else:
        others = _titled_alike(searcher, case, viewer, k)
    return tuple(other for other in others if _place(other) != _place(case))[:k]


def told_already(
    searcher: Searcher, title: str, code: str, viewer: Viewer, k: int = 3
) -> tuple[Case, ...]:
    """Up to ``k`` cases of the municipality of ``code`` that may tell of what ``title`` says already."""
    try:
        filters = Filters(municipalities=(code,))
        answer = searcher.search(beside_conditions(title), k=k, filters=filters, viewer=viewer)
    except QueryError:
        return ()
    return tuple(result.case for result in answer.results if result.answers)


def _titled_alike(searcher: Searcher, case: Case, viewer: Viewer, k: int) -> list[Case]:
    """What a search for the case's title finds; nothing where it finds no answer."""
    try:
        answer = searcher.search(beside_conditions(case.title), k=k + _OTHERS, viewer=viewer)
    except QueryError:
        return []
    return [] if answer.weak else [r.case for r in answer.results if r.case.id != case.id]


def _place(case: Case) -> str | int:
    """A case's municipality; its document where it has none."""
    return case.code or case.document_id
