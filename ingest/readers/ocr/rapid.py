"""RapidOCR: two small networks that come in its package, on the ONNX Runtime that is there already."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ingest.page import Mark
from ingest.readers.ocr.words import Picture, Piece
from ingest.readers.pdf.lines import Box
from kb.base.errors import ReadError

DPI = 200
"""Sharp enough for lines of 10 points, which are brought to the 48 pixels that its network reads."""

_LONGEST_SIDE = 1280  # pixels in which lines are looked for; they are read as they were drawn
LEAST = 0.5
"""How sure it has to be of a line: below that it reads stains and stamps."""

_ALONE = 0.9  # the same of one letter alone: a grey square is an "M" to 0.6


def pieces(picture: Picture, seconds: float) -> tuple[Piece, ...]:
    """What stands on the picture. ``seconds`` is for the worker to see to: nothing here can be stopped.

    Raises ReadError("ocr").
    """
    import numpy as np

    rows = np.frombuffer(picture.pixels, np.uint8).reshape(picture.height, picture.width)
    try:
        found = _engine()(np.repeat(rows[:, :, None], 3, axis=2))
    except Exception as error:  # whatever its libraries meet
        raise ReadError("read.ocr.failed", error=error) from error
    if found.txts is None or not found.word_results:
        return ()
    told = zip(found.txts, found.scores, found.word_results, strict=True)
    return tuple(
        Piece(text.strip(), marks, float(score))
        for text, score, words in told
        if (marks := tuple(Mark(word, _upright(box)) for word, _, box in words if word.strip()))
        and (len(text.strip()) > 1 or score >= _ALONE)
    )


@lru_cache(maxsize=1)
def _engine() -> Any:
    from rapidocr import RapidOCR

    threads = "EngineConfig.onnxruntime.{}_op_num_threads"  # pages are read side by side instead
    return RapidOCR(
        params={
            threads.format("intra"): 1,
            threads.format("inter"): 1,
            "Global.log_level": "critical",
            "Global.max_side_len": 10_000,
            "Global.text_score": 0.0,
            "Global.use_cls": False,  # a page that lies on its side is turned as a whole
            "Global.return_word_box": True,
            "Global.return_single_char_box": True,
            "Det.limit_type": "max",
            "Det.limit_side_len": _LONGEST_SIDE,
        }
    )


def _upright(corners: Any) -> Box:
    xs, ys = [float(x) for x, _ in corners], [float(y) for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)
