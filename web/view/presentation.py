"""How values look on a page: the template filters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache, partial
from pathlib import Path

from flask import Flask, url_for
from markupsafe import Markup, escape

from kb.advice.precedents import Fit
from kb.base.files import plain_name
from kb.base.types import Case, Evidence, LedgerEntry, OfficialFigure
from kb.language.eras import in_era
from kb.places.gazetteer import load_gazetteer, population_band
from kb.places.names import english_name
from web import language
from web.language import text
from web.view.bands import BANDS

GOOD, FAIR = 0.9, 0.6
"""Quality from which a document counts as read well, and as read in part."""

Spans = Sequence[tuple[int, int]]
_BULLET = re.compile(r"[ \t]*(?:[-*・•●○◆■◇□▪▶➢✓]|\d{1,2}[.)．）]|[①-⑳])\s*(?=\S)")
_KINDS = frozenset("都道府県市区町村")


def init_app(app: Flask) -> None:
    """Registers the filters and the addresses of the own static files."""
    for function in (
        marked, blocks, quoted, people, fit_value, fiscal_year, moment, file_size, quality, place,
        prefecture_name, english_place, telling, band, band_name, page_link, file_name, reason,
        plain_name, figure_year,
    ):  # fmt: skip
        app.add_template_filter(function)
    for kind in ("field", "role", "visibility", "reader", "official"):
        app.add_template_filter(partial(language.word, kind), f"{kind}_name")
    stamps: dict[str, str] = {}

    def asset(name: str) -> str:
        """Address of a static file that changes with its content."""
        if name not in stamps or app.debug:
            path = Path(app.static_folder or "") / name
            stamps[name] = format(path.stat().st_mtime_ns & 0xFFFFFFFF, "x")
        return url_for("static", filename=name, v=stamps[name])

    app.add_template_global(asset)


def marked(value: str, spans: Spans = (), offset: int = 0) -> Markup:
    """``value`` escaped, with ``<mark>`` around ``spans``; ``offset`` is where ``value`` starts in
    the text that the spans count in."""
    parts: list[Markup] = []
    at = 0
    for start, end in sorted(spans):
        start, end = max(start - offset, at), min(end - offset, len(value))
        if start >= end or not is_telling(value[start:end]):
            continue
        parts += [escape(value[at:start]), Markup("<mark>"), escape(value[start:end])]
        parts.append(Markup("</mark>"))
        at = end
    return Markup("").join([*parts, escape(value[at:])])


def is_telling(word: str) -> bool:
    """False for the 町 of 多可町 on its own, which is a word of the question but says nothing."""
    return word not in _KINDS


def telling(words: Sequence[str]) -> list[str]:
    """The words that say something."""
    return [word for word in words if is_telling(word)]


def blocks(
    value: str, spans: Spans = (), nearest: tuple[int, int] | None = None
) -> list[tuple[str, list[Markup]]]:
    """Text as paragraphs and lists, escaped and marked: ("p", [one line]), ("ul", [items]) or, with
    the numbers kept, ("ol", [items]). The sentence ``nearest`` to the question is underlined."""
    found: list[tuple[str, list[Markup]]] = []
    at = 0
    for line in value.split("\n"):
        bullet = _BULLET.match(line)
        kind = "p" if not bullet else "ul" if _is_plain(bullet.group()) else "ol"
        start = bullet.end() if bullet and kind == "ul" else 0
        shown = line[start:].strip()
        if shown:
            lead = at + start + len(line[start:]) - len(line[start:].lstrip())
            item = (
                _underlined(shown, spans, lead, nearest) if nearest else marked(shown, spans, lead)
            )
            if kind != "p" and found and found[-1][0] == kind:
                found[-1][1].append(item)
            else:
                found.append((kind, [item]))
        at += len(line) + 1
    return found


def _underlined(shown: str, spans: Spans, lead: int, nearest: tuple[int, int]) -> Markup:
    """``shown``, which begins at ``lead``, marked, and underlined where it is ``nearest``."""
    start, end = (min(max(at - lead, 0), len(shown)) for at in nearest)
    if start == end:
        return marked(shown, spans, lead)
    inside = marked(shown[start:end], spans, lead + start)
    return (
        marked(shown[:start], spans, lead)
        + Markup('<span class="nearest">{}</span>').format(inside)
        + marked(shown[end:], spans, lead + end)
    )


def quoted(evidence: Evidence) -> Markup:
    """The words around a value that was read, with the value marked."""
    around = " ".join(evidence.text.split())
    value = " ".join(evidence.value.split())
    at = around.find(value)
    return marked(around, [(at, at + len(value))]) if at >= 0 else escape(evidence.shown)


def people(population: int | None) -> str:
    """A population as people say it: 1.8万人, 820人; "" when unknown."""
    if not population:
        return ""
    if language.language() == "en":
        return f"{population:,}"
    if population < 10_000:
        return f"{population:,}人"
    tens = population / 10_000
    return f"{tens:.1f}".removesuffix(".0") + "万人" if tens < 10 else f"{tens:,.0f}万人"


def fit_value(fit: Fit) -> str:
    """What a precedent has in one respect, in words."""
    if fit.name == "size":
        return people(int(fit.value))
    if fit.name == "budget":
        return fit.value
    return language.word("status" if fit.name == "stage" else fit.name, fit.value)


def figure_year(figure: OfficialFigure) -> str:
    """The fiscal year of an official figure, or that its table does not say."""
    return fiscal_year(figure.year) or text("municipality.figures.no_year")


def fiscal_year(year: int | None, era: bool = False) -> str:
    """A fiscal year: 2024年度, with ``era`` 2024年度（令和6年度）; "" when unknown."""
    if year is None:
        return ""
    english = language.language() == "en"
    plain = f"FY{year}" if english else f"{year}年度"
    found = in_era(year)
    if not era or found is None:
        return plain
    named, count = found
    if english:
        return f"{plain} ({named.english} {count})"
    return f"{plain}（{named.name}{'元' if count == 1 else count}年度）"


def moment(iso: str) -> str:
    """A UTC time in this server's time, to the minute; "" when there is none."""
    try:
        local = datetime.fromisoformat(iso).astimezone()
    except ValueError:
        return ""
    if language.language() == "en":
        return local.strftime("%Y-%m-%d %H:%M")
    year = "" if local.year == datetime.now().year else f"{local.year}年"
    return f"{year}{local.month}月{local.day}日 {local:%H:%M}"


