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

REASONS_EN = {
    "password": "It is locked with a password. Write “password: …” into NAME.yaml beside it.",
    "damaged": "The file is damaged. Save it again in the program that made it.",
    "encoding": "Its characters cannot be told. Save it as UTF-8.",
    "empty": "There is no text in it. Replace it with a file that has some.",
    "ocr": "Its pages are pictures, and OCR is not installed. Install tesseract with Japanese.",
    "too_large": "It is too large to be read safely. Split it.",
    "timeout": "Reading it took too long. Export it again, or split it.",
    "memory": "Reading it took too much memory. Export it again, or split it.",
    "crash": "The reader broke down over it. Export it again as PDF.",
    "unsupported": "Files of this kind are not read. Save it as PDF, Word or text.",
    "libreoffice": "Reading this kind needs LibreOffice, which is not installed.",
    "sidecar": "Its sidecar (NAME.yaml) cannot be read. Check “key: value” lines and UTF-8.",
    "link": "Links are not followed. Put the file itself into the corpus.",
    "folder": "No permission to open this folder. What was indexed from it stays.",
    "permission": "No permission to open this file. Check its permissions.",
    "vanished": "It vanished before it was read. Put it back if it is needed.",
    "unreadable": "It cannot be read. Check the disk or the network.",
    "changing": "It was changed while it was read. It is read again at the next look.",
    "internal": "What was read could not be taken apart. Export it again or report it.",
    "duplicate": "The same content is there already; both places count as one document.",
    "moved": "It was moved here; nothing was read again.",
}
"""Why a file was not read, by reason code; the Japanese sentence comes from whoever refused it."""
