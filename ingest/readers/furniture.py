"""What a web site puts around its pages and is no text of theirs: breadcrumbs, skip links, buttons to
share and print, dates of the last change, and 「役に立ちましたか」."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from ingest.page import Block

_BULLET = re.compile(r"^\s*(?:[・‧•*+-]|\d{1,2}[.．])\s*")
_CRUMBS = re.compile(
    r"^\s*(?:現在の?(?:位置|ページ)|現在地|パンくず|ここから本文|あしあと)\s*(?:です)?\s*[:：>＞]?.*$|^ここまで本文.*$"
)
_ROOT = re.compile(r"^(?:ホーム|トップ(?:ページ)?|home|top)$", re.IGNORECASE)
_STEP = re.compile(r"\s*[>＞›»≫]\s*")
_SKIP = re.compile(
    r"^(?:この)?(?:ページの?)?(?:本文|メイン(?:コンテンツ|メニュー)?|コンテンツ|共通メニュー|(?:グローバル)?ナビ(?:ゲーション)?|フッター|検索|先頭|トップ|上部|top)"
    r"(?:(?:へ|に|まで|を)(?:スキップ|移動|ジャンプ|戻る|飛ばす)?|スキップ|移動)(?:します|する)?$"
    r"|^skip to .{0,30}$|^(?:メニュー|ナビゲーション|ヘッダー)を?(?:飛ばして|スキップして).{0,20}$|^(?:前のページ|一覧)(?:へ|に)戻る$",
    re.IGNORECASE,
)
_DAY = r"(?:(?:令和|平成|R|H)?\s*(?:元|\d{1,4})\s*[年./-]\s*\d{1,2}\s*[月./-]\s*\d{1,2}\s*日?(?:\s*\d{1,2}[:時]\d{1,2}分?)?)"
_STAMP = re.compile(
    rf"^(?:(?:最終|ページ)?(?:更新|掲載|公開|登録|作成|印刷)(?:年月)?日時?\s*[:：]?\s*{_DAY}(?:\s*(?:更新|現在|掲載|公開))?"
    rf"|{_DAY}\s*(?:更新|掲載|公開)|ページ(?:番号|ID|コード)\s*[:：]?\s*[\w-]+|記事番号\s*[:：]?\s*[\w-]+|印刷用?(?:ページ|する)?|大きな文字で印刷"
    r"|[\s　|｜/／])+$",
    re.IGNORECASE,
)  # fmt: skip
_BUTTON = re.compile(
    r"^(?:(?:(?:この(?:ページ|記事)を)?(?:印刷|シェア|ツイート|ポスト|共有)(?:する|する\(新しい.*)?|(?:x|twitter|facebook|line|instagram|はてなブックマーク|pocket)"
    r"(?:で|に|へ)(?:シェア|ツイート|ポスト|投稿|送る|共有|保存)(?:する)?|いいね[!！]?(?:最初の.{0,20}|\d*\s*件?)|続きを読む|もっと見る|tweet|share|シェアボタン|文字サイズ.{0,20}|読み上げる?|音声読み上げ|"
    r"メールで送る|リンクをコピー(?:する)?|urlをコピー(?:する)?|line\s*友だち追加|新しいウィンドウで開きます?|別ウィンドウで開きます?|(?:前|次)の(?:ページ|記事)(?:へ|に)?(?:戻る|進む)?)[\s　|｜/／]*)+$",
    re.IGNORECASE,
)
_VIEWER = re.compile(
    r"(?:adobe|acrobat)\s*(?:acrobat\s*)?reader.*(?:必要|ダウンロード|お持ち)|^pdf(?:形式の)?ファイルを(?:ご覧|閲覧|見る)",
    re.IGNORECASE,
)
_OPINION = re.compile(
    r"(?:(?:役に(?:立|た)ち|参考になり)(?:ました|ます)か|(?:見つけ|探し|わかり|分かり|読み)やす(?:かった|い)ですか|情報は.{0,12}(?:ましたか|ですか)|"
    r"(?:ご意見|ご感想)を?お聞かせ(?:くだ|下)さい|^このページの(?:評価|内容は.{0,20}か)|^ページ改善のための.{0,20}|より(?:良|よ)い(?:ウェブサイト|ホームページ)にするため.{0,40})"
    r"[。?？!！」』\s]*$"
)
_OWN = re.compile(
    r"created|last edited(?: (?:by|time))?|created(?: (?:by|time))|edited|updated|作成日時?|作成者|最終更新(?:日時|者)?|更新日時?",
    re.IGNORECASE,
)
_OFFICE = re.compile(r"[課室係局班部](?:[\s　（(]|$)")
"""Where the author is a section and no person, it is text."""
_ELSEWHERE = re.compile(
    r"(?:シェア|share|関連記事|関連(?:する)?(?:リンク|ページ|サイト)|あわせて読みたい|(?:最新|最近|人気|おすすめ|新着)の?(?:記事|投稿)|カテゴリー?|アーカイブ|コメントを残す)\s*[:：]?",
    re.IGNORECASE,
)
"""A heading over what leads away from the page."""
_ASIDE = 60
"""Characters of the longest line of a form that asks for an opinion."""


def noted_by_itself(name: str, said: str) -> bool:
    """True for what Notion notes of a page by itself: which person wrote it, and when."""
    return bool(_OWN.fullmatch(name.strip())) and not _OFFICE.search(said)


def without_furniture(blocks: Sequence[Block], *, of_site: bool = True) -> list[Block]:
    """``blocks`` of a page without those that belong to the site around it. In what is no page of a
    site (``of_site`` False) dates and buttons are text, unless something else shows that it was copied
    from one."""
    kept: list[Block] = []
    of_site = of_site or any(_is_copied(block.text.strip()) for block in blocks)
    items = _items(blocks)
    opinion = 0  # the level of the heading under which opinions are asked for, or of links; 7: none
    for block in _without_trail(blocks):
        text = block.text.strip()
        asked = block.kind == "line" and len(text) <= 2 * _ASIDE and bool(_OPINION.search(text))
        if asked or (of_site and block.level and _ELSEWHERE.fullmatch(text)):
            opinion = block.level or 7
            continue
        if opinion and (
            (block.level and block.level <= opinion) or len(text) > _ASIDE or text.endswith("。")
        ):
            opinion = 0
        is_mark = of_site and id(block) not in items and _is_mark(text)
        is_own = len(block.cells) == 2 and of_site and noted_by_itself(*block.cells)
        is_around = block.kind == "line" and (is_mark or _is_copied(text))
        if not opinion and not is_own and not is_around:
            kept.append(block)
    return kept


def _items(blocks: Sequence[Block]) -> set[int]:
    """Identities of the items of lists of which some are no furniture: 印刷 beside 保存 is text."""
    found: set[int] = set()
    for is_list, run in groupby(blocks, lambda b: b.kind == "line" and bool(_BULLET.match(b.text))):
        listed = list(run)
        if is_list and not all(_is_mark(block.text) or _is_copied(block.text) for block in listed):
            found.update(map(id, listed))
    return found


def _without_trail(blocks: Sequence[Block]) -> Sequence[Block]:
    """``blocks`` without the list of pages that leads to this one, above its title."""
    title = next((i for i, block in enumerate(blocks) if block.level), len(blocks))
    for at, block in enumerate(blocks[:title]):
        if block.kind == "line" and _ROOT.match(_bare(block.text)):
            end = at
            while end < len(blocks) and end - at < 8 and _is_step(blocks[end]):
                end += 1
            return [*blocks[:at], *blocks[end:]] if end - at >= 2 else blocks
    return blocks


def _is_step(block: Block) -> bool:
    return (
        block.kind == "line"
        and not block.level
        and len(block.text) <= 40
        and not block.text.endswith("。")
    )


def _bare(text: str) -> str:
    return _BULLET.sub("", text).strip(" 　>＞›»|｜/")


def _is_mark(text: str) -> bool:
    """True for a date of the page or a button."""
    shown = _bare(text).replace("　", " ")
    return 0 < len(shown) <= 160 and bool(_STAMP.match(shown) or _BUTTON.match(shown))


def _is_copied(text: str) -> bool:
    """True for what stands nowhere but on the pages of a site: breadcrumbs, skip links."""
    bare = _bare(text)
    if not bare or len(bare) > 160:
        return False
    if _CRUMBS.match(bare) and (len(bare) <= 8 or _STEP.search(bare) or "本文" in bare):
        return True
    steps = [step for step in _STEP.split(text.strip()) if step]
    if len(steps) >= 2 and _ROOT.match(_bare(steps[0])) and "。" not in text:
        return True
    return bool(_SKIP.match(bare) or _VIEWER.search(bare))
