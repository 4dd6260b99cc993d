"""English names of the fixed Japanese values."""

from __future__ import annotations

FIELDS_EN = {
    "窓口": "Counter service",
    "申請": "Applications",
    "保健福祉": "Health and welfare",
    "子育て": "Childcare",
    "観光": "Tourism",
    "教育": "Education",
    "農林水産": "Farming, forestry, fishery",
    "配送・物流": "Delivery and logistics",
    "防災": "Disaster prevention",
    "交通": "Transport",
    "産業": "Industry",
    "庁内業務": "Office work",
    "住民サービス": "Services for residents",
    "データ利活用": "Use of data",
    "インフラ": "Infrastructure",
    "人材・体制": "People and organisation",
    "その他": "Other",
}
ROLES_EN = {
    "概要": "Summary",
    "背景・課題": "Background and issues",
    "取組": "What was done",
    "効果": "Effects",
    "工夫・留意点": "Craft and cautions",
    "推進体制": "Organisation",
    "費用": "Cost",
    "支援内容": "Support given",
    "見えてきた課題": "Issues found",
    "有効と思われる支援": "Support that would help",
    "県による支援": "Support by the prefecture",
    "その他": "Other",
    "自治体": "Municipality",
    "人口": "Population",
    "分野": "Field",
    "年度": "Fiscal year",
    "段階": "Status",
    "使った仕組み": "Tools",
    "効果（本文の数字）": "Effects (figures)",
    "費用（本文の数字）": "Cost (figures)",
}
STATUSES_EN = {"計画": "Planned", "実証": "Trial", "実装": "In use", "不明": "Status unknown"}
VISIBILITIES_EN = {"公開": "Public", "県内": "Prefecture only", "庁内": "Office only"}
