"""The JSON that others call: answers, cases and the ledger as plain dictionaries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, is_dataclass, replace

from kb.base.messages import render
from kb.base.record import ABOUT, value_of
from kb.base.types import (
    Answer,
    Case,
    FileReport,
    LedgerEntry,
    Relatives,
    Result,
    Understood,
    Viewer,
)
from kb.storage.store import Store

Json = dict[str, object]


def answer_json(answer: Answer) -> Json:
    """An answer as ``dxkb search --json`` prints it."""
    return {
        "query": answer.query,
        "seconds": answer.seconds,
        "total": answer.total,
        "weak": answer.weak,
        "all_met": answer.all_met,
        "results": [_result_json(result) for result in answer.results],
        "facets": answer.facets,
        "understood": [_understood_json(condition) for condition in answer.understood],
        "loosened": answer.loosened,
        "taken": list(answer.taken),
        "corrected": [{"typed": c.typed, "term": c.term} for c in answer.corrected],
    }


def _understood_json(condition: Understood) -> Json:
    told = asdict(replace(condition, wanted=None))
    del told["wanted"]
    return {"from" if k == "low" else "to" if k == "high" else k: v for k, v in told.items()}


def relatives_json(relatives: Relatives) -> Json:
    """The relatives of a case: links with id, title, path and similarity."""
    newer = relatives.superseded_by
    return {
        "near_duplicates": [asdict(other) for other in relatives.near_duplicates],
        "superseded_by": asdict(newer) if newer else None,
        "supersedes": [asdict(other) for other in relatives.supersedes],
    }


def case_json(case: Case, relatives: Relatives | None = None) -> Json:
    """A whole case as ``dxkb show --json`` prints it."""
    told = relatives or Relatives()
    return {
        "case_id": case.id,
        **_fields_json(case),
        "source": {
            "path": case.path,
            "pages": list(case.pages) if case.pages else None,
            "sha256": case.sha256,
            "title": case.source_title or None,
            "url": case.source_url or None,
        },
        **relatives_json(told),
        "paraphrases": [asdict(other) for other in told.originals],
    }


def case_fields(*, listed: bool = False) -> tuple[str, ...]:
    """What the JSON of a case tells of it, or that of one in a list of results."""
    return tuple(n for n, a in ABOUT.items() if a.in_json and (a.is_listed or not listed))


def _fields_json(case: Case, *, listed: bool = False) -> Json:
    return {name: _plain(value_of(case, name)) for name in case_fields(listed=listed)}


def _plain(value: object) -> object:
    """A value as JSON has it; text that is not there is null."""
    if isinstance(value, tuple):
        return [asdict(v) if is_dataclass(v) and not isinstance(v, type) else v for v in value]
    return round(value, 3) if isinstance(value, float) else None if value == "" else value


def ledger_json(entries: Sequence[LedgerEntry], store: Store, viewer: Viewer, lang: str) -> Json:
    """The ledger as ``dxkb status --json`` prints it, its sentences in ``lang``."""
    counts = store.counts(viewer)
    statuses = [entry.status for entry in entries]
    return {
        "documents": counts["documents"],
        "cases": counts["cases"],
        "chunks": counts["chunks"],
        "indexed": statuses.count("indexed") + statuses.count("unchanged"),
        "skipped": statuses.count("skipped"),
        "failed": statuses.count("failed"),
        "ignored": store.ignored() if viewer.sees_all else 0,
        "last_ingest": store.last_ingest() or None,
        "model": store.model_id() or None,
        "sentences": asdict(store.sentence_progress(viewer)),
        "files": [_entry_json(entry, lang) for entry in entries],
    }


def file_json(file: FileReport | LedgerEntry, lang: str) -> Json:
    """What became of a file, its sentences in ``lang``."""
    return {
        "path": file.path,
        "status": file.status,
        "reason": render(file.reason, lang) if file.reason else None,
        "reason_code": file.reason_code,
        "pages": file.pages,
        "cases": file.cases,
        "chunks": file.chunks,
        "warnings": [render(told, lang) for told in file.warnings],
    }


def _entry_json(entry: LedgerEntry, lang: str) -> Json:
    return {
        **file_json(entry, lang),
        "size": entry.size,
        "sha256": entry.sha256,
        "quality": None if entry.quality is None else round(entry.quality, 3),
        "visibility": entry.visibility,
        "seen_at": entry.seen_at,
        "document_id": entry.document_id,
    }


def _result_json(result: Result) -> Json:
    case = result.case
    best = result.passages[0].page if result.passages else None
    page = best if best is not None else (case.pages[0] if case.pages else None)
    return {
        "rank": result.rank,
        "case_id": case.id,
        "score": result.score,
        **_fields_json(case, listed=True),
        "source": {"path": case.path, "page": page, "document_id": case.document_id},
        "snippet": result.snippet,
        "passages": [
            asdict(passage)
            | {
                "highlights": [list(span) for span in passage.highlights],
                "nearest": list(passage.nearest) if passage.nearest else None,
            }
            for passage in result.passages
        ],
        "why": {name: _plain(value) for name, value in asdict(result.why).items()},
        "answers": result.answers,
        "same_initiative": [
            {
                "case_id": other.id,
                "title": other.title,
                "source": {
                    "path": other.path,
                    "page": other.pages[0] if other.pages else None,
                    "document_id": other.document_id,
                },
            }
            for other in result.same_initiative
        ],
        "conditions": [{"label": m.condition.label, "met": m.met} for m in result.conditions],
        **relatives_json(result.relatives),
    }
