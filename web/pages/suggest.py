"""Suggestions while typing: municipalities, 分野, words of the trade, titles. Kana finds kanji."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from flask import Blueprint, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from kb.base.once import Once
from kb.base.types import FIELDS
from kb.language.text import fold_text
from kb.language.tokens import readings, tokenize
from kb.places.gazetteer import load_gazetteer
from kb.places.names import Place, hiragana, title_keys
from web.language import text
from web.services import Services, services
from web.view.record import label

pages = Blueprint("suggest", __name__)

Title = tuple[str, str, str | None]
"""A case's title, its municipality's code, and what is typed for it where that is stored."""

MOST = 8
_LONGEST = 60  # characters typed after which nobody needs a suggestion
_KEY = "dxkb.suggestions"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What to put into the box. ``kind`` is place, field, word or title; ``keys`` are what typed
    text is compared with."""

    text: str
    kind: str
    note: str
    keys: tuple[str, ...]


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


def matching(typed: str, index: Sequence[Suggestion]) -> list[Suggestion]:
    """The suggestions that begin with ``typed``, then those that contain it; at most ``MOST``, each
    text once."""
    wanted = {fold_text(typed).replace(" ", ""), hiragana(typed)} - {""}
    if not wanted:
        return []
    ranked: list[tuple[int, int, Suggestion]] = []
    for position, suggestion in enumerate(index):
        rank = min((_rank(key, word) for key in suggestion.keys for word in wanted), default=2)
        if rank < 2:
            ranked.append((rank, position, suggestion))
    ranked.sort(key=lambda item: item[:2])
    distinct = {suggestion.text: suggestion for _, _, suggestion in reversed(ranked)}
    return [distinct[text] for text in dict.fromkeys(s.text for _, _, s in ranked)][:MOST]


def build(titles: Sequence[Title], words: Sequence[str]) -> tuple[Suggestion, ...]:
    """Suggestions for cases of these titles: places with cases first, the most cases first."""
    return (*_places(titles), *_fields(), *_words(words), *_titles(titles))


def _places(titles: Sequence[Title]) -> Iterator[Suggestion]:
    counts = Counter(code for _, code, _ in titles if code)
    for code, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        place = load_gazetteer().by_code(code)
        if place is not None:
            note = f"{place.prefecture}・{count}件"
            yield Suggestion(place.name, "place", note, _place_keys(place))


@cache
def _place_keys(place: Place) -> tuple[str, ...]:
    return fold_text(place.name), fold_text(place.full_name), place.kana


@cache
def _everywhere() -> tuple[Suggestion, ...]:
    """Every prefecture and municipality by its full name, which is never ambiguous; the largest
    first."""
    gazetteer = load_gazetteer()
    every = [
        place
        for prefecture in gazetteer.prefectures()
        for place in (prefecture, *gazetteer.municipalities(prefecture.name))
    ]
    every.sort(key=lambda place: -place.population)
    return tuple(Suggestion(p.full_name, "place", p.kana, _place_keys(p)) for p in every)


def _fields() -> Iterator[Suggestion]:
    for name in FIELDS[:-1]:
        yield Suggestion(name, "field", "", (fold_text(name), _reading(name)))


def _words(words: Sequence[str]) -> Iterator[Suggestion]:
    for word in dict.fromkeys(words):
        yield Suggestion(word, "word", "", (fold_text(word).replace(" ", ""), _reading(word)))


def _titles(titles: Sequence[Title]) -> Iterator[Suggestion]:
    for title, _, keys in titles:
        yield Suggestion(title, "title", "", tuple((keys or _keys(title)).split("\n")))


@lru_cache(maxsize=2**13)  # the lexicon's words, after a change too
def _reading(text: str) -> str:
    return hiragana("".join(readings(tokenize(text))))


def _rank(key: str, typed: str) -> int:
    """0 for a beginning, 1 for a part of at least two characters, 2 for nothing."""
    if key.startswith(typed):
        return 0
    return 1 if len(typed) > 1 and typed in key else 2


_keys = lru_cache(maxsize=2**16)(title_keys)  # of what an earlier version stored


def _index(own: Services) -> tuple[Suggestion, ...]:
    viewer, state = own.viewer(), (own.store.identity(), own.store.generation())
    kept: Once = current_app.extensions.setdefault(_KEY, Once())
    return kept.get(
        viewer.visibilities,
        state,
        lambda: build(own.store.titles(viewer), own.searcher.lexicon.terms()),
    )
