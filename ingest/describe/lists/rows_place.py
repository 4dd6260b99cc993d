"""The place that the cells of a row name."""

from __future__ import annotations

import re
from functools import lru_cache

from ingest.split.plates import plate
from kb.places.gazetteer import Place, load_gazetteer

_KIND = re.compile(r"[都道府県市区町村]$")
_SEVERAL = re.compile(r"[、，,・／/\n]|及び|ほか|他")
_LONGEST = 24
"""Characters of the longest cell that is a place's name."""


@lru_cache(maxsize=8192)
def prefecture_of(cell: str) -> str:
    """The prefecture that a cell names, in any writing; "" for any other cell."""
    found = load_gazetteer().find(_bare(cell)) if 2 <= len(cell) <= 12 else ()
    return next((place.name for place in found if place.name == place.prefecture), "")


@lru_cache(maxsize=8192)
def is_municipality(cell: str) -> bool:
    """True for a cell that is no more than the name of a municipality: 「多可町」「兵庫県多可町」."""
    name = _bare(cell)
    if not 2 <= len(name) <= _LONGEST or not _KIND.search(name):
        return False
    return any(place.name != place.prefecture for place in load_gazetteer().find(name))


@lru_cache(maxsize=8192)
def is_code(cell: str) -> bool:
    """True for the code of a municipality: five or six digits."""
    return cell.isdecimal() and len(cell) in (5, 6) and bool(load_gazetteer().by_code(cell))


@lru_cache(maxsize=8192)
def stated_places(name: str, prefecture: str, code: str) -> tuple[Place, ...]:
    """The places that a row can mean: one when it is clear, several for namesakes, none for what is
    no municipality (a company). Of several that ``name`` lists the first counts."""
    gazetteer = load_gazetteer()
    if code and (place := gazetteer.by_code(code.zfill(5))):
        return (place,)
    outer = prefecture_of(prefecture)
    for text in dict.fromkeys((name, _SEVERAL.split(name)[0])):
        found = gazetteer.find(_bare(text)) if text.strip() else ()
        if not found and (beside := plate(text.strip(), gazetteer)):
            inside = [p for m in gazetteer.mentions(text) for p in m.candidates if p.name == beside]
            found = tuple(dict.fromkeys(inside))
        if outer:
            found = tuple(place for place in found if place.prefecture == outer)
        if found:
            return found
    return ()


def _bare(name: str) -> str:
    return name.strip() if name.isascii() else "".join(name.split())
