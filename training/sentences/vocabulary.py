"""The tokenizer: XLM-R's Unigram pieces, cut to what Japanese and English use."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from training.sentences.packed import Array, Packed

SPECIALS = ("<s>", "<pad>", "</s>", "<unk>")
"""In the order of their ids, 0 to 3, in the full vocabulary as in the cut one."""

_TILDE, _HELD = "～", "\uf8ff"  # NFKC would fold the full-width tilde; the pieces know it
_WORD = re.compile(r"▁?[A-Za-z]+")
_SIGNS = re.compile(r"▁?[0-9!-/:-@\[-`{-~─-╿]+")
_SINGLE = re.compile(
    r"▁?[\u0020-\u00ff\u2010-\u2bff\u3000-\u30ff\u3190-\u33ff\u4e00-\u9fff\uff00-\uffef]"
)


def tokenizer(pieces: Sequence[str], scores: Sequence[float], longest: int = 512) -> Tokenizer:
    """The tokenizer over the given pieces: control characters dropped, NFKC, runs of spaces as one,
    ``▁`` for a space and before the text, the likeliest pieces, ``<s> … </s>`` around them."""
    made = Tokenizer(models.Unigram(list(zip(pieces, scores, strict=True)), unk_id=3))
    made.normalizer = normalizers.Sequence(
        [
            normalizers.Nmt(),
            normalizers.Replace(_TILDE, _HELD),
            normalizers.NFKC(),
            normalizers.Replace(_HELD, _TILDE),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement="▁")]
    )
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    made.add_special_tokens(list(SPECIALS))
    made.enable_truncation(longest)
    return made


def full_tokenizer(packed: Packed) -> Tokenizer:
    """The tokenizer with all 250,002 pieces."""
    return tokenizer(packed.pieces, packed.scores.tolist())


def kept_pieces(packed: Packed, texts: Iterable[str]) -> npt.NDArray[np.int64]:
    """Ids that stay, rising: the specials, what ``texts`` use, their words in any case, numbers, and
    every single character of Japanese, English and their signs."""
    used = _used(full_tokenizer(packed), texts)
    words = {packed.pieces[i].lower() for i in used if _WORD.fullmatch(packed.pieces[i])}
    kept = {*range(len(SPECIALS)), *used}
    for i, piece in enumerate(packed.pieces):
        if (
            _SINGLE.fullmatch(piece)
            or _SIGNS.fullmatch(piece)
            or (_WORD.fullmatch(piece) and piece.lower() in words)
        ):
            kept.add(i)
    return np.array(sorted(kept), dtype=np.int64)


def cut(packed: Packed, kept: npt.NDArray[np.int64]) -> tuple[list[str], Array]:
    """Pieces and scores of the ids that stay."""
    return [packed.pieces[i] for i in kept], packed.scores[kept]


def _used(full: Tokenizer, texts: Iterable[str], batch: int = 4096) -> Counter[int]:
    counts: Counter[int] = Counter()
    waiting: list[str] = []
    for text in texts:
        waiting.append(text)
        if len(waiting) == batch:
            counts.update(i for e in full.encode_batch_fast(waiting) for i in e.ids)
            waiting.clear()
    counts.update(i for e in full.encode_batch_fast(waiting) for i in e.ids)
    return counts
