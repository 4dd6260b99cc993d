"""Titles that files carry in their properties: many a one says nothing."""

from __future__ import annotations

import re

_NO_TITLE = re.compile(
    r"^(?:Microsoft (?:Word|PowerPoint|Excel) - |"
    r".*\.(?:docx?|xlsx?|pptx?|pdf|jtdc?|txt|ai|indd|html?)$|"
    r"untitled|\(anonymous\)|無題|名称未設定|PowerPoint プレゼンテーション|スライド \d+|Print|"
    r"about:blank|[\W\d_]*$)",
    re.IGNORECASE,
)


def means_something(title: str) -> bool:
    """False for what producers fill in on their own, such as the name of a file."""
    return not _NO_TITLE.match(title.strip())
