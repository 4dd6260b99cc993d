"""The encoder alone on retrieval sets: ``python -m training.sentences.measure FOLDER…``.

Each document is cut into passages of about 200 characters after its title, the best of which counts.
For measuring only: nothing here is trained on.
"""

from __future__ import annotations

import argparse
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb.language.sentences import SentenceEncoder
from training.gzipped import entries
from training.sentences.texts import windows

Array = npt.NDArray[np.float32]

_FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_TITLE = re.compile(r'^title: *"?(.*?)"?$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Judged:
    """Documents by key as (title, body), and questions with the grades of their answers."""

    documents: Mapping[str, tuple[str, str]]
    questions: Sequence[tuple[str, str, Mapping[str, float]]]


def main() -> None:
    """Prints nDCG@10 of each folder on each set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--sets", nargs="*", default=["corpus", "casenotes", "amagasaki", "jaquad"])
    parser.add_argument("--keep", type=Path, help="folder for the cosines, for fusion_check")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    for name in options.sets:
        judged = load(name, options.shared)
        for folder in options.folders:
            encoder = SentenceEncoder(folder, options.threads)
            best, titles = cosines(encoder, judged)
            if options.keep:
                options.keep.mkdir(parents=True, exist_ok=True)
                np.savez(options.keep / f"{name}-{folder.name}.npz", best=best, titles=titles)
            found = figures(judged, best)
            kinds = " ".join(f"{k}={v:.3f}" for k, v in found.items())
            print(f"{name:10} {folder.name:12} {kinds}", flush=True)


def load(name: str, shared: Path) -> Judged:
    """A set by name: amagasaki, jaquad (every fourth passage), casenotes or corpus."""
    if name == "amagasaki":
        texts = {
            str(r["id"]): str(r["text"])
            for r in entries(shared / "eval/amagasaki_documents.jsonl.gz")
        }
        parts = {key: text.partition("\nAnswer: ") for key, text in texts.items()}
        documents = {k: (q.removeprefix("Question: "), a) for k, (q, _, a) in parts.items()}
        return Judged(documents, _questions(shared / "eval/amagasaki_dev_queries.jsonl"))
    if name == "jaquad":
        rows = list(entries(shared / "eval/jaquad_dev.jsonl.gz"))[::4]
        documents = {str(i): (r["title"], r["passage"]) for i, r in enumerate(rows)}
        asked = [("", q, {str(i): 1.0}) for i, r in enumerate(rows) for q in r["questions"]]
        return Judged(documents, asked)
    folders = ["casenotes"] if name == "casenotes" else ["casenotes", "casenotes_more"]
    notes = {p.name: _note(p) for f in folders for p in sorted((shared / f).glob("*.md"))}
    return Judged(notes, _questions(shared / f"eval/{name}_dev_queries.jsonl"))


def cosines(encoder: SentenceEncoder, judged: Judged) -> tuple[Array, Array]:
    """(questions, documents) cosines of the best passage and of the title."""
    passages = [[f"{t}\n{w}" for w in windows(b) or [""]] for t, b in judged.documents.values()]
    flat = encoder.encode_passages([p for some in passages for p in some])
    titles = encoder.encode_passages([title for title, _ in judged.documents.values()])
    asked = encoder.encode_queries([question for _, question, _ in judged.questions])
    starts = np.cumsum([0, *(len(some) for some in passages)])[:-1]
    best: Array = np.maximum.reduceat(asked @ flat.T, starts, axis=1)
    return best, asked @ titles.T


def figures(judged: Judged, scores: Array) -> dict[str, float]:
    """nDCG@10 over all questions and by kind."""
    keys = list(judged.documents)
    gains: dict[str, list[float]] = {"all": []}
    for row, (kind, _, relevant) in zip(scores, judged.questions, strict=True):
        ranking = [keys[i] for i in np.argsort(-row, kind="stable")[:10]]
        gains["all"].append(ndcg(ranking, relevant))
        if kind:
            gains.setdefault(kind, []).append(gains["all"][-1])
    return {kind: float(np.mean(values)) for kind, values in gains.items()}


def ndcg(ranking: Sequence[str], relevant: Mapping[str, float]) -> float:
    """Discounted grades of the ranking over those of the best one."""
    discounts = [1 / math.log2(i + 2) for i in range(10)]
    best = sum(
        g * d for g, d in zip(sorted(relevant.values(), reverse=True), discounts, strict=False)
    )
    got = sum(relevant.get(key, 0) * d for key, d in zip(ranking, discounts, strict=False))
    return got / best if best else 0.0


def _questions(path: Path) -> list[tuple[str, str, dict[str, float]]]:
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    return [(r.get("kind", ""), r["query"], r["relevant"]) for r in rows]


def _note(path: Path) -> tuple[str, str]:
    text = path.read_text("utf-8")
    front = _FRONT.match(text)
    title = _TITLE.search(front.group(1)) if front else None
    return title.group(1) if title else path.stem, text[front.end() :] if front else text


if __name__ == "__main__":
    main()
