"""Corpora of 60 to 50,000 passages, and questions that each of them answers or does not.

Own cases with the judged questions, whole, in parts, without what answers a sixth of the questions,
and among law articles; encyclopedia passages (JaQuAD) of which half the articles are left out.
Passages of our own writing on the same matters, 40 to all of them, asked what no training has seen.
Strange are the project's own unanswered questions, everyday ones to a town hall, names of national procedures, titles of municipal
bulletins, and sentences of a phrase book, as far as no word of the lexicon is in them.
"""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from ingest.flow.pipeline import ingest
from ingest.flow.sentences import embed_waiting
from ingest.split.chunks import reading_spans, windows
from kb.base.config import BUILTIN_MODEL, Settings
from kb.base.types import Viewer
from kb.evaluation.figures import Judged, load_queries
from kb.index import dense, lexical, sentences
from kb.index.views import Views
from kb.language.encoder import Matrix, StaticEncoder
from kb.language.lexicon import Lexicon
from kb.language.tokens import readings, search_terms, tokenize
from kb.storage.feed.contents import Vectors
from kb.storage.rows import CaseTerms
from kb.storage.sentence_vectors import encoded_text
from kb.storage.store import Store
from training.gzipped import entries, rows
from training.remembered import Remembered
from training.sentences.texts import UNSEEN, asked

ROOT = Path(__file__).resolve().parent.parent
_LAWS = 20_000
_DIGITAL = ("デジタル", "アプリ", "オンライン", "スマ", "LINE", "電子", "マイナ", "AI", "システム")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a model says of a case: a vector a passage (n, d), and that of the title (d,)."""

    passages: Matrix
    title: Matrix


@dataclass(frozen=True, slots=True)
class Doc:
    """A case as the views hold it. ``group`` is what questions are answered by: a path, an article;
    ``words`` and ``sentences`` are its vectors by the two models."""

    group: str
    body: str
    readings: str
    words: Meaning
    sentences: Meaning


@dataclass(frozen=True, slots=True)
class Encoders:
    """The two models; the sentence model remembers what it has read."""

    words: StaticEncoder
    sentences: Remembered


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and whether the corpus that it is asked of answers it; ``is_strange`` where no
    corpus of its kind would, as against one whose answer was left out."""

    text: str
    is_answered: bool
    is_strange: bool = False


@dataclass(frozen=True, slots=True)
class Corpus:
    """Cases, and what is asked of them."""

    name: str
    docs: tuple[Doc, ...]
    asked: tuple[Asked, ...]

    def views(self, folder: Path) -> Views:
        """The views over the cases, numbered from 0, built in ``folder``."""
        docs = [doc for doc in self.docs if len(doc.words.passages)]
        terms = [CaseTerms(no, doc.body, doc.readings) for no, doc in enumerate(docs)]
        read = _vectors([doc.sentences for doc in docs])
        return Views(
            1,
            lexical.build(folder / "lexical", terms),
            dense.in_memory(_vectors([doc.words for doc in docs])),
            dense.in_memory(read, sentences.TITLE_WEIGHT),
        )


def corpora(folder: Path, encoders: Encoders, lexicon: Lexicon, seed: int) -> Iterator[Corpus]:
    """All corpora, one after the other; ``folder`` holds the texts that the model is trained on."""
    rng = random.Random(seed)
    own = list(own_cases(encoders))
    judged = list(load_queries(ROOT / "tests" / "queries" / "corpus.jsonl"))
    strange = _Strange(folder, lexicon, rng)
    rng.shuffle(judged)
    for i, count in enumerate((9, 14, 14, 25, 25, 40, 40)):
        part = rng.sample(own, count)
        yield _corpus(f"own {i}", part, judged, [*strange.own[i % 2 :: 2], *strange.some(6)])
    for i in range(6):
        left = _without(own, judged[i::6])
        yield _corpus(f"left {i}", left, judged, [*strange.own[i % 2 :: 2], *strange.some(8)])
    yield from _written(encoders, strange, rng)
    articles = _articles(folder, encoders, rng)
    laws = _laws(folder, encoders, rng)
    for i, count in enumerate((2_400, 2_400, _LAWS)):
        left = _without(own, judged[i::6])
        # laws do answer what is asked about fees and permissions: only questions far from them
        yield _corpus(f"laws {i}", [*left, *laws[:count]], judged, strange.some(20, laws=True))
    yield from _encyclopedia(articles, laws, rng)


