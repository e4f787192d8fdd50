"""The API describes itself: completely, and without anything that has to be fetched elsewhere."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from rest_framework.test import APIClient

from tests.roles import addresses

pytestmark = pytest.mark.django_db
WITHOUT_SCHEMA = {"api-schema", "api-docs"}


def test_the_schema_is_valid_and_complete() -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO())


def test_every_address_is_described(anonymous: APIClient) -> None:
    schema = anonymous.get("/api/schema/", {"format": "json"})
    assert schema.status_code == 200
    described = schema.content.decode()
    paths = described.count('"/api/')
    assert paths == len([name for name in addresses() if name.startswith("api-")]) - len(WITHOUT_SCHEMA)


def test_the_page_shows_every_operation_without_scripts_of_its_own(client: Client) -> None:
    page = client.get("/api/docs/").content.decode()
    for shown in ("/api/films/{key}/labels/{kind}/{slug}/", "If-Match", "PUT", "/api/retrain/", "text_encoder", "409"):
        assert shown in page
    assert "http://" not in page.replace("http://testserver", "").replace("http://www.w3.org", "")
    assert "<style" not in page
    assert " style=" not in page
    assert "onclick" not in page
