"""Small documents that mean something, written to a real disk."""

from __future__ import annotations

from pathlib import Path


def note(corpus: Path, name: str, body: str, **front: str) -> Path:
    """Writes a Markdown note with front matter into the corpus."""
    head = "".join(f'{key}: "{value}"\n' for key, value in front.items())
    path = corpus / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"---\n{head}---\n{body}\n" if head else body + "\n", encoding="utf-8")
    return path


def town_notes(corpus: Path) -> None:
    """Four cases of four municipalities in four fields."""
    note(
        corpus, "taka.md",
        "## 背景・課題\n\n予防接種の予診票を紙で配っていた。\n\n## 取組\n\n予防接種の予約をアプリで受け付ける。",
        title="予防接種の予約をアプリで", municipality="多可町", prefecture="兵庫県", field="保健福祉", year="2024",
    )  # fmt: skip
    note(
        corpus, "toyooka.md",
        "## 取組\n\n山あいの集落へドローンで荷物を運ぶ。住民説明会を開いて理解を得た。",
        title="ドローンで荷物を届ける", municipality="豊岡市", prefecture="兵庫県", field="配送・物流", year="2023",
    )  # fmt: skip
    note(
        corpus, "kaga.md",
        "## 取組\n\n139の行政手続を電子申請フォームにした。\n\n## 効果\n\n窓口の待ち時間が30分から5分に減った。",
        title="行政手続の電子申請", municipality="加賀市", prefecture="石川県", field="申請", year="2020",
    )  # fmt: skip
    note(
        corpus, "ina.md",
        "## 取組\n\nケーブルテレビの画面から買い物を頼むと、夕方までに届く。高齢者の見守りも兼ねる。",
        title="テレビで買い物", municipality="伊那市", prefecture="長野県", field="配送・物流", year="2020",
    )  # fmt: skip
