"""A vision-language model behind any server that speaks OpenAI's chat completions: vLLM, SGLang, Ollama, llama.cpp.

Where the server is only its operator says, in the settings: nothing that a user sends decides what is connected to,
and no redirect is followed. Whatever comes back is an answer or a failure with a reason, never an error of ours.
"""

import base64
import io
import json
import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from threading import Lock
from typing import Any

import httpx2
from django.conf import settings
from django.utils.translation import gettext as _

from catalog.vocabulary import Tag, matcher
from inference.tags.taggers import Options, Seen, TaggerUnavailable, line
from training.captioner import prompts
from training.captioner.frames import read
from training.captioner.options import SIZES
from training.encoders.pictures import Unreadable

TRIES = 5
FIRST_WAIT, LONGEST_WAIT = 0.5, 60.0  # seconds between tries; the server's Retry-After counts, up to the longest
MOST_TOKENS, MOST_BYTES = 64, 2**20
AT_ONCE = 64
GIVES_UP_AFTER = 8  # frames in a row that fail for the server's sake: it is down, not slow
REFUSED = (401, 403, 404)  # key, model or address are wrong, and will be for the next frame
AGAIN = (408, 409, 425, 429, 500, 502, 503, 504, 529)


class _Failed(Exception):
    """No answer for this frame; the message says why."""


class _NotNow(_Failed):
    """The server may answer when it is asked again, after `wait` seconds if it said so."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


@dataclass(frozen=True)
class Server:
    """Where it is and how it is asked."""

    url: str
    model: str
    key: str = ""
    concurrency: int = 4
    timeout: float = 120.0
    """Seconds for one try, however slowly an answer drips in."""


class ServerTagger:
    """Sends frames one by one, several at a time."""

    version = None
    at_once = AT_ONCE

    def __init__(self, server: Server, tags: tuple[Tag, ...], *, prompt: str, size: str) -> None:
        self.server, self.prompt, self.size = server, prompt, SIZES[size]
        self.matcher = matcher(tags)
        self.name = line(server.model, prompts.name_of(prompt), "" if size == "original" else size, "(server)")
        self.failed_in_a_row = 0
        self.given_up: TaggerUnavailable | None = None
        self.lock = Lock()

    def look(self, frames: Sequence[Path]) -> Iterator[Seen]:
        headers = {"Authorization": f"Bearer {self.server.key}"} if self.server.key else {}
        limits = httpx2.Limits(max_connections=self.server.concurrency)
        with (
            httpx2.Client(
                headers=headers, limits=limits, follow_redirects=False, timeout=self.server.timeout
            ) as client,
            ThreadPoolExecutor(self.server.concurrency) as pool,
        ):
            try:
                yield from pool.map(lambda frame: self._seen(client, frame), frames)
            finally:
                pool.shutdown(cancel_futures=True)

    def _seen(self, client: httpx2.Client, frame: Path) -> Seen:
        """What is said of a frame, or why nothing is. Raises TaggerUnavailable."""
        if self.given_up:  # a thread takes the next frame before the reader hears of the end
            raise self.given_up
        try:
            body = _question(self.server.model, self.prompt, frame, self.size)
        except Unreadable as error:
            return Seen(error=str(error))
        try:
            answer = self._asked(client, body)
        except TaggerUnavailable as error:
            self.given_up = error
            raise
        except _Failed as error:
            self._failed(error)
            return Seen(error=str(error))
        with self.lock:
            self.failed_in_a_row = 0
        return Seen(answer, self.matcher.find(answer))

    def _failed(self, error: _Failed) -> None:
        """Counts. Raises TaggerUnavailable once the server is down rather than slow."""
        with self.lock:
            self.failed_in_a_row += 1
            if self.failed_in_a_row >= GIVES_UP_AFTER:
                self.given_up = TaggerUnavailable(
                    _("The tagging server has failed %(n)s times in a row: %(reason)s")
                    % {"n": self.failed_in_a_row, "reason": error}
                )
                raise self.given_up

    def _asked(self, client: httpx2.Client, body: dict[str, Any]) -> str:
        """The answer, after as many tries as it takes. Raises _Failed, TaggerUnavailable."""
        for attempt in range(1, TRIES + 1):
            try:
                return self._once(client, body)
            except _NotNow as error:
                if attempt == TRIES:
                    raise _Failed(_("%(reason)s (%(n)s tries)") % {"reason": error, "n": TRIES}) from None
                backoff = FIRST_WAIT * 2 ** (attempt - 1) * (0.5 + random.random())
                time.sleep(min(error.wait if error.wait is not None else backoff, LONGEST_WAIT))
        raise AssertionError

    def _once(self, client: httpx2.Client, body: dict[str, Any]) -> str:
        try:
            with client.stream("POST", f"{self.server.url}/chat/completions", json=body) as response:
                content = _read(response, time.monotonic() + self.server.timeout)
        except httpx2.TimeoutException:
            raise _NotNow(_("the server did not answer within %(n)s s") % {"n": f"{self.server.timeout:g}"}) from None
        except httpx2.HTTPError as error:
            raise _NotNow(_("the server cannot be reached: %(reason)s") % {"reason": _short(str(error))}) from None
        return _answer(response, content)


def _question(model: str, prompt: str, frame: Path, size: tuple[int, int] | None) -> dict[str, Any]:
    """The request's body. Raises Unreadable."""
    file = io.BytesIO()
    read(frame, size).save(file, "JPEG", quality=90)
    picture = f"data:image/jpeg;base64,{base64.b64encode(file.getvalue()).decode()}"
    content = [{"type": "image_url", "image_url": {"url": picture}}, {"type": "text", "text": prompt}]
    return {
        "model": model,
        "messages": [{"role": "user", "content": content}],
        "max_tokens": MOST_TOKENS,
        "temperature": 0,
    }


