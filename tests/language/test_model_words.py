"""The words of municipal DX lie where they belong in the built-in model.

The pairs come from knowing the field; none is taken from the training data or a judged query.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kb.base.config import BUILTIN_MODEL
from kb.language.encoder import load_encoder

PAIRS = (
    # 窓口・申請
    ("書かない窓口", "ワンストップ窓口"),
    ("書かない窓口", "paperless counter"),
    ("フロントヤード改革", "窓口の改革"),
    ("電子申請", "オンライン申請"),
    ("電子申請", "online application"),
    ("スマート申請", "online application form"),
    ("マイナンバーカード", "individual number card"),
    ("マイナンバーカード", "個人番号カード"),
    ("コンビニ交付", "証明書の交付"),
    ("住民票", "resident record"),
    ("キャッシュレス決済", "電子マネーでの支払い"),
    ("窓口の待ち時間", "waiting time at the counter"),
    # 保健福祉・子育て
    ("予防接種", "vaccination"),
    ("予防接種", "ワクチン"),
    ("高齢者の見守り", "watching over the elderly"),
    ("介護認定", "要介護認定"),
    ("介護予防", "フレイル"),
    ("PMH", "医療費助成"),
    ("オンライン診療", "telemedicine"),
    ("保育所", "nursery school"),
    ("子育て支援", "childcare support"),
    ("母子手帳", "母子健康手帳"),
    ("学童保育", "放課後児童クラブ"),
    # 防災
    ("避難所", "evacuation shelter"),
    ("罹災証明書", "disaster victim certificate"),
    ("河川の水位", "river water level"),
    ("防災無線", "disaster warning radio"),
    ("災害対応", "disaster response"),
    ("ハザードマップ", "hazard map"),
    ("安否確認", "safety confirmation"),
    # 農林水産・産業・観光
    ("獣害", "鳥獣被害"),
    ("獣害", "wildlife damage"),
    ("獣害", "イノシシ"),
    ("有害鳥獣", "crop damage by wild boar and deer"),
    ("スマート農業", "smart agriculture"),
    ("漁業", "fishery"),
    ("観光客", "tourist"),
    ("宿泊施設", "hotel"),
    ("インバウンド", "訪日外国人"),
    ("商店街", "shopping street"),
    # 交通・物流・インフラ
    ("ドローン", "無人航空機"),
    ("ドローン", "drone"),
    ("ドローン配送", "drone delivery"),
    ("買い物弱者", "people who have difficulty shopping"),
    ("デマンド交通", "on-demand bus"),
    ("デマンド交通", "予約制乗合タクシー"),
    ("自動運転", "autonomous driving"),
    ("コミュニティバス", "路線バス"),
    ("水道メーター", "water meter"),
    ("道路の損傷", "road damage"),
    ("橋梁点検", "bridge inspection"),
    # 庁内業務・データ
    ("ガバメントクラウド", "government cloud"),
    ("ガバメントクラウド", "標準準拠システム"),
    ("基幹業務システム", "core business system"),
    ("ノーコード", "ローコード"),
    ("ノーコード", "no-code app"),
    ("業務の自動化", "RPA"),
    ("生成AI", "generative AI"),
    ("議事録作成", "音声認識"),
    ("テレワーク", "在宅勤務"),
    ("テレワーク", "remote work"),
    ("ペーパーレス", "紙の削減"),
    ("電子決裁", "文書管理システム"),
    ("オープンデータ", "open data"),
    ("データ利活用", "data utilization"),
    ("EBPM", "証拠に基づく政策立案"),
    ("EBPM", "evidence-based policy making"),
    ("情報セキュリティ", "information security"),
    ("業務量調査", "業務分析"),
    # 人材・体制
    ("伴走支援", "アドバイザー"),
    ("伴走支援", "hands-on support"),
    ("リエゾン", "連絡調整"),
    ("リエゾン", "liaison"),
    ("デジタル人材", "digital talent"),
    ("職員研修", "staff training"),
    ("デジタルデバイド", "情報格差"),
    ("スマホ教室", "smartphone class"),
    ("広域連携", "共同利用"),
    ("合意形成", "住民説明会"),
)
STRANGERS = (
    ("書かない窓口", "イノシシ"),
    ("電子申請", "river water level"),
    ("予防接種", "橋梁点検"),
    ("獣害", "キャッシュレス決済"),
    ("獣害", "在宅勤務"),
    ("ドローン", "母子健康手帳"),
    ("ドローン", "pension"),
    ("ガバメントクラウド", "鹿"),
    ("ノーコード", "避難所"),
    ("EBPM", "保育所"),
    ("PMH", "drone delivery"),
    ("リエゾン", "水道メーター"),
    ("伴走支援", "洪水"),
    ("罹災証明書", "生成AI"),
    ("コミュニティバス", "vaccination"),
    ("観光客", "電子決裁"),
    ("スマート農業", "戸籍"),
    ("オープンデータ", "学校給食"),
    ("テレワーク", "wild boar"),
    ("住民票", "autonomous driving"),
    ("防災無線", "図書館の本"),
    ("漁業", "nursery school"),
    ("議事録作成", "道路の損傷"),
    ("商店街", "介護認定"),
)

Matrix = npt.NDArray[np.float32]


def _cosines(pairs: tuple[tuple[str, str], ...]) -> Matrix:
    encoder = load_encoder(str(BUILTIN_MODEL))
    left = encoder.encode_queries([a for a, _ in pairs])
    right = encoder.encode_passages([b for _, b in pairs])
    cosines: Matrix = left @ right.T
    return cosines


def test_the_lists_are_as_long_as_they_should_be() -> None:
    assert len(set(PAIRS)) == len(PAIRS) >= 60
    assert len(set(STRANGERS)) == len(STRANGERS) >= 20


def test_every_word_has_its_partner_among_its_nearest() -> None:
    """Of all the right-hand words, its own is in the nearest tenth."""
    cosines = _cosines(PAIRS)
    rank = (cosines >= np.diag(cosines)[:, None]).sum(axis=1)
    far = [pair for pair, place in zip(PAIRS, rank, strict=True) if place > len(PAIRS) // 10]
    assert far == []


def test_strangers_are_farther_apart_than_any_pair() -> None:
    assert np.diag(_cosines(STRANGERS)).max() < np.diag(_cosines(PAIRS)).min()
