"""The product and its peers side by side: ``make bench``, or ``python -m benchmarks.bench --sizes 1000 10000``.

For each size a corpus is grown (``--keep FOLDER`` keeps it for the next time), ingested, given sentence vectors (random ones, right
for time and memory), and every side asked the same questions over the same passages; then ``dxkb serve`` with 1 to 16 clients; then
nDCG@10 on a judged set. Figures go to ``benchmarks/results/bench-COMMIT.json`` with the machine, and as a table to the screen. A
peer that is not installed, or that fails, is named with the reason.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from statistics import mean
from typing import Any

import psutil

from benchmarks import kept
from benchmarks.bench.candidates import CANDIDATES
from benchmarks.bench.grown import draw_sentences, grow
from benchmarks.bench.making import of_store, of_texts
from benchmarks.bench.served import corpus_of, serving, throughput
from benchmarks.peers import document_texts
from benchmarks.retrieval_sets import RetrievalSet, amagasaki
from benchmarks.search_quality import ROOT
from benchmarks.searching_while_ingesting import QUESTIONS
from ingest.flow.pipeline import ingest
from ingest.flow.sentences import embed_waiting
from kb.base.config import Settings
from kb.base.types import Viewer
from kb.evaluation.figures import evaluate, ndcg
from kb.index.building import whole
from kb.ranking.search import Searcher
from kb.storage.store import Store

_LEGAL = (
    "都市計画の決定の手続", "保育所の設置の基準", "個人情報の提供の制限", "届出を怠ったときの罰則", "補助金の交付の申請",
    "審査請求の期間", "許可の取消しの要件", "委員の任期", "手数料の額", "報告の徴収と立入検査",
)  # fmt: skip
_DEPTH = 100
Figures = dict[str, Any]


def main() -> None:
    """Measures, prints and keeps."""
    options = _options()
    told: Figures = {"commit": kept.commit(), "machine": machine(), "sizes": {}}
    with tempfile.TemporaryDirectory() as work:
        base = options.keep or Path(work)
        for passages in options.sizes:
            settings = corpus_of(base / str(passages))
            told["sizes"][str(passages)] = _sides(settings, passages, Path(work), options)
            if options.clients:
                told.setdefault("serving", {})[str(passages)] = _served(settings, options)
        if options.quality:
            told["quality"] = _quality(options, Path(work))
    options.out.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"written to {options.out}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=[1000, 10_000], help="passages")
    parser.add_argument("--peers", nargs="*", choices=[*CANDIDATES], default=[*CANDIDATES])
    parser.add_argument("--peers-python", default=sys.executable, help="where peers are installed")
    parser.add_argument("--clients", type=int, nargs="*", default=[1, 2, 4, 8, 16])
    parser.add_argument("--runs", type=int, default=3, help="how often each question is asked")
    parser.add_argument("--requests", type=int, default=200, help="for each number of clients")
    parser.add_argument("--processes", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--no-quality", dest="quality", action="store_false")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--keep", type=Path, help="a folder for the corpora and their data")
    parser.add_argument("--out", type=Path, default=kept.FOLDER / f"bench-{kept.commit()}.json")
    return parser.parse_args()


def machine() -> Figures:
    """What it ran on."""
    names = ("faiss-cpu", "numpy", "onnxruntime", "tantivy")
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load": [round(load, 1) for load in os.getloadavg()],
        "versions": {name: version(name) for name in names},
    }


def _processor() -> str:
    about = Path("/proc/cpuinfo")
    lines = about.read_text("utf-8").splitlines() if about.is_file() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


def _sides(settings: Settings, passages: int, work: Path, options: argparse.Namespace) -> Figures:
    """The figures of every side at one size."""
    before, clock = _spent(), time.monotonic()
    grow(settings, passages)
    ingested, clock = _spent() - before, time.monotonic() - clock
    draw_sentences(settings)  # a folder that was kept may have been read by a server; now all have
    store = Store.open(settings)
    material = of_store(store, [*QUESTIONS, *_LEGAL])
    folder = work / f"material-{passages}"
    material.write(folder)
    counts = store.counts(Viewer.owner())
    told: Figures = {"passages": counts["chunks"], "cases": counts["cases"], "sides": {}}
    print(f"\n{counts['chunks']} passages of {counts['cases']} cases", flush=True)
    for name in ("dxkb", *options.peers):
        at = settings.data if name == "dxkb" else work / f"{name.split()[0]}-{passages}"
        found = _side(options, name, folder, at, "--runs", str(options.runs))
        if name == "dxkb":
            found |= {"ingest_s": ingested, "ingest_clock_s": clock, "build_s": _views(settings)}
        told["sides"][name] = found
        _print(name, found)
    own = told["sides"]["dxkb"]
    for found in told["sides"].values():
        for key in ("p50_ms", "filtered_p50_ms", "build_s", "disk_mib", "memory_mib"):
            if own.get(key) and key in found:
                found[f"{key}_to_dxkb"] = found[key] / own[key]
    return told


def _spent() -> float:
    """Processor seconds of this process and of the workers that have ended."""
    return time.process_time() + sum(os.times()[2:4])


def _views(settings: Settings) -> float:
    """Processor seconds of building both views from the store, what compares with a peer's building."""
    store = Store.open(settings)
    with tempfile.TemporaryDirectory() as aside:
        began = time.process_time()
        whole(Path(aside), store)
        return time.process_time() - began


