"""The API's documentation as a page of the site: made on the server from the schema, without scripts."""

import json
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import override
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer

from catalog.access import anybody


@require_safe
@anybody
def docs(request: HttpRequest) -> HttpResponse:
    return render(request, "api_docs.html", {"groups": groups()})


@lru_cache(maxsize=1)
def groups() -> dict[str, list[dict[str, Any]]]:
    """Operations by their first path segment, each with what it takes and what it answers."""
    with override("en"):  # as the descriptions are; the page around them is in the reader's language
        schema = json.loads(OpenApiJsonRenderer().render(SchemaGenerator().get_schema(request=None, public=True)))
    models = schema["components"]["schemas"]
    found: dict[str, list[dict[str, Any]]] = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            found.setdefault(path.split("/")[2], []).append(_operation(path, method, operation, models))
    return found


def _operation(path: str, method: str, operation: dict[str, Any], models: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {})
    return {
        "id": operation["operationId"],
        "path": path,
        "method": method.upper(),
        "summary": operation.get("description", "").partition(". ")[0].strip().removesuffix("."),
        "text": operation.get("description", ""),
        "parameters": [_field(item["name"], item["schema"], item) for item in operation.get("parameters", [])],
        "body": [field for content in list(body.values())[:1] for field in _fields(content["schema"], models)],
        "answers": [_answer(status, answer, models) for status, answer in operation["responses"].items()],
    }


def _answer(status: str, answer: dict[str, Any], models: dict[str, Any]) -> dict[str, Any]:
    content = list(answer.get("content", {}).values())[:1]
    return {"status": status, "fields": [field for item in content for field in _fields(item["schema"], models)]}


def _fields(schema: dict[str, Any], models: dict[str, Any]) -> list[dict[str, Any]]:
    """Fields of an object, or of the objects in a list or in a page of a list."""
    schema = _resolve(schema, models)
    if "items" in schema:
        return _fields(schema["items"], models)
    properties = schema.get("properties", {})
    if "results" in properties and "next" in properties:
        return _fields(properties["results"], models)
    required = schema.get("required", [])
    return [_field(name, item, {"required": name in required}) for name, item in properties.items()]


def _resolve(schema: dict[str, Any], models: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = models[schema["$ref"].rsplit("/", 1)[-1]]
    return schema


def _field(name: str, schema: dict[str, Any], about: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "type": schema.get("type") or ("list" if "items" in schema else "object"),
        "choices": [choice for choice in schema.get("enum", []) if choice],
        "required": about.get("required", False),
        "text": about.get("description") or schema.get("description", ""),
    }
