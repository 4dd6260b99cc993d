"""What each command does. Heavy libraries are imported by the command that needs them."""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from dxkb import printing
from dxkb.inspected import extract_text
from dxkb.lang import Lang
from kb.base.config import Settings, load_settings
from kb.base.errors import DxkbError, ReadError
from kb.base.filters import FILTERS, Filters
from kb.base.messages import Message, message
from kb.base.types import Viewer
from kb.query.conditions.wishes import Wishes

_OWNER = Viewer.owner()


def ingest_corpus(options: argparse.Namespace, settings: Settings, say: Lang) -> None:
    """``dxkb ingest``."""
    from ingest.flow.pipeline import ingest
    from ingest.flow.recognition import recognise_waiting
    from ingest.flow.sentences import embed_waiting
    from ingest.flow.worker import worker_count
    from kb.index.damage import require_sound

    require_sound(settings.place)
    if options.reembed:
        from kb.storage.reembed import reembed

        with printing.Bar(say("cli.ingest.embedding"), quiet=options.json) as bar:
            reembed(settings, bar.update)
    with printing.Bar(say("cli.ingest.bar"), quiet=options.json) as bar:
        report = ingest(settings, bar.update)
    if not options.quick:
        with printing.Bar(say("cli.ingest.recognising"), quiet=options.json) as bar:
            while recognise_waiting(
                settings,
                progress=lambda p: bar.update(p.done, p.total, ""),
                at_once=worker_count(),
            ):
                report = report.followed_by(ingest(settings, retry=False))
        with printing.Bar(say("cli.ingest.sentences"), quiet=options.json) as bar:
            embed_waiting(settings, progress=lambda p: bar.update(p.done, p.total, ""))
    _tell(
        options,
        lambda: printing.ingest_json(report, say.code),
        lambda: printing.ingest_text(report, settings, say),
    )
    if options.watch:
        print(say("cli.ingest.watching", corpus=settings.corpus), file=sys.stderr)
        _watch(settings, say)


def _watch(settings: Settings, say: Lang) -> None:
    from ingest.flow.pipeline import ingest
    from ingest.flow.recognition import RecognitionKeeper
    from ingest.flow.report import IngestReport
    from ingest.flow.watch import watch

    def told(error: DxkbError) -> None:
        print(f"dxkb: {error.message(say.code)}", file=sys.stderr)

    keeper = RecognitionKeeper(settings, told)

    def done(report: IngestReport) -> None:
        keeper.request()
        print(printing.ingest_text(report, settings, say), file=sys.stderr)

    def take_in() -> None:
        try:
            if keeper.is_due():
                done(ingest(settings, retry=False))
        except DxkbError as error:
            told(error)

    keeper.start()
    watch(settings, threading.Event(), on_report=done, on_error=told, on_idle=take_in)


def search(options: argparse.Namespace, settings: Settings, say: Lang) -> None:
    """``dxkb search``."""
    from kb.ranking.contracts import answer_json
    from kb.ranking.search import Searcher
    from kb.storage.store import Store

    searcher = Searcher(settings, Store.open(settings))
    if settings.reads_sentences and options.mode != "lexical":
        searcher.sentence_encoder.open_ahead()
    answer = searcher.search(
        options.query,
        k=options.k,
        filters=_filters(options),
        mode=options.mode,
        near=options.near,
        home=options.home,
        wishes=Wishes(ignored=tuple(options.ignore), strict=options.strict),
        viewer=_OWNER if options.labels is None else Viewer.of(*options.labels),
    )
    _tell(options, lambda: answer_json(answer), lambda: printing.answer_text(answer, say))


def _filters(options: argparse.Namespace) -> Filters:
    given: dict[str, Any] = {name: getattr(options, row.name) for name, row in FILTERS.items()}
    lists: dict[str, Any] = {n: tuple(v) for n, v in given.items() if isinstance(v, list)}
    return Filters(**given | lists)


