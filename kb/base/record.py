"""What is known of a case: every field once, with what people call it and where it is shown.

Columns of the store, JSON and its schema, exports, front matter and corrections follow from here
(docs/design.md says how a field is added).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from kb.base.messages import Message, message

FIELDS = (
    "窓口", "申請", "保健福祉", "子育て", "観光", "教育", "農林水産", "配送・物流", "防災", "交通",
    "産業", "庁内業務", "住民サービス", "データ利活用", "インフラ", "人材・体制", "その他",
)  # fmt: skip
"""分野: the fields of work a case can belong to."""

ROLES = (
    "概要", "背景・課題", "取組", "効果", "工夫・留意点", "推進体制", "費用", "支援内容",
    "見えてきた課題", "有効と思われる支援", "県による支援", "その他",
)  # fmt: skip
"""Roles a section can play in a case."""

UNKNOWN = "不明"
GIVEN, NO_WORDS = "文書の前書きまたは付属ファイルに書かれた値", "手がかりになる語がありません"
"""What stands in an evidence in the place of words around the value: people gave it; no word tells."""

PARTS = {"initial": "初期", "running": "運用"}
"""Of the costs of a case, by the code of their evidence."""
STATUSES = ("計画", "実証", "実装", "終了", UNKNOWN)
"""How far the work is; 終了: it was stopped or has ended."""


@dataclass(frozen=True, slots=True)
class About:
    """A field of a case, beside its name, type and default.

    ``code`` is the message that says what people call it; ``keys`` are its names in front matter
    and sidecars beside its own. ``choices`` are the only values; ``is_day``: an ISO 8601 date;
    ``is_told``: nothing but people tell it, it is shown with its name, in their words.
    ``is_listed``: also in lists of results (cards, JSON, CSV); ``is_fact``: told among the facts of
    a case (page, exports), where it is known; ``is_correctable`` on the screen; ``in_json``: False
    for what the JSON of a case tells in its ``source``.
    """

    code: str
    keys: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    is_day: bool = False
    is_told: bool = False
    is_listed: bool = False
    is_fact: bool = False
    is_correctable: bool = False
    in_json: bool = True


def _about(name: str, *, default: Any = ..., **more: Any) -> Any:
    metadata = {"about": About(f"name.label.{name}", **more)}
    return field(metadata=metadata) if default is ... else field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Section:
    """A labelled part of a case. ``page`` is 1-based, None in unpaged sources."""

    role: str
    heading: str
    text: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a value was read: ``name`` of the value, its ``value`` as it is shown, page and the text
    around. Of a number also its ``amount`` in ``unit`` (money in 円, a share as 0.5 of 率), what it
    was ``before``, and the ``period`` that it is for (年, 月, 件; "" for once). ``code`` is what
    exactly is meant, for programs: initial or running (of a cost), the municipality (copied from or
    by), the programme (of money), stopped or rejected (of what went wrong)."""

    name: str
    value: str
    page: int | None
    text: str
    amount: float | None = None
    before: float | None = None
    unit: str = ""
    period: str = ""
    code: str = ""

    @property
    def shown(self) -> str:
        """The value in words; a bare amount with what it is of: 初期 120万円, 運用 660千円/年."""
        part = PARTS.get(self.code, "")
        if not part or not self.value.lstrip("約")[:1].isdecimal() or "/" in self.value:
            return self.value
        return f"{part} {self.value}" + (f"/{self.period}" if self.period else "")

    @property
    def number(self) -> str:
        """The amount in yen, where the value counts in 千円 or 百万円: 4,200,000円."""
        if self.amount is None or not any(unit in self.value for unit in ("千円", "百万円")):
            return ""
        return f"{self.amount:,.0f}円"


