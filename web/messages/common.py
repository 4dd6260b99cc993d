"""Sentences of every page."""

from __future__ import annotations

MESSAGES: dict[str, tuple[str, str]] = {
    "site": ("DX事例ナレッジ", "DX Case Knowledge"),
    "skip": ("本文へ移動", "Skip to the content"),
    "nav": ("主なページ", "Main pages"),
    "nav.search": ("調べる", "Search"),
    "nav.municipalities": ("自治体", "Municipalities"),
    "nav.coverage": ("事例の分布", "Coverage"),
    "nav.compare": ("比べる", "Compare"),
    "nav.documents": ("資料", "Documents"),
    "language": ("表示言語", "Language"),
    "footer": (
        "このシステムは、このサーバーの中だけで動いています。入力したことばが外部に送られることは"
        "ありません。",
        "Everything runs on this server. What you type is never sent anywhere else.",
    ),
    "feed": ("新着（Atom）", "New cases (Atom)"),
    "api": ("API仕様", "API description"),
    "tagline": ("よその町は、どう解決したか。", "How did other towns solve it?"),
    "lead": (
        "自治体のDX事例を、資料のページ番号つきで探せます。",
        "Search case studies of municipal digital transformation. Every answer names its page.",
    ),
}
