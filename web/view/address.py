"""What a search's address asks for; the page and the API read it the same way."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from kb.base.errors import UsageError
from kb.base.types import Filters

SORTS = ("relevance", "newest", "size", "distance")
"""Orders of the results; the last two need ``near``."""

_LISTS = {"field": "fields", "prefecture": "prefectures", "municipality": "municipalities"}
_NUMBERS = ("year_from", "year_to", "population_from", "population_to")


@dataclass(frozen=True, slots=True)
class SearchAddress:
    """A search as its address spells it. ``near`` is a municipality's name or code, "" for none;
    ``ignore`` are labels of understood conditions that shall not count;
    ``page`` counts from 1."""

    q: str = ""
    fields: tuple[str, ...] = ()
    prefectures: tuple[str, ...] = ()
    municipalities: tuple[str, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    population_from: int | None = None
    population_to: int | None = None
    sort: str = "relevance"
    near: str = ""
    ignore: tuple[str, ...] = ()
    page: int = 1

    @classmethod
    def read(cls, args: MultiDict[str, str]) -> SearchAddress:
        """The question of a request. Raises UsageError for a number that is none."""
        given: dict[str, Any] = {own: _given(args, name) for name, own in _LISTS.items()}
        given |= {name: number(args, name) for name in _NUMBERS}
        sort = args.get("sort", "")
        return cls(
            q=args.get("q", "").strip(),
            **given,
            sort=sort if sort in SORTS else SORTS[0],
            near=args.get("near", "").strip(),
            ignore=_given(args, "ignore"),
            page=max(1, number(args, "page") or 1),
        )

    @property
    def filters(self) -> Filters:
        """What the search is narrowed to."""
        names = {field.name for field in fields(Filters)}
        return Filters(**{name: getattr(self, name) for name in names})

    @property
    def narrowed(self) -> bool:
        """True when any filter is set."""
        return self.filters != Filters()

    def address(self, path: str = "/") -> str:
        """The address that asks this question again."""
        query = urlencode(self.pairs())
        return f"{path}?{query}" if query else path

    def unplaced(self) -> str:
        """The address without a municipality of its own: the reader's counts."""
        return replace(self, near="", page=1).address()

    def pairs(self) -> list[tuple[str, str]]:
        """The arguments that differ from the defaults, as a form would send them."""
        pairs = [("q", self.q)] if self.q else []
        for name, own in _LISTS.items():
            pairs += [(name, value) for value in getattr(self, own)]
        pairs += [
            (name, str(value)) for name in _NUMBERS if (value := getattr(self, name)) is not None
        ]
        if self.sort != SORTS[0]:
            pairs.append(("sort", self.sort))
        if self.near:
            pairs.append(("near", self.near))
        pairs += [("ignore", label) for label in self.ignore]
        return pairs if self.page == 1 else [*pairs, ("page", str(self.page))]


def number(args: MultiDict[str, str], name: str) -> int | None:
    """The argument ``name`` as a number; None when absent or empty. Raises UsageError."""
    given = args.get(name, "").strip()
    if not given:
        return None
    try:
        value = int(given)
    except ValueError:
        value = -1
    if not 0 <= value <= 99_999_999:
        raise UsageError("usage.number", name=name)
    return value


def _given(args: MultiDict[str, str], name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for item in args.getlist(name) if (value := item.strip())))
