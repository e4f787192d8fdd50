"""The three addresses, which are not there while no provider is named, and the page that leads to them."""

from urllib.parse import urlsplit

from allauth.account.utils import get_next_redirect_url
from allauth.account.views import login, password_set
from allauth.decorators import rate_limit
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from csp.decorators import csp_update
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from catalog.access import signs_in_elsewhere
from genresite.oidc.provider import Conversation, Organisation


def _provider_or_404(request: HttpRequest) -> Organisation:
    if not settings.OIDC_ISSUER:
        raise Http404
    provider: Organisation = get_adapter().get_provider(request, settings.OIDC_ISSUER)
    return provider


@require_POST
@never_cache
@rate_limit(action="login")  # type: ignore[untyped-decorator]
def begin(request: HttpRequest) -> HttpResponse:
    """Off to the provider. What may be asked of it is not for the form to say, only where to go afterwards."""
    provider = _provider_or_404(request)
    try:
        return provider.redirect(request, AuthProcess.LOGIN, get_next_redirect_url(request))  # type: ignore[no-any-return]
    except OAuth2Error as error:
        return render_authentication_error(request, provider, exception=error)  # type: ignore[no-any-return]


@require_GET
@never_cache
def callback(request: HttpRequest) -> HttpResponse:
    """Back from the provider, with a code or with a refusal."""
    provider = _provider_or_404(request)
    try:
        come_back = OAuth2CallbackView.adapter_view(Conversation(request, settings.OIDC_ISSUER))
        return come_back(request)  # type: ignore[no-any-return]
    except OAuth2Error as error:
        return render_authentication_error(request, provider, exception=error)  # type: ignore[no-any-return]


@require_safe
def cancelled(request: HttpRequest) -> HttpResponse:
    _provider_or_404(request)
    return render(request, "socialaccount/login_cancelled.html")


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """The page with the password and the button. Browsers let its form lead to other origins if they are named."""
    if not settings.OIDC_ISSUER:
        return login(request)  # type: ignore[no-any-return]
    issuer = urlsplit(settings.OIDC_ISSUER)
    may_lead_to = csp_update({"form-action": [f"{issuer.scheme}://{issuer.netloc}", *settings.OIDC_ORIGINS]})
    return may_lead_to(login)(request)  # type: ignore[no-any-return]


@require_http_methods(["GET", "HEAD", "POST"])
def set_password(request: HttpRequest) -> HttpResponseBase:
    """Not for who comes from the provider: whom it lets in no more would still come in with the password."""
    if signs_in_elsewhere(request.user):
        raise PermissionDenied(
            _("You sign in with %(name)s: there is no password here.") % {"name": settings.OIDC_NAME}
        )
    return password_set(request)  # type: ignore[no-any-return]
