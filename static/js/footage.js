/* Footage: files that arrive in pieces and survive what networks do, sections chosen over a strip of thumbnails,
   filmstrips that the arrow keys walk. Without this, forms and typed sections do. */
"use strict";

const CHUNK = 8 * 2 ** 20;
const TUS = { "Tus-Resumable": "1.0.0" };
const WAITS = [1, 2, 4, 8, 15, 30]; // seconds before each further try

/* Words ------------------------------------------------------------------------------------------------- */

const language = document.documentElement.lang;

function amount(bytes) {
  const unit = bytes >= 2 ** 30 ? "gigabyte" : bytes >= 2 ** 20 ? "megabyte" : "kilobyte";
  const value = bytes / { gigabyte: 2 ** 30, megabyte: 2 ** 20, kilobyte: 2 ** 10 }[unit];
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
}

function time(seconds) {
  const [unit, value] = seconds < 100 ? ["second", seconds] : seconds < 6000 ? ["minute", seconds / 60] : ["hour", seconds / 3600];
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0 }).format(
    Math.max(1, Math.round(value)),
  );
}

function words(pattern, values) {
  return pattern.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/* The cookie's is the present one, also after signing in again in another tab; the form's is as old as the page. */
function tokenOf(place) {
  const cookies = new Map(document.cookie.split("; ").map((cookie) => cookie.split("=")));
  return cookies.get(place.dataset.csrfCookie) ?? place.querySelector("[name=csrfmiddlewaretoken]").value;
}

/* One file on its way ------------------------------------------------------------------------------------- */

class Transfer {
  constructor(place, file) {
    this.place = place;
    this.file = file;
    this.key = ["genresite-upload", place.dataset.endpoint, file.name, file.size, file.lastModified].join(" ");
    this.address = localStorage.getItem(this.key);
    this.offset = 0;
    this.tries = 0;
    this.state = "waiting"; // going, paused, trouble, stopped, done
    this.draw();
  }

  draw() {
    const template = this.place.querySelector("template[data-transfer]");
    this.row = template.content.firstElementChild.cloneNode(true);
    this.row.querySelector(".transfer__name").textContent = this.file.name;
    this.bar = this.row.querySelector("progress");
    this.bar.setAttribute("aria-label", this.file.name);
    const list = this.place.querySelector("[data-transfers]");
    const id = this.address?.split("/").filter(Boolean).pop();
    list.querySelector(`[data-upload="${CSS.escape(id ?? "")}"]`)?.remove();
    list.append(this.row);
    this.button("pause").addEventListener("click", () => this.pause());
    this.button("resume").addEventListener("click", () => this.resume());
    this.button("cancel").addEventListener("click", () => this.cancel());
    this.say(this.place.dataset.waiting);
  }

  button(name) {
    return this.row.querySelector(`[data-${name}]`);
  }

  say(text) {
    this.row.querySelector(".transfer__said").textContent = text;
  }

  progress(sent) {
    const done = Math.min(this.offset + sent, this.file.size);
    this.bar.value = (100 * done) / this.file.size;
    const seconds = (performance.now() - this.began) / 1000;
    const rate = (done - this.beganAt) / seconds;
    const values = { done: amount(done), total: amount(this.file.size) };
    if (seconds < 2 || rate <= 0) return this.say(words(this.place.dataset.started, values));
    values.rate = amount(rate);
    values.time = time((this.file.size - done) / rate);
    return this.say(words(this.place.dataset.going, values));
  }

  turn(state) {
    this.state = state;
    this.row.dataset.state = state;
    const idle = state === "paused" || state === "stopped";
    this.button("pause").hidden = idle || state === "done";
    this.button("resume").hidden = !idle;
    this.row.classList.toggle("transfer--wrong", state === "stopped");
  }

  /* Until all of the file is there, somebody stops it, or the server will not have it. */
  async run() {
    if (this.state !== "waiting") return;
    const { max, large, empty } = this.place.dataset;
    if (!this.file.size) return this.refuse(empty);
    if (this.file.size > Number(max)) return this.refuse(words(large, { total: amount(Number(max)) }));
    this.turn("going");
    while (this.state === "going") {
      try {
        await this.step();
      } catch (trouble) {
        await this.handle(trouble);
      }
    }
  }

  async step() {
    if (!this.known) await this.find();
    if (this.state !== "going") return;
    const piece = this.file.slice(this.offset, this.offset + CHUNK);
    const answer = await this.ask("PATCH", this.address, {
      headers: { "Upload-Offset": String(this.offset), "Content-Type": "application/offset+octet-stream" },
      body: piece,
    });
    this.offset = Number(answer.getResponseHeader("Upload-Offset"));
    this.tries = 0;
    this.progress(0);
    if (this.offset >= this.file.size) this.arrived();
  }

  /* How much of the file is there; none of it, if it was never announced. */
  async find() {
    if (this.address) {
      const answer = await this.ask("HEAD", this.address);
      this.offset = Number(answer.getResponseHeader("Upload-Offset"));
    } else {
      const name = btoa(String.fromCharCode(...new TextEncoder().encode(this.file.name)));
      const headers = { "Upload-Length": String(this.file.size), "Upload-Metadata": `filename ${name}` };
      const answer = await this.ask("POST", this.place.dataset.endpoint, { headers });
      this.address = new URL(answer.getResponseHeader("Location")).pathname;
      this.offset = 0;
      localStorage.setItem(this.key, this.address);
    }
    this.known = true;
    this.began = performance.now();
    this.beganAt = this.offset;
    this.progress(0);
  }

  ask(method, address, { headers = {}, body = null } = {}) {
    return new Promise((answer, trouble) => {
      const request = (this.request = new XMLHttpRequest());
      request.open(method, address);
      const token = tokenOf(this.place);
      for (const [name, value] of Object.entries({ ...TUS, ...headers, "X-CSRFToken": token })) {
        request.setRequestHeader(name, value);
      }
      if (body) request.upload.addEventListener("progress", (event) => this.state === "going" && this.progress(event.loaded));
      request.addEventListener("load", () => (request.status < 300 ? answer(request) : trouble(request)));
      for (const end of ["error", "abort", "timeout"]) request.addEventListener(end, () => trouble(request));
      request.timeout = body ? 0 : 30_000;
      request.send(body);
    });
  }

  /* After trouble the server is asked first how much it has: it keeps what came before a connection broke. */
  async handle(request) {
    if (this.state !== "going") return;
    if (!(request instanceof XMLHttpRequest)) throw request;
    this.known = false;
    const status = request.status;
    if (status === 404 || status === 410) {
      localStorage.removeItem(this.key);
      this.address = null;
      if (this.tries++) this.refuse(this.detail(request));
    } else if (status === 401 || status === 403) {
      this.stop(this.place.dataset.signedOut);
    } else if (status === 409) {
      await this.wait(0.3 * Math.random());
    } else if (status === 429 || status === 507) {
      this.stop(this.detail(request));
    } else if (status >= 400 && status < 500 && status !== 408 && status !== 460) {
      this.refuse(this.detail(request));
    } else {
      const seconds = WAITS[Math.min(this.tries++, WAITS.length - 1)];
      const { trouble, server } = this.place.dataset;
      this.row.dataset.state = "trouble";
      this.say(words(status ? server : trouble, { time: time(seconds) }));
      await this.wait(seconds);
      if (this.state === "going") this.turn("going");
    }
  }

  detail(request) {
    try {
      return JSON.parse(request.responseText).detail;
    } catch {
      return `${request.status} ${request.statusText}`;
    }
  }

  wait(seconds) {
    return new Promise((done) => {
      this.wake = done;
      setTimeout(done, seconds * 1000);
      window.addEventListener("online", done, { once: true });
    });
  }

  stop(sentence) {
    this.turn("stopped");
    this.say(sentence);
  }

  refuse(sentence) {
    this.stop(sentence);
    this.button("resume").hidden = true;
  }

  pause() {
    this.turn("paused");
    this.request?.abort();
    this.wake?.();
    this.say(words(this.place.dataset.paused, { percent: Math.floor(this.bar.value) }));
  }

  resume() {
    this.known = false;
    this.tries = 0;
    this.state = "waiting";
    this.say(this.place.dataset.waiting);
    queue(this);
  }

  async cancel() {
    this.state = "done";
    this.request?.abort();
    this.wake?.();
    localStorage.removeItem(this.key);
    this.row.remove();
    if (this.address) await this.ask("DELETE", this.address).catch(() => {});
  }

  arrived() {
    this.turn("done");
    localStorage.removeItem(this.key);
    this.button("cancel").hidden = true;
    this.say(this.place.dataset.arrived);
    htmx.trigger("#footage-work", "footage-work");
    setTimeout(() => this.row.remove(), 4000);
  }
}

/* One after the other: two at once would only be slower each. */
let last = Promise.resolve();

function queue(transfer) {
  last = last.then(() => transfer.run()).catch((error) => console.error(error));
}

function choose(place, files) {
  for (const file of files) queue(new Transfer(place, file));
}

function setUpUploads() {
  const place = document.getElementById("uploader");
  if (!place) return;
  const drop = place.querySelector("[data-drop]");
  const field = place.querySelector("input[type=file]");
  field.multiple = true;
  field.required = false;
  drop.addEventListener("submit", (event) => event.preventDefault());
  field.addEventListener("change", () => {
    choose(place, [...field.files]);
    field.value = "";
  });
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("drop--over");
    });
  }
  drop.addEventListener("dragleave", (event) => {
    if (!drop.contains(event.relatedTarget)) drop.classList.remove("drop--over");
  });
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("drop--over");
    choose(place, [...event.dataTransfer.files]);
  });
}

