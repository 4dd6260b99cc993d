"""What a search's address asks for; the page and the API read it the same way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote_plus, urlencode

from werkzeug.datastructures import MultiDict

from kb.base.errors import UsageError
from kb.base.filters import FILTERS, Filters
from kb.query.conditions.wishes import AS_TYPED, Wishes

SORTS = ("relevance", "newest", "size", "distance")
"""Orders of the results; the last two need ``near``."""

_ONE_MORE = "one more"
"""Stands for a value to come; told from what was typed by what it is."""

_WISHES = {"ignore": "ignored", "must": "must", "prefer": "prefer", "exclude": "exclude"}


@dataclass(frozen=True, slots=True)
class SearchAddress:
    """A search as its address spells it. ``near`` is a municipality's name or code, "" for none;
    ``wishes`` is what is said of conditions in the question;
    ``page`` counts from 1."""

    q: str = ""
    filters: Filters = field(default_factory=Filters)
    sort: str = "relevance"
    near: str = ""
    wishes: Wishes = AS_TYPED
    page: int = 1

    @classmethod
    def read(cls, args: MultiDict[str, str]) -> SearchAddress:
        """The question of a request. Raises UsageError for a number that is none."""
        given: dict[str, Any] = {}
        for attribute, row in FILTERS.items():
            if row.kind == "any":
                given[attribute] = _given(args, row.name)
            elif row.kind == "number":
                given[attribute] = number(args, row.name, row.bounds[1])
            else:
                given[attribute] = args.get(row.name, "").strip() or None
        sort = args.get("sort", "")
        return cls(
            q=args.get("q", "").strip(),
            filters=Filters(**given),
            sort=sort if sort in SORTS else SORTS[0],
            near=args.get("near", "").strip(),
            wishes=Wishes(
                **{attribute: _given(args, name) for name, attribute in _WISHES.items()},
                strict=args.get("strict", "") == "1",
            ),
            page=max(1, number(args, "page") or 1),
        )

    @property
    def is_narrowed(self) -> bool:
        """True when any filter is set."""
        return self.filters != Filters()

    def narrowed(self, **conditions: Any) -> SearchAddress:
        """The same question with these conditions, from its first page."""
        return replace(self, filters=replace(self.filters, **conditions), page=1)

    def with_each(self, attribute: str, kept: tuple[str, ...] = ()) -> Callable[[str], str]:
        """What gives the address of :meth:`narrowed` to the values ``kept`` of a filter and one more: a page has
        hundreds that differ in that alone."""
        pairs = self.narrowed(**{attribute: (*kept, _ONE_MORE)}).pairs()
        at = next(i for i, (_, value) in enumerate(pairs) if value is _ONE_MORE)
        before, behind = (urlencode(part) for part in (pairs[:at], pairs[at + 1 :]))
        start, end = (
            f"/?{before}{'&' * bool(before)}{pairs[at][0]}=",
            f"{'&' * bool(behind)}{behind}",
        )
        return lambda value: f"{start}{quote_plus(value)}{end}"

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
        pairs += [(row.name, str(v)) for row, values in self.filters.given() for v in values]
        if self.sort != SORTS[0]:
            pairs.append(("sort", self.sort))
        if self.near:
            pairs.append(("near", self.near))
        for name, attribute in _WISHES.items():
            pairs += [(name, label) for label in getattr(self.wishes, attribute)]
        if self.wishes.strict:
            pairs.append(("strict", "1"))
        return pairs if self.page == 1 else [*pairs, ("page", str(self.page))]


def number(args: MultiDict[str, str], name: str, most: int = 99_999_999) -> int | None:
    """The argument ``name`` as a number; None when absent or empty. Raises UsageError."""
    given = args.get(name, "").strip()
    if not given:
        return None
    try:
        value = int(given)
    except ValueError:
        value = -1
    if not 0 <= value <= most:
        raise UsageError("usage.number", name=name)
    return value


def _given(args: MultiDict[str, str], name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for item in args.getlist(name) if (value := item.strip())))
