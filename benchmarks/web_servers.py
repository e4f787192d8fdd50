"""Which web server: a page made by a template alone and one that reads 48 films, on each server that is installed.

    python benchmarks/web_servers.py [--seconds 8] [--rounds 3] [--clients 8]

Every server gets two cores' worth of processes and threads. Servers take turns, so that a busy moment of the machine
hits all alike; the median round counts. Prints requests per second, p50, p95 and p99 in milliseconds, processor time
per request (which a busy machine changes least), failed requests, seconds to the first answer, and memory.
"""

import argparse
import http.client
import importlib.util
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BASE_DIR = Path(__file__).resolve().parent.parent
PORT = 8765
TARGET = "benchmarks.web_servers:application"
ASGI_TARGET = "benchmarks.web_servers:aapplication"
GRANIAN = f"granian --interface wsgi --no-ws --port {PORT} {TARGET}"
GUNICORN = f"gunicorn --no-control-socket -k gthread --bind 127.0.0.1:{PORT} {TARGET}"
SERVERS = {  # processes x threads
    "granian 2x2": f"{GRANIAN} --workers 2 --blocking-threads 2",
    "granian 2x4": f"{GRANIAN} --workers 2 --blocking-threads 4",
    "granian 1x4": f"{GRANIAN} --workers 1 --blocking-threads 4",
    "gunicorn gthread 2x2": f"{GUNICORN} -w 2 --threads 2",
    "gunicorn gthread 2x4": f"{GUNICORN} -w 2 --threads 4",
    "gunicorn gthread 1x8": f"{GUNICORN} -w 1 --threads 8",
    "waitress 1x8": f"waitress --threads 8 --listen 127.0.0.1:{PORT} {TARGET}",
    "uvicorn (ASGI) 2": f"uvicorn --workers 2 --log-level warning --no-access-log --port {PORT} {ASGI_TARGET}",
}
PAGES = ("/template/", "/films/")


# What the servers serve ---------------------------------------------------------------------------------


def template_page(request: Any) -> Any:
    from django.http import HttpResponse
    from django.template import engines

    template = engines["django"].from_string(
        "<!doctype html><title>{{ title }}</title>{% for film in films %}<article><h2>{{ film.title }}</h2>"
        "<p>{{ film.year }} {{ film.plot|truncatewords:20 }}</p></article>{% endfor %}"
    )
    films = [{"title": f"Film <{n}>", "year": 1900 + n, "plot": "A house at night. " * 9} for n in range(48)]
    return HttpResponse(template.render({"title": "Films", "films": films}))


def films_page(request: Any) -> Any:
    from django.http import HttpResponse
    from django.template import engines

    from catalog.models import Film

    template = engines["django"].from_string(
        "{% for film in films %}<h2>{{ film.title }} {{ film.year }}</h2>{% endfor %}"
    )
    return HttpResponse(template.render({"films": Film.objects.order_by("-pk")[:48], "number": Film.objects.count()}))


def __getattr__(name: str) -> Any:
    """The WSGI and ASGI doors, made when a server asks for them."""
    if name not in ("application", "aapplication"):
        raise AttributeError(name)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genresite.settings")
    import django
    from django.conf import settings
    from django.core.asgi import get_asgi_application
    from django.core.wsgi import get_wsgi_application
    from django.urls import path

    settings.ROOT_URLCONF = type(
        "urls", (), {"urlpatterns": [path("template/", template_page), path("films/", films_page)]}
    )
    django.setup()
    return get_wsgi_application() if name == "application" else get_asgi_application()


# Measuring ----------------------------------------------------------------------------------------------


@dataclass
class Result:
    rate: float  # requests per second
    p50: float  # milliseconds
    p95: float
    p99: float
    errors: int
    requests: int
    cpu: float = 0.0  # milliseconds per request, of the server with its children


def load(page: str, seconds: float, clients: int) -> Result:
    """Clients that each ask again as soon as they are answered, over connections that stay open."""
    took: list[float] = []
    errors: list[str] = []
    until = time.perf_counter() + seconds

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=10)
        while time.perf_counter() < until:
            began = time.perf_counter()
            try:
                connection.request("GET", page)
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    errors.append(str(answer.status))
            except (OSError, http.client.HTTPException) as error:
                errors.append(repr(error))
                connection.close()
            took.append((time.perf_counter() - began) * 1000)
        connection.close()

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    centiles = statistics.quantiles(took, n=100)
    return Result(len(took) / seconds, centiles[49], centiles[94], centiles[98], len(errors), len(took))


def start(command: str) -> tuple[subprocess.Popen[bytes], float]:
    began = time.perf_counter()
    module, *options = command.split()
    process = subprocess.Popen(
        [sys.executable, "-m", module, *options], cwd=BASE_DIR, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while time.perf_counter() - began < 30:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
            connection.request("GET", PAGES[0])
            if connection.getresponse().status == 200:
                return process, time.perf_counter() - began
        except OSError:
            time.sleep(0.02)
    process.kill()
    raise SystemExit(f"{command} does not answer")


def family(process: subprocess.Popen[bytes]) -> list[Any]:
    import psutil

    return [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]


def processor_seconds(process: subprocess.Popen[bytes]) -> float:
    return sum(member.cpu_times().user + member.cpu_times().system for member in family(process))


def memory(process: subprocess.Popen[bytes]) -> float:
    """MB of the server and its children, shared pages counted once (PSS where the system tells it)."""
    infos = [member.memory_full_info() for member in family(process)]
    return sum(getattr(info, "pss", 0) or info.rss for info in infos) / 2**20


def measure(name: str, seconds: float, clients: int) -> tuple[dict[str, Result], float, float]:
    process, first = start(SERVERS[name])
    try:
        for page in PAGES:
            load(page, 1, clients)
        results = {}
        for page in PAGES:
            before = processor_seconds(process)
            results[page] = load(page, seconds, clients)
            results[page].cpu = (processor_seconds(process) - before) * 1000 / results[page].requests
        return results, first, memory(process)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def fill() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genresite.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from catalog.models import Film

    call_command("migrate", verbosity=0)
    if not Film.objects.exists():
        Film.objects.bulk_create(
            Film(key=f"f{n}", title=f"Film {n}", year=1950 + n % 70, plot="x") for n in range(2000)
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--only", default="", help="servers whose names begin so")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GENRESITE_DATA"] = folder
        from genresite import embedded

        embedded.provide(["manage.py", "benchmark"])
        fill()
        names = [
            name for name in SERVERS if name.startswith(options.only) and importlib.util.find_spec(name.split()[0])
        ]
        rounds = [
            {name: measure(name, options.seconds, options.clients) for name in names} for _ in range(options.rounds)
        ]
        print(
            "| server | page | req/s | p50 ms | p95 ms | p99 ms | CPU ms | errors | start s | MB |\n"
            "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|"
        )
        for name in names:
            for page in PAGES:
                middle = sorted((round_[name] for round_ in rounds), key=lambda row: row[0][page].p95)[len(rounds) // 2]
                print(row(name, page, *middle))


def row(name: str, page: str, results: dict[str, Result], first: float, mb: float) -> str:
    result = results[page]
    figures = (f"{value:.1f}" for value in (result.p50, result.p95, result.p99))
    ends = f"{result.cpu:.2f} | {result.errors} | {first:.1f} | {mb:.0f}"
    return f"| {name} | {page} | {result.rate:.0f} | {' | '.join(figures)} | {ends} |"


if __name__ == "__main__":
    sys.path.insert(0, str(BASE_DIR))
    main()
