"""Titles that files carry in their properties: many a one says nothing."""

from __future__ import annotations

import re

from kb.documents.stamped import is_stamp

_NO_TITLE = re.compile(
    r"^(?:Microsoft (?:Word|PowerPoint|Excel) - |"
    r".*\.(?:docx?|xlsx?|pptx?|pdf|jtdc?|txt|ai|indd|html?)$|"
    r"untitled|\(anonymous\)|無題|名称未設定|PowerPoint プレゼンテーション|スライド \d+|Print|"
    r"(?:Sheet|シート)\s*\d*$|表紙$|目次$|(?:別記)?様式(?:第?\s*[\d０-９一二三四五六七八九十]+(?:[-－の][\d０-９]+)?\s*号?)?(?:[（(].*[)）])?$|"
    r"(?:別紙|別添|参考|資料)\s*(?:資料)?\s*[\d０-９]*(?:[-－][\d０-９]+)?$|"
    r"報道(?:機関)?(?:発表|提供|資料提供)?資料$|記者(?:発表|会見|提供)資料$|プレスリリース$|News ?Release$|お知らせ$|"
    r"about:blank|[\W\d_]*$)",
    re.IGNORECASE,
)


def means_something(title: str) -> bool:
    """False for what producers fill in on their own, such as the name of a file, and for a stamp (取扱注意)."""
    return not (_NO_TITLE.match(title.strip()) or is_stamp(title))
