"""Documents that name many municipalities and are no collections."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl

from tests.support.collections_made import told

_NAMES = "田中 佐藤 鈴木 高橋 渡辺 伊藤 町田 市川 村上 吉田".split()
_SAID = (
    "予約のアプリを入れたところ、電話が減った。", "ほかの町の例を聞きたい。", "費用の負担が課題である。",
    "共同で調達すると安くなる。", "職員の研修をどう進めるか。", "住民への周知が要る。",
)  # fmt: skip
_PLACES = [case.place for case in told(25, 1)]


def minutes(folder: Path) -> Path:
    """A discussion whose speakers stand in bold, each many times."""
    rng, made = random.Random(1), docx.Document()
    made.add_paragraph().add_run("市町村デジタル化推進会議での意見").bold = True
    for _ in range(40):
        at = rng.randrange(10)
        made.add_paragraph().add_run(f"○{_PLACES[at]}（{_NAMES[at]}課長）").bold = True
        made.add_paragraph(rng.choice(_SAID) * 3)
    return _saved(made, folder / "minutes.docx")


def summary_of_proceedings(folder: Path) -> Path:
    """Proceedings in which each speaks once."""
    made = docx.Document()
    made.add_paragraph().add_run("市町村長意見交換会　議事要旨").bold = True
    for place, name in zip(_PLACES, _NAMES, strict=False):
        made.add_paragraph().add_run(f"（{place}　{name}町長）").bold = True
        made.add_paragraph(_SAID[0] * 2)
    return _saved(made, folder / "proceedings.docx")


def report(folder: Path) -> Path:
    """A long report in numbered chapters that names towns in every paragraph."""
    rng, made = random.Random(2), docx.Document()
    made.add_heading("地域情報化の動向に関する調査研究", 0)
    for chapter, subject in enumerate("背景 現状 方法 分析 結論".split(), 1):
        made.add_heading(f"第{chapter}章　{subject}", 1)
        for number, part in enumerate(("人口の動向", "財政の状況", "職員の体制"), 1):
            made.add_heading(f"（{number}）　{part}", 2)
            for sign in "①②③":
                made.add_heading(f"{sign}　規模別に見た傾向", 3)
                text = "".join(f"{rng.choice(_PLACES)}では{rng.choice(_SAID)}" for _ in range(4))
                made.add_paragraph(text)
    return _saved(made, folder / "report.docx")


def plan(folder: Path) -> Path:
    """One town's plan with its measures."""
    made = docx.Document()
    made.add_heading("多可町DX推進計画", 0)
    for chapter, subject in enumerate("計画の位置づけ 兵庫県の動向 多可町の現状 施策".split(), 1):
        made.add_heading(f"第{chapter}章　{subject}", 1)
        made.add_paragraph("本計画は総合計画に基づく。" * 4)
    for number, subject in enumerate("窓口 申請 防災 教育 福祉".split(), 1):
        made.add_heading(f"施策{number}　{subject}のデジタル化", 2)
        made.add_paragraph("年度ごとの目標を定めて進める。" * 3)
    return _saved(made, folder / "plan.docx")


def figures(folder: Path) -> Path:
    """A table of figures with a municipality in each row."""
    rng, made = random.Random(3), openpyxl.Workbook()
    sheet = made.active
    sheet.append(["市町村別 デジタル化の状況"])
    sheet.append(["市町村名", "人口", "オンライン申請数", "カード交付率", "取組"])
    for place in _PLACES:
        sheet.append([place, rng.randint(3000, 50000), rng.randint(1, 99), "80%", "検討中"])
    out = folder / "figures.xlsx"
    made.save(out)
    return out


def _saved(made: docx.document.Document, path: Path) -> Path:
    made.save(str(path))
    return path


NONE: tuple[Callable[[Path], Path], ...] = (minutes, summary_of_proceedings, report, plan, figures)
