"""When a case was and how far it got, each with the words that say so."""

from __future__ import annotations

import re
from collections import Counter
from itertools import zip_longest

from ingest.describe.figures import effects
from ingest.describe.others import GUIDE, REQUEST, TALK, is_intended
from ingest.describe.quotes import SourceText, own, parts, text_of
from ingest.describe.years import folded_once, year_mentions
from ingest.split.labels import exact_label, label_key
from ingest.split.questionnaires import is_question
from ingest.split.stages import is_stage, meant_status
from kb.base.types import CaseDraft, Evidence
from kb.language.text import fold_text

_TRIED = re.compile(
    r"実証|試行|試験(?:的|導入|運用|運行)|トライアル|お試し|モデル校|\bpoc\b|社会実験|訓練|モデル(?:事業|地区)|試験配送|パイロット"
)
_DONE = re.compile(
    r"(?:本格|正式)(?:的に|に)?(?:導入|運用|運行|稼働|実施|展開|化した|使い始め|始め)(?!.{0,6}(?:予定|目指|断念|に向け|検討|見送|見合わせ|しない|せず|していない|しておらず|していません|しなかった|未定))|(?<!試行)(?<!試験)(?<!実証)(?:運用|利用|提供|サービス|配信|運行|受付|営業|活用)(?:(?:を|が)(?:開始|始ま|始め)(?!予定|する予定)|開始(?:し|され|済|後(?!の予定)))"
    r"|(?:\d月(?:\d+日)?|\d[./]\d{1,2})(?:に|から|より)?、?[^。、]{0,8}(?:運用|利用|提供|サービス|配信|運行|受付)開始(?!予定|を予定|を目指)"
    r"|(?<!試行)(?<!試験)(?:運用|提供|公開)(?:中|して(?:い(?!な|ま(?:せん|だ))|お(?!ら))|されて(?!いな))|本番(?:稼働|運用)|(?:から|より)(?:の)?実装(?!予定|を|に向け)"
    r"|本稼働|稼働(?:中|し)|実装(?:した|済|され)|全庁(?:展開|導入)|導入(?:し(?:た(?!システム|ツール|サービス|団体|自治体|市|町|場合|時期|年度|例|事例|理由|目的|きっかけ|背景|い)|、|て(?!いな|い?ません|おら))|済(?!み?の(?:団体|自治体)|み?(?:の)?場合)|効果|後)|入れ(?:た(?!後|い)|、)|取り入れ(?:た|て)"
    r"|始めた|始めまし|(?<!運用を)開始した|開設|整備した|構築した|移行した|公開した|設けた|オンライン化した|電子化した|受け付け(?:た|て)"
    r"|使(?:われて|って|う)いる|利用されて|利用率|登録者|定着|広げた|増やした|減った|短縮した|削減した|作った|開発した"
)
_MADE = re.compile(
    r"(?:でき|れ)るように(?:した(?!い)|しました|して(?:い|お)(?!な)|なった|なりました)|(?:化|(?:自動|電子|一つ|ひとつ|共同|オンライン|無料|デジタル|予約制|キャッシュレス|ペーパーレス)に)した(?!い|場合|とき|ところ|もの)|(?:設置|配置|配備|調達|更新|配布|発行|配信|購入|設定)し(?:た(?!い|場合|とき)|ました)"
    r"|(?:運行|配信|配布|配備|活用|実施|発行|開催|運用|受け?付け|開い|使っ|行っ)て(?:い|お)(?:る|ます|り)|(?:配信|運行|配布|活用|実施|発行|開催|受付|共有|公開|要約)して(?:い|お)(?:る|ます|り)|(?:置い|配っ|貸し|貸出し?し)た(?!い|ら)"
    r"|\d月(?:\d+日)?(?:から|より)、?[^。]{0,40}[てで]い(?:る|ます)(?:[。\n]|$)"
)
"""What was made, where nothing says how far it got: the weakest of signs."""
_PLANNED = re.compile(
    r"(?:導入|実施|開始|整備|実証|実装|構築|展開|公開|稼働|移行)(?:する)?(?:を)?(?:予定|計画|検討|目指|めざ)|計画(?:策定|中)|計画を策定|策定(?:中|予定)|当初計画"
    r"|(?:導入|実施|開始)したい|検討(?:中|を進め|している|する)|(?<!国家)(?<!スクール)構想|課題の(?:洗い出し|整理)|仕様書(?:の)?作成|公募実施|現況調査|今後.{0,20}(?:予定|導入)"
)
_STOPPED = re.compile(
    r"(?<![ァ-ヶー])(?:中止|廃止|打ち切|取りやめ|取り止め|断念|撤退|休止)(?:し(?:た|、|て|まし)|され|と(?:した|なった)|に(?:至|追い)|った|り|た)"
    r"|(?:サービス|提供|運用|運行|事業|取組|アプリ|システム|利用)(?:を|は|が)(?:[^。、]{0,12}で)?終了(?:し(?:た|、|て|まし)|した|となった|する)"
)
_NOT_OWN = re.compile(
    r"予定|検討|目指|めざ|まだ|(?<![危少])ない|ません|ず、|たい|今後|見送|国が|国の|県が|委員|協議会"
)
_INTENDED = re.compile(
    r"予定(?:です|である|だ|して|しま|され|$)|計画(?:です|である|して(?:い|お))|目指|めざ|見込|構想(?:です|である)"
)
_PLAN = re.compile(
    r"(?:計画|構想|方針|ビジョン|プラン|戦略|ロードマップ)\s*(?:\((?:案|素案|概要版?|改定版?)\)|素?案|概要版?)?$"
)
"""Titles of documents that say what is to be done."""
_TRIAL = re.compile(
    r"(?:実証|実験|試行|試験)(?:を|し|実験|運行|運用|的に|が|も)(?:[^。]{0,6}(?:行|し|重ね|始|実施)|実験|運行|運用|$)?"
)
_CLEARLY = 2.0
"""Times as much must speak for a stage as for the next one; else the text does not say."""
_FULL = ("本格", "正式", "全庁", "から", "より")
_FULLY = 3
"""Weight of words of full use (本格, 正式), which come after every trial."""
_ROW = 1000
"""Characters before a year in which the label of its row is looked for."""
_GIVEN_UP = re.compile(
    r"(?<!受付)(?<!受付の)(?<!募集)(?<!募集の)(?<!実証)(?<!実証の)(?<!実験)(?<!実験の)(?:断念|凍結|撤退|廃止|終了|打ち切り)(?:[、。(（]|した|しました|について|のお知らせ|$)"
)
_STAGES = re.compile(r"(?:段階|状況|進捗|ステータス|ステージ|有無)$")
_STATED = re.compile(r"(?:段階|状況|進捗|ステータス)[:|](?P<said>[^\n。、|]{2,10})")
_STARTS = re.compile(
    r"から|より|開始|始め|始ま|導入|実施|試行|募|設け|設置|入れ|立ち上げ|スタート|稼働|運用|公開|行っ|行う|取り組|実証|整え|移行|"
    r"結び|結ん|切り?替え|替え|変え|改め|配っ|設定|開い|受け|選ば|増やし|作っ|まで.{0,6}(?:増|減)|本格|提供|配信|参加|締結"
)
_MAIN = re.compile(
    r"本格|(?:運用|運行|提供|利用|サービス)(?:を)?(?:開始|始め)|始めた|始めまし|開始した|導入し[たて、]|入れた|移した|稼働"
)
_LED = re.compile(r"協定|協議会|採択|交付|補助|契約|公募|調査|受賞|かけて実証|構想|発表|就任")
_PASSING = re.compile(
    r"^度?の?約?\d[\d,.]*[%件人回枚分時割]?\S{0,2}から|^度?(?:は|には?)約?\d[\d,.]*%|^度?末(?:で|には?)[^。、]{0,6}\d|^(?:度?末|度?中|\d+日)*[にもは]?(?:現在|時点|の調査|のグッド|のデータ|の人口|国勢調査|問題|まで(?=[。、\s)]|$)|までに|に?比べ|比|の予算|度?(?:の)?(?:第\d次)?補正|度?(?:当初)?予算|"
    r"に(?:国の)?(?:制度|法律?)\S{0,3}(?:でき|始ま|成立|施行|改正)|度?から[^。、]{0,16}(?:アナログ|従来の|旧式|古い)|を目標|を目途|をめど|を目指|をめざ|目標|推計|には?約|の\S{0,12}賞|までの|以降|の市議会|\S{0,3}県推計|\S{0,3}推計|\S{0,3}統計|度末まで|度末の|の市長|の町長|に予定|予定)"
)
_PASSING_BEFORE = re.compile(
    r"(?:人口|推計|出典|参考|改正|施行|法律|目標|国勢調査)[^。]{0,8}$|(?:調査|統計|アンケート|白書)\($|(?:回答|調査|基準|更新|提出|記入|作成|印刷|閲覧|掲載|登録|(?<![ァ-ヶー一-龥の])公開)(?:年月)?日[|:\s]*$"
)
_SOURCE = re.compile(r"[\s　・※*(（]*(?:出典|出所|引用元|参考|資料)[\s　]*[:：]")
_DATE_LABEL = re.compile(r"(?:(?:取組|実施|導入|事業|開始)(?:の)?(?:年度|年|時期|期間))\s*[:|]\s*$")
_END = re.compile("^まで(?!の)")
_RANGE = re.compile("から|[~〜～]")
_UNTIL = re.compile(r"(?:\d+日|度?末)?(?:\([月火水木金土日]\))?まで")
_WHEN = re.compile(r"(?:導入|開始|実施|運用|公開)\S{0,6}(?:年度|時期|年月|何年)(?!予定)")
_BARE_YEAR = re.compile(
    r"^(?:(?P<label>[^\n：:｜]{2,12})[：:｜][ 　]*)?(?P<year>(?:19|20)\d\d)[ 　]*$", re.MULTILINE
)
_YEAR_ROLE = {
    "取組": 3.0, "概要": 2.5, "支援内容": 2.0, "推進体制": 1.5, "背景・課題": 1.0, "効果": 1.0,
    "県による支援": 0.8, "工夫・留意点": 0.8, "その他": 0.8, "費用": 0.4,
}  # fmt: skip
_ON_STAGE = re.compile(
    r"(?:開始|導入|実施|公開|運用|取組|取り組み|整備|進捗|検討|利用|活用|対応)\S{0,10}?(?:予定時期|時期|状況|段階|有無|予定)|進捗|段階|ステータス"
    r"|(?:導入|実施|公開|運用)して(?:い|お)?(?:ます|る)"
)
_QUESTIONS = 3
"""Questions among its headings that make a case the reply to a questionnaire."""
_ANSWER = 60
"""Characters of the longest answer that says a stage."""
_STATUS_ROLES = frozenset(["概要", "取組", "効果", "工夫・留意点", "推進体制", "その他"])


