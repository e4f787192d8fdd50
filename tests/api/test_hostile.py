"""Bodies and addresses that are meant to hurt: each gets a 4xx with a sentence, none a 500."""

import resource
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from catalog.models import Decision, Film, Term
from genresite.parsers import MAX_DEPTH

pytestmark = pytest.mark.django_db
LABEL = "/api/films/tt0013442/labels/genre/horror/"
JSON = "application/json"
GOOD = b'{"value": "yes", "revision": 1}'


def deep(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


BODIES: dict[str, tuple[Any, str, int]] = {
    "not json": (b"value=yes", JSON, 400),
    "empty": (b"", JSON, 400),
    "half": (b'{"value": "yes"', JSON, 400),
    "two values": (GOOD + GOOD, JSON, 400),
    "deep list": (deep(100_000), JSON, 400),
    "deep and unclosed": (b"[" * 100_000, JSON, 400),
    "deep dict": (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, JSON, 400),
    "too deep by one": (deep(MAX_DEPTH + 1), JSON, 400),
    "infinity": (b'{"value": "yes", "revision": 1e999}', JSON, 400),
    "minus infinity": (b'{"value": "yes", "revision": 1, "x": [{"y": -1e999}]}', JSON, 400),
    "Infinity": (b'{"value": "yes", "revision": Infinity}', JSON, 400),
    "NaN": (b'{"value": NaN, "revision": 1}', JSON, 400),
    "many digits": (b'{"value": "yes", "revision": ' + b"9" * 10_000 + b"}", JSON, 400),
    "digits that int takes": (b'{"value": "yes", "revision": ' + b"9" * 4000 + b"}", JSON, 400),
    "nul": (b'{"value": "ye\\u0000s", "revision": 1}', JSON, 400),
    "nul in a key": (b'{"value": "yes", "revision": 1, "\\u0000": 1}', JSON, 400),
    "nul elsewhere": (b'{"value": "yes", "revision": 1, "note": ["\\u0000"]}', JSON, 400),
    "half a surrogate pair": (b'{"value": "yes", "revision": 1, "note": "\\ud800"}', JSON, 400),
    "not utf-8": (b'{"value": "\xff\xfe", "revision": 1}', JSON, 400),
    "utf-16": (GOOD.decode().encode("utf-16"), JSON, 400),
    "bz2 as a charset": (b"BZh91AY", "application/json; charset=bz2_codec", 415),
    "zlib as a charset": (b"x", "application/json; charset=zlib_codec", 415),
    "rot13 as a charset": (b"x", "application/json; charset=rot13", 415),
    "utf-7": (b"x", "application/json; charset=utf-7", 415),
    "no charset of this world": (b"x", "application/json; charset=\x01", 415),
    "too large": (b'"' + b"x" * (2 * 2**20) + b'"', JSON, 413),
    "a form": (b"value=yes&revision=1", "application/x-www-form-urlencoded", 415),
    "a form in parts": (b"--x--", "multipart/form-data; boundary=x", 415),
    "xml": (b"<value/>", "application/xml", 415),
    "no type": (GOOD, "", 415),
    "a type that is none": (GOOD, "%%%", 415),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_hostile_body_is_refused_with_a_sentence(name: str, as_curator: APIClient, film: Film, horror: Term) -> None:
    body, kind, status = BODIES[name]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = as_curator.generic("PUT", LABEL, body, content_type=kind)
    assert answer.status_code == status, answer.content[:300]
    assert answer.headers["Content-Type"] == JSON
    assert answer.json(), "says why"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024  # KiB
    assert not Decision.objects.exists()


@pytest.mark.parametrize("path", ["/api/labels/decide/", "/api/retrain/", "/api/predict/", "/api/versions/x/promote/"])
@pytest.mark.parametrize("name", ["deep list", "NaN", "nul", "too large", "bz2 as a charset", "half"])
def test_every_writing_address_reads_json_the_same_way(name: str, path: str, as_admin: APIClient) -> None:
    body, kind, _ = BODIES[name]
    assert 400 <= as_admin.generic("POST", path, body, content_type=kind).status_code < 500


def test_json_within_the_limits_is_read(as_curator: APIClient, film: Film, horror: Term) -> None:
    nested: Any = 1
    for _ in range(MAX_DEPTH - 2):
        nested = [nested]
    answer = as_curator.put(LABEL, {"value": "yes", "revision": 1, "note": ["감독 🎬"], "x": nested})
    assert answer.status_code == 200
    # \u escapes of both halves are one character
    paired: Any = b'{"value": "yes", "revision": 2, "note": "\\ud83c\\udfac"}'
    assert as_curator.generic("PUT", LABEL, paired, content_type="application/json; charset=UTF-8").status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/api/films/%00/", "/api/films/?q=%00", "/api/films/x%00y/labels/", "/films/%00/", "/?q=%00",
        "/api/films/?%00=1",
        "/api/films/?q=%ff%fe", "/api/jobs/99999999999999999999999999/",
        "/api/changes/99999999999999999999999999/undo/",
        "/api/source-names/99999999999999999999999999/", "/api/runs/99999999999999999999/", "/api/versions/genres-²/",
        "/api/versions/genres-99999999999999999999999999/", "/api/versions/%27%22;--/",
        "/api/decisions/?change_set=%00",
        "/api/films/" + "x" * 5000 + "/", "/api/films/..%2f..%2fetc%2fpasswd/", "/api/films/%ff/",
    ],
)  # fmt: skip
def test_odd_addresses_are_no_server_error(address: str, as_admin: APIClient, film: Film) -> None:
    for method in ("GET", "POST", "PUT"):
        answer = as_admin.generic(method, address, "{}", content_type=JSON)
        assert answer.status_code < 500, (method, answer.content[:300])


@pytest.mark.parametrize("charset", ["bz2_codec", "rot13", "utf-16", "nonsense"])
def test_pages_take_utf8_only(charset: str, client: Client) -> None:
    answer = client.generic("POST", "/accounts/login/", b"x", f"application/x-www-form-urlencoded; charset={charset}")
    assert (answer.status_code, b"UTF-8" in answer.content) == (415, True)


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer \xff", "Bearer a b", "bearer x", "Bearer " + "x" * 9000]
)
def test_a_token_that_is_none_is_401(header: str, film: Film) -> None:
    answer = Client(raise_request_exception=False).get("/api/films/", headers={"Authorization": header})
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="genresite"')
