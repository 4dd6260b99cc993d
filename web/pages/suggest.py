"""Suggestions while typing: municipalities, 分野, words of the trade, titles. Kana finds kanji."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate, chain, islice
from threading import Lock

from flask import Blueprint, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from kb.base.once import Once
from kb.base.types import FIELDS, PUBLIC, Viewer
from kb.language.text import fold_text
from kb.places.gazetteer import load_gazetteer
from kb.places.names import Place, hiragana, title_keys
from kb.storage.store import Store
from web.language import text
from web.services import Services, services
from web.view.record import label

pages = Blueprint("suggest", __name__)

MOST = 8
_LONGEST = 60  # characters typed after which nobody needs a suggestion
_KEY = "dxkb.suggestions"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What to put into the box. ``kind`` is place, field, word or title; ``keys``, a line each, are
    what typed text is compared with."""

    text: str
    kind: str
    note: str
    keys: str


class Index:
    """Suggestions in order, and all their keys as one text."""

    def __init__(self, suggestions: Iterable[Suggestion]) -> None:
        self._suggestions = tuple(suggestions)
        self._keys = "\n" + "\n".join(s.keys for s in self._suggestions) + "\n"
        lengths = (len(s.keys) + 1 for s in self._suggestions)
        self._ends = array("q", accumulate(lengths, initial=1))

    def holding(self, typed: str) -> Iterator[tuple[int, int, Suggestion]]:
        """Those of which a key begins with ``typed`` (0, place, suggestion), and of at least two characters
        those that have it elsewhere (1, …)."""
        wanted = typed if len(typed) > 1 else f"\n{typed}"
        at = self._keys.find(wanted)
        while at >= 0:
            begins = wanted is not typed or self._keys[at - 1] == "\n"
            place = bisect_right(self._ends, at + (wanted is not typed)) - 1
            yield 0 if begins else 1, place, self._suggestions[place]
            at = self._keys.find(wanted, at + 1)


@pages.get("/suggest")
def suggest() -> ResponseReturnValue:
    """``[{"text", "kind", "note"}]`` for what is typed so far (``?q=``)."""
    typed = request.args.get("q", "")[:_LONGEST]
    return _told(matching(typed, _index(services())))


@pages.get("/suggest/places")
def places() -> ResponseReturnValue:
    """The same for the name of a municipality, wherever in Japan."""
    return _told(matching(request.args.get("q", "")[:_LONGEST], _everywhere()))


def _told(found: Sequence[Suggestion]) -> Response:
    notes = {"field": label("field"), "title": text("suggest.title")}
    return jsonify(
        [{"text": s.text, "kind": s.kind, "note": notes.get(s.kind, s.note)} for s in found]
    )


def matching(typed: str, index: Index) -> list[Suggestion]:
    """The suggestions that begin with ``typed``, then those that contain it; at most ``MOST``, each
    text once."""
    wanted = {fold_text(typed).replace(" ", ""), hiragana(typed)} - {""}
    found = sorted(chain.from_iterable(map(index.holding, wanted)), key=lambda hit: hit[:2])
    distinct: dict[str, Suggestion] = {}
    for _, _, suggestion in found:
        distinct.setdefault(suggestion.text, suggestion)
    return [*islice(distinct.values(), MOST)]


def build(titles: Iterable[Title], words: Sequence[str]) -> Index:
    """Suggestions for cases of these titles: places with cases first, the most cases first."""
    told = [*titles]
    codes = Counter(title.code for title in told if title.code)
    return Index((*_places(codes), *_always(tuple(words)), *(title.suggestion for title in told)))


@dataclass(frozen=True, slots=True)
class Title:
    """The title of a case as a suggestion, its municipality's code, and who may see it."""

    suggestion: Suggestion
    code: str = ""
    visibility: str = PUBLIC


class KnownTitles:
    """The titles of a store's cases, of which a change of the store costs those that came and went. Safe to share
    between threads."""

    def __init__(self) -> None:
        self._mutex = Lock()
        self._identity, self._generation = "", -1
        self._titles: dict[int, Title] = {}

    def of(self, store: Store, viewer: Viewer) -> list[Title]:
        """Those that ``viewer`` may see, in order."""
        with self._mutex:
            self._forget_changed(store)
            nos = sorted(store.all_case_nos(viewer))
            missing = [no for no in nos if no not in self._titles]
            for no, title, code, keys, label in store.titles(missing, viewer):
                shown = Suggestion(title, "title", "", keys or title_keys(title))
                self._titles[no] = Title(shown, code, label)
            found = [self._titles[no] for no in nos if no in self._titles]
        seen = viewer.visibilities  # another case may have got a number meanwhile
        return [title for title in found if seen is None or title.visibility in seen]

    def _forget_changed(self, store: Store) -> None:
        identity, generation = store.identity(), store.generation()
        if (identity, generation) == (self._identity, self._generation):
            return
        is_later = identity == self._identity and generation > self._generation
        changed = store.changed_cases(self._generation) if is_later else None
        if changed is None:
            self._titles.clear()
        for no in changed or ():
            self._titles.pop(no, None)
        self._identity, self._generation = identity, generation


def _places(counts: Mapping[str, int]) -> Iterator[Suggestion]:
    for code, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        place = load_gazetteer().by_code(code)
        if place is not None:
            note = f"{place.prefecture}・{count}件"
            yield Suggestion(place.name, "place", note, _place_keys(place))


@cache
def _place_keys(place: Place) -> str:
    return "\n".join((fold_text(place.name), fold_text(place.full_name), place.kana))


@cache
def _everywhere() -> Index:
    """Every prefecture and municipality by its full name, which is never ambiguous; the largest
    first."""
    gazetteer = load_gazetteer()
    every = [
        place
        for prefecture in gazetteer.prefectures()
        for place in (prefecture, *gazetteer.municipalities(prefecture.name))
    ]
    every.sort(key=lambda place: -place.population)
    return Index(Suggestion(p.full_name, "place", p.kana, _place_keys(p)) for p in every)


@lru_cache(maxsize=4)
def _always(words: tuple[str, ...]) -> tuple[Suggestion, ...]:
    """The 分野 and the lexicon's ``words``."""
    kinds = dict.fromkeys(FIELDS[:-1], "field"), dict.fromkeys(words, "word")
    return tuple(Suggestion(w, kind, "", title_keys(w)) for of in kinds for w, kind in of.items())


def _index(own: Services) -> Index:
    viewer, state = own.viewer(), (own.store.identity(), own.store.generation())
    extensions = current_app.extensions
    kept: tuple[Once, KnownTitles] = extensions.setdefault(_KEY, (Once(), KnownTitles()))
    return kept[0].get(
        viewer.visibilities,
        state,
        lambda: build(kept[1].of(own.store, viewer), own.searcher.lexicon.terms()),
    )
