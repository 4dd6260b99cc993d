"""A piece of advice on the screen: one form that saves whatever button of it is pressed."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from io import BytesIO

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from kb.advice import works as kept
from kb.advice.asked import answers, asked, open_points
from kb.advice.at_work import WorkInSight, brief_of, for_another, in_sight, with_case, with_needs
from kb.advice.brief import Brief
from kb.advice.brief_file import PLACES, brief_file
from kb.advice.needs import LONGEST_NEED, MOST_NEEDS, budget, worries, written_needs
from kb.advice.paper import all_sources, parts
from kb.advice.precedents import precedents
from kb.advice.related import with_originals
from kb.advice.works import FollowUp, NeedAtWork, Work
from kb.base.errors import ForbiddenError, UnknownPlaceError, UsageError
from kb.language.numerals import yen_shown
from kb.places.gazetteer import Place, load_gazetteer
from kb.query.filters import resolve_place
from web.back import back
from web.files import attachment_name
from web.language import language, text
from web.pages.mine import mine
from web.services import services

pages = Blueprint("works", __name__)

MOST_CASES = 30
_LONG, _SHORT, _ASKED = 4000, 100, 20_000  # characters
_DAY = re.compile(r"\d{4}-\d\d-\d\d")

Changed = Callable[[Work], Work]


@pages.get("/works")
def index() -> ResponseReturnValue:
    """One's pieces of work, and the beginning of a new one; ``?case=`` are cases to begin with."""
    return _index(request.args.get("name", "") or getattr(mine(), "full_name", ""))


def _index(name: str, asked: str = "", error: str = "") -> str:
    own = services()
    viewer = own.viewer()
    is_known = viewer.role != "public"
    works = kept.works_of(own.settings, viewer.name) if is_known else ()
    seen = [in_sight(own.store, work, viewer) for work in works]
    return render_template(
        "works.html",
        works=[(one, load_gazetteer().by_code(one.work.code)) for one in seen],
        is_known=is_known,
        cases=own.store.cases(request.values.getlist("case")[:MOST_CASES], viewer),
        name=name,
        asked=asked,
        error=error,
        accepts=own.accepts,
    )


@pages.post("/works")
def create() -> ResponseReturnValue:
    """Begins a piece of work: for whom, what was asked as it came, and cases chosen before."""
    own, form = services(), request.form
    owner, name, told = _owner(), form.get("name", "").strip()[:_SHORT], _asked_text()[:_ASKED]
    try:
        place = resolve_place(name)
    except UnknownPlaceError as error:  # what was written must not be lost
        return _index(name, told, error.message(language())), 400
    needs = tuple(NeedAtWork(need.text) for need in written_needs(told))
    work = Work(owner, place.code, _title(place), asked=told, needs=needs)
    for case in own.store.cases(form.getlist("case")[:MOST_CASES], own.viewer()):
        work = with_case(work, case)
    return _to(kept.add_work(own.settings, work))


@pages.get("/works/<work_id>")
def show(work_id: str) -> ResponseReturnValue:
    """The desk: needs with precedents to choose, what was chosen, the paper, what followed."""
    own = services()
    seen = _seen(work_id)
    place = _place(seen.work)
    viewer = own.viewer()
    most = budget(seen.work.asked)
    proposed = [
        (need, precedents(own.searcher, need.text, place, viewer, most)) for need in seen.work.needs
    ]
    cases = [case for _, case in seen.chosen]
    return render_template(
        "work.html",
        work=seen.work,
        seen=seen,
        place=place,
        proposed=proposed,
        worries=worries(),
        budget=most and yen_shown(most),
        chosen_ids={case.id for case in cases},
        neighbours=[near for near, _ in load_gazetteer().neighbours(place, 3)],
        objections=[(p, any(answers(case, p) for case in cases)) for p in asked("objection")],
        points=open_points(cases) if cases else (),
        today=datetime.date.today().isoformat(),
        places=PLACES,
    )


