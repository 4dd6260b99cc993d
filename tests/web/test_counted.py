"""What a facet that is narrowed itself counts, and the addresses of its values."""

from __future__ import annotations

import pytest

from kb.base.config import Settings
from kb.base.filters import Filters
from kb.base.types import Viewer
from kb.documents.hold import hold
from kb.query.conditions.wishes import Wishes
from web.app import create_app
from web.services import Services
from web.view.address import SearchAddress
from web.view.facets import Asking, facets

_QUESTION = SearchAddress(q="手続き")


def _fields(services: Services, question: SearchAddress) -> dict[str, int]:
    """Counts by 分野 as the page of a question tells them to the public."""
    viewer = Viewer.of()
    asking = Asking.now(services, viewer, "")
    answer = services.searcher.search(question.q, filters=question.filters, viewer=viewer)
    found = next(f for f in facets(question, answer, asking) if f.name == "field")
    return {option.value: option.count for option in (*found.options, *found.rest)}


def test_they_are_those_of_the_wider_answer_whether_it_has_been_seen_or_not(
    services: Services, world: Settings
) -> None:
    with create_app(services).test_request_context():
        wide = _fields(services, _QUESTION)
        assert len(wide) > 1
        for value in wide:
            narrow = _QUESTION.narrowed(fields=(value,))
            assert _fields(services, narrow) == wide
            with create_app(services).test_request_context():  # a process that has seen nothing
                assert _fields(services, narrow) == wide
        value = next(iter(wide))
        narrow = _QUESTION.narrowed(fields=(value,))
        one = services.searcher.search(_QUESTION.q, filters=narrow.filters, viewer=Viewer.of())
        hold(world, one.results[0].case.path, "庁内")
        assert _fields(services, narrow) == _fields(services, _QUESTION) != wide


@pytest.mark.parametrize("kept", [(), ("交通",)])
@pytest.mark.parametrize("q", ["", "窓口", "one more & 100%"])
def test_an_address_with_one_more_value_is_that_of_the_question_narrowed_to_it(
    q: str, kept: tuple[str, ...]
) -> None:
    filters = Filters(prefectures=("one more",), fields=("防災",), year_from=2020)
    for question in (
        SearchAddress(q=q),
        SearchAddress(q=q, filters=filters, near="多可町", page=3),
    ):
        adding = question.with_each("fields", kept)
        for value in ("窓口", "one more", "a b&c"):
            assert adding(value) == question.narrowed(fields=(*kept, value)).address()


@pytest.mark.parametrize(
    "q", ["兵庫県の窓口", "長野県の町の窓口", "人口2万人以下の窓口の手続き", "町村の手続き"]
)
def test_it_is_told_how_many_of_the_answers_meet_every_condition(
    services: Services, q: str
) -> None:
    page = create_app(services).test_client().get("/", query_string={"q": q}).text
    answer = services.searcher.search(q)
    assert answer.total
    told = f"条件をすべて満たすのは、このうち{answer.all_met}件です"
    assert (told in page) is (0 < answer.all_met < answer.total)
    assert ("条件をすべて満たす答えは0件です" in page) is (answer.all_met == 0)
    for label, count in answer.loosened.items():
        assert f"「{label}」をはずす（{count}件）" in page
        freed = services.searcher.search(q, wishes=Wishes(ignored=(label,)))
        assert freed.all_met == count
