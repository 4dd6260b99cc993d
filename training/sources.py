"""The texts that the model learns from, read from the training folder."""

from __future__ import annotations

import csv
import gzip
import itertools
import json
from collections.abc import Iterator
from pathlib import Path

Pair = tuple[str, str]


def dictionary(folder: Path) -> Iterator[tuple[str, str, str]]:
    """(headword, reading, English glosses) of JMdict."""
    for row in _rows(folder / "jmdict.tsv.gz"):
        glosses = "; ".join(g for g in row[2].split("; ") if len(g) > 1 and g != "*")
        if glosses:
            yield row[0], row[1], glosses[:160]


def sentence_pairs(folder: Path) -> Iterator[Pair]:
    """(Japanese, English) sentences."""
    for row in _rows(folder / "ja_en.tsv.gz"):
        yield row[0], row[1]


def questions(folder: Path) -> Iterator[Pair]:
    """(question, title and passage that answers it) of JaQuAD."""
    for line in _lines(folder / "jaquad_train.jsonl.gz"):
        entry = json.loads(line)
        for question in entry["questions"]:
            yield question, f"{entry['title']} {entry['passage']}"


def laws(folder: Path) -> Iterator[Pair]:
    """(law and caption, text of the article)."""
    for row in _rows(folder / "law_articles.tsv.gz"):
        if row[1]:
            yield f"{row[0]} {row[1]}", row[2]


def procedures(folder: Path) -> Iterator[Pair]:
    """(name of a procedure, its law, people, attachments and life event)."""
    for i, row in enumerate(_rows(folder / "procedures.tsv.gz")):
        if i:
            yield row[0], " ".join(part for part in row[1:] if part)


def bulletins(folder: Path) -> Iterator[Pair]:
    """(title, body) of municipal bulletins."""
    for line in _lines(folder / "bulletins.jsonl.gz"):
        entry = json.loads(line)
        yield f"{entry['title']} {entry['category']}", entry["body"][:600]


def synonyms(folder: Path) -> Iterator[Pair]:
    """Neighbouring members of a synonym group."""
    for row in _rows(folder / "synonyms.tsv.gz"):
        yield from itertools.pairwise(row)


def similar_sentences(folder: Path, least: float = 0.7) -> Iterator[Pair]:
    """Sentences that people judged to mean about the same."""
    for row in _rows(folder / "sts.tsv.gz"):
        if float(row[2]) >= least:
            yield row[0], row[1]


def lexicon_pairs(folder: Path) -> Iterator[Pair]:
    """Members of the project's own lexicon groups, each with the group's head."""
    for path in sorted(folder.glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line or line.startswith("#"):
                continue
            cells = [cell for part in line.split("\t") for cell in part.split("|")]
            words = [cell.strip() for cell in cells if cell.strip()]
            yield from ((words[0], other) for other in words[1:])


def _lines(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from lines


def _rows(path: Path) -> Iterator[list[str]]:
    csv.field_size_limit(1_000_000)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row:
                yield row
