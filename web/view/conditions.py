"""What was understood of a question, to be changed by one press, and what each case meets of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple, get_args

from kb.base.record import value_of
from kb.base.types import Answer, Case, Met, Understood
from kb.query.conditions.wishes import Mode, Wishes
from web.language import language, text
from web.view.address import SearchAddress
from web.view.presentation import fiscal_year, people, prefecture_name


class Choice(NamedTuple):
    """A mode that a condition can have; following ``address`` gives it that."""

    name: str
    address: str
    selected: bool


@dataclass(frozen=True, slots=True)
class ConditionChip:
    """A condition with its modes; following ``address`` makes it count no more."""

    label: str
    cases: int
    choices: tuple[Choice, ...]
    address: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a case says of a condition: ``sign`` ✓, ✗ or –, in words, and its own ``value``."""

    sign: str
    label: str
    words: str
    value: str


def understood(question: SearchAddress, answer: Answer) -> list[ConditionChip]:
    """The conditions that the question was understood to state, as they stand."""
    return [_chip(question, condition) for condition in answer.understood]


def loosened(question: SearchAddress, answer: Answer) -> list[tuple[str, int, str]]:
    """Where no case meets all conditions: which to give up, how many cases that would bring, and
    the address that does so."""
    return [
        (told(condition), count, _wished(question, condition.label, "ignored"))
        for condition in answer.understood
        if (count := answer.loosened.get(condition.label, 0))
    ]


def verdicts(conditions: tuple[Met, ...], case: Case) -> list[Verdict]:
    """What a card says of each condition."""
    signs = {True: ("✓", "met"), False: ("✗", "unmet"), None: ("–", "untold")}
    return [
        Verdict(sign, told(one.condition), text(f"search.condition.{words}"), _value(one, case))
        for one in conditions
        for sign, words in (signs[one.met],)
    ]


def told(condition: Understood) -> str:
    """The label of a condition in this request's language; 「兵庫県以外」 where it leaves out."""
    label = _label(condition)
    return text("search.understood.not", label=label) if condition.exclude else label


def _label(condition: Understood) -> str:
    return prefecture_name(condition.label_en) if language() == "en" else condition.label


def _chip(question: SearchAddress, condition: Understood) -> ConditionChip:
    own: Mode = "exclude" if condition.exclude else "must" if condition.must else "prefer"
    choices = tuple(
        Choice(mode, _wished(question, condition.label, mode), mode == own)
        for mode in get_args(Mode)
    )
    ignored = _wished(question, condition.label, "ignored")
    return ConditionChip(_label(condition), condition.cases, choices, ignored)


def _wished(question: SearchAddress, label: str, wish: str) -> str:
    """The address with this wish, and no other, for a condition."""
    lists = {
        name: tuple(kept for kept in getattr(question.wishes, name) if kept != label)
        for name in ("ignored", *get_args(Mode))
    }
    lists[wish] = (*lists[wish], label)
    wishes = Wishes(**lists, strict=question.wishes.strict)
    return replace(question, wishes=wishes, page=1).address()


def _value(one: Met, case: Case) -> str:
    """What the case has where the condition asks for a number."""
    if one.condition.kind in ("size", "near"):
        return people(case.population)
    if one.condition.kind == "cost":
        return str(value_of(case, "cost"))
    return fiscal_year(case.year) if one.condition.kind == "year" else ""
