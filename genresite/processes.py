"""The processes of a running site: started together, started again when they die, stopped together."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from genresite.logs import put_aside
from genresite.parent import die_with_parent

BASE_DIR = Path(__file__).resolve().parent.parent
STEADY_SECONDS = 20.0  # a process that lives this long has started well
LONGEST_PAUSE = 30.0
STOP_SECONDS = 4.0
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # ask a process to end


def interrupt_on_signals() -> None:
    """Whatever asks this process to end, it ends as by Ctrl-C: with what it does when it is interrupted."""
    for number in ENDING:
        signal.signal(number, _interrupt)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """What is done here is short, and worse when it is left half-way; asking again afterwards ends the process."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


@dataclass
class Service:
    """One process, with a log of its own and in a group of its own: Ctrl-C reaches only the supervisor."""

    name: str
    command: Sequence[str]
    log: Path
    niceness: int = 0
    needed: bool = False  # by the others, to end well
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _asked: bool = field(default=False, init=False)
    started_at: float = field(default=0.0, init=False)
    deaths: int = field(default=0, init=False)  # in a row, each soon after its start

    def start(self) -> None:
        put_aside(self.log)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=BASE_DIR,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=self._prepare(),
            )
        self.started_at, self._asked = time.monotonic(), False

    def _prepare(self) -> Callable[[], None]:
        end_with_parent, niceness = die_with_parent(), self.niceness

        def prepare() -> None:
            end_with_parent()
            os.nice(niceness)

        return prepare

    @property
    def ended(self) -> int | None:
        """The exit status of a process that has ended (negative: the signal), None while it runs."""
        return self.process.poll() if self.process else None

    @property
    def pause(self) -> float:
        """Seconds to wait before the next start: none at first, then longer each time it dies at once."""
        return 0.0 if self.deaths <= 1 else min(LONGEST_PAUSE, 2.0 ** (self.deaths - 2))

    def note_death(self) -> None:
        self.deaths = 1 if time.monotonic() - self.started_at > STEADY_SECONDS else self.deaths + 1
        self.signal(signal.SIGKILL)  # what is left of its group

    def signal(self, number: signal.Signals) -> None:
        """To the process and everything that it started."""
        if self.process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)

    def ask_to_end(self) -> None:
        if self.process is not None and self.process.poll() is None and not self._asked:
            self.process.terminate()
            self._asked = True

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Ask it to end, and kill it and all that it started when the time is over."""
        if self.process is None:
            return
        self.ask_to_end()
        try:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
        finally:  # an impatient second Ctrl-C ends here too
            self.signal(signal.SIGKILL)
            self.process.wait()

    def last_words(self) -> str:
        lines = self.log.read_text(errors="replace").strip().splitlines() if self.log.exists() else []
        return lines[-1][:300] if lines else ""


class Supervisor:
    """Starts services, watches them, stops them."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self.services: list[Service] = []
        self._due: dict[str, float] = {}

    def add(self, service: Service) -> Service:
        service.start()
        self.services.append(service)
        return service

    def look(self) -> None:
        """Start again what has died."""
        for service in self.services:
            if service.name in self._due:
                self._restart_if_due(service)
            elif (status := service.ended) is not None:
                service.note_death()
                self._due[service.name] = time.monotonic() + service.pause
                how = signal.Signals(-status).name if status < 0 else f"exit code {status}"
                self.say(f"The {service.name} process ended ({how}); it is started again. Its log: {service.log}")

    def _restart_if_due(self, service: Service) -> None:
        if time.monotonic() >= self._due[service.name]:
            del self._due[service.name]
            service.start()

    def stop(self) -> None:
        """All at once, but those that others need end last."""
        ordered = sorted(self.services, key=lambda service: service.needed)
        for service in ordered:
            if not service.needed:
                service.ask_to_end()
        for service in ordered:
            service.stop()
