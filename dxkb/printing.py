"""What people read at the terminal."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from dxkb.lang import Lang
from kb.base.config import Settings
from kb.base.record import ABOUT, UNKNOWN, value_of
from kb.base.types import Answer, Case, FileReport, LedgerEntry, Relatives, Understood
from kb.ranking.contracts import file_json

if TYPE_CHECKING:  # a search loads no reader
    from dxkb.doctor import Check
    from ingest.flow.rebuild import Rebuilt
    from ingest.flow.report import IngestReport
    from kb.evaluation.figures import Figures, Report
    from kb.evaluation.significance import Comparison
    from kb.operations.backup import Backup
    from kb.operations.restore import Restored


class Bar:
    """A progress bar on stderr; it appears with the first step and says which file is at hand."""

    def __init__(self, label: str, *, quiet: bool = False) -> None:
        self._label = label
        self._quiet = quiet
        self._bar: Any = None

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def update(self, done: int, total: int, path: str) -> None:
        """``done`` of ``total`` steps are finished; ``path`` is at hand."""
        if self._quiet or not total:
            return
        if self._bar is None:
            from tqdm import tqdm

            self._bar = tqdm(total=total, desc=self._label, file=sys.stderr, unit="", leave=False)
        self._bar.set_postfix_str(path[-40:], refresh=False)
        self._bar.update(done - self._bar.n)


def ingest_json(report: IngestReport, lang: str) -> dict[str, object]:
    """The report as the contract wants it, its sentences in ``lang``."""
    counts = {s: report.count(s) for s in ("indexed", "unchanged", "skipped", "failed", "removed")}
    return {
        "found": report.found,
        **counts,
        "ignored": report.ignored,
        "cases": sum(file.cases for file in report.files),
        "chunks": sum(file.chunks for file in report.files),
        "seconds": round(report.seconds, 3),
        "files": [file_json(file, lang) for file in report.files],
    }


def ingest_text(report: IngestReport, settings: Settings, say: Lang) -> str:
    """A summary, then every file that needs attention with its remedy."""
    values = ingest_json(report, say.code)
    if report.found == 0:
        return say("cli.ingest.nothing", corpus=settings.corpus)
    counts = {name: count for name, count in values.items() if isinstance(count, int)}
    lines = [say("cli.ingest.report", **counts, seconds=report.seconds)]
    if report.ignored:
        lines.append(_ignored(report.ignored, say))
    lines += [
        f"  [{_status(f, say)}] {f.path}: {say.told(f.reason)} ({f.reason_code})"
        for f in report.files
        if f.status in ("failed", "skipped")
    ]
    lines += [
        f"  [{say('cli.ingest.note')}] {f.path}: {say.told(warning)}"
        for f in report.files
        if f.status == "indexed"
        for warning in f.warnings
    ]
    return "\n".join(lines)


def answer_text(answer: Answer, say: Lang) -> str:
    """The answer, a few lines a case."""
    if not answer.results:
        return say("cli.search.nothing")
    lines = _understanding(answer, say)
    for result in answer.results:
        case = result.case
        page = result.passages[0].page if result.passages else None
        at = f" p.{page}" if page else ""
        near = "" if result.answers or answer.weak else f"  ［{say('cli.search.near')}］"
        lines += [
            "",
            f"{result.rank:>2}. {case.title}{near}",
            f"    {place_line(case, say)}",
            f"    {shortened(result.snippet)}",
            f"    → {case.path}{at}  [{case.id}]",
            *(f"    {line}" for line in relative_lines(result.relatives, say)),
        ]
    return "\n".join(lines)


def _understanding(answer: Answer, say: Lang) -> list[str]:
    """How many cases there are, and how the question was understood."""
    lines = [say("cli.search.found", n=answer.total, seconds=answer.seconds)]
    lines += [say("cli.search.corrected", typed=c.typed, term=c.term) for c in answer.corrected]
    if answer.understood:
        for must in (True, False):
            labels = [_condition(c, say) for c in answer.understood if c.must == must]
            if labels:
                lines.append(
                    say("cli.search.must" if must else "cli.search.preferred", labels=labels)
                )
    if "home" in answer.taken:
        lines.append(say("cli.search.home_unsaid"))
    if answer.none_meets_all:
        lines.append(say("cli.search.none_meets_all"))
        lines += [say("cli.search.loosened", name=k, n=n) for k, n in answer.loosened.items()]
    lines += [
        say("cli.search.nowhere", name=say.either(c.label, c.label_en)) for c in answer.nowhere
    ]
    if answer.weak:
        lines.append(say("cli.search.weak"))
    return lines


def _condition(condition: Understood, say: Lang) -> str:
    label = say.either(condition.label, condition.label_en)
    return say("page.search.understood.not", label=label) if condition.exclude else label


def relative_lines(relatives: Relatives, say: Lang) -> list[str]:
    """What else there is of a case: newer and older editions, nearly the same documents."""
    kinds = [
        (say("cli.kin.newer"),
         (relatives.superseded_by,) if relatives.superseded_by else ()),
        (say("cli.kin.older"), relatives.supersedes),
        (say("cli.kin.near"), relatives.near_duplicates),
        (say("cli.kin.original"), relatives.originals),
    ]  # fmt: skip
    return [
        f"[{label}] {other.title} → {other.path} [{other.case_id}]"
        for label, others in kinds
        for other in others
    ]


def place_line(case: Case, say: Lang) -> str:
    """Municipality, prefecture, population and what else lists tell of a case, on one line."""
    parts = []
    if case.municipality:
        people = say("cli.case.population", n=case.population) if case.population else ""
        where = case.prefecture + people
        name = case.municipality
        parts.append(say("cli.case.place", name=name, where=where) if where else name)
    if case.ambiguous:
        parts.append(say("cli.case.ambiguous"))
    for name, about in ABOUT.items():
        value = value_of(case, name)
        if not (about.is_fact and about.is_listed) or value in (None, "", UNKNOWN):
            continue
        if name == "year":
            value = say("cli.case.year", year=value)
        value = say.name(name, str(value))
        parts.append(f"{say(about.code)} {value}" if about.is_told else value)
    return "  ".join(parts)


def case_text(case: Case, say: Lang) -> str:
    """A whole case."""
    lines = [case.title, place_line(case, say)]
    for section in case.sections:
        page = f" (p.{section.page})" if section.page else ""
        heading = section.heading or say.name("role", section.role)
        role = (
            ""
            if section.role == (section.heading or section.role)
            else f" [{say.name('role', section.role)}]"
        )
        lines += ["", f"■ {heading}{role}{page}", section.text]
    pages = f" p.{case.pages[0]}–{case.pages[1]}" if case.pages else ""
    lines += ["", f"{say('cli.case.source')}: {case.source_title or case.path}{pages}"]
    lines += [case.source_url] if case.source_url else []
    return "\n".join(lines)


def _ignored(count: int, say: Lang) -> str:
    return say("cli.ignored", n=count)


def _age(looked: str, say: Lang) -> str:
    """When the corpus was last looked through, in local time, and how long ago that is."""
    if not looked:
        return "—"
    then = datetime.fromisoformat(looked)
    minutes = int((datetime.now(UTC) - then).total_seconds() // 60)
    for size, code in ((1440, "days"), (60, "hours"), (1, "minutes")):
        if minutes >= size:
            ago = say(f"cli.age.{code}", n=minutes // size)
            break
    else:
        ago = say("cli.age.now")
    return say("cli.age", time=f"{then.astimezone():%Y-%m-%d %H:%M}", ago=ago)


def status_text(
    entries: Sequence[LedgerEntry], ledger: Mapping[str, object], say: Lang, *, everything: bool
) -> str:
    """The ledger: what needs attention first."""
    counts = {name: count for name, count in ledger.items() if isinstance(count, int)}
    lines = [
        say("cli.status.counts", **counts),
        f"{say('cli.status.looked')}: {_age(str(ledger['last_ingest'] or ''), say)}",
    ]
    reading = cast(Mapping[str, int], ledger["sentences"])
    if reading["done"] < reading["total"]:
        lines.append(say("cli.status.reading", done=reading["done"], total=reading["total"]))
    if ledger["ignored"]:
        lines.append(_ignored(int(str(ledger["ignored"])), say))
    wanted = {"failed", "skipped", "ocr_waiting"}
    trouble = [e for e in entries if wanted & {e.status, e.reason_code}]
    lines += [f"  [{_status(e, say)}] {e.path}: {say.told(e.reason)}" for e in trouble]
    if not trouble and entries:
        lines.append(say("cli.status.all_read"))
    if everything:
        lines += [
            f"  [{_status(e, say)}] {e.path}: {e.pages}p, {say('cli.status.cases', n=e.cases)}"
            for e in entries
            if e not in trouble
        ]
    return "\n".join(lines)


def report_text(report: Report, say: Lang) -> str:
    """The evaluation as a table."""
    rows = [(say("cli.eval.all"), report.overall), *report.by_kind.items(), *report.by_lang.items()]
    width = max(len(name) for name, _ in rows) + 2
    head = f"{'':{width}}{'n':>6}{f'nDCG@{report.k}':>10}{f'Recall@{report.k}':>12}{'weak':>8}{'precision':>11}{'coverage':>10}"
    return "\n".join([head, *(_figure_row(name, figures, width) for name, figures in rows)])


def comparison_text(comparison: Comparison, k: int, say: Lang) -> str:
    """How the run differs from the older one, and whether that can be luck."""
    rows = [(f"nDCG@{k}", comparison.ndcg), (f"Recall@{k}", comparison.recall)]
    lines = [
        say("cli.eval.against", n=comparison.n, better=comparison.better, worse=comparison.worse)
    ]
    for name, found in rows:
        verdict = say("cli.eval.differs") if found.p < 0.05 else say("cli.eval.luck")
        lines.append(
            f"  {name:10}{found.mean:+.4f}  [{found.low:+.4f}, {found.high:+.4f}]  p={found.p:.3f}  {verdict}"
        )
    return "\n".join(lines)


def rebuilt_text(rebuilt: Rebuilt, say: Lang) -> str:
    """What a rebuild brought back, and what not."""
    lines = [say("cli.rebuild.done", **rebuilt.counts), say("cli.rebuild.sidecars")]
    if rebuilt.accounts:
        lines.append(say("cli.rebuild.accounts", n=rebuilt.accounts[0]))
        lines += [] if rebuilt.accounts[1] else [say("cli.rebuild.accounts_partly")]
    if rebuilt.lost:
        lines += [say("cli.rebuild.lost", n=len(rebuilt.lost)), *(f"  {p}" for p in rebuilt.lost)]
    if not rebuilt.lost or not rebuilt.whole:
        lines.append(say("cli.rebuild.all" if rebuilt.whole else "cli.rebuild.partly"))
    if rebuilt.kept:
        lines.append(say("cli.rebuild.kept", folder=rebuilt.kept))
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


def backup_text(made: Backup, say: Lang) -> str:
    """``dxkb backup`` for people."""
    counts = made.manifest.counts
    lines = [say(
        "cli.backup.made", path=made.path, size=made.size / 1e6, documents=counts["documents"],
        cases=counts["cases"], seconds=made.seconds,
    )]  # fmt: skip
    lines += [] if made.manifest.documents else [say("cli.backup.alone")]
    return "\n".join([*lines, *(say("cli.backup.left_out", path=path) for path in made.left_out)])


def restored_text(done: Restored, settings: Settings, say: Lang) -> str:
    """``dxkb restore`` for people."""
    manifest = done.manifest
    lines = [say(
        "cli.restore.done", made_at=manifest.made_at, documents=manifest.counts["documents"],
        cases=manifest.counts["cases"],
    )]  # fmt: skip
    lines += [say("cli.restore.aside", aside=done.aside)] if done.aside else []
    if done.added:
        lines.append(say("cli.restore.corpus", corpus=settings.corpus, added=done.added))
    lines += [say("cli.restore.kept", path=path) for path in done.kept]
    lines += [
        say("cli.restore.differing", name=name, now=now, then=then)
        for name, (now, then) in done.differing.items()
    ]
    return "\n".join(lines)


def _figure_row(name: str, figures: Figures, width: int) -> str:
    return f"{name:{width}}{figures.n:>6}{figures.ndcg:>10.4f}{figures.recall:>12.4f}{figures.weak:>8.2f}{figures.precision:>11.2f}{figures.coverage:>10.2f}"


def _status(file: FileReport | LedgerEntry, say: Lang) -> str:
    return say(f"name.file.{file.status}")


def shortened(text: str, length: int = 110) -> str:
    """A text in one line of at most ``length`` characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= length else flat[: length - 1] + "…"
