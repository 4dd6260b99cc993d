"""Retrieval sets as a corpus of notes on a real disk and judged queries, ready for the product."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kb.evaluation.figures import Judged, load_queries


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """A corpus folder and its judged queries; ``off_topic`` ones have no answer in it."""

    name: str
    corpus: Path
    queries: tuple[Judged, ...]
    off_topic: tuple[Judged, ...] = ()


def amagasaki(shared: Path, work: Path) -> RetrievalSet:
    """Residents' questions over a city's FAQ: the question is a note's title, the answer its body."""
    folder = work / "amagasaki"
    for row in _rows(shared / "eval" / "amagasaki_documents.jsonl.gz"):
        question, _, answer = str(row["text"]).partition("\nAnswer: ")
        _note(folder, str(row["id"]), question.removeprefix("Question: "), answer)
    queries = load_queries(shared / "eval" / "amagasaki_dev_queries.jsonl")
    return RetrievalSet("amagasaki", folder, tuple(_as_files(query) for query in queries))


def jaquad(shared: Path, work: Path) -> RetrievalSet:
    """Questions over encyclopedia passages, one right passage each."""
    folder = work / "jaquad"
    queries = []
    for number, row in enumerate(_rows(shared / "eval" / "jaquad_dev.jsonl.gz")):
        _note(folder, f"p{number}", str(row["title"]), str(row["passage"]))
        for i, question in enumerate(row["questions"]):  # type: ignore[arg-type]
            queries.append(Judged(f"{number}-{i}", str(question), {f"p{number}.md": 1.0}))
    return RetrievalSet("jaquad", folder, tuple(queries))


def casenotes(shared: Path, work: Path) -> RetrievalSet:
    """Needs of staff and liaisons over 64 case notes, and questions that nothing there answers."""
    folder = work / "casenotes"
    shutil.copytree(shared / "casenotes", folder, ignore=shutil.ignore_patterns("*.csv"))
    return RetrievalSet(
        "casenotes",
        folder,
        load_queries(shared / "eval" / "casenotes_dev_queries.jsonl"),
        load_queries(shared / "eval" / "offtopic_dev.jsonl"),
    )


def notes(shared: Path, work: Path) -> RetrievalSet:
    """Needs of ten kinds over all 276 case notes, and questions that nothing there answers."""
    folder = work / "notes"
    for part in ("casenotes", "casenotes_more"):
        shutil.copytree(
            shared / part, folder, ignore=shutil.ignore_patterns("*.csv"), dirs_exist_ok=True
        )
    return RetrievalSet(
        "notes",
        folder,
        load_queries(shared / "eval" / "corpus_dev_queries.jsonl"),
        tuple(_strange(shared / "eval" / "corpus_offtopic_dev.jsonl")),
    )


def corpus(root: Path) -> RetrievalSet:
    """The shipped corpus and the project's own judged queries."""
    queries = load_queries(root / "tests" / "queries" / "corpus.jsonl")
    return RetrievalSet("corpus", root / "corpus", queries)


def _rows(path: Path) -> list[dict[str, object]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _strange(path: Path) -> Iterator[Judged]:
    for number, line in enumerate(path.read_text("utf-8").splitlines()):
        yield Judged(f"strange-{number}", json.loads(line)["query"], {})


def _note(folder: Path, name: str, title: str, body: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = f"---\ntitle: {json.dumps(title.strip(), ensure_ascii=False)}\n---\n{body.strip()}\n"
    (folder / f"{name}.md").write_text(text, encoding="utf-8")


def _as_files(query: Judged) -> Judged:
    relevant = {f"{key}.md": grade for key, grade in query.relevant.items()}
    return Judged(query.id, query.query, relevant, query.kind, query.lang)