@pages.get("/works/<work_id>/paper")
def paper(work_id: str) -> ResponseReturnValue:
    """The paper as a page, to read and to print."""
    brief = _brief(_seen(work_id))
    return render_template(
        "paper.html",
        brief=brief,
        parts=list(parts(brief)),
        sources=all_sources(brief),
        work_id=work_id,
    )


@pages.post("/works/<work_id>")
def change(work_id: str) -> ResponseReturnValue:
    """Saves the form, and does what its button says."""
    action, _, what = request.form.get("action", "save").partition(":")
    if action not in ACTIONS:
        raise UsageError("usage.unknown_action")
    done = ACTIONS[action]
    kept.change_work(services().settings, _owner(), work_id, lambda w: done(_written(w), what))
    return redirect(url_for(".show", work_id=work_id, _anchor=_ANCHORS.get(action, "paper")), 303)


@pages.post("/works/<work_id>/brief.<kind>")
def export(work_id: str, kind: str) -> ResponseReturnValue:
    """Saves the form and gives the paper as docx, xlsx or md."""
    own = services()
    if own.may_record():
        kept.change_work(own.settings, _owner(), work_id, _written)
    seen = _seen(work_id)
    if not seen.chosen:
        raise UsageError("usage.compare_empty")
    file = request.files.get("template")
    template = file.stream.read() if file and file.filename else b""
    made = brief_file(_brief(seen), kind, template)
    name = attachment_name(seen.work.title, kind)
    return send_file(
        BytesIO(made.data), mimetype=made.mimetype, as_attachment=True, download_name=name
    )


@pages.post("/works/choose")
def choose() -> ResponseReturnValue:
    """Puts a case, and the need that it answers, into the latest piece of work for a municipality, or
    a new one; then goes back."""
    own, form = services(), request.form
    place = resolve_place(form.get("code", "")[:_SHORT])
    case = own.store.case(form.get("case", ""), own.viewer())
    need = NeedAtWork(
        form.get("need", "").strip()[:LONGEST_NEED], _source_of_need(), _page_of_need()
    )
    needs = (need,) if need.text else ()

    def changed(work: Work) -> Work:
        return with_needs(with_case(_room(work), case, need.text), needs)

    latest = next((w for w in kept.works_of(own.settings, _owner()) if w.code == place.code), None)
    if latest:
        kept.change_work(own.settings, _owner(), latest.id, changed)
    else:
        new = Work(_owner(), place.code, _title(place))
        kept.add_work(own.settings, changed(new))
    return redirect(back(url_for(".index")), 303)


@pages.post("/works/<work_id>/copy")
def copy(work_id: str) -> ResponseReturnValue:
    """Begins a piece of work for another municipality with the precedents of this one."""
    seen = _seen(work_id)
    place = resolve_place(request.form.get("name", "").strip()[:_SHORT])
    return _to(
        kept.add_work(
            services().settings, for_another(seen.work, place.code, _title(place), seen.cases)
        )
    )


@pages.post("/works/<work_id>/forget")
def forget(work_id: str) -> ResponseReturnValue:
    """Deletes a piece of work."""
    kept.forget_work(services().settings, _owner(), work_id)
    return redirect(url_for(".index"), 303)


# -- what the buttons do -----------------------------------------------------------------------------


def _drop_need(work: Work, what: str) -> Work:
    return replace(work, needs=tuple(n for n in work.needs if n.text != what))


def _choose(work: Work, what: str) -> Work:
    own = services()
    case_id, _, need = what.partition(":")
    return with_case(_room(work), own.store.case(case_id, own.viewer()), need)


def _drop_case(work: Work, what: str) -> Work:
    return replace(work, chosen=tuple(c for c in work.chosen if c.case_id != what))


def _earlier(work: Work, what: str) -> Work:
    chosen = list(work.chosen)
    at = next((i for i, c in enumerate(chosen) if c.case_id == what), 0)
    if at:
        chosen[at - 1], chosen[at] = chosen[at], chosen[at - 1]
    return replace(work, chosen=tuple(chosen))


