"""Runs the whole site: database, broker, worker and web server, until Ctrl-C."""

import http.client
import os
import time
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connections

from genresite import embedded, site
from genresite.locks import Held, hold
from genresite.processes import Service, Supervisor, interrupt_on_signals
from genresite.sign_in import first_admin, link_path

START_SECONDS = 60.0
LOOK_SECONDS = 0.5


class Command(BaseCommand):
    help = "Run the whole site: database, broker, worker and web server, until Ctrl-C."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
        parser.add_argument("--port", type=int, default=settings.PORT, help="port to listen on (default: PORT or 8000)")
        parser.add_argument("--no-worker", action="store_true", help="no worker: jobs wait until one runs elsewhere")

        parser.add_argument("--no-sample", action="store_true", help="begin without the sample catalogue")

    def handle(self, *args: Any, **options: Any) -> None:
        data = embedded.data_dir()
        interrupt_on_signals()
        supervisor = Supervisor(self.say)
        try:
            self.run_site(data, supervisor, **options)
        except (site.NotReady, embedded.CannotStart) as error:
            raise CommandError(str(error), returncode=2) from None
        except (OSError, OperationalError) as error:
            raise CommandError(_full_disk(error, data), returncode=2) from error
        except KeyboardInterrupt:
            self.say("Stopping.")
        finally:
            with suppress(KeyboardInterrupt):
                supervisor.stop()

    def run_site(self, data: Path, supervisor: Supervisor, *, host: str, port: int, **options: Any) -> None:
        embedded.make_folders(data)
        address = os.environ.get("SITE_URL") or f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"
        os.environ["PORT"] = str(port)
        _only_one(data, address)
        site.require_port(host, port)
        site.require_disk(data)
        if os.environ["BROKER_URL"] == embedded.broker_url(data):
            site.wait_for_broker(supervisor.add(site.broker(data)), data)
        site.prepare()
        if not options["no_sample"] and site.load_sample():
            self.say("The sample catalogue is loaded.")
        self.start(data, supervisor, host, port, worker=not options["no_worker"])
        self.say(f"genresite is running at {address}  (Ctrl-C stops it)")
        self.greet(address)
        connections.close_all()
        while True:
            time.sleep(LOOK_SECONDS)
            if embedded.is_used(data):
                embedded.ensure_keeper(data)
            supervisor.look()

    def start(self, data: Path, supervisor: Supervisor, host: str, port: int, *, worker: bool) -> None:
        if worker:
            supervisor.add(site.worker(data))
            supervisor.add(site.lane(data))
        web = supervisor.add(site.web(data, host, port))
        _wait_for_answer(web, host, port)

    def greet(self, address: str) -> None:
        admin = first_admin()
        if not admin.has_usable_password():
            self.say(f"Sign in as {admin.username}, once: {address}{link_path(admin)}")

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _only_one(data: Path, address: str) -> None:
    """Hold the site's lock on the data folder until this process ends."""
    try:
        hold(data / "run" / "site.lock", f"{address}, process {os.getpid()}")
    except Held as error:
        raise site.NotReady(f"A site already runs on {data} ({error}).") from None


def _full_disk(error: Exception, data: Path) -> str:
    if "No space left" in str(error):
        return f"The disk of {data} is full: free some space and start again."
    return f"The site cannot start: {str(error).strip()}."


def _wait_for_answer(web: Service, host: str, port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if web.ended is not None:
            raise site.NotReady(f"The web server ended at once ({web.last_words()}); its log is {web.log}.")
        with suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1" if host == "0.0.0.0" else host, port, timeout=5)
            connection.request("GET", "/healthz", headers={"Host": "127.0.0.1"})
            if connection.getresponse().status:
                return
        time.sleep(0.05)
    raise site.NotReady(f"The web server does not answer; its log is {web.log}.")
