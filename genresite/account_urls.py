"""Accounts: those pages of allauth that make sense where nobody needs an e-mail address."""

from allauth.account import views
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.usersessions import views as sessions
from django.urls import include, path
from django.views.decorators.http import require_http_methods, require_safe

from genresite.oidc import views as oidc

forms_only = require_http_methods(["GET", "HEAD", "POST"])

_second_factor = [
    path("", require_safe(second_factor.index), name="mfa_index"),
    path("authenticate/", forms_only(second_factor.authenticate), name="mfa_authenticate"),
    path("reauthenticate/", forms_only(second_factor.reauthenticate), name="mfa_reauthenticate"),
    path("app/", forms_only(totp.activate_totp), name="mfa_activate_totp"),
    path("app/remove/", forms_only(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("codes/", require_safe(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("codes/new/", forms_only(recovery_codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("codes/file/", require_safe(recovery_codes.download_recovery_codes), name="mfa_download_recovery_codes"),
]

_oidc = [
    path("", oidc.begin, name="oidc_login"),
    path("callback/", oidc.callback, name="oidc_callback"),
    path("cancelled/", oidc.cancelled, name="socialaccount_login_cancelled"),
]

urlpatterns = [
    path("login/", oidc.sign_in, name="account_login"),
    path("logout/", forms_only(views.logout), name="account_logout"),
    path("inactive/", forms_only(views.account_inactive), name="account_inactive"),
    path("signup/", forms_only(views.signup), name="account_signup"),
    path("reauthenticate/", forms_only(views.reauthenticate), name="account_reauthenticate"),
    path("password/change/", forms_only(views.password_change), name="account_change_password"),
    path("password/set/", oidc.set_password, name="account_set_password"),
    path("sessions/", forms_only(sessions.list_usersessions), name="usersessions_list"),
    path("second-factor/", include(_second_factor)),
    path("oidc/", include(_oidc)),
]
