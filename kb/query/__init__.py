"""What was asked: words to look for, conditions, phrases, filters.

``understand`` is the one understanding of a question; everything that looks at one uses it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kb.query.conditions.detect import Condition as Condition
    from kb.query.question import Question as Question
    from kb.query.question import understand as understand

__all__ = ["Condition", "Question", "understand"]


def __getattr__(name: str) -> Any:
    """Loads the grammar when it is first asked for."""
    if name not in __all__:
        raise AttributeError(name)
    from kb.query import question

    return getattr(question, name)
