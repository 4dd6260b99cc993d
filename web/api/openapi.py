"""The API's parameters, checked and described from one table, and its OpenAPI document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from werkzeug.datastructures import MultiDict

from kb.base.errors import UsageError
from kb.base.filters import FILTERS, Filter
from kb.base.messages import message, render
from kb.language.dates import iso_day
from kb.query.terms import MAX_QUERY
from web.api.shapes import ProblemShape, Schema, components, schema_of


@dataclass(frozen=True, slots=True)
class Parameter:
    """A query parameter. A number has ``bounds`` (inclusive); ``choices`` are the only values;
    ``is_day``: an ISO 8601 date."""

    name: str
    description: str
    required: bool = False
    many: bool = False
    bounds: tuple[int, int] | None = None
    choices: tuple[str, ...] = ()
    default: str | int | None = None
    is_day: bool = False

    def check(self, args: MultiDict[str, str]) -> None:
        """Raises UsageError when ``args`` holds a value that the description does not allow."""
        values = args.getlist(self.name)
        if self.required and not values:
            raise UsageError("usage.parameter_missing", name=self.name)
        if len(values) > 1 and not self.many:
            raise UsageError("usage.parameter_once", name=self.name)
        for value in values:
            if self.choices and value not in self.choices:
                raise UsageError("usage.parameter_choice", name=self.name, choices=self.choices)
            if self.bounds and not _within(value, self.bounds):
                low, high = self.bounds
                raise UsageError("usage.parameter_range", name=self.name, low=low, high=high)
            if self.is_day and not iso_day(value):
                raise UsageError("usage.parameter_day", name=self.name)

    def schema(self) -> Schema:
        """The JSON Schema of one value, or of the list."""
        one: Schema = {"type": "integer" if self.bounds else "string"}
        if self.bounds:
            one |= {"minimum": self.bounds[0], "maximum": self.bounds[1]}
        if self.is_day:
            one["format"] = "date"
        if self.choices:
            one["enum"] = list(self.choices)
        if self.name == "q":
            one |= {"minLength": 1, "maxLength": MAX_QUERY}
        if self.default is not None:
            one["default"] = self.default
        return {"type": "array", "items": one} if self.many else one


@dataclass(frozen=True, slots=True)
class Operation:
    """One address of the API. ``path`` is Flask's rule; ``statuses`` are the errors it can give."""

    path: str
    summary: str
    shape: type
    parameters: tuple[Parameter, ...] = ()
    statuses: tuple[int, ...] = (503,)


def _of_filter(row: Filter) -> Parameter:
    """The parameter of a filter."""
    told = render(message(f"cli.help.search.{row.name}"), "en").capitalize() + "."
    bounds = row.bounds if row.kind == "number" else None
    return Parameter(
        row.name, told, False, row.kind == "any", bounds, row.choices, is_day=row.kind == "day"
    )


SEARCH_PARAMETERS = (
    Parameter("q", "Words or a question, in Japanese or English.", required=True),
    Parameter("k", "Number of results.", bounds=(1, 100), default=10),
    *map(_of_filter, FILTERS.values()),
    Parameter("near", "Municipality; cases of places about as large move up."),
    Parameter("home", "Municipality that asks: what 「うちと同じ規模」 means."),
    Parameter("ignore", "Label of an understood condition that shall not count.", many=True),
    Parameter("must", "Label of a condition that every answer must meet.", many=True),
    Parameter("prefer", "Label of a condition that is only preferred.", many=True),
    Parameter("exclude", "Label of a condition that no answer may meet.", many=True),
    Parameter("strict", "1: only cases that meet every condition.", choices=("1",)),
    Parameter("mode", "Which leg searches.", choices=("hybrid", "lexical", "dense")),
)


def document(operations: Sequence[Operation]) -> Schema:
    """The OpenAPI 3.1 document of ``operations``."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "dxkb",
            "version": _version(),
            "description": "Search over Japanese municipal DX case studies. Every answer names its "
            "document and page.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": {_template(o.path): {"get": _describe(o)} for o in operations},
        "components": {"schemas": components(ProblemShape, *(o.shape for o in operations))},
    }


def _describe(operation: Operation) -> Schema:
    in_path = [part[1:-1] for part in operation.path.split("/") if part.startswith("<")]
    problem = {"application/problem+json": {"schema": schema_of(ProblemShape)}}
    return {
        "summary": operation.summary,
        "operationId": operation.path.rsplit("v1/", 1)[-1].split("/")[0],
        "parameters": [
            *(
                {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
                for name in in_path
            ),
            *(
                {
                    "name": parameter.name,
                    "in": "query",
                    "required": parameter.required,
                    "description": parameter.description,
                    "schema": parameter.schema(),
                }
                for parameter in operation.parameters
            ),
        ],
        "responses": {
            "200": {
                "description": "Found.",
                "content": {"application/json": {"schema": schema_of(operation.shape)}},
            },
            **{
                str(status): {"description": "What is wrong and what to do.", "content": problem}
                for status in operation.statuses
            },
        },
    }


def _template(rule: str) -> str:
    return rule.replace("<", "{").replace(">", "}")


def _within(value: str, bounds: tuple[int, int]) -> bool:
    digits = value.isascii() and value.isdigit() and len(value) <= 16
    return digits and bounds[0] <= int(value) <= bounds[1]


def _version() -> str:
    try:
        return version("dxkb")
    except PackageNotFoundError:
        return "0"
