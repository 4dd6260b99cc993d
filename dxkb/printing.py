"""What people read at the terminal."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from dxkb.doctor import Check
from dxkb.lang import Lang
from ingest.flow.pipeline import IngestReport
from ingest.page import READABLE
from ingest.readers.kind import NAMES
from kb.base.config import Settings
from kb.base.types import Answer, Case, LedgerEntry, Relatives
from kb.evaluation.figures import Figures, Report
from kb.evaluation.significance import Comparison

_STATUS = {
    "indexed": "取込",
    "unchanged": "変更なし",
    "skipped": "対象外",
    "failed": "失敗",
    "removed": "削除",
}


class Bar:
    """A progress bar on stderr; it appears with the first step and says which file is at hand."""

    def __init__(self, label: str, *, quiet: bool = False) -> None:
        self._label = label
        self._quiet = quiet
        self._bar: Any = None

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.close()

    def update(self, done: int, total: int, path: str) -> None:
        """``done`` of ``total`` steps are finished; ``path`` is at hand."""
        if self._quiet or not total:
            return
        if self._bar is None:
            from tqdm import tqdm

            self._bar = tqdm(total=total, desc=self._label, file=sys.stderr, unit="件", leave=False)
        self._bar.set_postfix_str(path[-40:], refresh=False)
        self._bar.update(done - self._bar.n)


def ingest_json(report: IngestReport) -> dict[str, object]:
    """The report as the contract wants it."""
    counts = {s: report.count(s) for s in ("indexed", "unchanged", "skipped", "failed", "removed")}
    return {
        "found": report.found,
        **counts,
        "ignored": report.ignored,
        "cases": sum(file.cases for file in report.files),
        "chunks": sum(file.chunks for file in report.files),
        "seconds": round(report.seconds, 3),
        "files": [asdict(file) for file in report.files],
    }


def ingest_text(report: IngestReport, settings: Settings, say: Lang) -> str:
    """A summary, then every file that needs attention with its remedy."""
    values = ingest_json(report)
    if report.found == 0:
        return say(
            f"{settings.corpus} に資料がありません。PDFやメモ（.md、.txt）を置いて、もう一度実行してください。",
            f"There is nothing in {settings.corpus}. Put PDFs or notes there and run this again.",
        )
    lines = [
        say(
            f"資料 {report.found:,}件: 取り込み {values['indexed']}、変更なし {values['unchanged']}、"
            f"対象外 {values['skipped']}、失敗 {values['failed']}、削除 {values['removed']}"
            f"（事例 {values['cases']:,}件、{report.seconds:.1f}秒）",
            f"{report.found:,} files: {values['indexed']} indexed, {values['unchanged']} unchanged, "
            f"{values['skipped']} skipped, {values['failed']} failed, {values['removed']} removed "
            f"({values['cases']:,} cases, {report.seconds:.1f} s)",
        )
    ]
    if report.ignored:
        lines.append(_ignored(report.ignored, say))
    lines += [
        f"  [{say(_STATUS[f.status], f.status)}] {f.path}: {f.reason} ({f.reason_code})"
        for f in report.files
        if f.status in ("failed", "skipped")
    ]
    lines += [
        f"  [{say('注意', 'note')}] {f.path}: {warning}"
        for f in report.files
        if f.status == "indexed"
        for warning in f.warnings
    ]
    return "\n".join(lines)


def answer_text(answer: Answer, say: Lang) -> str:
    """The answer, a few lines a case."""
    if not answer.results:
        return say(
            "見つかりませんでした。ことばを減らすか、言い換えるか、条件を外してみてください。",
            "Nothing was found. Try fewer or other words, or remove a filter.",
        )
    lines = _understanding(answer, say)
    for result in answer.results:
        case = result.case
        page = result.passages[0].page if result.passages else None
        at = f" p.{page}" if page else ""
        lines += [
            "",
            f"{result.rank:>2}. {case.title}",
            f"    {place_line(case, say)}",
            f"    {_shortened(result.snippet)}",
            f"    → {case.path}{at}  [{case.id}]",
            *(f"    {line}" for line in relative_lines(result.relatives, say)),
        ]
    return "\n".join(lines)


def _understanding(answer: Answer, say: Lang) -> list[str]:
    """How many cases there are, and how the question was understood."""
    lines = [
        say(
            f"{answer.total:,}件の事例（{answer.seconds:.2f}秒）",
            f"{answer.total:,} cases ({answer.seconds:.2f} s)",
        )
    ]
    lines += [
        say(
            f"「{c.typed}」は「{c.term}」としても調べました。",
            f"Also searched for '{c.term}' instead of '{c.typed}'.",
        )
        for c in answer.corrected
    ]
    if answer.understood:
        labels = say("、", ", ").join(say(c.label, c.label_en) for c in answer.understood)
        lines.append(say(f"優先した条件: {labels}", f"Preferred: {labels}"))
    lines += [
        say(
            f"{c.label}の事例はまだありません。ほかの事例を表示します。",
            f"There is no case for {c.label_en} yet; others are shown.",
        )
        for c in answer.understood
        if c.kind == "place" and not c.cases
    ]
    if answer.weak:
        lines.append(
            say(
                "ぴったりの事例は見つかりませんでした。近いものを表示します。",
                "No good match was found; these come nearest.",
            )
        )
    return lines


def relative_lines(relatives: Relatives, say: Lang) -> list[str]:
    """What else there is of a case: newer and older editions, nearly the same documents."""
    kinds = [
        (say("新しい版があります", "There is a newer edition"),
         (relatives.superseded_by,) if relatives.superseded_by else ()),
        (say("古い版", "Older edition"), relatives.supersedes),
        (say("ほぼ同じ内容", "Nearly the same"), relatives.near_duplicates),
    ]  # fmt: skip
    return [
        f"[{label}] {other.title} → {other.path} [{other.case_id}]"
        for label, others in kinds
        for other in others
    ]


def place_line(case: Case, say: Lang) -> str:
    """Municipality, prefecture, population, field, year and status on one line."""
    parts = []
    if case.municipality:
        people = f"・{case.population:,}{say('人', ' people')}" if case.population else ""
        where = case.prefecture + people
        parts.append(f"{case.municipality}（{where}）" if where else case.municipality)
    if case.ambiguous:
        parts.append(say("（同名の自治体あり・未確定）", "(ambiguous name)"))
    parts.append(case.field)
    if case.year:
        parts.append(say(f"{case.year}年度", f"FY{case.year}"))
    if case.status != "不明":
        parts.append(case.status)
    return "  ".join(parts)


def case_text(case: Case, say: Lang) -> str:
    """A whole case."""
    lines = [case.title, place_line(case, say)]
    for section in case.sections:
        page = f" (p.{section.page})" if section.page else ""
        heading = section.heading or section.role
        role = "" if section.role == heading else f" ［{section.role}］"
        lines += ["", f"■ {heading}{role}{page}", section.text]
    pages = f" p.{case.pages[0]}–{case.pages[1]}" if case.pages else ""
    lines += ["", f"{say('出典', 'Source')}: {case.source_title or case.path}{pages}"]
    lines += [case.source_url] if case.source_url else []
    return "\n".join(lines)


def extract_text(seen: Mapping[str, Any], say: Lang) -> str:
    """What was read from one file: in short, page by page, and split into cases."""
    pages, cases = seen["pages"], seen["cases"]
    characters = sum(len(page["text"]) for page in pages)
    count = (f"{len(pages)}ページ", f"{len(pages)} pages")
    if all(page["page"] is None for page in pages):
        count = ("ページ番号なし", "no page numbers")
    name = say(NAMES.get(seen["reader"], seen["reader"]), seen["reader"])
    lines = [
        seen["path"],
        say(
            f"  {name}、{count[0]}、{characters:,}文字、事例{len(cases)}件",
            f"  {name}, {count[1]}, {characters:,} characters, {len(cases)} cases",
        ),
        *(f"  ⚠ {warning}" for warning in seen["warnings"]),
        say(
            f"  品質は、文字として読めた割合です。{READABLE:.2f}未満のページは画像か文字化けで、検索できません。",
            f"  Quality is the share that reads as text; a page under {READABLE:.2f} is a picture or garbled.",
        ),
    ]
    for i, page in enumerate(pages, start=1):
        lines += [_page_head(page, i, len(pages), say), page["text"]]
    lines.append(say(f"=== 事例 {len(cases)}件", f"=== {len(cases)} cases"))
    for case in cases:
        first, last = case["pages"] or (None, None)
        span = "" if first is None else f"  p.{first}" + (f"–{last}" if last != first else "")
        place = f"  {case['municipality']}" if case["municipality"] else ""
        lines.append(f"・{case['title']}{place}{span}")
        lines += [_section_line(section) for section in case["sections"]]
    return "\n".join(lines)


def _page_head(page: Mapping[str, Any], place: int, count: int, say: Lang) -> str:
    part = f"（{place}/{count}）" if count > 1 else ""
    number = say(f"本文{part}", f"text {part}".strip())
    if page["page"]:
        number = say(f"{page['page']}ページ", f"page {page['page']}")
    quality = f"{say('品質', 'quality')} {page['quality']:.2f}"
    if page["ocr"]:
        quality += say("、OCR（画像から読み取り）", ", OCR (read from a picture)")
    elif page["quality"] < READABLE:
        quality += say("、読めません", ", not readable")
    return f"--- {number}  {quality}  {len(page['text']):,}{say('文字', ' characters')}"


def _section_line(section: Mapping[str, Any]) -> str:
    heading = section["heading"] if section["heading"] != section["role"] else ""
    page = f"p.{section['page']} " if section["page"] else ""
    text = _shortened(section["text"], 60)
    return f"    {page}[{section['role']}] {heading}{': ' if heading else ''}{text}"


def _ignored(count: int, say: Lang) -> str:
    return say(
        f"  作業中の一時ファイルなど{count:,}件は数えていません（~$…、.tmp、Thumbs.db など）。",
        f"  {count:,} temporary files were ignored (~$…, .tmp, Thumbs.db and the like).",
    )


def _age(looked: str, say: Lang) -> str:
    """When the corpus was last looked through, in local time, and how long ago that is."""
    if not looked:
        return "—"
    then = datetime.fromisoformat(looked)
    minutes = int((datetime.now(UTC) - then).total_seconds() // 60)
    for size, ja, en in (
        (1440, "日前", "days ago"),
        (60, "時間前", "hours ago"),
        (1, "分前", "minutes ago"),
    ):
        if minutes >= size:
            ago = say(f"{minutes // size}{ja}", f"{minutes // size} {en}")
            break
    else:
        ago = say("1分以内", "less than a minute ago")
    return say(
        f"{then.astimezone():%Y-%m-%d %H:%M}（{ago}）",
        f"{then.astimezone():%Y-%m-%d %H:%M} ({ago})",
    )


def status_text(
    entries: Sequence[LedgerEntry], ledger: Mapping[str, object], say: Lang, *, everything: bool
) -> str:
    """The ledger: what needs attention first."""
    lines = [
        say(
            f"資料 {ledger['documents']}件、事例 {ledger['cases']}件、対象外 {ledger['skipped']}件、"
            f"失敗 {ledger['failed']}件",
            f"{ledger['documents']} documents, {ledger['cases']} cases, {ledger['skipped']} skipped, "
            f"{ledger['failed']} failed",
        ),
        f"{say('最終確認', 'last looked')}: {_age(str(ledger['last_ingest'] or ''), say)}",
    ]
    if ledger["ignored"]:
        lines.append(_ignored(int(str(ledger["ignored"])), say))
    trouble = [e for e in entries if e.status in ("failed", "skipped")]
    lines += [f"  [{say(_STATUS[e.status], e.status)}] {e.path}: {e.reason}" for e in trouble]
    if not trouble and entries:
        lines.append(say("すべての資料を読み取れています。", "Every document was read."))
    if everything:
        lines += [
            f"  [{say(_STATUS[e.status], e.status)}] {e.path}: {e.pages}p, {e.cases} {say('事例', 'cases')}"
            for e in entries
            if e not in trouble
        ]
    return "\n".join(lines)


def report_text(report: Report, say: Lang) -> str:
    """The evaluation as a table."""
    rows = [(say("全体", "all"), report.overall), *report.by_kind.items(), *report.by_lang.items()]
    width = max(len(name) for name, _ in rows) + 2
    head = f"{'':{width}}{'n':>6}{f'nDCG@{report.k}':>10}{f'Recall@{report.k}':>12}{'weak':>8}"
    return "\n".join([head, *(_figure_row(name, figures, width) for name, figures in rows)])


def comparison_text(comparison: Comparison, k: int, say: Lang) -> str:
    """How the run differs from the older one, and whether that can be luck."""
    rows = [(f"nDCG@{k}", comparison.ndcg), (f"Recall@{k}", comparison.recall)]
    lines = [
        say(
            f"前の記録との差（{comparison.n}問、良くなった {comparison.better}、悪くなった {comparison.worse}）",
            f"Against the older run ({comparison.n} queries: {comparison.better} better, {comparison.worse} worse)",
        )
    ]
    for name, found in rows:
        verdict = (
            say("差がある", "differs")
            if found.p < 0.05
            else say("差があるとは言えない", "may be luck")
        )
        lines.append(
            f"  {name:10}{found.mean:+.4f}  [{found.low:+.4f}, {found.high:+.4f}]  p={found.p:.3f}  {verdict}"
        )
    return "\n".join(lines)


def checks_text(checks: Sequence[Check], say: Lang) -> str:
    """The doctor's findings."""
    lines = []
    for check in checks:
        mark = "OK  " if check.ok else ("--  " if check.optional else "NG  ")
        lines.append(f"{mark}{check.name}: {check.detail}")
        if not check.ok and check.remedy:
            lines.append(f"      → {check.remedy}")
    return "\n".join(lines)


def _figure_row(name: str, figures: Figures, width: int) -> str:
    return f"{name:{width}}{figures.n:>6}{figures.ndcg:>10.4f}{figures.recall:>12.4f}{figures.weak:>8.2f}"


def _shortened(text: str, length: int = 110) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= length else flat[: length - 1] + "…"
