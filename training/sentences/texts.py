"""The texts that the sentence model learns from: pairs of a question and what answers it.

Reads the files of ``shared/training`` and the project's lexicon; nothing that is measured with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from training.gzipped import entries, rows

WINDOW = 200
"""Characters of a passage, about: what the encoder is given of a case at a time."""

ASKED = Path(__file__).with_name("asked")
"""Questions of the project's own: to a town hall (``faq_*``, ``first``), about digital projects (``dx_*``),
each with a text that answers it, and about the bulletins' windows (``windows_*``)."""

UNSEEN = Path(__file__).with_name("unseen")
"""More of the first two kinds, which no model is trained on: the fusion and the verdict are fitted on
them."""

_HELD_OUT = 12  # of every twelve texts one is never trained on: checkpoints are chosen by them
_SENTENCE = re.compile(r"[^。\n]+(?:。|\n|$)\n*")


class Pair(NamedTuple):
    """A question and a passage that answers it. Pairs of one ``group`` are never each other's wrong
    answers; a pair ``held`` out is measured with, never trained on."""

    question: str
    passage: str
    group: str
    held: bool = False


def pair_sets(folder: Path, lexicon: Path) -> dict[str, list[Pair]]:
    """Every set of pairs, by name."""
    return {
        "questions": list(questions(folder)),
        "bulletins": list(bulletins(folder)),
        "laws": list(laws(folder)),
        "procedures": list(procedures(folder)),
        "sentences": list(sentences(folder)),
        "dictionary": list(dictionary(folder)),
        "synonyms": list(synonyms(folder)),
        "lexicon": list(lexicon_words(lexicon)),
        "faq": list(asked(ASKED, "f*.tsv")),
        "dx": list(asked(ASKED, "dx*.tsv")),
        "residents": list(residents(folder, ASKED)),
    }


def windows(text: str, size: int = WINDOW) -> list[str]:
    """Sentences and lines in a row, about ``size`` characters each; none over twice that."""
    found = [""]
    for sentence in _SENTENCE.findall(text):
        for part in (sentence[i : i + size] for i in range(0, len(sentence), size)):
            if found[-1] and len(found[-1]) + len(part) > size:
                found.append("")
            found[-1] += part
    return [window.strip() for window in found if window.strip()]


def questions(folder: Path) -> Iterator[Pair]:
    """A question on an encyclopedia's passage and the window, after the article's title, that
    shares most pairs of letters with it (JaQuAD)."""
    titles: dict[str, int] = {}
    for entry in entries(folder / "jaquad_train.jsonl.gz"):
        number = titles.setdefault(entry["title"], len(titles))
        parts = [(part, _letters(part)) for part in windows(entry["passage"])]
        for question in entry["questions"] if parts else ():
            shared = _letters(question)
            best = max(parts, key=lambda part: len(shared & part[1]))[0]
            passage = f"{entry['title']}\n{best}"
            yield Pair(question, passage, passage, number % _HELD_OUT == 0)


def bulletins(folder: Path) -> Iterator[Pair]:
    """Title of an article of a municipal bulletin and each of its first windows."""
    for number, entry in enumerate(entries(folder / "bulletins.jsonl.gz")):
        for part in windows(entry["body"])[:4]:
            if len(part) > 40:
                yield Pair(entry["title"], part, entry["title"], number % _HELD_OUT == 0)


def asked(folder: Path, pattern: str) -> Iterator[Pair]:
    """Questions and what answers them, of our own writing: a line has questions (``|`` between
    them), a title and a text."""
    for path in sorted(folder.glob(pattern)):
        for number, row in enumerate(_own(path)):
            for question in row[0].split("|"):
                passage = f"{row[1]}\n{row[2]}"
                yield Pair(question, passage, passage, number % _HELD_OUT == 0)


def residents(folder: Path, written: Path) -> Iterator[Pair]:
    """Questions of our own about windows of the bulletins: a line has the article's number, the
    window's and the questions."""
    articles = list(entries(folder / "bulletins.jsonl.gz"))
    for path in sorted(written.glob("windows*.tsv")):
        for number, row in enumerate(_own(path)):
            article = articles[int(row[0])]
            passage = f"{article['title']}\n{windows(article['body'])[int(row[1])]}"
            for question in row[2].split("|"):
                yield Pair(question, passage, passage, number % _HELD_OUT == 0)