def year(draft: CaseDraft) -> Evidence | None:
    """The fiscal year the case is of, as its title, date row or the start of its work says; a year
    only mentioned in passing (a census, a target, a budget) does not count."""
    best: tuple[float, Evidence] | None = None
    order = 0
    asks = _is_reply(draft)  # the years of a questionnaire are those of who asks
    asks = asks or bool(
        TALK.search(fold_text(draft.title)) or REQUEST.search(fold_text(draft.title))
    )
    for part in own(parts(draft), draft.municipality):
        if bare := _bare_year(part):
            return bare
        mentions = year_mentions(part.text)
        for mention, following in zip_longest(mentions, mentions[1:]):
            order += 1
            clause = part.text[mention.end : following.start if following else None]
            before = fold_text(part.text[max(0, mention.start - 20) : mention.start])
            score = _YEAR_ROLE.get(part.role, 5.0) - 0.05 * order + 0.5 * mention.fiscal
            after = fold_text(clause[:60])
            if _RANGE.search(part.text[mention.start : mention.end]):
                after = _END.sub("", after)  # no term
            told = _told(before, after) if not asks else -6.0
            is_dated = _is_dated(part, mention.start) and not _UNTIL.match(after)
            score += 6.0 + max(0.0, told) if is_dated else told
            if score > 0 and (best is None or score > best[0]):
                evidence = part.quote("year", str(mention.year), mention.start, mention.end)
                best = score, evidence
    return best[1] if best else None


