"""Texts as bags of term numbers, and the vocabulary they are numbered by."""

from __future__ import annotations

import hashlib
import inspect
import pickle
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt

import kb.language.text
import kb.language.tokens
from kb.language.tokens import meaning_terms, tokenize

Ids = npt.NDArray[np.int32]
Terms = tuple[str, ...]
_KANJI = ("\u3400", "\u9fff")
_KATAKANA = ("\u30a1", "\u30fc")


@dataclass(frozen=True, slots=True)
class Bags:
    """Many texts: bag ``i`` is ``flat[starts[i]:starts[i + 1]]``."""

    flat: Ids
    starts: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def take(self, rows: npt.NDArray[np.int64]) -> tuple[Ids, Ids]:
        """(term numbers, row of each) of the chosen bags."""
        lengths = self.starts[rows + 1] - self.starts[rows]
        row_of = np.repeat(np.arange(len(rows), dtype=np.int32), lengths)
        within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return self.flat[np.repeat(self.starts[rows], lengths) + within], row_of


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Terms and the parts (kanji, katakana triples) that back them off, numbered together.

    ``parts[i]`` are the part numbers of term ``i``; ``idf`` (len(terms) + number of parts,).
    """

    terms: dict[str, int]
    parts: list[list[int]]
    idf: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.idf)


def terms_by_text(texts: Iterable[str], work: Path) -> dict[str, Terms]:
    """Terms of every text; kept in ``work`` for as long as the tokeniser stays what it is."""
    cached = work / f"terms-{_tokeniser()}.pickle"
    known: dict[str, Terms] = {}
    if cached.is_file():
        with cached.open("rb") as file:
            known = pickle.load(file)
    missing = sorted({text for text in texts if text not in known})
    if missing:
        batches = [missing[i : i + 20_000] for i in range(0, len(missing), 20_000)]
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
            for batch, terms in zip(batches, pool.map(_terms_of, batches), strict=True):
                known.update(zip(batch, terms, strict=True))
        work.mkdir(parents=True, exist_ok=True)
        with cached.open("wb") as file:
            pickle.dump(known, file)
    return known


def most_frequent(ordered: Sequence[str], always: set[str], limit: int) -> list[int]:
    """Positions, in order, of ``limit`` words of ``ordered`` (the most frequent first): all that are
    in ``always``, however rare, and the first of the others."""
    rare = [i for i, word in enumerate(ordered) if word in always]
    others = [i for i, word in enumerate(ordered) if word not in always]
    return sorted(rare + others[: max(0, limit - len(rare))])


def vocabulary(
    texts: Iterable[Sequence[str]], once: set[str], always: set[str], limit: int
) -> Vocabulary:
    """``limit`` terms with their idf and parts: all in ``always``, then the most frequent of those
    seen twice or in ``once``."""
    counts: Counter[str] = Counter()
    n = 0
    for text in texts:
        counts.update(set(text))
        n += 1
    ordered = sorted(counts, key=lambda term: (-counts[term], term))
    usable = [term for term in ordered if counts[term] > 1 or term in once or term in always]
    kept = [usable[i] for i in most_frequent(usable, always, limit)]
    terms = {term: i for i, term in enumerate(kept)}
    part_counts = Counter(part for term in kept for part in _parts(term))
    part_ids = {
        part: len(terms) + i
        for i, part in enumerate(sorted(p for p, c in part_counts.items() if c >= 3))
    }
    idf = np.zeros(len(terms) + len(part_ids), dtype=np.float32)
    for term, i in terms.items():
        idf[i] = np.log(1 + n / (1 + counts[term]))
    for part, i in part_ids.items():
        idf[i] = np.log(1 + len(terms) / (1 + part_counts[part]))
    return Vocabulary(terms, [[part_ids[p] for p in _parts(t) if p in part_ids] for t in kept], idf)


def bags(texts: Iterable[Sequence[str]], words: Vocabulary) -> Bags:
    """The texts as bags of term numbers; unknown terms are left out."""
    rows = [[i for term in text if (i := words.terms.get(term)) is not None] for text in texts]
    starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    return Bags(np.fromiter((i for row in rows for i in row), dtype=np.int32), starts)


def _terms_of(texts: Sequence[str]) -> list[Terms]:
    return [meaning_terms(tokenize(text)) for text in texts]


def _tokeniser() -> str:
    """A digest of the code that makes terms out of text."""
    code = b"".join(
        inspect.getsource(module).encode() for module in (kb.language.text, kb.language.tokens)
    )
    return hashlib.sha256(code).hexdigest()[:12]


def _parts(term: str) -> list[str]:
    """Kanji of a word of two or more characters, and the character triples of a katakana word."""
    if len(term) < 2:
        return []
    kanji = [char for char in term if _KANJI[0] <= char <= _KANJI[1]]
    if kanji:
        return kanji
    if len(term) >= 4 and all(_KATAKANA[0] <= char <= _KATAKANA[1] for char in term):
        return [f"#{term[i : i + 3]}" for i in range(len(term) - 2)]
    return []