def _written(encoders: Encoders, strange: _Strange, rng: random.Random) -> Iterator[Corpus]:
    """Passages of our own writing on municipal DX, asked what one of them answers, and strange
    questions."""
    pairs = list(asked(UNSEEN, "dx*.tsv"))
    titles = {pair.passage: pair.passage.partition("\n") for pair in pairs}
    said = [(passage, title, text) for passage, (title, _, text) in titles.items()]
    docs = _docs(said, encoders)
    for i, count in enumerate((40, 40, 80, 80, 160, 160, len(docs), len(docs))):
        kept = rng.sample(docs, count)
        there = {doc.group for doc in kept}
        found = [Asked(p.question, is_answered=True) for p in pairs if p.passage in there]
        answered = rng.sample(found, min(60, len(found)))
        odd = [Asked(text, is_answered=False, is_strange=True) for text in strange.some(12)]
        yield Corpus(f"written {i}", tuple(kept), (*answered, *odd))


def own_cases(encoders: Encoders) -> Iterator[Doc]:
    """The cases of the shipped corpus as the product reads them."""
    with tempfile.TemporaryDirectory() as work:
        settings = Settings(data=Path(work), corpus=ROOT / "corpus", model=str(BUILTIN_MODEL))
        ingest(settings)
        embed_waiting(settings, encoder=encoders.sentences)
        store = Store.open(settings)
        words, read = store.all_vectors(store.model_id()), store.sentence_vectors()
        terms = store.all_terms()
        cases = store.cases_by_no([t.case_no for t in terms], Viewer.owner())
    for term in terms:
        at, there = words.case_nos == term.case_no, read.case_nos == term.case_no
        if at.any():
            yield Doc(
                cases[term.case_no].path,
                term.body,
                term.readings,
                Meaning(words.chunks[at], words.titles[at][0]),
                Meaning(read.chunks[there], read.titles[there][0]),
            )


def _vectors(cases: Sequence[Meaning]) -> Vectors:
    counts = [len(case.passages) for case in cases]
    return Vectors(
        np.arange(sum(counts)),
        np.repeat(np.arange(len(cases)), counts),
        np.concatenate([case.passages for case in cases]),
        np.repeat(np.stack([case.title for case in cases]), counts, axis=0),
    )


def _corpus(name: str, docs: list[Doc], judged: list[Judged], strange: Iterable[str]) -> Corpus:
    """``docs`` asked what they answer with the best grade or not at all, and strange questions."""
    there = {doc.group for doc in docs}
    asked = [Asked(text, is_answered=False, is_strange=True) for text in strange]
    for query in judged:
        best = max((query.relevant.get(group, 0.0) for group in there), default=0.0)
        if best != 1.0:  # what only comes near is neither
            asked.append(Asked(query.query, best > 0.0))
    return Corpus(name, tuple(docs), tuple(asked))


def _without(docs: list[Doc], queries: Iterable[Judged]) -> list[Doc]:
    answers = {key for query in queries for key in query.relevant}
    return [doc for doc in docs if doc.group not in answers]


