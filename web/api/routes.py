"""The JSON API: what the command line prints, over HTTP."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from kb.advice.related import kin
from kb.base.errors import NotFoundError
from kb.base.types import Mode
from kb.places.gazetteer import load_gazetteer
from kb.ranking.contracts import answer_json, case_json, ledger_json
from web.api.openapi import SEARCH_PARAMETERS, Operation, document
from web.api.shapes import AnswerShape, CaseShape, LedgerShape, MunicipalityShape
from web.language import language
from web.services import services
from web.view.address import SearchAddress

pages = Blueprint("api", __name__, url_prefix="/api/v1")

SEARCH = Operation("/api/v1/search", "Search cases.", AnswerShape, SEARCH_PARAMETERS, (400, 503))
CASE = Operation("/api/v1/cases/<case_id>", "One case.", CaseShape, statuses=(404, 503))
MUNICIPALITY = Operation(
    "/api/v1/municipalities/<code>",
    "A municipality and its cases.",
    MunicipalityShape,
    statuses=(404, 503),
)
DOCUMENTS = Operation("/api/v1/documents", "Every file and what became of it.", LedgerShape)
OPERATIONS = (SEARCH, CASE, MUNICIPALITY, DOCUMENTS)


@pages.get("/search")
def search() -> ResponseReturnValue:
    """The JSON of ``dxkb search``."""
    for parameter in SEARCH.parameters:
        parameter.check(request.args)
    own = services()
    question = SearchAddress.read(request.args)
    answer = own.searcher.search(
        question.q,
        k=int(request.args.get("k", 10)),
        filters=question.filters,
        mode=cast(Mode, request.args.get("mode", "hybrid")),
        near=question.near or None,
        home=request.args.get("home") or None,
        wishes=question.wishes,
        viewer=own.viewer(),
    )
    return jsonify(answer_json(answer))


@pages.get("/cases/<case_id>")
def case(case_id: str) -> ResponseReturnValue:
    """The JSON of ``dxkb show``."""
    own = services()
    viewer = own.viewer()
    found = own.store.case(case_id, viewer)
    return jsonify(case_json(found, kin(own.searcher, own.store, found, viewer)))


@pages.get("/municipalities/<code>")
def municipality(code: str) -> ResponseReturnValue:
    """A municipality and its cases."""
    own = services()
    place = load_gazetteer().by_code(code)
    if place is None:
        raise NotFoundError("usage.unknown_code", code=code)
    found = own.store.cases_of(code=place.code, viewer=own.viewer())
    return jsonify(
        {
            "code": place.code,
            "name": place.name,
            "prefecture": place.prefecture,
            "kana": place.kana,
            "kind": place.kind,
            "population": place.population,
            "url": place.url or None,
            "cases": [case_json(item) for item in found],
        }
    )


@pages.get("/documents")
def documents() -> ResponseReturnValue:
    """The JSON of ``dxkb status``."""
    own = services()
    viewer = own.viewer()
    return jsonify(ledger_json(own.store.ledger(viewer), own.store, viewer, language()))


@pages.get("/openapi.json")
def openapi() -> ResponseReturnValue:
    """This API's description, made from the tables above."""
    return jsonify(document(OPERATIONS))
