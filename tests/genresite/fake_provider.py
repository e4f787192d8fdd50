"""A provider of OpenID Connect that really listens: it lets everybody in, as whoever the test says."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import sleep
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

CLIENT_ID, CLIENT_SECRET, KEY_ID = "films", "known-to-both", "key-1"
Reply = tuple[int, str]


class FakeProvider:
    """What it says can be bent: `person` (all claims), `token` (those signed), `told` (the others), `replies`."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.key = generate_private_key(65537, 2048)
        self.signed_with: RSAPrivateKey | str = self.key
        self.algorithm = "RS256"
        self.person: dict[str, Any] = {"sub": "7-ann", "preferred_username": "ann"}
        self.token: dict[str, Any] = {}
        self.told: dict[str, Any] = {}
        self.discovery: dict[str, Any] = {}
        self.replies: dict[str, Reply] = {}
        self.slow = ""  # the path that answers a byte at a time
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []

    def answer(self, path: str, given: dict[str, str], bearer: str) -> Reply:
        self.asked.append(path)
        if path in self.replies:
            return self.replies[path]
        made: dict[str, Callable[[], dict[str, Any]]] = {
            "/.well-known/openid-configuration": self._discovery,
            "/token": lambda: self._token(given),
            "/jwks": lambda: {"keys": [self._public_key()]},
            "/userinfo": lambda: self.person | self.told if bearer == "Bearer opaque" else {},
        }
        return 200, json.dumps(made[path]())

    def let_in(self, given: dict[str, str]) -> str:
        """The address that the browser is sent back to."""
        code = secrets.token_urlsafe()
        self.codes[code] = given
        return f"{given['redirect_uri']}?{urlencode({'code': code, 'state': given['state']})}"

    def _discovery(self) -> dict[str, Any]:
        endpoints = {"authorization": "/authorize", "token": "/token", "userinfo": "/userinfo"}
        return {
            "issuer": self.issuer,
            "jwks_uri": f"{self.issuer}/jwks",
            **{f"{name}_endpoint": self.issuer + path for name, path in endpoints.items()},
        } | self.discovery

    def _public_key(self) -> dict[str, Any]:
        public = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {**public, "kid": KEY_ID, "use": "sig", "alg": "RS256"}

    def _token(self, given: dict[str, str]) -> dict[str, Any]:
        """As the specification says: a code once, for the client and the browser that it was made for."""
        asked = self.codes.pop(given["code"])
        challenge = base64.urlsafe_b64encode(hashlib.sha256(given["code_verifier"].encode()).digest()).decode()
        assert challenge.rstrip("=") == asked["code_challenge"]
        assert asked["code_challenge_method"] == "S256"
        assert (given["client_id"], given["client_secret"]) == (CLIENT_ID, CLIENT_SECRET)
        assert given["redirect_uri"] == asked["redirect_uri"]
        return {"access_token": "opaque", "token_type": "Bearer", "id_token": self._id_token(asked["nonce"])}

    def _id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": nonce}
        said = {name: value for name, value in (claims | self.person | self.token).items() if value is not None}
        return jwt.encode(said, self.signed_with, self.algorithm, {"kid": KEY_ID})


@contextmanager
def listening() -> Iterator[FakeProvider]:
    """The provider on a port of this machine, in threads of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.provider = FakeProvider(f"http://127.0.0.1:{server.server_port}")  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server.provider  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path != "/authorize":
            return self._answer({})
        self.send_response(302)
        self.send_header("Location", self._provider.let_in({n: v[0] for n, v in parse_qs(parts.query).items()}))
        self.end_headers()
        return None

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._answer({name: values[0] for name, values in parse_qs(body).items()})

    @property
    def _provider(self) -> FakeProvider:
        return self.server.provider  # type: ignore[attr-defined,no-any-return]

    def _answer(self, given: dict[str, str]) -> None:
        path = urlsplit(self.path).path
        status, body = self._provider.answer(path, given, self.headers.get("Authorization", ""))
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if status == 302:
            self.send_header("Location", f"{self._provider.issuer}/elsewhere")
        self.end_headers()
        for byte in body if path == self._provider.slow else [body]:
            self.wfile.write(byte.encode())
            sleep(0.05 if path == self._provider.slow else 0)

    def log_message(self, *_: Any) -> None:
        """Not into what the tests print."""
