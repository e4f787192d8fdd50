"""What a session says after its password was given once more."""

import time

from django.contrib.auth import SESSION_KEY
from django.test import Client


def confirm(client: Client, *, minutes_ago: float = 0) -> None:
    session = client.session
    given = {"method": "password", "at": time.time() - 60 * minutes_ago, "reauthenticated": True}
    session["account_authentication_methods"] = [given]
    session["account_authentication_methods_user"] = session[SESSION_KEY]
    session.save()