def source_year(draft: CaseDraft, source_title: str) -> Evidence | None:
    """The year in which the source of a case was published, as its title or a line 「出典：…」 says;
    for a case that says no year itself."""
    lines: list[tuple[int | None, str]] = [(None, source_title)]
    for part in parts(draft):
        lines += [(part.page, line) for line in part.text.splitlines() if _SOURCE.match(line)]
    for page, text in lines:
        if mentions := year_mentions(text):
            return Evidence("year", str(mentions[-1].year), page, text.strip())
    return None


def _told(before: str, after: str) -> float:
    """How much the words around a year make it the year of the work: its start above what led to
    it, and nothing in passing."""
    if _PASSING.match(after) or _PASSING_BEFORE.search(before):
        return -6.0
    clause = after.split("。")[0]
    if _INTENDED.search(clause):
        return -6.0
    return (
        1.5 * bool(_STARTS.search(clause)) + bool(_MAIN.search(clause)) - bool(_LED.search(clause))
    )


def status(draft: CaseDraft) -> Evidence | None:
    """計画, 実証 or 実装, by how the text speaks of the work; None where it does not say."""
    if _is_reply(draft):
        return _answered(draft)
    title = fold_text(draft.title)
    if REQUEST.search(title):
        return None
    general = GUIDE.search(title) or TALK.search(title)
    weight: Counter[str] = Counter()
    first: dict[str, Evidence] = {}
    for part in own(parts(draft), draft.municipality):
        if part.role and part.role not in _STATUS_ROLES:
            continue
        folded = folded_once(part.text)
        if _STAGES.search(label_key(part.heading)) and is_stage(part.text):
            name = meant_status(part.text)  # "" where the row says that nothing was begun
            return part.quote("status", name, 0, len(part.text)) if name else None
        for stated in _STATED.finditer(folded.text):
            if name := meant_status(stated["said"]):
                return part.quote("status", name, *folded.span(*stated.span()))
        if general:
            continue
        if not part.role and _PLAN.search(title):
            return part.quote("status", "計画", 0, len(part.text))
        if stopped := (_STOPPED if part.role else _GIVEN_UP).search(folded.text):
            return part.quote("status", "終了", *folded.span(*stopped.span()))
        for name, pattern in (("実証", _TRIED), ("実装", _DONE), ("計画", _PLANNED)):
            if name != "計画" and is_intended(part.heading):
                continue
            for match in pattern.finditer(folded.text):
                if name == "実装" and _is_of_trial(folded.text, match):
                    continue
                full = name == "実装" and match.group().startswith(_FULL)
                weight[name] += (1 if part.role else 4) * (_FULLY if full else 1)
                span = folded.span(match.start(), match.end())
                first.setdefault(name, part.quote("status", name, *span))
    if not weight:
        return None if general else _by_effects(draft) or _by_made(draft)
    best, second = sorted(("実装", "実証", "計画"), key=lambda name: -weight[name])[:2]
    return first[best] if weight[best] >= _CLEARLY * weight[second] else None


