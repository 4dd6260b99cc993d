"""A place, and the ways its name is written: variant characters, kana, romaji, English."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from kb.language.text import fold_text
from kb.language.tokens import Token, readings, tokenize

PREFECTURE, DESIGNATED, CITY, SPECIAL_WARD, WARD, TOWN, VILLAGE = KINDS = (
    "都道府県", "政令市", "市", "特別区", "行政区", "町", "村",
)  # fmt: skip
"""What a place can be. 特別区 is a ward of Tokyo (a municipality), 行政区 one of a 政令市."""
BARE_KINDS = tuple(kind for kind in KINDS if kind != WARD)
"""Places that people name without 市, 町 …; nobody calls 神戸市中央区 just 中央."""


@dataclass(frozen=True, slots=True)
class Place:
    """A prefecture, municipality or ward.

    ``code`` has six digits (全国地方公共団体コード), ``name`` is written in full below the
    prefecture (札幌市北区; a prefecture's ``name`` and ``prefecture`` are the same), ``kana`` is
    hiragana, ``population`` the count of the 2020 census, ``parent`` the code of a 行政区's city,
    else "". ``latitude`` and ``longitude`` are degrees of the office; a prefecture has the mean of
    its people's.
    """

    code: str
    name: str
    prefecture: str
    kana: str
    kind: str
    latitude: float
    longitude: float
    population: int
    url: str
    parent: str

    @property
    def full_name(self) -> str:
        """Name with prefecture: 兵庫県多可町."""
        return self.name if self.kind == PREFECTURE else self.prefecture + self.name


# Old forms and variants that appear in place names; each pair folds to its second character. ヶ, ケ,
# が and ガ are one (龍ケ崎, 鎌が谷), and so are ノ and の (上の国): names differ in nothing else.
# Not 嶋: 鹿嶋市 and 鹿島市 are two.
_VARIANTS = {
    ord(pair[0]): pair[1]
    for pair in (
        "ヶケ がケ ガケ ヵケ ノの 竜龍 﨑崎 嵜崎 髙高 澤沢 邊辺 邉辺 櫻桜 檜桧 釜竈 竃竈 條条 冨富 黑黒 "
        "薗園 惠恵 廣広 國国 嶌島 嶽岳 濱浜 濵浜 瀧滝 縣県 區区 邨村 齋斎 齊斉 諌諫 驒騨 檮梼 "
        "舘館 渕淵 渊淵 蘆芦 讚讃 巖岩 壽寿 眞真 實実 寶宝 豐豊 總総 榮栄 當当 礪砺 彌弥 禮礼 靜静 "
        "靑青 淸清 淺浅 綠緑 鄕郷 來来 萬万 與与 會会 鹽塩 藏蔵 莊荘 靏鶴 靍鶴 鴈雁 穗穂 德徳 戶戸 "
        "增増 步歩 內内 賴頼 橫横 稻稲 圓円 關関 觀観 澁渋 兒児 瀨瀬 峯峰 姬姫 禰祢 鰺鯵 曾曽 龜亀 "
        "壹壱 豫予 祿禄 鎭鎮 藪薮 籔薮 埜野 櫪栃 枥栃 舩船 鷗鴎 鄰隣 彥彦 樂楽"
    ).split()
}

_COUNTY = re.compile(r"^[^都道府県市区町村郡]{1,5}郡(?=.{2})")
_TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_KANA_ENDINGS = {
    PREFECTURE: ("けん", "ふ", "と"),
    TOWN: ("ちょう", "まち"),
    VILLAGE: ("むら", "そん"),
    SPECIAL_WARD: ("く",),
    WARD: ("く",),
}
_SYLLABLES = dict(
    zip(
        "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわゐゑを"
        "んがぎぐげござじずぜぞだぢづでどばびぶべぼぱぴぷぺぽゔ",
        "a i u e o ka ki ku ke ko sa shi su se so ta chi tsu te to na ni nu ne no ha hi fu he ho ma mi "
        "mu me mo ya yu yo ra ri ru re ro wa i e o n ga gi gu ge go za ji zu ze zo da ji zu de do ba bi "
        "bu be bo pa pi pu pe po vu".split(),
        strict=True,
    )
)
_SMALL_Y = {"ゃ": "a", "ゅ": "u", "ょ": "o"}
_ENGLISH_KINDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("city", "shi"), (CITY, DESIGNATED)),
    **dict.fromkeys(("town", "cho", "machi"), (TOWN,)),
    **dict.fromkeys(("village", "mura", "son"), (VILLAGE,)),
    **dict.fromkeys(("ward", "ku"), (SPECIAL_WARD, WARD)),
    **dict.fromkeys(("prefecture", "pref", "ken", "fu", "to"), (PREFECTURE,)),
}
# Japanese endings want a hyphen: "Nara to Osaka" is no 奈良都.
_ENGLISH = re.compile(
    "(?:(?P<of>city|town|village|ward|prefecture) of )?(?P<name>.+?)"
    "(?:[ -](?P<word>city|town|village|ward|prefecture|pref)|-(?P<ending>shi|cho|machi|mura|son|ku|ken|fu|to))?"
)


def unify(text: str) -> str:
    """Folded text with variant characters made one; keeps every character's position."""
    return text.translate(_VARIANTS)


def name_key(name: str) -> str:
    """The form names are compared in: folded, without spaces, variants made one."""
    return unify(fold_text(name).replace(" ", ""))


def hiragana(text: str) -> str:
    """Folded text without spaces, katakana as hiragana."""
    return fold_text(text).replace(" ", "").translate(_TO_HIRAGANA)


def title_keys(title: str, tokens: tuple[Token, ...] | None = None) -> str:
    """What is typed for a title: its letters without spaces, and how it sounds, a line each. Its
    ``tokens`` may be there already."""
    sound = hiragana("".join(readings(tokenize(title) if tokens is None else tokens)))
    return fold_text(title).replace(" ", "") + "\n" + sound


def without_county(key: str) -> str:
    """``key`` without a leading 〜郡: 多可郡多可町 → 多可町."""
    return _COUNTY.sub("", key)


def bare(key: str, kind: str) -> str:
    """A name without its 市, 町, 県 …: 多可町 → 多可. 北海道 stays whole."""
    return key if key.endswith("道") and kind == PREFECTURE else key[:-1]


def bare_kana(kana: str, kind: str) -> str:
    """A reading without that of 市, 町, 県 …: たかちょう → たか. ほっかいどう stays whole."""
    endings = _KANA_ENDINGS.get(kind, ("し",))
    return next((kana.removesuffix(end) for end in endings if kana.endswith(end)), kana)


def romaji(kana: str) -> str:
    """Hepburn of a hiragana reading, letter by letter: とよおか → toyooka, おおさか → oosaka."""
    out = ""
    double = False
    for char in kana:
        if char == "っ":
            double = True
            continue
        if char in _SMALL_Y:
            glide = "" if out.endswith(("shi", "chi", "ji")) else "y"
            out = out[:-1] + glide + _SMALL_Y[char]
            continue
        syllable = _SYLLABLES.get(char, "")
        if double and syllable:
            out += "t" if syllable[0] == "c" else syllable[0]
            double = False
        out += syllable
    return out


def romaji_key(text: str) -> str:
    """The form romanised names are compared in: long vowels short (Ōsaka, Oosaka, Ohsaka → osaka),
    m before b, m, p as n (Gumma → gunma), letters only."""
    decomposed = unicodedata.normalize("NFKD", text).lower()
    letters = "".join(char for char in decomposed if "a" <= char <= "z")
    letters = re.sub(r"oh(?![aeiouy])", "o", letters)
    return re.sub(r"m(?=[bmp])", "n", re.sub(r"o[ou]+", "o", re.sub(r"uu+", "u", letters)))


_KINDS_EN = {
    PREFECTURE: "",
    TOWN: " Town",
    VILLAGE: " Village",
    SPECIAL_WARD: " Ward",
    WARD: " Ward",
}
# What is one long vowel, and no two syllables that meet (とよおか, みのお, にしのおもて, たきのうえ, かつうら).
_LONG = (
    (re.compile(r"oo(?!ka$|mote|$)|(?<!takin)ou"), "ō"),
    (re.compile(r"uu(?!ra)"), "ū"),
)


def english_name(place: Place) -> str:
    """How English writes a place: Taka Town, Kōchi City, Shin'onsen Town. Prefectures and designated
    cities are known without long vowels: Osaka, Kobe City."""
    is_known = place.kind in (PREFECTURE, DESIGNATED)
    if is_known:
        name = romaji_key(romaji(bare_kana(place.kana, place.kind)))
    else:
        parts = re.sub("ん(?=[あいうえおやゆよ])", "ん'", bare_kana(place.kana, place.kind))
        name = "'".join(romaji(part) for part in parts.split("'"))
        for pattern, long in _LONG:
            name = pattern.sub(long, name)
    return name.capitalize() + _KINDS_EN.get(place.kind, " City")


def parse_english(text: str) -> tuple[str, tuple[str, ...] | None]:
    """(romaji key, kinds of place it can be) of "Taka Town", "Taka-cho" or "City of Kobe"; the
    kinds are None where the text does not say."""
    plain = unicodedata.normalize("NFKC", text).strip(" .").lower().replace("ō", "o")
    match = _ENGLISH.fullmatch(plain)
    if not match:
        return "", None
    kind = match["of"] or match["word"] or match["ending"]
    return romaji_key(match["name"]), _ENGLISH_KINDS[kind] if kind else None
