"""Figures read from a case, as printed: effects (「30分→5分」「年間1,200時間削減」) and costs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.describe.deciding.amounts import measured
from ingest.describe.deciding.bare import bare_amounts
from ingest.describe.deciding.before_after import rows_of_change
from ingest.describe.others import BUDGET, TALK, is_intended
from ingest.describe.quotes import SourceText, distinct, own_parts, squeezed
from kb.base.types import CaseDraft, Evidence
from kb.language.text import fold_text

_MOST = 6
"""Values of one kind kept for a case."""

_NUM = r"(?<![\d.,])約?\d[\d,.]{0,14}(?:万|千|億)?(?:\d[\d,]{0,9})?"  # bounded: tables hold long rows of digits
_TIME = r"(?:時間|分(?!の\d)|秒|か月|カ月|ヶ月|ヵ月|日|週間|人日)"
_UNIT = rf"(?:{_TIME}|人|名|件|枚|回|円|万円|千円|億円|%|割|世帯|台|箇所|か所|ページ|通|団体|施設|ポイント|頭|戸|棟|店|社|校|冊|便)"
_UP_TO = r"(?<!\d[~〜–])"  # the 15 of 10〜15分 stands for nothing
_MUCH = rf"{_UP_TO}(?:約?\d[\d,]{{0,9}}(?:\.\d)?(?:万|千)?{_UNIT}?[~〜–])?{_NUM}{_UNIT}(?:\d{{1,6}}{_UNIT})?"
_LONG = rf"{_NUM}{_TIME}(?:\d{{1,6}}{_TIME})?"
_ABOUT = r"(?:程度|前後|ほど|以上|以下|未満|相当|近く|弱|強|余り|超)?"
_LESS_OR_MORE = (
    r"(?:削減|短縮|軽減|縮減|縮ま(?:った|って|る|り)?|節約|節減|圧縮|減少|減(?:った?|る|らした?|らせ)?(?![価災塩税農量免速額])"
    r"|(?:短|早|速)く(?:な(?:った|り)|し(?:た|て))|時短|効率化|増加|増(?:えた?|える|やした?)?(?![設築員税刷進補額])|向上|上昇|上が(?:った?|る)|伸び(?:た|る)?|改善|カット|早ま(?:った|り))"
)
_PER = r"(?<!\d)(?:月(?:平均|に)?|年間?(?:平均|では?)?|1日(?:平均)?|平均)?(?:約|延べ)?"
_IN_YEAR = r"(?:、?(?:(?:令和|平成)(?:元|\d{1,2})|20\d\d)年度?末?(?:には|に|は|で|の)?)?"
_OF = (  # what an amount is of
    r"(?:の?(?:業務|作業|事務|残業|待ち|処理|入力|窓口|移動|経費|コスト|費用|人件費|委託料|通信費|郵送料|用紙|紙|工数|労力|"
    r"時間外(?:勤務)?)?(?:時間|量|費)?の?)"
)
_EFFECT = re.compile(
    "|".join(
        (
            # 30分→5分; 3日→当日; 20%から65%に向上; 3日から即日に
            rf"{_PER}{_NUM}{_UNIT}?(?:\d{{1,6}}{_UNIT})?{_ABOUT}(?:→|⇒|➡|⇨|->)(?:{_PER}{_MUCH}{_ABOUT}|即日|当日|翌日|即時|半日|ゼロ)"
            rf"(?:(?:に|へ|まで)?{_LESS_OR_MORE})?",
            rf"{_PER}{_NUM}{_UNIT}?(?:\d{{1,6}}{_UNIT})?{_ABOUT}から{_IN_YEAR}(?:{_PER}{_MUCH}{_ABOUT}(?:(?:に|へ|まで)?{_LESS_OR_MORE}|(?:に|と)な(?:った|り)"
            r"|(?<![日人名回台所月])(?=(?:に|へ|まで|と|[。、)\n]|$)))|(?:即日|当日|翌日|即時|半日|ゼロ)(?:に(?:なった|短縮)|(?=に|へ|で)))",
            # 導入前は30分、導入後は5分
            rf"(?:導入|実施|改善|取組)前(?:は|の|に)?[^。\d]{{0,12}}{_MUCH}[^。\d]{{0,20}}?(?:導入|実施|改善|取組)?後(?:は|に|の)?[^。\d]{{0,12}}{_MUCH}",
            # 8%だったが、令和5年度には37%に
            rf"{_NUM}{_UNIT}(?:だった|であった)(?:もの)?が、?{_IN_YEAR}{_PER}{_MUCH}(?=に|と|へ|まで)",
            # 30分かかっていた作業が5分で終わる; 54分が45分に
            rf"{_LONG}{_ABOUT}(?:(?:かかって|掛かって|かけて)(?:い)?た[^。、\d]{{0,16}}|だった[^。、\d]{{0,12}})?[がは]、?{_LONG}{_ABOUT}(?=に|へ|で)",
            rf"{_LONG}(?:かか|掛か)って(?:い)?た[^。、\d]{{0,16}}[がは]、?(?:半日|即日|一瞬|数分)(?=で|に)",
            # 年間1,200時間削減; 月20時間の残業削減; 約8割減
            rf"(?:年間?(?:では?)?|月間?に?で?|1[件人回日](?:あたり|当たり|につき)?|平均)?{_MUCH}(?:/[年月日件])?{_ABOUT}(?:[(][^()]{{1,16}}[)])?"
            rf"(?:{_OF}|を|が|も){_LESS_OR_MORE}",
            rf"{_PER}{_LONG}の(?:業務|作業|事務|残業)(?:時間)?[をが]{_LESS_OR_MORE}",
            rf"{_NUM}枚の?ペーパーレス",
            # 3分の1に短縮; 半減; ゼロになった
            rf"(?:約?\d{{1,4}}分の\d{{1,4}}|(?<![\d/])\d/\d{{1,4}}|半分|ゼロ|(?<![\d,.])0[件回枚人円])(?:程度|以下|ほど)?(?:に|へ|まで)"
            rf"(?:{_LESS_OR_MORE}|な(?:った|り|る)|抑え)",
            r"(?<=[がを])約?\d{1,4}分の\d{1,4}(?=程度|以下|に|[。、)\n]|$)",
            r"半減",
            # 3倍になった; 2.5倍に増えた
            rf"(?<![\d.])約?\d{{1,6}}(?:\.\d{{1,4}})?倍(?:以上|近く|程度|強)?(?:(?:に|へ|の)(?:{_LESS_OR_MORE}|な(?:った|り|る)|拡大)|(?=[。、)\n]|$))",
            # ▲30%; 満足度は95%
            rf"[▲△▼]{_MUCH}",
            r"(?:満足度|満足|利用率|利用割合|(?:オンライン|電子)(?:申請|利用|化)?率|申請率|達成率|認識率|正答率|削減率|短縮率)"
            rf"(?:が|は|も|:)?約?\d[\d.]{{0,8}}%{_ABOUT}(?!から|→|⇒|だったが|だったもの|であったが)",
            r"(?:申請|申込|申込み|手続|手続き|受付)の約?\d[\d.]{0,8}[%割]が(?:オンライン|電子)",
        )
    )
)
_FIGURE = re.compile(r"[\d数半ゼ]")  # no effect without one
_NO_EFFECT = re.compile(
    r"[^。\n]{0,12}?(?:を目指|を目標|目標|見込|する?予定|想定|期待|したい|試算|計画(?:である|です|して))|の約?\d"
)
_RESULT = re.compile(
    # in a part on 効果: 登録は29.8%だった; 延べ437人が同乗した; 36の自治体が採用した; 13件のオンライン診療をした
    rf"(?P<a>(?:1日)?(?:約|およそ|延べ|のべ)?(?:{_NUM}(?:%|割|人|名|件|回|世帯|団体|施設|店|社|校|円|か所|箇所|ポイント)|{_NUM}の(?:自治体|市町村?|団体))(?:ほど|以上|余り)?)"
    r"(?=だった(?!が|もの)|で(?:した|あった|、|ある)|に(?:達し|のぼ|上|なった|増え)|と(?:推定|なっ|、)|を達成|あ(?:り|った)|浮い|[。\n]|$"
    r"|(?:使われ|売れ|利用され|登録され|集まっ)|が[^。、\d]{0,16}(?:利用|登録|参加|同乗|申請|申し込|使っ|採っ|採用|導入|回答|受講|来場|視聴|視察)(?:し|され|ん|た|て)|の[^。、\d]{1,16}(?:を|が)(?:した|行(?:った|われ)|あ(?:った|り))|の(?:確率|割合)で)"
)
_NO_RESULT = re.compile(
    r"目標|見込|予定|想定|仮定|従来|前は|以前|これまで|うち|残り|人口|対象|全国|前(?:の)?年|昨年"
)
_UNREACHED = re.compile("｜|試算|仮定|見込|推計|予測|見通し")
_COMPARED = re.compile(
    r"(?:昨年|前年|前月|先月|先年)(?:度)?(?:の)?(?:同時?期|同月)?(?:と|に)?(?:比|より|から)|前年度?比|同期"
)
"""What an amount is compared with that no work has changed; outside of a part on 効果 it is a statistic."""
_ENTRY = re.compile(r"[▲△▼][\d,.\s]+[千百万億]*円")  # of a budget
_SUPPOSED = re.compile(
    r"(?:予定価格|設計(?:価格|金額)|見積(?:額|金額|価格)?|交付(?:決定)?額|補助金?額)[^。、\d]{0,6}$|仮定|試算|仮に|もし|とすると|した場合|ならば|(?:上限|下限|最大|最高|限度額?|運賃|料金|還元|価格|相場)[^。、]{0,12}$|手数料の$"
)
_YEN = r"(?:億|千万|百万|万|千|百)?"
_AMOUNT = (
    r"(?:年間?|年額|月間?|月額|毎年|毎月|1[^\s\d。、]{1,6}(?:あたり|当たり|月額|年額))?"
    rf"(?:約)?(?:数(?:十|百|千)?|(?<![\d.,▲△▼])(?<![\d万千億円][~〜–])(?!0[千百万億])\d[\d,.]{{0,14}}|(?<![一-龥])[一二三四五六七八九十][一二三四五六七八九十百千]{{0,6}}){_YEN}(?:\d[\d,]{{0,9}}(?:千万|百万|万|千)?)?円"
    r"(?:/(?:年|月|人|件|id|台)(?!約?\d)|\((?:税込|税抜|税別)\))?"
)
_BETWEEN = rf"(?<![\d.,])約?\d[\d,]{{0,9}}{_YEN}円?[~〜–]約?\d[\d,]{{0,9}}{_YEN}円"  # 300〜450円 is no 450円
_FREE = r"無料|無償|0円|ゼロ予算|ゼロ円|(?:かか|掛か)(?:らない(?=[。、)\s]|$|ため|ので|こと|よう)|らなかった|っていない)|発生(?:しない|しなかった|していない)|不要|なし(?!で)"
_NO_COST = re.compile(
    r"(?:程度|ほど|前後|以内|くらい|ぐらい|あまり|余り)?(?:を超える|を上回る|を|と|の|に)?(?:見込|想定|予定|目指|要求|目標|試算|概算見積)|"
    r"(?:[1-9][\d,.]*(?:億|万|千|百)*円[^。]{0,12})?"
    r"(?:増え|増加|少な|安く|増収|削減|節約|節減|縮減|軽減|の(?:経費|コスト|費用|人件費)?(?:の)?(?:削減|節約|縮減|効果)|分の(?:ポイント|商品|地域))|(?:あまり|余り)?軽く|"
    r"の(?:国庫?|県)?の?(?:補助|交付|助成|支援|寄[附付])(?:金|額)?を(?:受け|活用|使|得|充て)|"
    r"まで(?![にの])|の定額|(?:を上限に)?を?(?:補助|助成|支給|給付|還元)(?:す|し|さ)|は[^。、]{0,24}?(?:交付金|補助金|助成金|基金|寄附金?|ふるさと納税)"
)
_ESTIMATED = re.compile(
    r"(?:いずれも|どれも|すべて|数字は|金額は|以下は)[^。\d]{0,12}(?:試算|見込|想定|推計|目標)"
)
"""What says of a whole part that its figures are none that were reached."""
_MONEY = (
    r"(?:総事業費|事業費|予算額?|決算額?|初期費用|導入費用?|運用費用?|保守費?|(?:導入|運用|ランニング|イニシャル|追加)?コスト|"
    r"追加費用|費用|経費|契約(?:金)?額|委託(?:料|費)|利用料金?|使用料|ライセンス料?|料金)"
)
_COST = re.compile(
    rf"{_MONEY}(?:[^。\d]|\d{{1,4}}年度?|\d{{1,2}}[市町村者社団]){{0,16}}?(?P<amount>{_AMOUNT})"
    rf"|(?:整備|購入|改修|導入|構築|委託|開発|設置|運用|保守)(?:費)?に(?:は|かかった(?:費用)?は)?(?P<spent>{_AMOUNT})"
    rf"|(?:[市町村県]|[本当同][市町村])の負担(?:額)?は(?P<own>{_AMOUNT})"
    rf"|(?P<deal>{_AMOUNT})で?の?[^。、\d]{{0,8}}契約(?:を結|を締結|し(?:た|て)|で)"
    rf"|契約(?:を|は)(?P<signed>{_AMOUNT})で(?:締結|結)"
    rf"|単年度(?:では|は|で|当たり|あたり)?(?P<single>{_AMOUNT})"
    rf"|が(?P<won>{_AMOUNT})(?:[(][^()]{{0,12}}[)])?で(?:落札|受注|契約)"
    rf"|(?P<fee>(?:年額|月額|毎年|毎月|年間|(?<![\d元間昨今翌前])年(?=約?\d)){_AMOUNT})"
    rf"|(?P<free>{_MONEY}[^。\d]{{0,12}}?(?:{_FREE}))"
)
_IN_COST = re.compile(
    rf"(?P<between>{_BETWEEN})|(?P<amount>{_AMOUNT})|(?P<free>{_MONEY}[^。\d]{{0,12}}?(?:{_FREE})|(?<![にへ])(?<!には)(?:{_FREE})(?!化|に(?:す|し|な)|で[^。、]{{0,3}}(?:渡|貸|配|譲|受け|開放)))"
)
"""In a part on 費用: 無償 alone is a cost, but not what others get for nothing (給食費の無料化, 加盟店に無償, 無償で渡し)."""
_SHARE = re.compile(
    r"(?:債|財源|基金|寄附金|ふるさと納税|譲与税|交付税|補助金|交付金|助成金|支出金)(?:が|は|で|の|から)?約?$"
    r"|(?:補助|交付|助成|国庫|国費|県費)(?:金|額|金額|費|分)?(?:[(（][^()（）]*[)）])?[：:]約?$"
    r"|うち[^。、\d]{0,12}(?:補助|交付|助成|支援|国費|県費)(?:分|額|金)?(?:が|は)?約?$"
)
"""What stands before an amount that is the part of a programme, not a cost of its own."""
_GRANTED = re.compile(
    r"(?:(?:国|県|国庫|都道府県)?(?:交付|補助|助成|支援|支出)(?:予定|決定)?(?:金|額|金額)|国費|県費|国庫支出金|起債額?|地方債|一般財源)(?:\(.*\))?"
)
"""Heads of what others pay, or of where the money is from: no cost beside the cost itself."""
_BEFORE = "背景・課題"


def effects(draft: CaseDraft) -> tuple[Evidence, ...]:
    """Effects with figures, as printed; what stands in the background was before."""
    read = _done(draft)
    found = [e for text in read for e in rows_of_change(text)]
    told = [text for text in read if _FIGURE.search(squeezed(text.text).text)]
    found += [e for text in told for e in _changes(text)]
    return tuple(map(measured, distinct(found, _MOST)))


def _changes(told: SourceText) -> Iterator[Evidence]:
    """The effects of a part; the results, too, where it is one on 効果, else no comparison of years."""
    is_on_effects = told.role == "効果"
    changes = [
        e
        for e in told.matched("effect", _EFFECT, _NO_EFFECT)
        if is_on_effects
        or not (_COMPARED.search(_before(e)) or _ENTRY.fullmatch(fold_text(e.value)))
    ]
    yield from changes
    for found in told.matched("effect", _RESULT, _NO_EFFECT) if is_on_effects else ():
        is_new = not any(found.value in e.value for e in changes)
        is_reached = not (_NO_RESULT.search(_before(found)) or _UNREACHED.search(found.text))
        if is_new and is_reached:
            yield found


def _before(found: Evidence) -> str:
    """What stands before a value in its sentence, folded."""
    text = " ".join(found.text.split())
    return fold_text(text[: max(0, text.find(found.value))])


def _done(draft: CaseDraft) -> list[SourceText]:
    """The parts that say what was done; what is hoped for, and what is said at a meeting, is no fact."""
    if (title := fold_text(draft.title)) and (TALK.search(title) or BUDGET.search(title)):
        return []
    return [
        told
        for told in own_parts(draft, _BEFORE)
        if not is_intended(told.heading) and not _ESTIMATED.search(told.text)
    ]


def costs(draft: CaseDraft) -> tuple[Evidence, ...]:
    """Amounts of money that the case cost, with their period, as printed; in a section on 費用 every
    amount counts. What was saved or earned is no cost."""
    told = [p for p in _done(draft) if not _GRANTED.fullmatch(fold_text(p.heading))]
    inside = [p for p in told if p.role == "費用" or fold_text(p.heading) == "事業費"]
    read = [(p, _IN_COST if p in inside else _COST) for p in told]
    read.sort(key=lambda one: one[1] is _IN_COST)
    labels: dict[str, str] = {}
    found = []
    for part, pattern in read:
        for evidence in part.matched("cost", pattern, _NO_COST):
            label = _label(evidence, part.heading)
            is_share = label != part.heading and _SHARE.search(label)
            if not is_share and not _SUPPOSED.search(_before(evidence)):
                labels.setdefault(evidence.value, label)
                found.append(evidence)
    for label, evidence in bare_amounts(told):
        labels.setdefault(evidence.value, label)
        found.append(evidence)
    return tuple(measured(e, labels[e.value]) for e in distinct(found, _MOST))


def _label(found: Evidence, heading: str) -> str:
    """What stands before an amount in its clause, else the heading of its section."""
    text = " ".join(found.text.split())
    before = text[: max(0, text.find(found.value))].rstrip()
    clause = re.split(r"[。、，,;；円]|\s", before)[-1]
    return clause or heading
