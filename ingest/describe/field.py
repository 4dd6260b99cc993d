"""The 分野 of a case: as given, else classified by the words of ``ingest/describe/data/field_words.tsv``."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import ascii_lowercase

from ingest.describe.years import folded_once
from ingest.split.labels import label_key
from kb.base.tables import read_table
from kb.base.types import FIELDS, CaseDraft, Evidence, Section
from kb.language.known_words import KnownWords
from kb.language.text import fold_text

_DATA = Path(__file__).parent / "data"
_LABELS = frozenset("分野 取組分野 事業分野 カテゴリ カテゴリー 対象分野 field".split())
_TITLE = 3.0
# What a case does tells its field; what it came from, cost or is to become says less.
_ROLE_WEIGHT = {
    "概要": 1.2, "取組": 1.3, "背景・課題": 0.8, "支援内容": 0.8, "効果": 0.7, "推進体制": 0.5,
    "工夫・留意点": 0.5, "費用": 0.3, "見えてきた課題": 0.5, "有効と思われる支援": 0.5,
    "県による支援": 0.4, "その他": 0.5,
}  # fmt: skip
_ENOUGH = 1.5
"""Weight below which nothing tells a field: その他."""


@dataclass(frozen=True, slots=True)
class Classified:
    """A field with ``confidence`` 0–1, the share of the weight that speaks for it, and the ``words``
    that speak loudest, heaviest first."""

    field: str
    confidence: float
    words: tuple[str, ...]


def given_field(value: str) -> str | None:
    """The field that people mean by ``value``, None when there is none such."""
    for name in (value.strip(), value.strip().removesuffix("分野").removesuffix("DX")):
        if name in FIELDS or name in _aliases():
            return _aliases().get(name, name)
    return None


def stated_field(draft: CaseDraft) -> Evidence | None:
    """The field that a row such as 「分野：産業」 states."""
    for section in draft.sections:
        lines = [(section.heading, section.text.strip()), *(
            (label, said) for line in section.text.splitlines() for label, _, said in [line.partition("：")] if said
        )]  # fmt: skip
        for label, said in lines:
            if label_key(label) in _LABELS and len(said) <= 20 and (field := given_field(said)):
                return Evidence("field", field, section.page, f"{label}：{said}")
    return None


def classify(title: str, sections: Sequence[Section]) -> Classified:
    """The field of a case by its words; その他 with confidence 0 when none speaks."""
    weight: dict[str, float] = {}
    _count(title, _TITLE, weight)
    for section in sections:
        _count(section.text, _ROLE_WEIGHT.get(section.role, 0.5), weight)
    scores: defaultdict[str, float] = defaultdict(float)
    by_word: dict[str, dict[str, float]] = {}
    for word, times in weight.items():
        for field, value in _words()[word]:
            scores[field] += value * math.log1p(times)
            by_word.setdefault(field, {})[word] = value * math.log1p(times)
    if not scores or max(scores.values()) < _ENOUGH:
        return Classified("その他", 0.0, ())
    best = max(FIELDS, key=lambda name: scores[name])
    loudest = tuple(sorted(by_word[best], key=by_word[best].__getitem__, reverse=True)[:5])
    return Classified(best, scores[best] / sum(scores.values()), loudest)


def _count(text: str, factor: float, weight: dict[str, float]) -> None:
    """Adds the words of ``text``, each counted ``factor`` times; longer words swallow shorter."""
    folded = folded_once(text).text
    for start, end in _finder().spans(folded):
        word = folded[start:end]
        weight[word] = weight.get(word, 0.0) + factor


@cache
def _aliases() -> dict[str, str]:
    """Other names of fields."""
    rows = read_table(_DATA / "field_names.tsv", ("field", "other names"))
    return {name: row.cells[0] for row in rows for name in row.words(1)}


@cache
def _words() -> dict[str, tuple[tuple[str, float], ...]]:
    """Folded word → the fields it speaks for."""
    found: dict[str, list[tuple[str, float]]] = {}
    for row in read_table(_DATA / "field_words.tsv", ("field", "word", "weight")):
        found.setdefault(fold_text(row.cells[1]), []).append((row.cells[0], row.number(2)))
    return {word: tuple(fields) for word, fields in found.items()}


@cache
def _finder() -> KnownWords:
    return KnownWords(_words(), joining=ascii_lowercase)