@dataclass(frozen=True, slots=True)
class CaseDraft:
    """A case as read from a document, not yet stored.

    ``municipality`` is the name as it should be shown and ``code`` its 6-digit code; both empty
    when the text names none, ``code`` alone empty when the name is ambiguous (``ambiguous``).
    ``field_source`` is "given" (front matter) or "classified". ``pages`` is (first, last), 1-based.
    ``checked`` is the day on which somebody last confirmed that this is still so, "" for never.
    ``evidence`` holds the facts that decide, too (:data:`FACTS`), each with where it stands.
    """

    title: str = _about(
        "title", keys=("題名", "タイトル", "件名"), is_listed=True, is_correctable=True
    )
    sections: tuple[Section, ...] = _about("sections")
    pages: tuple[int, int] | None = _about("pages", default=None, in_json=False)
    municipality: str = _about(
        "municipality", default="", keys=("自治体", "自治体名", "市町村", "市区町村"),
        is_listed=True, is_correctable=True,
    )  # fmt: skip
    prefecture: str = _about("prefecture", default="", keys=("都道府県",), is_listed=True)
    code: str = _about("code", default="", is_listed=True)
    ambiguous: bool = _about("ambiguous", default=False)
    population: int | None = _about("population", default=None, is_listed=True)
    field: str = _about(
        "field", default="その他", keys=("分野",), choices=FIELDS, is_listed=True,
        is_fact=True, is_correctable=True,
    )  # fmt: skip
    field_source: str = _about("field_source", default="classified")
    year: int | None = _about(
        "year", default=None, keys=("年度",), is_listed=True, is_fact=True,
        is_correctable=True,
    )  # fmt: skip
    status: str = _about(
        "status", default=UNKNOWN, keys=("状況", "段階"), choices=STATUSES, is_listed=True,
        is_fact=True, is_correctable=True,
    )  # fmt: skip
    checked: str = _about(
        "checked", default="", keys=("確認日",), is_day=True, is_told=True, is_listed=True,
        is_fact=True, is_correctable=True,
    )  # fmt: skip
    tools: tuple[str, ...] = _about(
        "tools", default=(), keys=("仕組み", "使った仕組み", "ツール"), is_fact=True,
        is_correctable=True,
    )  # fmt: skip
    source_title: str = _about("source_title", default="", keys=("出典", "資料名"), in_json=False)
    source_url: str = _about("source_url", default="", keys=("出典URL",), in_json=False)
    evidence: tuple[Evidence, ...] = _about("evidence", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Case(CaseDraft):
    """A stored case as users see it: with its id, and what its document says."""

    id: str = _about("id", in_json=False)
    document_id: int = _about("document_id", in_json=False)
    path: str = _about("path", in_json=False)
    sha256: str = _about("sha256", in_json=False)
    visibility: str = _about("visibility", keys=("公開範囲",))
    quality: float = _about("quality")


def _fact(name: str, *keys: str, is_listed: bool = False) -> tuple[str, About]:
    code = f"name.label.{name}"
    return name, About(
        code, keys, is_told=True, is_fact=True, is_listed=is_listed, is_correctable=True
    )


FACTS: Mapping[str, About] = dict(
    (
        _fact("cost", "費用", "費用の額", is_listed=True),
        _fact("funding", "財源", "補助金", is_listed=True),
        _fact("effect", "効果の数字", is_listed=True),
        _fact("period", "期間", "実施期間"),
        _fact("procurement", "調達", "調達方法", "契約方法"),
        _fact("vendor", "事業者", "委託先", "受託者"),
        _fact("staff", "職員", "体制"),
        _fact("department", "部署", "関係部署"),
        _fact("contact", "担当", "担当課", "問合せ先"),
        _fact("ordinance", "条例", "要綱", "根拠"),
        _fact("copied_from", "参考にした自治体"),
        _fact("copied_by", "参考にされた自治体"),
        _fact("trouble", "うまくいかなかった点"),
    )
)
"""Facts that decide, by the name of their evidence: a case has any number of each."""

LINKS = ("copied_from", "copied_by")
"""Facts that name another municipality, by its code."""

ABOUT: Mapping[str, About] = {**{f.name: f.metadata["about"] for f in fields(Case)}, **FACTS}
"""Everything that is known of a case by name, in order."""


def facts_of(case: CaseDraft, name: str) -> tuple[Evidence, ...]:
    """The facts of one kind."""
    return tuple(found for found in case.evidence if found.name == name)


def value_of(case: CaseDraft, name: str) -> Any:
    """What is known under a name of :data:`ABOUT`: the value of the field, or the facts in words, ""
    where there are none."""
    if name not in FACTS:
        return getattr(case, name)
    return "、".join(found.shown for found in facts_of(case, name))


def label(name: str) -> Message:
    """What people call a field."""
    return message(f"name.label.{name}")


def shown(name: str, value: object) -> str:
    """A value as exports write it; "" when it is not known."""
    if value is None or value == UNKNOWN:
        return ""
    if isinstance(value, tuple):
        return "、".join(map(str, value))
    return f"{value}年度" if name == "year" else str(value)


_OF_DOCUMENT = {
    "municipality_code": ("団体コード", "市町村コード"),
    "password": ("パスワード",),
    "decided": ("画面での決定",),
}
"""What front matter and sidecars say beside the fields of a case."""


def _fold(key: str) -> str:
    return unicodedata.normalize("NFKC", key).strip().casefold()


_OWN = {
    _fold(key): name
    for name, keys in ({n: about.keys for n, about in ABOUT.items()} | _OF_DOCUMENT).items()
    if keys
    for key in (name, *keys)
}
KEYS = tuple(dict.fromkeys(_OWN.values()))
"""What front matter and sidecars can say; all optional."""


def own_key(key: str) -> str:
    """The key that 公開範囲, Visibility and visibility are; another key as it stands."""
    return _OWN.get(_fold(key), key)