def file_size(size: int) -> str:
    """Bytes as KB or MB."""
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, size // 1000):,} KB"


def quality(value: float | None) -> str:
    """How well a document was read, in words; "" when it was not."""
    if value is None:
        return ""
    level = "good" if value >= GOOD else "fair" if value >= FAIR else "poor"
    return text(f"quality.{level}")


def place(case: Case) -> str:
    """The municipality of a case as a name to show."""
    return case.municipality or case.prefecture or text("place.none")


def prefecture_name(value: str) -> str:
    """A prefecture in this request's language; other names stay as they are."""
    return _prefectures_en().get(value, value) if language.language() == "en" else value


@cache
def _prefectures_en() -> dict[str, str]:
    return {place.name: english_name(place) for place in load_gazetteer().prefectures()}


def english_place(code: str) -> str:
    """The name of a municipality beside the Japanese one on an English page; "" on others."""
    return load_gazetteer().english(code) if language.language() == "en" else ""


def band_name(value: str) -> str:
    """A band of population for people."""
    return next((band.label() for band in BANDS if band.name == value), value)


def band(population: int) -> str:
    """The band that a population is in, for people."""
    return band_name(population_band(population))


def page_link(case: Case, page: int | None) -> str:
    """Address of the case's source, at ``page`` where it has pages."""
    kind = "note" if is_note(case.path) else "source"
    address = url_for(f"documents.{kind}", document_id=case.document_id)
    return address if page is None else f"{address}#page={page}"


def is_note(path: str) -> bool:
    """True for text with front matter, which a page shows better than the file."""
    return path.lower().endswith((".md", ".markdown"))


def file_name(path: str) -> str:
    """The last part of a path."""
    return plain_name(path.rsplit("/", 1)[-1])


def _is_plain(bullet: str) -> bool:
    """True for bullets that say nothing; numbers are kept."""
    return not any(char.isdigit() or "①" <= char <= "⑳" for char in bullet)


def reason(entry: LedgerEntry) -> str:
    """Why a file was not read, in the language of the page."""
    return language.told(entry.reason)
