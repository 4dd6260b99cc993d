"""Corpora of any size, grown from articles of laws (``../shared``): notes of four articles, of real municipalities.

Up to :data:`READ` passages every note is read by an ordinary ingest. Beyond, the notes lie in the folder, too, but what is
stored of them is put together from the articles as they were read before and goes through the store's writer: every
article is read and tokenised once, its words and vectors serve in several notes. Words with their places are not stored of these:
a question takes apart what it shows of them.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np

from benchmarks.search_quality import ROOT
from ingest.flow.pipeline import ingest
from ingest.flow.prepare import Termed, TermedCase, termed, with_vectors
from ingest.flow.sources import READING, fingerprint, look
from ingest.readers.notes.note import read_note
from kb.base.config import Settings
from kb.base.types import Chunk
from kb.index.views import ViewKeeper
from kb.language.encoder import Encoder, load_encoder
from kb.language.sentences import SentenceEncoder
from kb.places.gazetteer import Place, load_gazetteer
from kb.storage.database import connect
from kb.storage.sentence_vectors import (
    SentencePassage,
    encoded_text,
    key_of,
    put_vectors,
    use_sentence_model,
)
from kb.storage.store import Store
from kb.storage.writer import FileState, Terms, open_writer

ARTICLES = ROOT.parent / "shared" / "training" / "law_articles.tsv.gz"
READ = 100_000
PER_NOTE, PASSAGES = 4, 10.2
"""Articles of a note, and the passages that such notes have on the average."""
_PER_FOLDER = 100
_SHORTEST, _LONGEST = 80, 600  # characters of an article
_BATCH = 2000
_SCATTERED = 8000  # articles that small notes are made of
_STRIDE = 7919  # a prime: beyond what is read, articles meet others


@dataclass(frozen=True, slots=True)
class Article:
    """An article of a law."""

    law: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """A note to write: its number, its municipality, and the numbers of its articles."""

    number: int
    place: Place
    articles: tuple[int, ...]

    @property
    def path(self) -> str:
        """Where it lies in the corpus."""
        return f"{self.number // _PER_FOLDER:04}/{self.number:06}.md"


@cache
def articles() -> tuple[Article, ...]:
    """Those that are long enough, cut to their length."""
    with gzip.open(ARTICLES, "rt", encoding="utf-8") as file:
        rows = (line.rstrip("\n").split("\t") for line in file)
        return tuple(
            Article(row[0], row[1], row[2][:_LONGEST])
            for row in rows
            if len(row) == 3 and len(row[2]) > _SHORTEST
        )


def notes(passages: int) -> Iterator[Note]:
    """The notes that come to about so many passages; of a larger number the first are the same."""
    places = [p for p in load_gazetteer().places() if p.population]
    read = round(READ / PASSAGES)
    for number in range(max(1, round(passages / PASSAGES))):
        step = 1 if number < read else _STRIDE * (number // read)
        of = tuple((PER_NOTE * number + i * step) % (PER_NOTE * read) for i in range(PER_NOTE))
        yield Note(number, places[number * 37 % len(places)], of)


def told(note: Note) -> str:
    """The text of a note."""
    of = [articles()[number] for number in note.articles]
    head = {
        "title": _title(note),
        "municipality": note.place.name,
        "prefecture": note.place.prefecture,
        "year": 2016 + note.number % 10,
    }
    front = "\n".join(f"{k}: {json.dumps(v, ensure_ascii=False)}" for k, v in head.items())
    return f"---\n{front}\n---\n" + "\n\n".join(f"## {a.name}\n\n{a.text}" for a in of) + "\n"


def _title(note: Note) -> str:
    first = articles()[note.articles[0]]
    return f"{first.law} {first.name} {note.number}"


def write_notes(corpus: Path, chosen: Sequence[Note]) -> None:
    """Writes notes that are not there yet."""
    for note in chosen:
        path = corpus / note.path
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(told(note), encoding="utf-8")


def grow(settings: Settings, passages: int, say: Callable[[str], object] = print) -> None:
    """Makes ``settings`` hold about so many passages, with views. What is there already stays."""
    wanted = list(notes(passages))
    read = list(notes(min(passages, READ)))
    write_notes(settings.corpus, read)
    if not settings.database.exists() or len(wanted) == len(read):
        ingest(settings)
    if beyond := wanted[len(read) :]:
        say(f"{len(read)} notes were read")
        _put(settings, beyond, say)


def scatter(settings: Settings, files: int, say: Callable[[str], object] = print) -> None:
    """Makes ``settings`` hold so many small notes of one article each, with views; none of them is read."""
    places = [p for p in load_gazetteer().places() if p.population]
    chosen = [Note(n, places[n * 37 % len(places)], (n % _SCATTERED,)) for n in range(files)]
    _put(settings, chosen, say)


def _put(settings: Settings, chosen: Sequence[Note], say: Callable[[str], object]) -> None:
    """Writes notes into the folder and what they are read as into the store."""
    encoder = load_encoder(settings.model)
    known = _Articles()
    write_notes(settings.corpus, chosen)
    found = {source.key: source for source in look(settings.corpus).files}
    with open_writer(settings) as writer:
        writer.use_model(encoder.model_id, encoder.dimension)
        there = writer.known_files()
        for at, note in enumerate(chosen):
            if note.path in there:
                continue
            source = found[note.path]
            digest = sha256(source.path.read_bytes())
            state = FileState(
                source.key, os.fsencode(source.path), source.size, source.mtime_ns, source.beside,
                digest.hexdigest(), fingerprint(digest.digest(), b""),
            )  # fmt: skip
            writer.put(state, with_vectors(known.together(note), encoder))
            if at % _BATCH == 0:
                say(f"{at} of {len(chosen)} notes were put together")
        say("relating")
        writer.relate()
        writer.looked_through()
        writer.read_as(READING)
        say("views")
        ViewKeeper(settings, Store.open(settings)).refresh()


class _Articles:
    """Articles as they are read, each once, and put together."""

    def __init__(self) -> None:
        self._read: dict[int, TermedCase] = {}

    def together(self, note: Note) -> Termed:
        """What a note is read as, but for what its articles are to each other."""
        parts = [self._case(number) for number in note.articles]
        first, title = parts[0], _title(note)
        draft = replace(
            first.draft, title=title, municipality=note.place.name, prefecture=note.place.prefecture,
            code=note.place.code, population=note.place.population, year=2016 + note.number % 10,
            sections=tuple(section for part in parts for section in part.draft.sections),
            evidence=(),
        )  # fmt: skip
        starts = np.cumsum([0, *(len(part.draft.sections) for part in parts)]).tolist()
        pairs = list(zip(parts, starts, strict=False))
        shifted: list[Chunk] = [
            replace(c, section=c.section + by) for part, by in pairs for c in part.chunks
        ]
        sentences = [SentencePassage(-1, 0, 0, key_of(encoded_text(title, "")))]
        for part, by in pairs:
            for one in part.sentences[1:]:
                text = part.draft.sections[one.section].text[one.start : one.end]
                key = key_of(encoded_text(title, text))
                sentences.append(replace(one, section=one.section + by, key=key))
        case = TermedCase(
            draft, tuple(shifted),
            Terms(
                tuple(term for part in parts for term in part.terms.body),
                tuple(word for part in parts for word in part.terms.readings),
            ),
            first.title, tuple(p for part in parts for p in part.passages), tuple(sentences),
        )  # fmt: skip
        return Termed("note", (), "公開", (), (case,))

    def _case(self, number: int) -> TermedCase:
        if number not in self._read:
            note = Note(0, load_gazetteer().places()[0], (number,))
            extract = read_note(Path("note.md"), told(note).encode())
            self._read[number] = termed(extract).cases[0]
        return self._read[number]


def draw_sentences(settings: Settings, seed: int = 0) -> int:
    """Gives every passage that waits a random unit vector in the place of the sentence model's: right for memory
    and time, not for what is found. How many."""
    random = np.random.default_rng(seed)
    encoder: Encoder = SentenceEncoder()
    with closing(connect(settings.place)) as connection:
        use_sentence_model(connection, encoder.model_id)
        rows = connection.execute(
            """SELECT DISTINCT p.key FROM sentence_passages p
               WHERE NOT EXISTS (SELECT 1 FROM sentence_vectors v WHERE v.key = p.key)"""
        )
        keys = [bytes(row["key"]) for row in rows]
        for start in range(0, len(keys), _BATCH):
            batch = keys[start : start + _BATCH]
            vectors = random.standard_normal((len(batch), encoder.dimension), dtype=np.float32)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            put_vectors(connection, batch, vectors)
    return len(keys)
