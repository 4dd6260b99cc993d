"""SQLite and PostgreSQL over the same store, in one run: ``python -m benchmarks.on_postgresql DATA``.

Moves the store in DATA (a copy: it is brought up to date) to a server of the tests' kind, asks both the same questions and
prints, in processor time, what a search takes in this process and in the server's; then the same vectors in pgvector, as an exact scan and
by HNSW with iterative scans, with and without a filter that one case of a hundred passes. Without DATA, ``--sets corpus notes``:
nDCG@10 and Recall@10 of judged sets on both, and in how many of the queries the first ten are the same.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import numpy as np
import psutil
import psycopg
from psycopg import sql

from benchmarks.retrieval_sets import RetrievalSet
from benchmarks.search_quality import ROOT, SETS, load_set
from benchmarks.searching_while_ingesting import QUESTIONS
from ingest.flow.pipeline import ingest
from ingest.flow.sentences import embed_waiting
from kb.base.config import Server, Settings
from kb.base.filters import Filters
from kb.base.types import Viewer
from kb.evaluation.figures import evaluate
from kb.index.views import ViewKeeper
from kb.language.encoder import load_encoder
from kb.ranking.search import Searcher
from kb.storage.postgresql.copying import migrate
from kb.storage.postgresql.pool import _pool, close_pool
from kb.storage.store import Store
from tests.support.postgresql import on_server, server_pid

_HYOGO, _OFFICE = Filters(prefectures=("兵庫県",)), Viewer.of("庁内")
_ASKED = {
    "owner": (Filters(), Viewer.owner()), "hyogo owner": (_HYOGO, Viewer.owner()),
    "public": (Filters(), Viewer.of()), "office": (Filters(), _OFFICE), "hyogo office": (_HYOGO, _OFFICE),
}  # fmt: skip
_RUNS = 9


def main() -> None:
    """Prints the figures as JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--sets", nargs="*", choices=SETS, default=())
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument(
        "--hnsw", action="store_true", help="build the index (minutes) and measure it"
    )
    parser.add_argument("--vectors", type=int, help="so many, and nothing else")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        for name in options.sets:
            _quality(load_set(name, options.shared, Path(work)), Path(work))
    if options.data is None:
        return
    here = Settings(data=options.data, corpus=options.data)
    if options.vectors:
        with on_server(here) as empty:
            _on_server(empty, Store.open(here), options)
        return
    with (
        tempfile.TemporaryDirectory() as folder,
        on_server(replace(here, data=Path(folder, "data"))) as there,
    ):
        began, server = time.process_time(), _server_seconds()
        moved = migrate(here, there)
        _tell(
            "migrate",
            rows=sum(moved.rows.values()),
            client=time.process_time() - began,
            server=_server_seconds() - server,
        )
        for name, settings in (("sqlite", here), ("postgresql", there)):
            shutil.rmtree(settings.views, ignore_errors=True)
            began, server = time.process_time(), _server_seconds()
            ViewKeeper(settings, Store.open(settings)).refresh()
            _tell(
                f"views from {name}",
                client=time.process_time() - began,
                server=_server_seconds() - server,
            )
        _searches(here, there)
        _on_server(there, Store.open(here), options)


def _quality(chosen: RetrievalSet, work: Path) -> None:
    """A judged set through both stores."""
    here = Settings(data=work / f"data-{chosen.name}", corpus=chosen.corpus)
    ingest(here)
    embed_waiting(here)
    with on_server(replace(here, data=work / f"server-{chosen.name}")) as there:
        migrate(here, there)
        found = {}
        for name, settings in (("sqlite", here), ("postgresql", there)):
            report = evaluate(Searcher(settings, Store.open(settings)), chosen.queries)
            found[name] = [[key for key, _ in o.ranking[: report.k]] for o in report.outcomes]
            overall = report.overall
            _tell(f"{chosen.name} {name}", ndcg=overall.ndcg, recall=overall.recall, n=overall.n)
        same = sum(a == b for a, b in zip(*found.values(), strict=True))
        _tell(f"{chosen.name}", same=same, of=len(chosen.queries))


def _on_server(there: Settings, store: Store, options: argparse.Namespace) -> None:
    assert there.server
    with psycopg.connect(there.server.url, autocommit=True) as db:
        _vectors(db, store, options.vectors, hnsw=options.hnsw)


