"""Accounts: those pages of allauth that make sense where nobody needs an e-mail address."""

from allauth.account import views
from django.urls import path
from django.views.decorators.http import require_http_methods

forms_only = require_http_methods(["GET", "HEAD", "POST"])

urlpatterns = [
    path("login/", forms_only(views.login), name="account_login"),
    path("logout/", forms_only(views.logout), name="account_logout"),
    path("inactive/", forms_only(views.account_inactive), name="account_inactive"),
    path("signup/", forms_only(views.signup), name="account_signup"),
    path("reauthenticate/", forms_only(views.reauthenticate), name="account_reauthenticate"),
    path("password/change/", forms_only(views.password_change), name="account_change_password"),
    path("password/set/", forms_only(views.password_set), name="account_set_password"),
]
