"""What the API says of itself: the OpenAPI document. Its parameters are those of the filters of the pages."""

from typing import Any

import django_filters as filters
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI

from relations.api.answers import MOST_ROWS
from relations.api.problems import PROBLEM, TITLES, Problem
from relations.reports.paging import PAGE_SIZE

ERRORS = (400, 401, 404, 405, 422, 429)
_REF = "#/components/{kind}/{name}"


def parameter(name: str, schema: dict[str, Any], description: Any) -> dict[str, Any]:
    """Return how the document tells a parameter of the address."""
    return {"in": "query", "name": name, "required": False, "schema": schema, "description": description}


def of_filters(filter_set: Any) -> list[dict[str, Any]]:
    """Return the parameters that a filter set reads."""
    found = [] if filter_set is None else filter_set.base_filters.items()
    return [parameter(name, _schema(each), each.label or name) for name, each in found if name != "desk"]


def _schema(each: Any) -> dict[str, Any]:
    if isinstance(each, filters.MultipleChoiceFilter):
        return {"type": "array", "items": _chosen(each)}
    if isinstance(each, filters.ModelChoiceFilter):
        return {"type": "string"} if each.extra.get("to_field_name") else {"type": "integer"}
    if isinstance(each, filters.ChoiceFilter):
        return _chosen(each)
    if isinstance(each, filters.DateFilter):
        return {"type": "string", "format": "date"}
    if isinstance(each, filters.BooleanFilter):
        return {"type": "boolean"}
    return {"type": "number"} if isinstance(each, filters.NumberFilter) else {"type": "string"}


def _chosen(each: Any) -> dict[str, Any]:
    choices = each.extra.get("choices", ())
    values = [] if callable(choices) else [str(value) for value, _label in choices]
    return {"type": "string", "enum": values} if values else {"type": "string"}


DAYS = [
    parameter("effective", {"type": "string", "format": "date"}, _("What stood that day.")),
    parameter("known", {"type": "string", "format": "date"}, _("Published by that day, in the desk’s time zone.")),
]
PAGING = [
    parameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": PAGE_SIZE},
        _("So many rows at most."),
    ),
    parameter("page", {"type": "string"}, _("As “next” and “previous” of an answer give it.")),
]
WORDS = [parameter("q", {"type": "string"}, _("Words that are in the name."))]
COPY_KNOWN = {
    "in": "header",
    "name": "If-None-Match",
    "required": False,
    "schema": {"type": "string"},
    "description": _("The ETag of the copy at hand."),
}


def told(parameters: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the document tells of an operation beside what ninja finds out."""
    shared = {str(status): {"$ref": _REF.format(kind="responses", name=f"Problem{status}")} for status in ERRORS}
    etag = {"ETag": {"schema": {"type": "string"}, "description": "By which the copy is known."}}
    return {
        "parameters": [*parameters, COPY_KNOWN],
        "responses": {
            200: {"headers": etag},
            "304": {"description": "The copy at hand holds the same.", "headers": etag},
            **shared,
        },
    }


class DeskAPI(NinjaAPI):
    """ninja's, with the problem documents in what it says of itself."""

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        """Return the OpenAPI document."""
        schema = super().get_openapi_schema(**kwargs)
        components = schema["components"]
        definition = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        components["schemas"] |= {**definition.pop("$defs"), "Problem": definition}
        content = {PROBLEM: {"schema": {"$ref": _REF.format(kind="schemas", name="Problem")}}}
        components["responses"] = {
            f"Problem{status}": {"description": str(TITLES[status]), "content": content} for status in ERRORS
        }
        waiting = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
        components["responses"]["Problem429"]["headers"] = waiting
        challenge = {"WWW-Authenticate": {"schema": {"type": "string"}}}
        components["responses"]["Problem401"]["headers"] = challenge
        return schema