def _searches(here: Settings, there: Settings) -> None:
    """Each question on the file, on the server under row-level security, and as the owner of its tables."""
    assert there.server
    with psycopg.connect(
        there.server.url, autocommit=True
    ) as db:  # times of workers that end are lost
        told = "ALTER DATABASE {} SET max_parallel_workers_per_gather = 0"
        db.execute(sql.SQL(told).format(sql.Identifier(db.info.dbname)))
    close_pool(there.server)
    owner = replace(there, server=Server(f"{there.server.url}&application_name=owner"))
    places = {"sqlite": here, "postgresql": there, "postgresql, conditions alone": owner}
    all_ = {name: Searcher(place, Store.open(place)) for name, place in places.items()}
    assert owner.server
    _pool(owner.server.url, os.getpid()).dxkb_role = None, math.inf
    for kind, (filters, viewer) in _ASKED.items():
        took: dict[str, list[float]] = {name: [] for name in all_}
        same = 0
        for run in range(_RUNS + 1):
            for question in QUESTIONS:
                said = []
                for name, searcher in all_.items():
                    began, server = time.process_time(), _server_seconds()
                    answer = searcher.search(question, filters=filters, viewer=viewer)
                    spent = time.process_time() - began + _server_seconds() - server
                    said.append([(r.case.id, round(r.score, 6)) for r in answer.results])
                    took[name] += [spent] if run else []
                same += said[0] == said[1] == said[2]
        for name, each in took.items():
            _tell(f"search {kind} {name}", p50=median(each), p95=quantiles(each, n=20)[-1])
        _tell(f"search {kind}", same=same, of=(_RUNS + 1) * len(QUESTIONS))


def _vectors(db: Any, store: Store, most: int | None, *, hnsw: bool) -> None:
    vectors = store.all_vectors(store.model_id())
    width = vectors.chunks.shape[1]
    db.execute("CREATE EXTENSION IF NOT EXISTS vector")
    db.execute(
        f"CREATE UNLOGGED TABLE near (no BIGINT, case_no BIGINT, v VECTOR({width}))".encode()
    )
    both = vectors.chunks + vectors.titles
    with db.cursor() as cursor, cursor.copy("COPY near FROM STDIN") as copy:
        rows = zip(vectors.chunk_nos[:most], vectors.case_nos[:most], both[:most], strict=True)
        for no, case, vector in rows:
            copy.write_row((int(no), int(case), "[" + ",".join(f"{x:.6g}" for x in vector) + "]"))
    db.execute("ANALYZE near")
    queries = load_encoder(Settings().model).encode_queries(list(QUESTIONS))
    filters = {"all": "true", "1%": "mod(case_no, 100) = 7"}
    exact = {name: _asked(db, queries, told, "exact", name) for name, told in filters.items()}
    if hnsw:
        began = _server_seconds()
        db.execute("SET maintenance_work_mem = '2GB'")
        db.execute("CREATE INDEX ON near USING hnsw (v vector_ip_ops)")
        _tell("hnsw build", server=_server_seconds() - began)
        db.execute("SET enable_seqscan = off")
        db.execute("SET hnsw.iterative_scan = 'relaxed_order'")
        for ef in (40, 200):
            db.execute(f"SET hnsw.ef_search = {ef}".encode())
            for name, told in filters.items():
                found = _asked(db, queries, told, f"hnsw ef={ef}", name)
                hits = [len(set(a) & set(b)) / 10 for a, b in zip(found, exact[name], strict=True)]
                _tell(f"hnsw ef={ef} {name}", recall=float(np.mean(hits)), worst=min(hits))


def _asked(db: Any, queries: Any, told: str, how: str, name: str) -> list[list[int]]:
    found, took = [], []
    for query in queries:
        began = _server_seconds()
        sql = f"SELECT no FROM near WHERE {told} ORDER BY v <#> %s::vector LIMIT 10"
        given = "[" + ",".join(f"{x:.6g}" for x in query) + "]"
        for _ in range(3):
            rows = db.execute(sql.encode(), [given]).fetchall()
        took.append((_server_seconds() - began) / 3)
        found.append([row[0] for row in rows])
    _tell(f"pgvector {how} {name}", p50=median(took), p95=quantiles(took, n=20)[-1])
    return found


def _server_seconds() -> float:
    """Processor seconds of the server and all that it has started and that still runs."""
    postmaster = psutil.Process(server_pid())
    total = 0
    for process in (postmaster, *postmaster.children(recursive=True)):
        with suppress(OSError):
            total += int(Path(f"/proc/{process.pid}/schedstat").read_text().split()[0])
    return total / 1e9


def _tell(what: str, **figures: float) -> None:
    print(json.dumps({"what": what} | {k: round(v, 4) for k, v in figures.items()}), flush=True)


if __name__ == "__main__":
    main()
