"""Talking to the provider: what it says counts once it is verified, and it cannot hold a web process for long."""

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import jwt
import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from genresite.checks import TookTooLong, within

# Signed with a key that the provider alone has: with HS256 everybody who knows the client's secret could sign.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
SECONDS = 5.0  # for one answer of the provider, from the connection to the last byte
CLOCKS_DIFFER = 60  # seconds
LONGEST_SUB = 191  # characters that the database keeps
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")

Claims = dict[str, Any]


class NoSense(OAuth2Error):  # type: ignore[misc]
    """The provider is not there, or says what cannot be understood."""


class Session(requests.Session):
    """Follows no redirects, for a secret goes along, and gives up in time, also where bytes trickle."""

    def request(self, *args: Any, **options: Any) -> requests.Response:
        options |= {"timeout": SECONDS, "allow_redirects": False}
        ask = super().request
        try:
            return within(SECONDS, lambda: ask(*args, **options))
        except TookTooLong:
            raise requests.Timeout(f"no answer within {SECONDS:.0f} seconds") from None


@contextmanager
def understood(what: str) -> Iterator[None]:
    """Whatever goes wrong in reading an answer of the provider is NoSense."""
    try:
        yield
    except (requests.RequestException, LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise NoSense(f"{what}: {type(error).__name__} {error}") from error


def nonce_of(code_verifier: str) -> str:
    """What ties an ID token to the browser that asked for it, made from the secret that its session keeps (PKCE)."""
    return hashlib.sha256(f"nonce {code_verifier}".encode()).hexdigest()


class Conversation(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """One sign-in: where to send the browser, what the code is worth, and who it is."""

    nonce = ""

    @cached_property
    def openid_config(self) -> dict[str, Any]:
        with understood("discovery"):
            config: dict[str, Any] = _fetch(self.get_provider().server_url)
            if config["issuer"].rstrip("/") != settings.OIDC_ISSUER:
                raise NoSense(f"discovery: the issuer is {config['issuer']}, not OIDC_ISSUER")
            if not all(_is_address(config[name]) for name in ENDPOINTS):
                raise NoSense("discovery: an endpoint is no address")
            return config

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """As it is registered with the provider, whatever host was asked for."""
        return f"{settings.SITE_URL}{reverse('oidc_callback')}"

    def get_access_token_data(
        self, request: HttpRequest, app: SocialApp, client: OAuth2Client, pkce_code_verifier: str | None = None
    ) -> dict[str, Any]:
        self.nonce = nonce_of(pkce_code_verifier or "")
        with understood("token"):
            data: dict[str, Any] = super().get_access_token_data(request, app, client, pkce_code_verifier)
            if not isinstance(data["access_token"], str):
                raise NoSense("token: no access_token")
            return data

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        return SocialToken(token=data["access_token"])  # used for one question, never kept

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **more: Any) -> SocialLogin:
        with understood("claims"):
            signed = self._verified(more["response"]["id_token"])
            claims = {**self._told(token.token, signed["sub"]), **signed}
        login = self.get_provider().sociallogin_from_response(request, claims)
        login.claims = claims
        return login

    def _verified(self, id_token: str) -> Claims:
        """The claims of an ID token that this provider signed, for this site, for this browser."""
        client_id = settings.OIDC_CLIENT_ID
        try:
            claims: Claims = jwt.decode(
                id_token, self._key_of(id_token), ALGORITHMS, issuer=self.openid_config["issuer"], audience=client_id,
                leeway=CLOCKS_DIFFER, options={"require": ["iss", "aud", "exp", "iat", "sub"]},
            )  # fmt: skip
        except jwt.PyJWTError as error:
            raise OAuth2Error(f"ID token: {type(error).__name__} {error}") from error
        if not hmac.compare_digest(str(claims.get("nonce")).encode(), self.nonce.encode()):
            raise OAuth2Error("ID token: it is not for this browser")
        if claims.get("azp", client_id) != client_id:
            raise OAuth2Error("ID token: it is for another client")
        if not (claims["sub"].isprintable() and 0 < len(claims["sub"]) <= LONGEST_SUB):
            raise OAuth2Error("ID token: its sub cannot be kept")
        return claims

    def _key_of(self, id_token: str) -> jwt.PyJWK:
        """The provider's key that the token names; where the token names none, the only one."""
        keys = jwt.PyJWKSet.from_dict(_fetch(self.openid_config["jwks_uri"])).keys
        keys = [key for key in keys if key.public_key_use in (None, "sig")]
        name = jwt.get_unverified_header(id_token).get("kid")
        named = [key for key in keys if key.key_id == name] if name else keys
        if len(named) != 1:
            raise OAuth2Error("ID token: signed with a key that the provider does not have")
        return named[0]

    def _told(self, access_token: str, sub: str) -> Claims:
        """What the provider adds about the person, where it has an address to ask."""
        if not (address := self.openid_config.get("userinfo_endpoint")):
            return {}
        told = _fetch(address, {"Authorization": f"Bearer {access_token}"})
        if told["sub"] != sub:
            raise OAuth2Error("userinfo: it is about somebody else")
        return dict(told)


class Organisation(OpenIDConnectProvider):  # type: ignore[misc]
    """The provider. Of what it says about a person, who they are to it is kept and nothing else."""

    oauth2_adapter_class = Conversation

    def get_login_url(self, request: HttpRequest, **parameters: Any) -> str:
        return reverse("oidc_login")

    def get_callback_url(self) -> str:
        return reverse("oidc_callback")

    def get_pkce_params(self) -> dict[str, str]:
        parameters: dict[str, str] = super().get_pkce_params()
        return {**parameters, "nonce": nonce_of(parameters["code_verifier"])}

    def extract_uid(self, data: Claims) -> str:
        return str(data["sub"])

    def extract_extra_data(self, data: Claims) -> Claims:
        return {}

    def extract_common_fields(self, data: Claims) -> Claims:
        return {}

    def extract_email_addresses(self, data: Claims) -> list[Any]:
        """None: an address that somebody else vouches for must never lead to an account here."""
        return []


def _fetch(address: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    with get_adapter().get_requests_session() as session:
        answer = session.get(address, headers=headers)
        answer.raise_for_status()
        return dict(answer.json())


def _is_address(value: str) -> bool:
    """Of https, or of http where the provider is on this machine."""
    return value.startswith(("https://", settings.OIDC_ISSUER.split("://")[0] + "://"))
