"""Every address of the site."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from catalog.views import film, films, site, tokens
from genresite import health
from genresite.sign_in import sign_in_link

handler403 = "catalog.views.site.forbidden"
handler404 = "catalog.views.site.not_found"
handler500 = "catalog.views.site.server_error"

_film = [
    path("", film.film, name="film"),
    path("history/", film.history, name="history"),
    path("<slug:kind>/<slug:slug>/decide/", film.decide, name="decide"),
    path("<slug:kind>/<slug:slug>/lock/", film.lock, name="lock"),
]

_tokens = [
    path("", tokens.tokens, name="tokens"),
    path("<int:pk>/revoke/", tokens.revoke, name="token-revoke"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", films.films, name="films"),
    path("films/<str:key>/", include(_film)),
    path("changes/<int:pk>/undo/", film.undo, name="undo"),
    path("media/<path:path>", site.media, name="media"),
    path("theme/", site.theme, name="theme"),
    path("accounts/tokens/", include(_tokens)),
    path("accounts/", include("genresite.account_urls")),
    path("admin/", admin.site.urls),
    path("api/", include("genresite.api_urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("sign-in/<str:uid>/<str:token>/", sign_in_link, name="sign-in-link"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
