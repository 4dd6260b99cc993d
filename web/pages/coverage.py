"""What is covered and what is missing: 分野 against population or prefecture, and the questions that
found nothing good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.advice.needs import worries
from kb.base.errors import UsageError
from kb.base.record import label
from kb.base.types import FIELDS, Case
from kb.places.gazetteer import load_gazetteer
from kb.storage import unanswered
from kb.storage.unanswered import Unanswered
from web.services import Services, services
from web.view.address import SearchAddress, number
from web.view.bands import BANDS
from web.view.catalogue import all_cases
from web.view.spreadsheet import csv_download

pages = Blueprint("coverage", __name__)

_TO_ASK = 6
_ASKED = 50
"""Recorded questions that are shown, each asked anew."""


@dataclass(frozen=True, slots=True)
class CountOfCases:
    """A count; ``level`` is 0 for none to 4 for the most; ``address`` leads to the cases, "" where a
    question cannot tell them."""

    count: int
    level: int
    address: str


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A 分野 with its counts."""

    field: str
    total: int
    cells: tuple[CountOfCases, ...]


@dataclass(frozen=True, slots=True)
class AskedBefore:
    """A recorded question, and whether the corpus answers it by now."""

    recorded: Unanswered
    answered: bool


@dataclass(frozen=True, slots=True)
class CoverageColumn:
    """A band of population, or a prefecture, as conditions of a question; ``rest`` is what belongs to
    none of them and cannot be asked for."""

    label: str
    prefecture: str = ""
    least: int | None = None
    most: int | None = None
    rest: bool = False

    def holds(self, case: Case) -> bool:
        """True for a case that belongs here; what belongs nowhere is not asked about."""
        if self.rest:
            return False
        if self.prefecture:
            return case.prefecture == self.prefecture
        if case.population is None or case.prefecture == case.municipality:
            return False
        return (self.least or 0) <= case.population <= (self.most or case.population)


@pages.get("/coverage")
def index() -> ResponseReturnValue:
    """The heat table; ``?by=prefecture`` changes its columns, ``?format=csv`` downloads it."""
    own = services()
    by = "prefecture" if request.args.get("by") == "prefecture" else "population"
    columns = prefectures() if by == "prefecture" else bands()
    sort = "total" if request.args.get("sort") == "total" else "field"
    rows = table(all_cases(own, own.viewer()), columns)
    if sort == "total":
        rows.sort(key=lambda row: row.total)
    if request.args.get("format") == "csv":
        return _download(columns, rows)
    if request.args.get("format") == "questions":
        return _questions_csv(_asked(own))
    return render_template(
        "coverage.html",
        by=by,
        sort=sort,
        columns=columns,
        rows=rows,
        asked=_asked(own),
    )


@pages.get("/coverage/gap")
def gap() -> ResponseReturnValue:
    """What to collect, and from whom, where there is no case: ``?field=`` with ``?prefecture=`` or the
    bounds of a band of population."""
    own, args = services(), request.args
    field, prefecture = args.get("field", ""), args.get("prefecture", "")
    if field not in FIELDS:
        raise UsageError(
            "usage.unknown_value", what=label("field"), name=field[:40], choices=FIELDS
        )
    low, high = number(args, "population_from") or 0, number(args, "population_to")
    cases = [case for case in all_cases(own, own.viewer()) if case.field == field]
    alike = {case.code for case in all_cases(own, own.viewer()) if case.code}
    inside = [
        place
        for p in load_gazetteer().prefectures()
        if prefecture in ("", p.name)
        for place in load_gazetteer().municipalities(p.name)
        if low <= place.population <= (high or place.population)
    ]
    inside.sort(key=lambda place: (place.code not in alike, place.code))
    return render_template(
        "gap.html",
        field=field,
        prefecture=prefecture,
        bounds=(low, high),
        ask=inside[:_TO_ASK],
        worries=[worry for worry in worries() if worry.field == field],
        near=sorted(cases, key=lambda case: _far(case, low, high, prefecture))[:_TO_ASK],
    )