def _own(path: Path) -> Iterator[list[str]]:
    lines = path.read_text("utf-8").splitlines()
    return (line.split("\t") for line in lines if line and not line.startswith("#"))


def laws(folder: Path, every: int = 8) -> Iterator[Pair]:
    """Caption and law, and the beginning of the article; one of ``every`` articles."""
    for number, row in enumerate(rows(folder / "law_articles.tsv.gz")):
        if row[1] and number % every == 0:
            yield Pair(f"{row[1].strip('（）()')} {row[0]}", row[2][:WINDOW], row[2][:WINDOW])


def procedures(folder: Path) -> Iterator[Pair]:
    """Name of a national procedure, and its law, people, attachments and life event."""
    for row in islice(rows(folder / "procedures.tsv.gz"), 1, None):
        said = " ".join(re.sub(r"^\d+ ", "", part) for part in row[1:] if part)
        held = _number(row[0]) % _HELD_OUT == 0
        yield Pair(row[0], said[:WINDOW], row[0], held)


def sentences(folder: Path) -> Iterator[Pair]:
    """A sentence and its translation, by turns from Japanese and from English."""
    for number, row in enumerate(rows(folder / "ja_en.tsv.gz")):
        left, right = row[:2] if number % 2 else (row[1], row[0])
        yield Pair(left, right, row[1], number % _HELD_OUT == 0)


def dictionary(folder: Path) -> Iterator[Pair]:
    """English glosses and the Japanese headword, common words only, by turns from either side."""
    for number, row in enumerate(rows(folder / "jmdict.tsv.gz")):
        if row[3] != "0" and len(row[2]) > 3:
            left, right = (row[0], row[2][:120]) if number % 2 else (row[2][:120], row[0])
            yield Pair(left, right, row[2])


def synonyms(folder: Path) -> Iterator[Pair]:
    """The first word of a group of synonyms and the others in a row."""
    for row in rows(folder / "synonyms.tsv.gz"):
        if len(row) > 1:
            yield Pair(row[0], "、".join(row[1:6]), row[0])


def lexicon_words(folder: Path) -> Iterator[Pair]:
    """Each word of the project's lexicon, Japanese or English, and its group's other words.

    A line of a file: head, words that can replace it, English, related words; tabs between the
    columns, ``|`` between words (docs/lexicon.md).
    """
    for path in sorted(folder.glob("*.tsv")):
        for line in path.read_text("utf-8").splitlines():
            if line and not line.startswith("#"):
                columns = [column.split("|") for column in line.split("\t")]
                japanese = [*columns[0], *(columns[1] if len(columns) > 1 else [])]
                english = columns[2] if len(columns) > 2 else []
                yield from _group([word for word in japanese if word], [w for w in english if w])


def _group(japanese: list[str], english: list[str]) -> Iterator[Pair]:
    for i, word in enumerate(japanese[1:]):
        yield Pair(word, "、".join([japanese[0], *english[i : i + 1]]), japanese[0])
    for i, word in enumerate(english):
        yield Pair(word, japanese[i % len(japanese)], japanese[0])


def plain_texts(folder: Path) -> Iterator[str]:
    """Texts to count the pieces of: all of the small files, a fourth of the laws."""
    for entry in entries(folder / "jaquad_train.jsonl.gz"):
        yield from (entry["title"], entry["passage"], *entry["questions"])
    for entry in entries(folder / "bulletins.jsonl.gz"):
        yield from (entry["title"], entry["body"])
    for number, row in enumerate(rows(folder / "law_articles.tsv.gz")):
        if number % 4 == 0:
            yield " ".join(row)
    for name in ("procedures", "ja_en", "jmdict", "synonyms", "sts"):
        for row in rows(folder / f"{name}.tsv.gz"):
            yield " ".join(row)


def _letters(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}


def _number(text: str) -> int:
    """A number of the text that is the same in every run."""
    return sum(ord(c) * (i + 1) for i, c in enumerate(text))
