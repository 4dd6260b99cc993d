"""計画, 実証, 実装 or 終了 for what a cell or an answer says of how far something got."""

from __future__ import annotations

import re

_NOT = re.compile(
    r"未(?:計画|定|実施|導入|着手|検討|実装|対応|公開)|(?:予定|計画|検討|実績|該当|導入|実施)(?:は|も|が)?(?:な[しい]|無し?)|特になし"
    r"|(?:して|されて|行って|設けて|置いて|始めて)(?:い)?(?:ない|ません|おらず)|しない|しません|見送|\b(?:none|not|no)\b"
)
_MEANT = (
    ("終了", re.compile(r"終了|中止|廃止|取りやめ|撤退|休止|\b(?:ended|stopped|cancelled|discontinued|terminated)\b")),
    ("計画", re.compile(r"計画|検討|構想|準備|予定|アイデア|アイディア|提案|企画|\b(?:plan(?:ned|ning)?|idea|proposed|considering|preparing)\b")),
    ("実証", re.compile(r"実証|試行|試験|トライアル|お試し|実験|\b(?:pilot|trial|poc|demonstration|experiment)\b")),
    (
        "実装",
        re.compile(
            r"実装|運用|導入|稼働|実施|本格|展開|提供|公開(?:し|中|済)|すでに|既に|開始(?:し|済)|継続|サービス中|完了"
            r"|\b(?:implement(?:ed|ation)?|live|operat(?:ing|ional|ion)|in (?:use|operation|service)|launched|running|deployed|done|completed?)\b"
        ),
    ),
)  # fmt: skip
_LONGEST = 24
"""Characters of the longest cell that is a stage and no text."""


def meant_status(said: str) -> str:
    """計画, 実証, 実装 or 終了 for what a row says of the stage (「導入済み」「検討中」), "" for none of them or
    for what was not done (「未計画」「実施していない」)."""
    folded = said.lower()
    if _NOT.search(folded):
        return ""
    return next((name for name, words in _MEANT if words.search(folded)), "")


def is_stage(said: str) -> bool:
    """True for a short text that says how far something got, or that it was not begun."""
    return len(said) <= _LONGEST and bool(meant_status(said) or _NOT.search(said.lower()))