def show(options: argparse.Namespace, settings: Settings, say: Lang) -> None:
    """``dxkb show``."""
    from kb.advice.related import kin
    from kb.ranking.contracts import case_json
    from kb.ranking.search import Searcher
    from kb.storage.store import Store

    store = Store.open(settings)
    case = store.case(options.case_id, _OWNER)
    relatives = kin(Searcher(settings, store), store, case, _OWNER)
    text = [printing.case_text(case, say), *printing.relative_lines(relatives, say)]
    _tell(options, lambda: case_json(case, relatives), lambda: "\n".join(text))


def write_brief(options: argparse.Namespace, settings: Settings, say: Lang) -> None:
    """``dxkb brief``."""
    from kb.advice.brief import TITLE, Brief
    from kb.advice.brief_file import brief_file
    from kb.advice.related import with_originals
    from kb.ranking.search import Searcher
    from kb.storage.store import Store

    store = Store.open(settings)
    cases = tuple(store.case(item, _OWNER) for item in dict.fromkeys(options.case_ids))
    brief = Brief(cases, options.title or TITLE, options.remark)
    brief = with_originals(brief, Searcher(settings, store), store, _OWNER)
    made = brief_file(brief, options.out.suffix.lower().removeprefix("."))
    _write(options.out, made.data)
    text = [say("cli.brief.written", n=len(cases), out=options.out)]
    text += [say("cli.brief.caution")] if brief.caution() else []
    told = {"path": str(options.out), "cases": [case.id for case in cases]}
    _tell(options, lambda: told, lambda: "\n".join(text))


def extract(options: argparse.Namespace, settings: Settings, say: Lang) -> None:
    """``dxkb extract``."""
    from ingest.flow.inspect import inspect

    try:
        seen = inspect(options.file, say.code, settings)
    except ReadError as error:
        raise DxkbError(
            "cli.extract.refused", path=options.file, reason=error.told, code=error.code
        ) from error
    _tell(options, lambda: seen, lambda: extract_text(seen, say))


def status(options: argparse.Namespace, settings: Settings, say: Lang) -> None:
    """``dxkb status``."""
    from kb.ranking.contracts import ledger_json
    from kb.storage.store import Store

    store = Store.open(settings)
    entries = store.ledger(_OWNER)
    ledger = ledger_json(entries, store, _OWNER, say.code)
    _tell(
        options,
        lambda: ledger,
        lambda: printing.status_text(entries, ledger, say, everything=options.all),
    )


def evaluate_queries(options: argparse.Namespace, settings: Settings, say: Lang) -> None:
    """``dxkb eval``."""
    from kb.evaluation.figures import evaluate, load_queries
    from kb.evaluation.significance import compare_runs, load_run
    from kb.ranking.search import Searcher
    from kb.storage.store import Store

    queries = load_queries(options.queries)
    older = load_run(options.against) if options.against else None
    report = evaluate(
        Searcher(settings, Store.open(settings)), queries, k=options.k, mode=options.mode
    )
    comparison = compare_runs(queries, report, older) if older is not None else None
    if options.run_file:
        lines = [
            json.dumps({"id": o.id, "ranking": o.ranking}, ensure_ascii=False)
            for o in report.outcomes
        ]
        _write(options.run_file, ("\n".join(lines) + "\n").encode())
    figures = asdict(report)
    del figures["outcomes"]
    text = [printing.report_text(report, say)]
    if comparison:
        figures["against"] = asdict(comparison)
        text.append(printing.comparison_text(comparison, report.k, say))
    _tell(options, lambda: figures, lambda: "\n".join(text))


def serve(options: argparse.Namespace, settings: Settings, say: Lang) -> None:
    """``dxkb serve``."""
    from dxkb.serving import run_server
    from dxkb.siblings import Siblings, can_share

    def tell(told: Message) -> None:
        print(say.told(told), file=sys.stderr, flush=True)

    if options.processes > 1 and not can_share():
        tell(message("cli.serve.one_process"))
    more = options.processes - 1 if can_share() else 0
    own = [
        "serve",
        "--host",
        options.host,
        "--data",
        str(settings.data),
        "--corpus",
        str(settings.corpus),
    ]
    run_server(
        settings, (options.host, options.port), watching=not options.no_watch, tell=tell,
        more=Siblings(more, [*own, *(["--no-watch"] if options.no_watch else [])]),
    )  # fmt: skip