def _seen_change(work: Work, what: str) -> Work:
    own = services()
    now = {case.id: case.sha256 for case in own.store.cases([what], own.viewer())}
    chosen = (replace(c, sha256=now.get(c.case_id, c.sha256)) for c in work.chosen)
    return replace(work, chosen=tuple(chosen))


def _save(work: Work, what: str) -> Work:
    return work


ACTIONS: Mapping[str, Callable[[Work, str], Work]] = {
    "save": _save, "need": _save, "drop-need": _drop_need, "choose": _choose, "drop": _drop_case,
    "earlier": _earlier, "seen": _seen_change, "follow": _save,
}  # fmt: skip
"""What a button of the form does, by the beginning of its value."""
_ANCHORS = {
    "need": "needs",
    "drop-need": "needs",
    "choose": "needs",
    "drop": "chosen",
    "earlier": "chosen",
    "seen": "chosen",
    "follow": "followed",
}


def _written(work: Work) -> Work:
    """``work`` with what the form says, whatever button was pressed: a need and a note that were
    written, too; what the form does not have stays."""
    form = request.form
    remarks = {c.case_id: form.get(f"remark-{c.case_id}", c.remark)[:_LONG] for c in work.chosen}
    found = [NeedAtWork(need.text) for need in written_needs(_said("need", _LONG))]
    step = FollowUp(_day("followed-day"), _said("answer", _LONG), _said("done", _LONG))
    return replace(
        work,
        title=_said("title", _SHORT, work.title) or work.title,
        author=_said("author", _SHORT, work.author),
        day=_day("day") if "day" in form else work.day,
        problem=_said("problem", _LONG, work.problem),
        remark=_said("remark", _LONG, work.remark),
        needs=with_needs(work, found).needs[:MOST_NEEDS],
        chosen=tuple(replace(c, remark=remarks[c.case_id].strip()) for c in work.chosen),
        followed=(*work.followed, step) if step.answer or step.done else work.followed,
    )


def _said(name: str, most: int, otherwise: str = "") -> str:
    return request.form.get(name, otherwise).replace("\r\n", "\n").strip()[:most]


def _day(name: str) -> str:
    given = request.form.get(name, "")
    return given if _DAY.fullmatch(given) else ""


def _room(work: Work) -> Work:
    if len(work.chosen) >= MOST_CASES:
        raise UsageError("usage.work_full", n=MOST_CASES)
    return work


def _asked_text() -> str:
    """The consultation: what was pasted, else the words of the text file that was sent."""
    pasted = request.form.get("asked", "").replace("\r\n", "\n").strip()
    file = request.files.get("file")
    if pasted or file is None or not file.filename:
        return pasted
    return services().words_of(file.filename, file.stream.read())


def _source_of_need() -> str:
    return request.form.get("need-case", "")[:40]


def _page_of_need() -> int | None:
    page = request.form.get("need-page", "")
    return int(page) if page.isdecimal() and len(page) < 6 else None


def _owner() -> str:
    """Whose work it is. Raises ForbiddenError for the public."""
    viewer = services().viewer()
    if viewer.role == "public":
        raise ForbiddenError("usage.works_public")
    return viewer.name


def _brief(seen: WorkInSight) -> Brief:
    own = services()
    return with_originals(brief_of(seen, language()), own.searcher, own.store, own.viewer())


def _seen(work_id: str) -> WorkInSight:
    own = services()
    return in_sight(own.store, kept.work_of(own.settings, _owner(), work_id), own.viewer())


def _title(place: Place) -> str:
    return text("works.title.of", name=place.name)


def _place(work: Work) -> Place:
    return resolve_place(work.code)


def _to(work: Work) -> ResponseReturnValue:
    return redirect(url_for(".show", work_id=work.id), 303)
