"""The texts that the model learns from, read from the training folder."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ingest.split.chunks import windows
from kb.language.lexicon import read_groups
from training.gzipped import entries, rows


class Example(NamedTuple):
    """Two texts that belong together. Examples that share a group, left or right, are never each
    other's wrong answers; the empty group stands for the text itself."""

    left: str
    right: str
    left_group: str = ""
    right_group: str = ""


def example_sets(folder: Path, lexicon: Path) -> dict[str, list[Example]]:
    """Every set of examples, by name."""
    sets = {
        "dictionary": (Example(head, english) for head, _, english in dictionary(folder)),
        "sentences": sentence_pairs(folder),
        "laws": laws(folder),
        "procedures": procedures(folder),
        "synonyms": synonyms(folder),
        "similar": similar_sentences(folder),
        "questions": questions(folder),
        "titles": titles(folder),
        "bulletins": bulletins(folder),
        "neighbours": neighbours(folder),
        "lexicon": lexicon_pairs(lexicon),
    }
    return {name: list(dict.fromkeys(examples)) for name, examples in sets.items()}


def dictionary(folder: Path) -> Iterator[tuple[str, str, str]]:
    """(headword, reading, English glosses) of JMdict."""
    for row in rows(folder / "jmdict.tsv.gz"):
        glosses = "; ".join(g for g in row[2].split("; ") if len(g) > 1 and g != "*")
        if glosses:
            yield row[0], row[1], glosses[:160]


def sentence_pairs(folder: Path) -> Iterator[Example]:
    """Japanese and English sentences."""
    for row in rows(folder / "ja_en.tsv.gz"):
        yield Example(row[0], row[1])


def questions(folder: Path) -> Iterator[Example]:
    """A question and the window of its passage (JaQuAD) that shares most with it."""
    for title, passage, asked in _jaquad(folder):
        parts = [(part, _pairs_of(part)) for part in _windows(passage)]
        for question in asked if parts else ():
            shared = _pairs_of(question)
            best = max(parts, key=lambda part: len(shared & part[1]))[0]
            yield Example(question, best, "", f"{title} {passage[:60]}")


def titles(folder: Path) -> Iterator[Example]:
    """An article's title and every other window of its passages (JaQuAD)."""
    for title, passage, _ in _jaquad(folder):
        for part in _windows(passage)[::2]:
            yield Example(title, part, "", f"{title} {passage[:60]}")


def laws(folder: Path) -> Iterator[Example]:
    """Law and caption, and the beginning of the article."""
    for row in rows(folder / "law_articles.tsv.gz"):
        if row[1]:
            yield Example(f"{row[0]} {row[1]}", row[2][:260])


def procedures(folder: Path) -> Iterator[Example]:
    """Name of a procedure, and its law, people, attachments and life event."""
    for i, row in enumerate(rows(folder / "procedures.tsv.gz")):
        if i:
            yield Example(row[0], " ".join(part for part in row[1:] if part))


def bulletins(folder: Path) -> Iterator[Example]:
    """Title of an article of a municipal bulletin and each of its windows."""
    for number, (title, body) in enumerate(_bulletins(folder)):
        for part in _windows(body):
            yield Example(title, part, "", str(number))


def neighbours(folder: Path) -> Iterator[Example]:
    """Windows of one text that follow each other without sharing a sentence."""
    bodies = [(body, 1) for _, body in _bulletins(folder)]
    passages = [(passage, 2) for _, passage, _ in _jaquad(folder)]
    for number, (text, stride) in enumerate([*bodies, *passages]):
        parts = _windows(text)
        for i in range(0, len(parts) - 2, stride):
            yield Example(parts[i], parts[i + 2], str(number), str(number))


def synonyms(folder: Path) -> Iterator[Example]:
    """Neighbouring members of a synonym group."""
    for row in rows(folder / "synonyms.tsv.gz"):
        yield from (Example(a, b) for a, b in itertools.pairwise(row))


def similar_sentences(folder: Path, least: float = 0.7) -> Iterator[Example]:
    """Sentences that people judged to mean about the same."""
    for row in rows(folder / "sts.tsv.gz"):
        if float(row[2]) >= least:
            yield Example(row[0], row[1])


def lexicon_pairs(folder: Path) -> Iterator[Example]:
    """Words of the project's own lexicon that can replace each other, their English, and what is
    related to them."""
    for path in sorted(folder.glob("*.tsv")):
        for group in read_groups(path):
            words = (group.head, *group.same)
            pairs = [(group.head, word) for word in group.same]
            pairs += [(words[i % len(words)], english) for i, english in enumerate(group.en)]
            pairs += [(group.en[0], english) for english in group.en[1:]]
            pairs += [(group.head, word) for word in group.related]
            yield from (Example(a, b, group.head, group.head) for a, b in pairs)


def _jaquad(folder: Path) -> Iterator[tuple[str, str, list[str]]]:
    """(title, passage, questions)."""
    for entry in entries(folder / "jaquad_train.jsonl.gz"):
        yield entry["title"], entry["passage"], entry["questions"]


def _bulletins(folder: Path) -> Iterator[tuple[str, str]]:
    """(title, body)."""
    for entry in entries(folder / "bulletins.jsonl.gz"):
        yield entry["title"], entry["body"]


def _windows(text: str) -> list[str]:
    """The passages that the product would make of a text: learn on what will be searched."""
    return [text[start:end] for start, end in windows(text)]


def _pairs_of(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}
