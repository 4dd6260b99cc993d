"""Which side of the cases a question asks about: their effects, cost, problems, people, or craft."""

from __future__ import annotations

import re

from kb.language.text import fold_text

_ASPECTS = (
    (("効果",), "効果|成果|メリット|どれだけ減|どのくらい減|何時間|effect|benefit|saving|result"),
    (("費用",), "費用|コスト|予算|経費|金額|いくら|料金|cost|budget|price|how much"),
    (
        ("背景・課題", "見えてきた課題"),
        "課題|問題点|つまず|苦労|失敗|困った|challenge|problem|difficult",
    ),
    (("推進体制",), "体制|誰が|だれが|役割分担|チーム|人員|organi[sz]ation|team|who "),
    (("工夫・留意点",), "工夫|留意点|注意点|こつ|コツ|教訓|進め方|lesson|tips|pitfall|cautions?"),
)
_PATTERNS = tuple((roles, re.compile(words)) for roles, words in _ASPECTS)


def asked_roles(question: str) -> frozenset[str]:
    """The section roles that answer the question best; empty when it asks about all of a case."""
    folded = fold_text(question)
    return frozenset(r for roles, words in _PATTERNS if words.search(folded) for r in roles)
