"""The shapes of the API's answers, and their JSON Schema; much in them is a value of kb/base/types.py."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from types import NoneType, UnionType
from typing import (
    Literal,
    TypedDict,
    TypeGuard,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from kb.base.filters import COUNTED
from kb.base.record import FACTS
from kb.base.types import Case, Passage, Relative, Status, Why
from kb.ranking.contracts import case_fields

Schema = dict[str, object]

_PLAIN: dict[object, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    NoneType: {"type": "null"},
}


class ResultSource(TypedDict):
    """The document of a result; ``page`` counts from 1, null for unpaged sources."""

    path: str
    page: int | None
    document_id: int


class MetShape(TypedDict):
    """Whether a case met the condition with this label; null where it does not say."""

    label: str
    met: bool | None


class SameShape(TypedDict):
    """A case of another document that tells of the same initiative."""

    case_id: str
    title: str
    source: ResultSource


class ResultShape(TypedDict):
    """One case in an answer; beside these, the record's fields that are listed."""

    rank: int
    case_id: str
    score: float
    source: ResultSource
    snippet: str
    passages: list[Passage]
    why: Why
    answers: bool
    same_initiative: list[SameShape]
    conditions: list[MetShape]
    near_duplicates: list[Relative]
    superseded_by: Relative | None
    supersedes: list[Relative]


class FacetsShape(TypedDict):
    """Counts over the whole result set, by what results are counted by."""


_Bounds = TypedDict("_Bounds", {"from": int | None, "to": int | None})


class UnderstoodShape(_Bounds):
    """A condition that the question states, with its label in Japanese and in English and its
    bounds, both inclusive; ``cases`` is how many meet it. Every answer ``must`` meet it as far as
    it is known; else those that do come first."""

    kind: str
    typed: str
    label: str
    label_en: str
    exclude: bool
    must: bool
    cases: int


class CorrectionShape(TypedDict):
    """What ``typed`` was probably meant to say; both were searched for."""

    typed: str
    term: str


class AnswerShape(TypedDict):
    """A search's answer. ``weak`` is true when nothing in the corpus answers the query."""

    query: str
    seconds: float
    total: int
    weak: bool
    all_met: int
    results: list[ResultShape]
    facets: FacetsShape
    understood: list[UnderstoodShape]
    loosened: dict[str, int]
    taken: list[str]
    corrected: list[CorrectionShape]


class CaseSource(TypedDict):
    """The document of a case; ``pages`` is [first, last]."""

    path: str
    pages: list[int] | None
    sha256: str
    title: str | None
    url: str | None


class CaseShape(TypedDict):
    """A whole case; beside these, the record's fields. A note ``paraphrases`` cases of documents that are
    here, too."""

    case_id: str
    source: CaseSource
    near_duplicates: list[Relative]
    superseded_by: Relative | None
    supersedes: list[Relative]
    paraphrases: list[Relative]


class MunicipalityShape(TypedDict):
    """A municipality or prefecture with its cases. ``population`` is that of the 2020 census."""

    code: str
    name: str
    prefecture: str
    kana: str
    kind: str
    population: int
    url: str | None
    cases: list[CaseShape]


class FileShape(TypedDict):
    """A file of the corpus and what became of it. ``seen_at`` is UTC, ISO 8601."""

    path: str
    status: Status
    reason: str | None
    reason_code: str | None
    pages: int
    cases: int
    chunks: int
    size: int
    sha256: str
    quality: float | None
    warnings: list[str]
    visibility: str
    seen_at: str
    document_id: int | None


class SentencesShape(TypedDict):
    """How many passages the sentence model has read, of how many."""

    done: int
    total: int


class LedgerShape(TypedDict):
    """The whole ledger."""

    documents: int
    cases: int
    chunks: int
    indexed: int
    skipped: int
    failed: int
    ignored: int
    last_ingest: str | None
    model: str | None
    sentences: SentencesShape
    files: list[FileShape]


class ProblemShape(TypedDict):
    """What went wrong and what to do (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str


def _of_record(*, listed: bool = False) -> dict[str, object]:
    """The record's fields in JSON with their types; text that can be empty is null there."""
    hints = get_type_hints(Case)
    texts = {f.name for f in fields(Case) if f.default == ""} | FACTS.keys()
    return {
        name: str | None if name in texts else hints[name] for name in case_fields(listed=listed)
    }


def properties(shape: type) -> dict[str, object]:
    """The keys of a shape with their types, those that follow from a table among them."""
    following: dict[object, dict[str, object]] = {
        ResultShape: _of_record(listed=True),
        CaseShape: _of_record(),
        FacetsShape: dict.fromkeys(COUNTED, dict[str, int]),
    }
    return following.get(shape, {}) | get_type_hints(shape)


def schema_of(shape: object) -> Schema:
    """The JSON Schema of a type; shapes become references to ``#/components/schemas``."""
    if _is_shape(shape):
        return {"$ref": f"#/components/schemas/{_name(shape)}"}
    origin, args = get_origin(shape), get_args(shape)
    if origin is Literal:
        return {"type": "string", "enum": list(args)}
    if origin in (Union, UnionType):
        return {"anyOf": [schema_of(arg) for arg in args]}
    if origin in (list, tuple):
        return {"type": "array", "items": schema_of(args[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": schema_of(args[1])}
    return dict(_PLAIN[shape])


def component(shape: type) -> tuple[str, Schema]:
    """Name and schema of a shape; every key is always there and no other ever is."""
    hints = properties(shape)
    return _name(shape), {
        "type": "object",
        "description": " ".join((shape.__doc__ or "").split()),
        "properties": {key: schema_of(hint) for key, hint in hints.items()},
        "required": list(hints),
        "additionalProperties": False,
    }


def components(*shapes: type) -> dict[str, Schema]:
    """The schemas of ``shapes`` and of every shape inside them."""
    found: dict[str, Schema] = {}
    waiting = list(shapes)
    while waiting:
        shape = waiting.pop()
        name, schema = component(shape)
        if name not in found:
            found[name] = schema
            for hint in properties(shape).values():
                waiting += _inside(hint)
    return dict(sorted(found.items()))


def _inside(hint: object) -> list[type]:
    if _is_shape(hint):
        return [hint]
    return [shape for arg in get_args(hint) for shape in _inside(arg)]


def _is_shape(hint: object) -> TypeGuard[type]:
    """True for what is an object in JSON: a TypedDict here, or a value of the product."""
    return is_typeddict(hint) or is_dataclass(hint)


def _name(shape: object) -> str:
    return str(getattr(shape, "__name__", "")).removesuffix("Shape")