def _by_effects(draft: CaseDraft) -> Evidence | None:
    """実装 for a case that shows an effect."""
    shown = effects(draft)
    if not shown:
        return None
    first = shown[0]
    return Evidence("status", "実装", first.page, first.text)


def _by_made(draft: CaseDraft) -> Evidence | None:
    """実装 for a case whose text says what was made, and nothing of how far it got."""
    for part in own(parts(draft), draft.municipality):
        if part.role not in _STATUS_ROLES or is_intended(part.heading):
            continue
        folded = folded_once(part.text)
        for match in _MADE.finditer(folded.text):
            if not _is_of_trial(folded.text, match) and not _NOT_OWN.search(
                _sentence(folded.text, match)
            ):
                return part.quote("status", "実装", *folded.span(*match.span()))
    return None


def _is_of_trial(text: str, match: re.Match[str]) -> bool:
    """True for words of use in a sentence on a trial: 「ドローンで届ける実証を行った」."""
    return not match.group().startswith(_FULL) and bool(_TRIAL.search(_sentence(text, match)))


def _sentence(text: str, match: re.Match[str]) -> str:
    begin = text.rfind("。", 0, match.start()) + 1
    end = text.find("。", match.end())
    return text[begin : end if end >= 0 else len(text)]


def _is_reply(draft: CaseDraft) -> bool:
    """True for the reply to a questionnaire."""
    return sum(is_question(section.heading) for section in draft.sections) >= _QUESTIONS


def _answered(draft: CaseDraft) -> Evidence | None:
    """The stage as the first answer to a question about it says; a questionnaire's other words are
    those of who asks."""
    for section in draft.sections:
        asked = _ON_STAGE.search(fold_text(section.heading))
        if not asked or not is_question(section.heading):
            continue
        said = section.text.strip(" 　・○◯●☑✓\n")
        if len(said) > _ANSWER:
            return None
        planned = "予定" in asked.group() and year_mentions(said)
        name = "計画" if planned else meant_status(said)
        return text_of(section).quote("status", name, 0, len(section.text)) if name else None
    return None


def _bare_year(told: SourceText) -> Evidence | None:
    """The year of a row 「実施年度：2023」, which has no 年 beside it."""
    for found in _BARE_YEAR.finditer(told.text):
        label = exact_label(found["label"] or told.heading)
        if label and label.kind == "date":
            return told.quote("year", found["year"], found.start("year"), found.end("year"))
    return None


def _is_dated(part: SourceText, at: int) -> bool:
    """True for a year in a row such as 「実施年度｜令和6年度」, or right behind such a label; for the
    answer to such a question, too."""
    if is_question(part.heading):
        return bool(_WHEN.search(fold_text(part.heading)))
    if _DATE_LABEL.search(fold_text(part.text[max(0, at - 12) : at])):
        return True
    first = max(0, at - _ROW)
    begin = part.text.rfind("\n", first, at) + 1 or first
    head = part.text[begin:at].partition("：")[0]
    label = exact_label(head) or exact_label(part.heading)
    return label is not None and label.kind == "date"