def _encyclopedia(
    articles: list[tuple[Doc, str]], laws: list[Doc], rng: random.Random
) -> Iterator[Corpus]:
    groups = sorted({doc.group for doc, _ in articles})
    for name, count, most, beside in (
        ("few a", 4, 40, []),
        ("few b", 4, 40, []),
        ("half", len(groups) // 2, 100, []),
        ("half among laws", len(groups) // 2, 100, laws[: _LAWS // 2]),
    ):
        kept = set(rng.sample(groups, count))
        there = [(doc, question) for doc, question in articles if doc.group in kept]
        away = [question for doc, question in articles if doc.group not in kept]
        asked = [Asked(q, is_answered=True) for _, q in rng.sample(there, min(most, len(there)))]
        asked += [Asked(q, is_answered=False) for q in rng.sample(away, most)]
        yield Corpus(name, (*(doc for doc, _ in there), *beside), tuple(asked))


def _articles(folder: Path, encoders: Encoders, rng: random.Random) -> list[tuple[Doc, str]]:
    """Passages of 150 articles, each with one of its questions."""
    read = list(entries(folder / "jaquad_train.jsonl.gz"))
    chosen = set(rng.sample(sorted({entry["title"] for entry in read}), 150))
    read = [entry for entry in read if entry["title"] in chosen and entry["questions"]]
    said = [(entry["title"], entry["title"], entry["passage"]) for entry in read]
    return list(zip(_docs(said, encoders), (e["questions"][0] for e in read), strict=True))


def _laws(folder: Path, encoders: Encoders, rng: random.Random) -> list[Doc]:
    """Law articles that the sentence model has not read yet: their signs are the other legs'."""
    chosen = rng.sample(list(rows(folder / "law_articles.tsv.gz")), _LAWS)
    nothing = np.zeros((0, encoders.sentences.dimension), np.float32)
    unread = Meaning(nothing, np.zeros(encoders.sentences.dimension, np.float32))
    said = [("", f"{law} {caption}", text) for law, caption, text in chosen]
    return [_doc(row, encoders.words, unread) for row in said]


class _Strange:
    """Questions that cases of municipal DX do not answer."""

    def __init__(self, folder: Path, lexicon: Lexicon, rng: random.Random) -> None:
        self._rng = rng
        own = (ROOT / "tests" / "queries" / "unanswered.jsonl").read_text("utf-8").splitlines()
        self.own = [str(json.loads(line)["query"]) for line in own]
        phrases = list(rows(folder / "ja_en.tsv.gz"))
        questions = [
            row["questions"][0]
            for row in entries(folder / "jaquad_train.jsonl.gz")
            if row["questions"]
        ]
        procedures = islice(rows(folder / "procedures.tsv.gz"), 1, None)
        near = [
            [
                row["title"]
                for row in entries(folder / "bulletins.jsonl.gz")
                if len(row["title"]) >= 12
            ],
            [row[0] for row in procedures if len(row[0]) < 40],
        ]
        near.append([pair.question for pair in asked(UNSEEN, "f*.tsv")])
        near.append((UNSEEN / "staff.txt").read_text("utf-8").splitlines())
        far = [
            questions,
            [row[1] for row in phrases if row[1].isascii()],
            [row[0] for row in phrases[::2]],
        ]
        self._near, self._far = (
            [
                [q for q in rng.sample(kind, min(len(kind), 1200)) if _is_strange(q, lexicon)]
                for kind in kinds
            ]
            for kinds in (near, far)
        )

    def some(self, n: int, *, laws: bool = False) -> list[str]:
        """``n`` questions of each kind; not those that ``laws`` answer."""
        kinds = self._far if laws else [*self._near, *self._far]
        return [question for kind in kinds for question in self._rng.sample(kind, n)]


def _is_strange(question: str, lexicon: Lexicon) -> bool:
    return not lexicon.expand(question) and not any(word in question for word in _DIGITAL)


def _docs(said: Sequence[tuple[str, str, str]], encoders: Encoders) -> list[Doc]:
    """Documents of group, title and text, read as the product reads them."""
    spans = [reading_spans(text) for _, _, text in said]
    titles = encoders.sentences.encode_passages([title for _, title, _ in said])
    read = encoders.sentences.encode_passages(
        [
            encoded_text(title, text[start:end])
            for (_, title, text), found in zip(said, spans, strict=True)
            for start, end in found
        ]
    )
    ends = np.cumsum([len(found) for found in spans])
    parts = np.split(read, ends[:-1])
    return [
        _doc(row, encoders.words, Meaning(part, title))
        for row, part, title in zip(said, parts, titles, strict=True)
    ]


def _doc(said: tuple[str, str, str], encoder: StaticEncoder, read: Meaning) -> Doc:
    group, title, text = said
    named, tokens, spans = tokenize(title), tokenize(text), windows(text)
    parts = [search_terms(tuple(t for t in tokens if s <= t.start < e)) for s, e in spans]
    return Doc(
        group,
        " ".join([*search_terms(named), *search_terms(tokens)]),
        " ".join([*readings(named), *readings(tokens)]),
        Meaning(encoder.encode_terms(parts), encoder.encode_terms([search_terms(named)])[0]),
        read,
    )