def _side(
    options: argparse.Namespace, name: str, material: Path, folder: Path, *more: str
) -> Figures:
    """What a side's own process tells, or why there is nothing."""
    python = sys.executable if name == "dxkb" else options.peers_python
    command = [python, "-m", "benchmarks.bench.side", name, str(material), str(folder), *more]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason told"])[-1]
        return {"missing": f"{last} (in {python})"}
    found: Figures = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def _print(name: str, found: Figures) -> None:
    if "missing" in found:
        print(f"  {name:16} not measured: {found['missing']}", flush=True)
        return
    print(
        f"  {name:16} p50/p95 {found['p50_ms']:7.1f} /{found['p95_ms']:7.1f} ms   filtered "
        f"{found['filtered_p50_ms']:7.1f} /{found['filtered_p95_ms']:7.1f} ms, {found['filtered_hits']:4.1f} of 10   "
        f"index {found['build_s']:7.1f} s  {found['disk_mib']:7.0f} MiB on disk  {found['memory_mib']:6.0f} MiB in memory",
        flush=True,
    )


def _served(settings: Settings, options: argparse.Namespace) -> Figures:
    """Every number of clients on a server of one process and of several."""
    told: Figures = {}
    for processes in options.processes:
        more = ("--processes", str(processes)) if processes > 1 else ()
        with serving(settings, QUESTIONS[0], *more) as server:
            throughput(server, QUESTIONS, max(options.clients), 2 * len(QUESTIONS) * processes)
            for clients in options.clients:
                found = throughput(server, QUESTIONS, clients, options.requests)
                told.setdefault(str(processes), {})[str(clients)] = found
                print(
                    f"  {processes} processes {clients:2} clients {found['per_second']:6.1f} a second  p95 {found['p95_ms']:6.0f} ms"
                    f"  {found['processor_ms']:5.1f} ms of processor each, {found['cores']:.2f} cores", flush=True,
                )  # fmt: skip
    return told


def _quality(options: argparse.Namespace, work: Path) -> Figures:
    """nDCG@10 of every side on Amagasaki development, whole documents."""
    chosen = amagasaki(options.shared, work)
    settings = Settings(data=work / "quality", corpus=chosen.corpus)
    ingest(settings)
    embed_waiting(settings)
    own = evaluate(Searcher(settings, Store.open(settings)), chosen.queries)
    told: Figures = {
        "set": chosen.name,
        "queries": len(chosen.queries),
        "ndcg": {"dxkb": own.overall.ndcg},
    }
    keys = _quality_material(chosen, work / "quality-material")
    for name in options.peers:
        at = work / f"quality-{name.split()[0]}"
        found = _side(options, name, work / "quality-material", at, "--ranking", str(_DEPTH))
        told["ndcg"][name] = found.get("missing") or mean(
            ndcg([keys[n] for n in ranking], query.relevant, 10)
            for ranking, query in zip(found["ranking"], chosen.queries, strict=True)
        )
    for name, figure in told["ndcg"].items():
        print(f"  {name:16} nDCG@10 {figure}")
    return told


def _quality_material(chosen: RetrievalSet, folder: Path) -> list[str]:
    """Writes a set's documents and queries for the peers; the documents' keys."""
    keys, texts = document_texts(chosen)
    queries = [query.query for query in chosen.queries]
    of_texts(texts, keys, queries).write(folder)
    return keys


if __name__ == "__main__":
    main()
