"""Captions from a server that speaks OpenAI's chat completions: a small one, started here, that misbehaves at will."""

import base64
import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from inference.tags import taggers
from inference.tags.taggers import Options, Seen, TaggerUnavailable, server
from inference.tags.taggers.server import Server, ServerTagger
from tests.inference.frames import TAGS
from tests.training import tiny
from training.captioner import prompts

Reply = tuple[int, dict[str, str], bytes]


def said(text: Any) -> Reply:
    return 200, {}, json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode()


def refused(status: int, message: str = "no", **headers: str) -> Reply:
    return status, headers, json.dumps({"error": {"message": message}}).encode()


class Model:
    """What the server answers: the n-th request gets the n-th reply, all later ones the last."""

    def __init__(self) -> None:
        self.replies: list[Reply | Callable[[dict[str, Any]], Reply]] = [said("Rain falls.")]
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.delay, self.drip = 0.0, 0.0
        self.busy, self.busiest = 0, 0
        self.lock = threading.Lock()
        self.url = ""

    def reply(self, body: dict[str, Any], headers: dict[str, str]) -> Reply:
        with self.lock:
            self.asked.append(body)
            self.headers.append(headers)
            reply = self.replies[min(len(self.asked), len(self.replies)) - 1]
            self.busy += 1
            self.busiest = max(self.busiest, self.busy)
        time.sleep(self.delay)
        with self.lock:
            self.busy -= 1
        return reply(body) if callable(reply) else reply


