"""What a search can be narrowed to, in one table.

Options of the command line, parameters of addresses and of the API, SQL, counts beside the results
and chips follow from it; what a condition means is said here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from kb.base.record import FACTS, FIELDS, STATUSES, UNKNOWN

Kind = Literal["any", "number", "day"]


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition. ``name`` is its parameter (``year_from``, ``--year-from``), explained by the
    message ``cli.help.search.NAME``, and ``subject`` the field of a case that it is about. ``kind``: any of several values, or a bound that is a number
    or a day (ISO 8601), inclusive. ``meaning`` is SQL over a case ``c``, with ``{}`` for the values and
    ``{rows}`` for them as the rows ``w.column1`` of a table.
    ``choices`` are the only values, ``is_counted`` says that results are counted by the subject."""

    name: str
    subject: str
    kind: Kind
    meaning: str
    metavar: str
    choices: tuple[str, ...] = ()
    bounds: tuple[int, int] = (0, 99_999_999)
    is_counted: bool = False

    def sql(self, n: int) -> str:
        """``meaning`` for ``n`` values, each asked for where a brace stands."""
        rows = f"(VALUES {', '.join(['(?)'] * n)}) w"
        return self.meaning.replace("{}", ", ".join("?" * n)).replace("{rows}", rows)

    @property
    def unsaid(self) -> str:
        """SQL over a case ``c``: it does not say anything of the subject."""
        if self.subject == "fact":
            return "FALSE"
        if self.subject in FACTS:
            number = " AND e.amount IS NOT NULL" if self.kind == "number" else ""
            return f"NOT EXISTS (SELECT 1 FROM {_FACT} AND e.name = '{self.subject}'{number})"
        if self.kind == "number":
            return f"c.{self.subject} IS NULL"
        return f"coalesce(c.{self.subject}, '') IN ('', '{UNKNOWN}')"


_FACT = "evidence e WHERE e.case_no = c.no"
_COST = f"(SELECT max(e.amount) FROM {_FACT} AND e.name = 'cost')"
"""The largest amount of money that a case tells of its cost, in yen."""


def _any(name: str, meaning: str, metavar: str, **more: Any) -> Any:
    row = Filter(name, name, "any", meaning, metavar, **{"is_counted": name not in FACTS, **more})
    return field(default=(), metadata={"filter": row})


def _bound(name: str, meaning: str, kind: Kind = "number", **more: Any) -> Any:
    subject = name.removesuffix("_from").removesuffix("_to")
    metavar = {"year": "Y", "population": "N", "cost": "YEN"}.get(subject, "DATE")
    row = Filter(name, subject, kind, meaning, metavar, **more)
    return field(default=None, metadata={"filter": row})


_YEARS: dict[str, Any] = {"bounds": (1900, 2200), "is_counted": True}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search is narrowed to; empty means everything. Years are fiscal years. A prefecture is
    no municipality of any size."""

    fields: tuple[str, ...] = _any("field", "c.field IN ({})", "F", choices=FIELDS)
    prefectures: tuple[str, ...] = _any("prefecture", "c.prefecture IN ({})", "P")
    population_from: int | None = _bound(
        "population_from", "c.municipality != c.prefecture AND c.population >= {}",
    )  # fmt: skip
    population_to: int | None = _bound(
        "population_to", "c.municipality != c.prefecture AND c.population <= {}",
    )  # fmt: skip
    municipalities: tuple[str, ...] = _any(
        "municipality",
        # codes, and names for cases whose municipality is open or unknown
        "(c.code IN ({}) OR (c.code = '' AND c.municipality IN ({})))", "NAME|CODE",
    )  # fmt: skip
    year_from: int | None = _bound("year_from", "c.year >= {}", **_YEARS)
    year_to: int | None = _bound("year_to", "c.year <= {}", **_YEARS)
    statuses: tuple[str, ...] = _any("status", "c.status IN ({})", "S", choices=STATUSES)
    checked_from: str | None = _bound(
        "checked_from",
        "c.checked >= {}",
        kind="day",
    )
    cost_from: int | None = _bound("cost_from", f"{_COST} >= {{}}", bounds=(0, 10**15))
    cost_to: int | None = _bound("cost_to", f"{_COST} <= {{}}", bounds=(0, 10**15))
    fundings: tuple[str, ...] = _any(
        "funding",
        # a part of the name is enough: 地方創生臨時交付金, where more stands around it
        f"EXISTS (SELECT 1 FROM {{rows}}, {_FACT} AND e.name = 'funding' "
        "AND (e.code = w.column1 OR instr(e.value, w.column1) > 0))",
        "NAME",
    )  # fmt: skip
    facts: tuple[str, ...] = _any(
        "fact",
        # procurement:公募型, copied_from:452017, trouble: (any)
        f"EXISTS (SELECT 1 FROM {{rows}}, {_FACT} "
        "AND e.name = substr(w.column1, 1, instr(w.column1, ':') - 1) "
        "AND (instr(e.value, substr(w.column1, instr(w.column1, ':') + 1)) > 0 "
        "OR e.code = substr(w.column1, instr(w.column1, ':') + 1)))",
        "NAME:VALUE", is_counted=False,
    )  # fmt: skip

    def given(self) -> Iterator[tuple[Filter, tuple[Any, ...]]]:
        """The conditions that are set, each with its values."""
        for attribute, row in FILTERS.items():
            value = getattr(self, attribute)
            if value not in ((), None):
                yield row, value if row.kind == "any" else (value,)


FILTERS: Mapping[str, Filter] = {f.name: f.metadata["filter"] for f in fields(Filters)}
"""The table: every condition by the attribute of Filters that holds it."""

COUNTED = tuple(dict.fromkeys(row.subject for row in FILTERS.values() if row.is_counted))
"""What results are counted by."""