/* Sections ------------------------------------------------------------------------------------------------ */

function timecode(seconds) {
  const tenths = Math.round(seconds * 10);
  const parts = [Math.floor(tenths / 36000), Math.floor(tenths / 600) % 60, Math.floor(tenths / 10) % 60];
  const text = parts.map((part) => String(part).padStart(2, "0")).join(":");
  return tenths % 10 ? `${text}.${tenths % 10}` : text;
}

/* [start, end] in seconds of what was typed; what cannot be read yet is left out. */
function sectionsOf(text) {
  const moment = /^(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d+)?)$/;
  const seconds = (part) => {
    const found = moment.exec(part.trim());
    return found ? Number(found[1] ?? 0) * 3600 + Number(found[2] ?? 0) * 60 + Number(found[3]) : NaN;
  };
  return text
    .split(/[,;\n]/)
    .map((section) => section.split(/[-\u2013]/).map(seconds))
    .filter(([start, end]) => end > start)
    .sort((one, other) => one[0] - other[0]);
}

function shape(name, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/* The same as catalog/templatetags/footage.py draws, and what the handles enclose. */
function drawUsed(clip, chosen) {
  const timeline = clip.querySelector("[data-timeline]");
  const whole = Number(timeline.dataset.seconds);
  const at = (seconds) => (1000 * Math.min(seconds, whole)) / whole;
  const parts = [];
  let end = 0;
  const sections = sectionsOf(clip.querySelector("[name=sections]").value);
  for (const [start, stop] of [...sections, [whole, whole]]) {
    if (sections.length && start > end) parts.push(shape("rect", { class: "unused", x: at(end), width: at(start) - at(end), height: 100 }));
    end = Math.max(end, stop);
  }
  for (const x of sections.flat().map(at)) parts.push(shape("line", { class: "end", x1: x, x2: x, y1: 0, y2: 100 }));
  if (chosen) parts.push(shape("rect", { class: "choice", x: at(chosen[0]), width: at(chosen[1]) - at(chosen[0]), height: 100 }));
  timeline.querySelector(".timeline__used").replaceChildren(...parts);
}

/* Each section that is typed as a button that takes it out again. */
function drawChips(clip) {
  const field = clip.querySelector("[name=sections]");
  const list = clip.querySelector(".sections__chosen");
  const parts = field.value.split(/[,;\n]/).map((part) => part.trim()).filter((part) => sectionsOf(part).length);
  const chips = parts.map((part, place) => {
    const chip = document.createElement("button");
    chip.type = "button";
    chip.className = "chip chip--remove";
    chip.textContent = `${part} \u00d7`;
    chip.setAttribute("aria-label", `${list.dataset.remove} ${part}`);
    chip.addEventListener("click", () => {
      field.value = parts.filter((_part, other) => other !== place).join(", ");
      showChosen(clip);
      field.focus();
    });
    const item = document.createElement("li");
    item.append(chip);
    return item;
  });
  list.replaceChildren(...chips);
}

function chosenIn(clip) {
  const [start, end] = clip.querySelectorAll("[data-handle]");
  const both = [Number(start.value), Number(end.value)].sort((one, other) => one - other);
  const whole = Number(end.max);
  return both[1] - both[0] < 0.1 || (both[0] === 0 && both[1] === whole) ? null : both;
}

function showChosen(clip) {
  const chosen = chosenIn(clip);
  for (const handle of clip.querySelectorAll("[data-handle]")) handle.setAttribute("aria-valuetext", timecode(Number(handle.value)));
  const add = clip.querySelector("[data-add-section]");
  add.disabled = !chosen;
  add.querySelector("[data-chosen]").textContent = chosen ? chosen.map(timecode).join("-") : "";
  drawUsed(clip, chosen);
  drawChips(clip);
}

function addSection(clip) {
  const field = clip.querySelector("[name=sections]");
  const typed = field.value.trim().replace(/,$/, "");
  field.value = [typed, chosenIn(clip).map(timecode).join("-")].filter(Boolean).join(", ");
  const [start, end] = clip.querySelectorAll("[data-handle]");
  start.value = 0;
  end.value = end.max;
  showChosen(clip);
  clip.querySelector("[data-sections] button:not([data-add-section])").focus();
}

/* A step that a key press moves: a tenth of a second, a second, or more where the clip is long. */
function step(handle) {
  const whole = Number(handle.max);
  return whole <= 60 ? 0.1 : whole <= 1800 ? 1 : 5;
}

document.addEventListener("keydown", (event) => {
  const handle = event.target.closest?.("[data-handle]");
  const way = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[event.key];
  if (!handle || !way) return;
  event.preventDefault();
  handle.value = Number(handle.value) + way * step(handle) * (event.shiftKey ? 10 : 1);
  handle.dispatchEvent(new Event("input", { bubbles: true }));
});
document.addEventListener("input", (event) => {
  const clip = event.target.closest(".clip");
  if (!clip) return;
  if (event.target.matches("[data-handle], [name=sections]")) showChosen(clip);
});
document.addEventListener("click", (event) => {
  const add = event.target.closest("[data-add-section]");
  if (add) addSection(add.closest(".clip"));
});

/* Filmstrips: one stop for the Tab key, arrows from frame to frame. -------------------------------------------- */

function setUpStrip(strip) {
  const frames = [...strip.querySelectorAll(".shot__link")];
  const current = frames.find((frame) => frame === document.activeElement || frame.tabIndex === 0 && strip.dataset.walked) ?? frames[0];
  for (const frame of frames) frame.tabIndex = frame === current ? 0 : -1;
  strip.dataset.walked = "1";
}

document.addEventListener("keydown", (event) => {
  const frame = event.target.closest?.(".shot__link");
  if (!frame || event.altKey || event.ctrlKey || event.metaKey) return;
  const frames = [...frame.closest("[data-filmstrip]").querySelectorAll(".shot__link")];
  const at = frames.indexOf(frame);
  const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: frames.length - 1 }[event.key];
  if (next === undefined || !frames[next]) return;
  event.preventDefault();
  frame.tabIndex = -1;
  frames[next].tabIndex = 0;
  frames[next].focus();
});

/* What came with the page, and what htmx puts in later. -------------------------------------------------------- */

function setUp(part) {
  for (const found of part.querySelectorAll("[data-without-scripts]")) found.remove();
  for (const found of part.querySelectorAll("[data-with-scripts], [data-handle], [data-add-section]")) found.hidden = false;
  for (const found of part.querySelectorAll(".clip:has([data-handle])")) showChosen(found);
  for (const found of part.querySelectorAll("[data-filmstrip]")) setUpStrip(found);
}

setUp(document);
setUpUploads();
document.addEventListener("htmx:afterSettle", () => {
  const footage = document.querySelector(".footage");
  if (footage) setUp(footage);
});