def handler(model: Model) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, headers, content = model.reply({"path": self.path, **body}, dict(self.headers))
            if not status:  # hangs up
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.send_slowly(content)

        def send_slowly(self, content: bytes) -> None:
            try:
                for byte in [content[i : i + 1] for i in range(len(content))] if model.drip else [content]:
                    self.wfile.write(byte)
                    self.wfile.flush()
                    time.sleep(model.drip)
            except OSError:
                pass  # nobody listens any more

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[Model]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(server, "FIRST_WAIT", 0.01)
    model = Model()
    web = ThreadingHTTPServer(("127.0.0.1", 0), handler(model))
    web.daemon_threads = True
    thread = threading.Thread(target=web.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    model.url = f"http://127.0.0.1:{web.server_port}/v1"
    yield model
    web.shutdown()
    web.server_close()


def tagger(model: Model, *, size: str = "original", **how: Any) -> ServerTagger:
    return ServerTagger(Server(model.url, "smol", **how), TAGS, prompt=prompts.CAPTION, size=size)


def pictures(folder: Path, count: int) -> list[Path]:
    return [tiny.poster(folder / f"{number}.jpg", number, size=(64, 36)) for number in range(count)]


def looked(model: Model, folder: Path, count: int = 1, **how: Any) -> list[Seen]:
    return list(tagger(model, **how).look(pictures(folder, count)))


def test_a_frame_is_sent_with_the_question_and_the_answer_is_matched(model: Model, tmp_path: Path) -> None:
    model.replies = [said("A rainy street; no violence.")]
    [seen] = looked(model, tmp_path, key="secret")
    assert seen == Seen("A rainy street; no violence.", {"rain": "rainy"})
    [asked], [headers] = model.asked, model.headers
    assert (asked["path"], asked["model"], asked["temperature"]) == ("/v1/chat/completions", "smol", 0)
    assert asked["max_tokens"] <= 64 and headers["Authorization"] == "Bearer secret"
    picture, question = asked["messages"][0]["content"]
    assert question == {"type": "text", "text": prompts.CAPTION}
    kind, data = picture["image_url"]["url"].split(";base64,")
    assert kind == "data:image/jpeg" and Image.open(io.BytesIO(base64.b64decode(data))).size == (64, 36)


def test_frames_are_squeezed_where_a_size_is_asked_for(model: Model, tmp_path: Path) -> None:
    looked(model, tmp_path, size="180x90")
    data = model.asked[0]["messages"][0]["content"][0]["image_url"]["url"].split(",")[1]
    assert Image.open(io.BytesIO(base64.b64decode(data))).size == (180, 90)
    assert tagger(model, size="180x90").name == "smol caption 180x90 (server)"


def test_several_frames_are_asked_about_at_once_and_answered_in_order(model: Model, tmp_path: Path) -> None:
    model.delay = 0.05

    def by_picture(body: dict[str, Any]) -> Reply:
        data = body["messages"][0]["content"][0]["image_url"]["url"]
        return said(f"picture {hash(data)}")

    model.replies = [by_picture]
    together = looked(model, tmp_path, 12, concurrency=4)
    assert model.busiest == 4
    model.delay = 0.0
    assert looked(model, tmp_path, 12, concurrency=1) == together
    assert len({seen.text for seen in together}) == 12


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again(model: Model, tmp_path: Path, status: int) -> None:
    model.replies = [refused(status), refused(status), said("Rain.")]
    assert looked(model, tmp_path) == [Seen("Rain.", {"rain": "Rain"})]
    assert len(model.asked) == 3


@pytest.mark.parametrize("date", [False, True])
def test_it_is_asked_again_when_it_says(
    model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, date: bool
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", lambda seconds: waits.append(seconds))
    after = formatdate(time.time() + 7.5, usegmt=True) if date else "7"
    model.replies = [refused(429, Retry_After=after), said("Rain.")]
    assert looked(model, tmp_path)[0].text == "Rain."
    assert [wait for wait in waits if wait > 1] == [pytest.approx(7, abs=1.1)]


@pytest.mark.parametrize(("value", "wait"), [("86400", 60), ("-5", 0), ("inf", 60)])
def test_a_server_cannot_make_us_wait_for_ever(
    model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, wait: float
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", lambda seconds: waits.append(seconds))
    model.replies = [refused(503, Retry_After=value), said("Rain.")]
    assert looked(model, tmp_path)[0].text == "Rain."
    assert max(waits) == wait


def test_a_server_that_keeps_failing_is_a_failure_with_a_reason(model: Model, tmp_path: Path) -> None:
    model.replies = [refused(500, "CUDA out of memory")]
    [seen] = looked(model, tmp_path)
    assert seen.error == "the server answers 500 CUDA out of memory (5 tries)" and not seen.text
    assert len(model.asked) == 5


def test_a_server_that_is_down_is_given_up_on(model: Model, tmp_path: Path) -> None:
    model.replies = [said("Rain."), refused(500, "down")]
    answers: list[Seen] = []
    with pytest.raises(TaggerUnavailable, match="failed 8 times in a row: the server answers 500 down"):
        for seen in tagger(model, concurrency=1).look(pictures(tmp_path, 30)):
            answers.append(seen)
    assert [seen.text for seen in answers] == ["Rain.", *[""] * 7], "what it has said holds"
    assert len(model.asked) == 1 + 8 * server.TRIES, "the other frames are not asked about"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ((200, {}, b"<html>hello</html>"), "the server's answer is not a chat completion"),
        ((200, {}, b""), "the server's answer is not a chat completion"),
        ((200, {}, b"null"), "the server's answer is not a chat completion"),
        ((200, {}, b"[1, 2"), "the server's answer is not a chat completion"),
        ((200, {}, b'{"choices": []}'), "the server's answer is not a chat completion"),
        ((200, {}, b'{"choices": [{"message": null}]}'), "the server's answer is not a chat completion"),
        ((200, {}, b"[" * 100_000), "the server's answer is not a chat completion"),
        ((200, {}, b"\xff\xfe\x00"), "the server's answer is not a chat completion"),
        (said(None), "the server's answer is empty"),
        (said(""), "the server's answer is empty"),
        (said({"a": 1}), "the server's answer is empty"),
        (said(7), "the server's answer is empty"),
        (said("x" * 2_000_000), "the server's answer is too long"),
        (refused(400, "image too large"), "the server answers 400 image too large"),
        ((400, {}, b"\0\0not JSON"), "the server answers 400 not JSON"),
        ((422, {}, b'{"error": "odd"}'), "the server answers 422 odd"),
        ((418, {}, b'["teapot"]'), '["teapot"]'),
    ],
)
def test_malformed_answers_are_failures_of_their_frame(model: Model, tmp_path: Path, reply: Reply, reason: str) -> None:
    model.replies = [reply, said("Rain.")]
    first, second = looked(model, tmp_path, 2, concurrency=1)
    assert reason in first.error and not first.matches
    assert second.text == "Rain."


def test_answers_in_parts_and_with_odd_characters(model: Model, tmp_path: Path) -> None:
    model.replies = [said([{"type": "text", "text": "Ra"}, {"type": "text", "text": "in.\0"}, "?"])]
    assert looked(model, tmp_path) == [Seen("Rain.", {"rain": "Rain"})]


def test_a_server_that_hangs_up_or_says_too_little(model: Model, tmp_path: Path) -> None:
    model.replies = [(0, {}, b""), (200, {"Content-Length": "999"}, b"{"), said("Rain.")]
    started = time.monotonic()
    [seen] = looked(model, tmp_path, timeout=1)
    assert seen.text == "Rain." and time.monotonic() - started < 10


def test_a_slow_server_is_not_waited_for(model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "TRIES", 2)
    model.delay = 1.0
    [seen] = looked(model, tmp_path, timeout=0.2)
    assert seen.error == "the server did not answer within 0.2 s (2 tries)"


def test_an_answer_that_drips_in_is_not_waited_for(
    model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "TRIES", 1)
    model.drip = 0.05
    started = time.monotonic()
    [seen] = looked(model, tmp_path, timeout=0.4)
    assert "too slowly" in seen.error and time.monotonic() - started < 3


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_server_that_refuses_us_is_not_asked_for_every_frame(model: Model, tmp_path: Path, status: int) -> None:
    model.replies = [refused(status, "who are you?")]
    with pytest.raises(TaggerUnavailable, match=f"refuses: {status} who are you"):
        looked(model, tmp_path, 30, concurrency=1)
    assert len(model.asked) == 1


def test_frames_on_their_way_are_all_that_a_refusal_costs(model: Model, tmp_path: Path) -> None:
    model.replies, model.delay = [refused(401)], 0.1
    with pytest.raises(TaggerUnavailable):
        looked(model, tmp_path, 30, concurrency=3)
    assert len(model.asked) <= 3


def test_redirects_are_not_followed(model: Model, tmp_path: Path) -> None:
    model.replies = [(307, {"Location": f"{model.url}/elsewhere"}, b""), said("Rain.")]
    with pytest.raises(TaggerUnavailable, match="refuses: 307"):
        looked(model, tmp_path, key="secret")
    assert [asked["path"] for asked in model.asked] == ["/v1/chat/completions"]


def test_nobody_listens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(server, "FIRST_WAIT", 0.01)
    nobody = ServerTagger(Server("http://127.0.0.1:9", "smol"), TAGS, prompt="?", size="original")
    [seen] = nobody.look(pictures(tmp_path, 1))
    assert "cannot be reached" in seen.error


def test_a_damaged_or_missing_frame_is_not_sent(model: Model, tmp_path: Path) -> None:
    good, damaged, missing = *pictures(tmp_path, 2), tmp_path / "none.jpg"
    damaged.write_bytes(b"\xff\xd8 nothing")
    first, second, third = tagger(model).look([good, damaged, missing])
    assert (first.text, second.error, third.error) == (
        "Rain falls.", "The frame 1.jpg is damaged.", "The frame none.jpg is missing.",
    )  # fmt: skip
    assert len(model.asked) == 1


def test_the_settings_say_where_the_server_is(model: Model, tmp_path: Path, settings: Any) -> None:
    settings.TAGGER_URL = settings.TAGGER_MODEL = ""
    with pytest.raises(TaggerUnavailable, match="set TAGGER_URL and TAGGER_MODEL"):
        taggers.make("server", Options(), TAGS)
    settings.TAGGER_URL, settings.TAGGER_MODEL, settings.TAGGER_KEY = model.url, "llava", "k"
    made = taggers.make("server", Options(ask="tags"), TAGS)
    assert [seen.matches for seen in made.look(pictures(tmp_path, 1))] == [{"rain": "Rain"}]
    question = model.asked[0]["messages"][0]["content"][1]["text"]
    assert "rain, dark, violence" in question and model.asked[0]["model"] == "llava"