def _read(response: httpx2.Response, until: float) -> bytes:
    """The body, if it is small and comes in time. Raises _Failed."""
    content = bytearray()
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > MOST_BYTES:
            raise _Failed(_("the server's answer is too long"))
        if time.monotonic() > until:
            raise _NotNow(_("the server's answer comes too slowly"))
    return bytes(content)


def _answer(response: httpx2.Response, content: bytes) -> str:
    """The text that the server has written. Raises _Failed, TaggerUnavailable."""
    status = response.status_code
    if status in REFUSED or 300 <= status < 400:
        raise TaggerUnavailable(
            _("The tagging server refuses: %(status)s %(reason)s") % {"status": status, "reason": _reason(content)}
        )
    if status in AGAIN:
        sentence = _("the server answers %(status)s %(reason)s") % {"status": status, "reason": _reason(content)}
        raise _NotNow(sentence.strip(), _retry_after(response.headers.get("Retry-After", "")))
    if status != 200:
        sentence = _("the server answers %(status)s %(reason)s") % {"status": status, "reason": _reason(content)}
        raise _Failed(sentence.strip())
    try:
        said = json.loads(content)["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError):
        raise _Failed(_("the server's answer is not a chat completion")) from None
    if isinstance(said, list):  # in parts, as some servers have it
        said = "".join(str(part.get("text", "")) for part in said if isinstance(part, dict))
    if not isinstance(said, str) or not said.strip():
        raise _Failed(_("the server's answer is empty"))
    return said.replace("\0", "").strip()


def _reason(content: bytes) -> str:
    """What an error says of itself, in a few words."""
    try:
        said = json.loads(content)
        error = said.get("error", said)
        return _short(str(error.get("message", "") if isinstance(error, dict) else error))
    except (ValueError, AttributeError, RecursionError):
        return _short(content.decode("utf-8", "replace"))


def _short(text: str) -> str:
    return " ".join(text.replace("\0", "").split())[:160]


def _retry_after(value: str) -> float | None:
    """Seconds, from a number or a date; None where the header says neither."""
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds())


def make(options: Options, tags: tuple[Tag, ...]) -> ServerTagger:
    """Raises TaggerUnavailable."""
    model = options.model or settings.TAGGER_MODEL
    if not (settings.TAGGER_URL and model):
        raise TaggerUnavailable(_("There is no tagging server: set TAGGER_URL and TAGGER_MODEL (docs/settings.md)."))
    server = Server(
        settings.TAGGER_URL, model, settings.TAGGER_KEY, settings.TAGGER_CONCURRENCY, settings.TAGGER_TIMEOUT
    )
    names = [tag.name_en for tag in tags]
    prompt = prompts.CAPTION if options.ask != "tags" else prompts.among(names)
    return ServerTagger(server, tags, prompt=prompt, size=options.size)
