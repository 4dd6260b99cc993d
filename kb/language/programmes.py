"""Grants, funds and bonds by name, other spellings and lineage: ``kb/data/programmes.tsv``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from kb.base.tables import read_table
from kb.language.known_words import KnownWords
from kb.language.text import fold_text


@dataclass(frozen=True, slots=True)
class Programme:
    """One programme: its ``name``, all ways in which it is ``written``, who gives the money, and the
    names of what it was ``before``."""

    name: str
    written: tuple[str, ...]
    giver: str
    before: tuple[str, ...]


@cache
def programmes() -> dict[str, Programme]:
    """Every programme by name."""
    path = Path(str(resources.files("kb").joinpath("data", "programmes.tsv")))
    rows = read_table(path, ("name", "other spellings", "giver", "before"), least=1)
    return {
        row.cells[0]: Programme(
            row.cells[0],
            (row.cells[0], *row.words(1)),
            row.cells[2],
            row.words(3),
        )
        for row in rows
    }


def programme(said: str) -> Programme | None:
    """The programme that a name or spelling means, also within a longer name; None for others."""
    folded = fold_text(said)
    spans = list(known_programmes().spans(folded))
    return spelt()[folded[slice(*spans[0])]] if spans else None


def lineage(found: Programme) -> tuple[Programme, ...]:
    """A programme and all that it was before, the newest first."""
    earlier = (programmes()[name] for name in found.before)
    return tuple(dict.fromkeys((found, *(p for one in earlier for p in lineage(one)))))


def later(found: Programme) -> tuple[Programme, ...]:
    """What a programme has become since, the nearest first."""
    following = [p for p in programmes().values() if found.name in p.before]
    return tuple(dict.fromkeys((*following, *(p for one in following for p in later(one)))))


def asked(names: Iterable[str]) -> tuple[str, ...]:
    """The names by which facts are known for what somebody asks: 地域未来交付金 also means what it was
    before; a name that is no programme stands for itself."""
    found: list[str] = []
    for name in names:
        known = programme(name)
        found += [one.name for one in lineage(known)] if known else []
        found.append(name)
    return tuple(dict.fromkeys(found))


@cache
def spelt() -> dict[str, Programme]:
    """Every programme by each of its folded spellings."""
    return {fold_text(said): one for one in programmes().values() for said in one.written}


@cache
def known_programmes() -> KnownWords:
    """Finds programmes in folded text."""
    return KnownWords(spelt(), joining="abcdefghijklmnopqrstuvwxyz0123456789")
