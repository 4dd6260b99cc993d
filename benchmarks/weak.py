"""How well "no good match" is told, in small and in large corpora: ``python -m benchmarks.weak``.

Questions that the shipped corpus answers are the project's own judged ones; questions that it does
not answer are the project's own (``tests/queries/unanswered.jsonl``) and some asked of encyclopedia
articles (JaQuAD's training half). Larger corpora are the shipped one among law articles, which do
answer some of the project's own. Prints the share called weak of both kinds, and how many cases answer.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.search_quality import ROOT
from ingest.flow.pipeline import ingest
from ingest.flow.sentences import embed_waiting
from kb.base.config import Settings, load_settings
from kb.base.types import Viewer
from kb.evaluation.figures import Judged, load_queries
from kb.ranking.search import Searcher
from kb.storage.store import Store

SEED = 20261123


def main() -> None:
    """Prints a block for each size of corpus."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--chunks", type=int, nargs="*", default=[50, 0, 5_000, 50_000])
    options = parser.parse_args()
    answerable = load_queries(ROOT / "tests" / "queries" / "corpus.jsonl")
    unanswered = (ROOT / "tests" / "queries" / "unanswered.jsonl").read_text(encoding="utf-8")
    off_topic = {
        "unanswered": [json.loads(line)["query"] for line in unanswered.splitlines()],
        "encyclopedia": encyclopedia_questions(options.shared, 200),
    }
    for chunks in options.chunks:
        with tempfile.TemporaryDirectory() as work:
            corpus = _corpus(Path(work) / "corpus", chunks, answerable, options.shared)
            report(corpus, Path(work) / "data", answerable, off_topic)


def encyclopedia_questions(shared: Path, n: int) -> list[str]:
    """``n`` questions about anything but municipal work."""
    with gzip.open(shared / "training" / "jaquad_train.jsonl.gz", "rt", encoding="utf-8") as lines:
        asked = [question for line in lines for question in json.loads(line)["questions"][:1]]
    return random.Random(SEED).sample(asked, n)


def report(
    corpus: Path, data: Path, answerable: Sequence[Judged], off_topic: Mapping[str, Sequence[str]]
) -> None:
    """Ingests and prints."""
    settings = Settings(data=data, corpus=corpus, model=load_settings().model)
    ingest(settings)
    embed_waiting(settings)
    store = Store.open(settings)
    searcher = Searcher(settings, store)
    there = {f.path for f in store.ledger(Viewer.owner())}
    asked = [judged.query for judged in answerable if there & judged.relevant.keys()]
    counts = store.counts(Viewer.owner())
    print(f"{counts['cases']:,} cases, {counts['chunks']:,} chunks")
    for name, questions in {"answered": asked, **off_topic}.items():
        answers = np.array([len(searcher.rank(query).answers) for query in questions])
        print(f"  {name:13} {len(answers):4}  weak {np.mean(answers == 0):.2f}  "
              f"cases that answer, median {np.median(answers):.0f}", flush=True)  # fmt: skip


def _corpus(folder: Path, chunks: int, answerable: Sequence[Judged], shared: Path) -> Path:
    """The shipped corpus: a part of it for few ``chunks``, whole for 0, among law articles for
    many."""
    folder.mkdir(parents=True)
    notes = sorted((ROOT / "corpus").glob("**/*.md"))
    notes = [note for note in notes if note.name != "README.md"]
    if 0 < chunks < 500:
        notes = random.Random(SEED).sample(notes, max(2, chunks // 6))
    for note in notes:
        target = folder / note.relative_to(ROOT / "corpus")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(note.read_bytes())
    if chunks >= 500:
        with gzip.open(
            shared / "training" / "law_articles.tsv.gz", "rt", encoding="utf-8"
        ) as lines:
            rows = [line.rstrip("\n").split("\t") for line in lines]
        chosen = random.Random(SEED).sample(rows, chunks // 2)
        for number, (law, caption, text) in enumerate(chosen):
            path = folder / "laws" / f"{number // 1000}" / f"{number}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{law} {caption}\n\n{text}\n", encoding="utf-8")
    return folder


if __name__ == "__main__":
    main()
