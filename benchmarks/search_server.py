"""Whole search pages from the real server, asked for at a steady pace whether or not earlier ones are answered.

    python benchmarks/search_server.py FOLDER [--rate 20] [--seconds 30] [--json FILE]

FOLDER is a site of made-up films as benchmarks/million.py leaves it, folded (search_million.py folds it). The server is
gunicorn with two processes of four threads, as `manage.py up` starts it. A request's time runs from when it was due, so
that waiting counts (Tene's coordinated omission); `cpu` is of the server's processes and the database's.
"""

import argparse
import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import million
import psutil
from search_million import Questions

PORT = 8767
SERVER = f"gunicorn --no-control-socket -k gthread -w 2 --threads 4 --bind 127.0.0.1:{PORT} genresite.wsgi:application"
TARGET_MS = 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rate", type=float, default=20, help="requests a second")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    million.set_up(options.folder)
    pages = addresses(int(options.rate * options.seconds))
    server = subprocess.Popen([sys.executable, "-m", *SERVER.split(), "--log-level", "error"], cwd=million.BASE_DIR)
    try:
        wait_for_server()
        ask(pages[:40], options.rate / 4)  # what is kept at hand is read
        before = cpu_seconds(server.pid)
        took = ask(pages, options.rate)
        cpu = (cpu_seconds(server.pid) - before) / len(pages) * 1000
    finally:
        server.terminate()
        server.wait(20)
    report(took, cpu, options)


def addresses(count: int) -> list[str]:
    """Pages of one to three chips; every fifth is ranked by strengths, and every tenth is the whole list."""
    questions, chance = Questions(31), random.Random(5)
    pages = []
    for number in range(count):
        asked = questions.weighted() if number % 5 == 4 else questions.page(chance.choice([1, 2, 3]))
        pages.append("/" if number % 10 == 0 else f"/{asked.query()}")
    return pages


def wait_for_server() -> None:
    for _ in range(300):
        try:
            fetch("/healthz")
            return
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
    raise SystemExit("the server does not answer")


def fetch(page: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    connection.request("GET", page)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def ask(pages: list[str], rate: float) -> list[float]:
    """Milliseconds from when each was due; raises SystemExit where one fails."""
    took, failed = list[float](), list[str]()
    began = time.perf_counter()

    def one(page: str, due: float) -> None:
        if fetch(page) != 200:
            failed.append(page)
        took.append((time.perf_counter() - due) * 1000)

    threads = []
    for number, page in enumerate(pages):
        due = began + number / rate
        time.sleep(max(0.0, due - time.perf_counter()))
        threads.append(threading.Thread(target=one, args=(page, due)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    if failed or len(took) < len(pages):
        raise SystemExit(f"{len(pages) - len(took) + len(failed)} requests failed: {failed[:3]}")
    return took


def cpu_seconds(server: int) -> float:
    """Of the server's processes, and of every process of the database."""
    found = [psutil.Process(server), *psutil.Process(server).children(recursive=True)]
    keeper = next(one for one in psutil.process_iter(["cmdline"]) if _is_database(one))
    found += [keeper, *keeper.children(recursive=True)]
    return sum(sum(process.cpu_times()[:2]) for process in found)


def _is_database(process: psutil.Process) -> bool:
    data = str(Path(os.environ["GENRESITE_DATA"]) / "postgres")
    return any(part == data for part in process.info["cmdline"] or ()) and "postgres" in process.name()


def report(took: list[float], cpu: float, options: Any) -> None:
    cuts = statistics.quantiles(took, n=100)
    found = {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98], "most": max(took), "cpu": cpu, "requests": len(took)}
    found |= {"rate": options.rate, "load": os.getloadavg()}
    late = f", over {TARGET_MS} ms" if cuts[94] > TARGET_MS else ""
    print(
        f"{len(took)} pages at {options.rate:g} a second: p50 {cuts[49]:.0f}, p95 {cuts[94]:.0f}, p99 {cuts[98]:.0f}, "
        f"most {max(took):.0f} ms; {cpu:.0f} ms of processor time each{late}; load {os.getloadavg()[0]:.1f}"
    )
    if options.json:
        options.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
