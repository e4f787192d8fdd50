"""Signing in with the organisation's account (OpenID Connect): one provider, named by the settings OIDC_* alone.

provider.py talks to it and verifies what it says; adapter.py decides who comes in as whom; roles.py reads roles from
claims; views.py are the three addresses. It rests on allauth.socialaccount and its provider for OpenID Connect.
"""