def assist(options: argparse.Namespace, settings: Settings, say: Lang) -> None:
    """``dxkb mcp``."""
    from dxkb.assistant import serve_assistant

    serve_assistant(options, settings, say)


def backup(options: argparse.Namespace, settings: Settings, say: Lang) -> None:
    """``dxkb backup``."""
    from kb.operations.backup import back_up

    made = back_up(settings, options.file, documents=options.documents)
    told = {
        "path": str(made.path), "bytes": made.size, "members": len(made.manifest.members), **made.manifest.counts,
        "documents_included": options.documents, "left_out": made.left_out, "seconds": round(made.seconds, 3),
    }  # fmt: skip
    _tell(options, lambda: told, lambda: printing.backup_text(made, say))


def restore(options: argparse.Namespace, settings: Settings, say: Lang) -> None:
    """``dxkb restore``."""
    from kb.operations import audit
    from kb.operations.restore import restore

    done = restore(settings, options.file, force=options.force)
    audit.record(settings, "restored", str(options.file), who="(owner)")
    told = {
        "made_at": done.manifest.made_at, "dxkb": done.manifest.dxkb, **done.manifest.counts,
        "aside": str(done.aside) if done.aside else None, "added": done.added, "kept": done.kept,
        "differing": done.differing,
    }  # fmt: skip
    _tell(options, lambda: told, lambda: printing.restored_text(done, settings, say))


def doctor(options: argparse.Namespace, settings: Settings, say: Lang) -> int:
    """``dxkb doctor``: 0 when everything needed is well, 1 otherwise."""
    from dxkb.doctor import examine

    checks = examine(settings, say)
    healthy = all(check.ok or check.optional for check in checks)
    told = {"ok": healthy, "checks": [asdict(check) for check in checks]}
    _tell(options, lambda: told, lambda: printing.checks_text(checks, say))
    return 0 if healthy else 1


def rebuild_database(options: argparse.Namespace, settings: Settings, say: Lang) -> None:
    """``dxkb rebuild``."""
    from ingest.flow.rebuild import rebuild

    with printing.Bar(say("cli.rebuild.bar"), quiet=options.json) as bar:
        rebuilt = rebuild(settings, bar.update)
    told = asdict(rebuilt) | {"kept": str(rebuilt.kept) if rebuilt.kept else None}
    _tell(options, lambda: told, lambda: printing.rebuilt_text(rebuilt, say))


def migrate_database(options: argparse.Namespace, settings: Settings, say: Lang) -> None:
    """``dxkb migrate``."""
    from kb.storage.postgresql.copying import migrate

    is_server = "://" in options.to
    target = (
        replace(settings, server=load_settings({"DXKB_DATABASE": options.to}).server)
        if is_server
        else replace(settings, server=None, data=Path(options.to))
    )
    with printing.Bar(say("cli.migrate.bar"), quiet=options.json) as bar:
        moved = migrate(settings, target, bar.update)
    n, how = sum(moved.rows.values()), "DXKB_DATABASE" if is_server else f"--data {options.to}"
    told = {"from": str(settings.place), "to": str(target.place), "tables": moved.rows, "rows": n}
    done = say("cli.migrate.done", place=target.place, tables=len(moved.rows), n=n, how=how)
    _tell(options, lambda: told, lambda: done)


def _tell(
    options: argparse.Namespace, value: Callable[[], object], text: Callable[[], str]
) -> None:
    print(json.dumps(value(), ensure_ascii=False) if options.json else text())


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise DxkbError("store.file_unwritable", path=path, error=error.strerror) from error