@pages.post("/coverage/questions")
def record() -> ResponseReturnValue:
    """Records a question that found nothing good, and goes back to it."""
    own = services()
    question = request.form.get("question", "")
    unanswered.record(own.settings, question)
    return redirect(url_for("search.index", q=question, recorded=1), 303)


@pages.post("/coverage/questions/forget")
def forget() -> ResponseReturnValue:
    """Removes a recorded question."""
    own = services()
    unanswered.forget(own.settings, request.form.get("question", ""))
    return redirect(url_for(".index", _anchor="questions"), 303)


def bands() -> tuple[CoverageColumn, ...]:
    """The population bands, and what has none: prefectures, and cases of nobody in particular."""
    sized = (CoverageColumn(band.name, least=band.least, most=band.most) for band in BANDS)
    return (*sized, CoverageColumn("県・不明", rest=True))


def prefectures() -> tuple[CoverageColumn, ...]:
    """The 47 prefectures, and what names none."""
    named = (CoverageColumn(p.name, prefecture=p.name) for p in load_gazetteer().prefectures())
    return (*named, CoverageColumn("不明", rest=True))


def table(cases: Sequence[Case], columns: Sequence[CoverageColumn]) -> list[FieldRow]:
    """A row for every 分野; every case of it is in one column."""
    counts = Counter((case.field, _column(case, columns)) for case in cases)
    totals = Counter(case.field for case in cases)
    most = max(counts.values(), default=0)
    return [
        FieldRow(
            name,
            totals[name],
            tuple(_cell(name, column, counts[name, column.label], most) for column in columns),
        )
        for name in FIELDS
        if name != FIELDS[-1] or totals[name]
    ]


def _column(case: Case, columns: Sequence[CoverageColumn]) -> str:
    return next((column.label for column in columns if column.holds(case)), columns[-1].label)


def _far(case: Case, low: int, high: int | None, prefecture: str) -> tuple[bool, float]:
    """How far a case is from what was looked for: elsewhere, and how many times as large or small."""
    size = case.population or 0
    edge = min(max(size, low or 1), high or max(size, 1))
    times = max(size, edge) / max(1, min(size, edge)) if size else float("inf")
    return bool(prefecture) and case.prefecture != prefecture, times


def _asked(own: Services) -> list[AskedBefore]:
    """The latest questions, those that are answered by now first; nothing to whoever is not known:
    colleagues may have named what only they may see."""
    if not own.viewer().may_record:
        return []
    asked = [
        AskedBefore(u, _is_answered(own, u.question))
        for u in unanswered.load(own.settings)[:_ASKED]
    ]
    return sorted(asked, key=lambda a: not a.answered)


def _is_answered(own: Services, question: str) -> bool:
    try:
        return not own.searcher.search(question, k=1, viewer=own.viewer()).weak
    except UsageError:
        return False


def _questions_csv(asked: Sequence[AskedBefore]) -> Response:
    rows = [
        [a.recorded.question, a.recorded.times, a.recorded.first, a.recorded.last, int(a.answered)]
        for a in asked
    ]
    return csv_download("questions.csv", [["質問", "回数", "最初", "最後", "今は見つかる"], *rows])


def _cell(field: str, column: CoverageColumn, count: int, most: int) -> CountOfCases:
    question = SearchAddress(field).narrowed(
        fields=(field,),
        prefectures=(column.prefecture,) if column.prefecture else (),
        population_from=column.least or None,
        population_to=column.most,
    )
    address = "" if column.rest else question.address("/" if count else "/coverage/gap")
    return CountOfCases(count, 0 if not count else max(1, -(-4 * count // most)), address)


def _download(columns: Sequence[CoverageColumn], rows: Sequence[FieldRow]) -> Response:
    heads = ["分野", "計", *(column.label for column in columns)]
    lines = [[row.field, row.total, *(cell.count for cell in row.cells)] for row in rows]
    return csv_download("coverage.csv", [heads, *lines])
