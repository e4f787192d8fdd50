"""The interactive lane: a page asks a worker for the vector of a query, and waits for it no longer than a reader does.

The question goes through Celery to the queue of workers that do nothing but answer pages; the answer comes back on a
list of the broker's that only the asker knows. Nobody there, too late, broker away: None, and pages do without.
"""

import logging
import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import redis
from celery import current_app
from django.conf import settings
from numpy.typing import NDArray

logger = logging.getLogger(__name__)

TASK = "inference.encode_query"
QUEUE = "interactive"
KEPT_SECONDS = 10  # an answer for which nobody waits any more
REST_SECONDS = 5.0  # after nobody has answered: readers are not made to wait again at once
REMEMBERED = 512  # vectors of queries, per process: the next page of a list asks for the same one


@dataclass(frozen=True, eq=False)
class Encoded:
    encoder: str
    """name of the encoder that made it"""
    vector: NDArray[np.float32]
    """(D,)"""


@dataclass
class _Memory:
    """What this process knows: vectors that it got, and until when it asks nobody."""

    found: OrderedDict[str, Encoded] = field(default_factory=OrderedDict)
    silent_until: float = 0.0
    client: redis.Redis | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, text: str, encoded: Encoded) -> None:
        with self.lock:
            self.found[text] = encoded
            self.found.move_to_end(text)
            while len(self.found) > REMEMBERED:
                self.found.popitem(last=False)


memory = _Memory()


@dataclass(frozen=True)
class Question:
    """A query that is on its way to a worker; meanwhile the asker may do other things."""

    text: str
    token: str
    known: Encoded | None = None
    begun: float = 0.0

    def answer(self) -> Encoded | None:
        """Wait for it; None where nobody answers in time."""
        if self.known is not None or not self.token:
            return self.known
        left = settings.QUERY_SECONDS - (time.monotonic() - self.begun)
        try:
            reply = _client().blpop([_key(self.token)], timeout=max(left, 0.001))
        except (redis.RedisError, OSError) as error:
            logger.warning("the broker does not bring an answer: %s", error)
            reply = None
        if not reply:
            memory.silent_until = time.monotonic() + REST_SECONDS
            return None
        encoded = _unpacked(cast("tuple[bytes, bytes]", reply)[1])
        memory.keep(self.text, encoded)
        return encoded


def ask(text: str) -> Question:
    """Send the text to the lane, unless this process knows its vector or nobody has answered just now."""
    known = memory.found.get(text)
    now = time.monotonic()
    if known is not None or now < memory.silent_until:
        return Question(text, "", known)
    token = secrets.token_hex(12)
    try:
        current_app.send_task(TASK, args=[text, token], queue=QUEUE, expires=settings.QUERY_SECONDS, retry=False)
    except Exception as error:  # the broker may be away; it is asked again later
        logger.warning("nobody can be asked what a query means: %s", error)
        memory.silent_until = now + REST_SECONDS
        return Question(text, "")
    return Question(text, token, begun=now)


# The worker's side -----------------------------------------------------------------------------------------------


def reply(text: str, token: str) -> None:
    """Encode the text and put its vector where the asker waits. Raises EncoderUnavailable."""
    from training.encoders import text_encoder

    encoder = text_encoder(settings.TEXT_ENCODER)
    vector = encoder.encode([text])[0]
    with _client().pipeline() as pipe:
        pipe.rpush(_key(token), encoder.name.encode() + b"\n" + vector.astype("<f4").tobytes())
        pipe.expire(_key(token), KEPT_SECONDS)
        pipe.execute()


def warm_up() -> None:
    """Load the encoder before the first reader asks. One core is enough for a query, and the rest is for others."""
    import torch

    from training.encoders import EncoderUnavailable, text_encoder

    torch.set_num_threads(1)
    try:
        text_encoder(settings.TEXT_ENCODER).encode(["A film."])
    except EncoderUnavailable as error:
        logger.warning("queries are searched by words alone: %s", error)


def _unpacked(packed: bytes) -> Encoded:
    name, _newline, vector = packed.partition(b"\n")
    return Encoded(name.decode(), np.frombuffer(vector, "<f4"))


def _key(token: str) -> str:
    return f"genresite:query:{token}"


def _client() -> redis.Redis:
    """Of the broker, with a pool of connections that all threads of this process share."""
    if memory.client is None:
        address = settings.BROKER_URL
        if address.startswith("redis+socket://"):  # Celery's way to write redis-py's unix://
            address = address.replace("redis+socket://", "unix://").replace("virtual_host=", "db=")
        seconds = settings.QUERY_SECONDS + 1
        memory.client = redis.Redis.from_url(address, socket_timeout=seconds, socket_connect_timeout=1)
    return memory.client
