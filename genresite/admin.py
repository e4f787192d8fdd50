"""Django's admin, for admins; to everybody else it does not exist."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.db.models.base import ModelBase
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

View = Callable[..., HttpResponseBase]
HIDDEN = ("Group", "EmailAddress", "Authenticator", "UserSession", "SocialAccount", "SocialApp", "SocialToken")


class Site(AdminSite):
    site_header = _("genresite administration")
    site_title = _("genresite administration")
    index_title = _("Tables")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Groups and e-mail addresses mean nothing here: the role is all there is. Second factors are secrets."""
        models = [model_or_iterable] if isinstance(model_or_iterable, ModelBase) else model_or_iterable
        super().register([model for model in models if model.__name__ not in HIDDEN], admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "may_administer", False))

    def admin_view(self, view: View, cacheable: bool = False) -> Any:
        guarded = super().admin_view(view, cacheable)

        @wraps(view)
        def hidden(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not self.has_permission(request):
                raise Http404
            return guarded(request, *args, **kwargs)

        return hidden

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """No second sign-in form: the one at /accounts/login/ counts wrong guesses."""
        if not self.has_permission(request):
            raise Http404
        return redirect("admin:index")
