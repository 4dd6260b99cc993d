"""Cases of the same matter elsewhere, by the sentence model where it has read them: rather none than a
poor one. The bound was read off pairs made from the project's judged queries (docs/ablation.md).

And the document that a note tells in words of its own, where that is in the corpus, too. A note (Markdown
or text that names its source) retells a case of the same municipality in a document that is none, where it
names that document: its title, its file, what stands on top of it (and, where it names pages, that
case's); or where the sentence model reads the same in both, as for :mod:`kb.ranking.initiatives`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePosixPath

from kb.advice.brief import NOTES, Brief, is_note
from kb.base.errors import QueryError
from kb.base.types import Case, Filters, Relative, Relatives, Viewer
from kb.language.text import fold_text
from kb.query.question import beside_conditions
from kb.ranking.initiatives import SAME
from kb.ranking.search import Searcher
from kb.storage.store import Store

SAME_MATTER = 0.35
"""Likeness (-1 to 1) from which two cases are about the same: one in a hundred pairs reaches 0.44."""

_OTHERS = 8  # results that may be of the same municipality
_LEAST = 6  # characters of a name that is none by chance
_QUOTED = re.compile("[「『](.+?)[」』]")
_PAGES = re.compile(r"(\d{1,4})(?:[~〜・,、-](\d{1,4}))?(?:ページ|頁)|p{1,2}\.? ?(\d{1,4})")
_TOP = 300  # characters in which a document says its title


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
    return tuple(result.case for result in answer.results if result.could_answer)


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


def kin(searcher: Searcher, store: Store, case: Case, viewer: Viewer) -> Relatives:
    """The relatives of a case that ``viewer`` may see, with what it retells."""
    told = originals(searcher, store, case, viewer)
    links = tuple(Relative(other.id, other.title, other.path) for other in told)
    return replace(store.relatives(case.id, viewer), originals=links)


def with_originals(brief: Brief, searcher: Searcher, store: Store, viewer: Viewer) -> Brief:
    """``brief`` with what its notes retell, so that it cites both."""
    told = {case.id: originals(searcher, store, case, viewer) for case in brief.cases}
    return replace(brief, originals={case: others for case, others in told.items() if others})


def originals(searcher: Searcher, store: Store, case: Case, viewer: Viewer) -> tuple[Case, ...]:
    """The cases that ``case`` retells, of those that ``viewer`` may see; none for what is no note."""
    if not is_note(case) or not case.code:
        return ()
    others = [
        other
        for other in store.cases_of(code=case.code, viewer=viewer)
        if not other.path.lower().endswith(NOTES)
    ]
    if not others:
        return ()
    sentences, number = searcher.views().sentences, store.number(case.id, viewer)

    def likeness(other: Case) -> float:
        own = store.number(other.id, viewer)
        return sentences.likeness(number, own, SAME) if number is not None and own else 0.0

    return tuple(
        other
        for other in others
        if _is_named(case, other, _top(store, other, viewer)) or likeness(other) >= SAME
    )


def _top(store: Store, case: Case, viewer: Viewer) -> str:
    """What the document of a case begins with."""
    first = store.cases_of(document_id=case.document_id, viewer=viewer)[0]
    told = [first.title, *(f"{s.heading}\n{s.text}" for s in first.sections[:1])]
    return fold_text("\n".join(told))[:_TOP]


def _is_named(note: Case, other: Case, top: str) -> bool:
    source = fold_text(f"{note.source_title} {note.source_url}")
    names = (fold_text(other.source_title), fold_text(PurePosixPath(other.path).stem))
    is_named = any(len(name) >= _LEAST and name in source for name in names) or any(
        len(name) >= _LEAST and name in top for name in _QUOTED.findall(source)
    )
    pages = {int(n) for found in _PAGES.findall(source) for n in found if n}
    first, last = other.pages or (0, 0)
    return is_named and (not pages or not last or any(first <= n <= last for n in pages))
