/* The review desk by keyboard: what a key says is painted at once and sent in the background, and the next film is
   there before it is asked for. All of it works without this file as well, as forms. */
"use strict";

const desk = document.getElementById("desk");
const script = JSON.parse(document.getElementById("desk-script").textContent);
const words = document.getElementById("saved").dataset;
const live = document.getElementById("live");
const AHEAD = 2; // films that are loaded before they are asked for
const LATER = 50; // milliseconds, for what nobody waits for
const KEPT = 10; // films that one can go back to at once
const FRESH = 60_000; // milliseconds: what was loaded before that is claimed anew when it is shown
const RENEW = 240_000;

let here = desk.querySelector(".desk");
let since = performance.now();
const ahead = []; // films that are loaded, to be shown next
const behind = []; // films that were shown
let loading = null;
let ended = ""; // where to go when no film is left

const queue = new SendQueue(`desk-${script.user}`, {
  state: tellState,
  saved: heardSaved,
  conflict: heardConflict,
  refused: heardRefused,
});

/* Saying ------------------------------------------------------------------------------------------------------- */

function tellState(state, waiting) {
  const said = { saving: words.saving, saved: words.saved, waiting: words.waiting, "signed-out": words.signedOut };
  const status = document.getElementById("saved");
  if (state === "saving" && status.dataset.state === "saving") return;
  status.dataset.state = state;
  status.textContent = said[state].replace("{n}", waiting);
}

function announce(text) {
  live.textContent = text;
}

function carried() {
  const names = ["order", "genre", "decade", "source", "machine", "minutes", "began"];
  const form = here.querySelector("#asks");
  return names.filter((name) => form.elements[name]).map((name) => [name, form.elements[name].value]);
}

function send(url, fields, film = here) {
  const { key = "", revision, seen } = film?.dataset || {};
  queue.add({ film: key, url, fields: [...fields, ...carried()], revision, seen });
}

/* Rows --------------------------------------------------------------------------------------------------------- */

function rows() {
  return [...here.querySelectorAll(".ask")];
}

function chosen() {
  return here.querySelector(".ask--chosen");
}

function choose(row) {
  if (!row) return;
  chosen()?.classList.remove("ask--chosen");
  row.classList.add("ask--chosen");
  for (const about of here.querySelectorAll("[data-about]")) about.hidden = about.dataset.about !== row.id;
  showMap();
}

function showMap() {
  const maps = here.querySelector("#heatmaps");
  const id = maps?.querySelector(`[data-heat="${chosen()?.id}"]`) && desk.dataset.touched ? chosen().id : "";
  for (const part of maps?.querySelectorAll("[data-heat]") || []) part.hidden = part.dataset.heat !== id;
  here.querySelector(".film__picture")?.classList.toggle("film__picture--heat", Boolean(id));
}

/* A row as it is to look; what is not named stays. */
function paint(row, { state, said, answer, suggested, locked, waiting }) {
  const press = row.querySelector(".ask__press");
  row.className = `ask ask--${state}`;
  row.classList.toggle("ask--waiting", Boolean(waiting));
  row.classList.toggle("ask--locked", Boolean(locked));
  row.dataset.state = state;
  row.querySelector(".ask__said").textContent = said;
  const icons = { yes: "check", no: "cross", unknown: "unknown", proposed: "waiting" };
  press.querySelector("use").setAttribute("href", `${words.icons}#${icons[state] || "clear"}`);
  press.value = answer;
  press.disabled = Boolean(locked);
  const hidden = row.querySelector("[name=suggested]");
  if (!suggested) hidden?.remove();
  else if (hidden) hidden.value = suggested;
  else press.insertAdjacentElement("afterend", Object.assign(document.createElement("input"), { type: "hidden", name: "suggested", value: suggested }));
  const about = row.closest(".desk").querySelector(`[data-about="${row.id}"]`);
  about.querySelector("[data-about-said]").textContent = said;
  const lock = about.querySelector("[data-do=lock]");
  if (!lock) return;
  lock.hidden = !["yes", "no", "unknown"].includes(state);
  lock.value = `${row.dataset.term}:${locked ? 0 : 1}`;
  lock.querySelector("[data-lock-word]").textContent = locked ? words.unlock : words.lock;
  about.querySelector("[data-do=unknown]").disabled = Boolean(locked);
}

/* A row as the answer makes it, before the server has heard of it. */
function paintAnswer(row, value) {
  const mine = row.classList.contains("ask--chosen");
  paint(row, {
    state: value,
    said: words[value],
    answer: `${row.dataset.term}:${value === "yes" ? "no" : "yes"}`,
    locked: row.classList.contains("ask--locked"),
  });
  row.closest(".desk").querySelector(`[data-about="${row.id}"] [data-about-from]`).textContent = words.byYou;
  if (mine) row.classList.add("ask--chosen");
}

function paintSum(film = here) {
  const said = [...film.querySelectorAll("[name=suggested]")].map((input) => input.value.split(":")[1]);
  film.querySelector("[data-yes]").textContent = said.filter((value) => value === "yes").length;
  film.querySelector("[data-no]").textContent = said.filter((value) => value === "no").length;
}

/* Rows as the server says they are, save those that were answered again meanwhile. */
function paintRows(film, data) {
  film.dataset.revision = data.revision;
  const unsent = new Set(queue.of(film.dataset.key).flatMap((item) => item.fields).map(([, value]) => String(value).split(":")[0]));
  for (const one of data.rows || []) {
    const row = film.querySelector(`#${CSS.escape(one.id)}`);
    if (!row || unsent.has(row.dataset.term)) continue;
    const was = row.classList.contains("ask--chosen");
    paint(row, one);
    row.classList.toggle("ask--chosen", was);
    paintScore(row, one);
  }
  paintSum(film);
}

function paintScore(row, { score, figure, over }) {
  const place = row.querySelector(".ask__score");
  if (!place || score === null || place.querySelector(".figures").textContent === figure) return;
  place.querySelector(".figures").textContent = figure;
  place.querySelector(".fill").setAttribute("width", (100 * Math.max(0, Math.min(1, score))).toFixed(1));
  place.querySelector(".bar").classList.toggle("bar--over", over);
  row.classList.add("ask--moved");
}

/* Answering ---------------------------------------------------------------------------------------------------- */

function answer(row, value) {
  if (!row || row.classList.contains("ask--locked")) return;
  desk.dataset.touched = "1";
  choose(row);
  paintAnswer(row, value);
  paintSum();
  announce(`${row.dataset.name}: ${words[value]}`);
  send(here.dataset.answer, [["answer", `${row.dataset.term}:${value}`]]);
}

function turn(row) {
  if (row) answer(row, row.querySelector(".ask__press").value.split(":")[1]);
}

function lock(row) {
  if (!row || "second" in here.dataset || !["yes", "no", "unknown"].includes(row.dataset.state)) return;
  const locked = !row.classList.contains("ask--locked");
  row.classList.toggle("ask--locked", locked);
  row.querySelector(".ask__press").disabled = locked;
  send(here.dataset.lock, [["lock", `${row.dataset.term}:${locked ? 1 : 0}`]]);
}

function seconds() {
  return ((performance.now() - since) / 1000).toFixed(1);
}

function finish(how) {
  const film = here;
  const said = how === "leave" ? [] : [...film.querySelectorAll("[name=suggested]")].map((input) => input.value);
  send(film.dataset.finish, [["how", how], ["seconds", seconds()], ...said.map((text) => ["suggested", text])]);
  /* What was said is painted for whoever comes back to it: the next film comes first. */
  film.catchUp = () => {
    film.catchUp = null;
    for (const text of said) {
      const [term, value] = text.split(":");
      paintAnswer(film.querySelector(`[data-term="${CSS.escape(term)}"]`), how === "accept" ? value : "no");
    }
    paintSum(film);
  };
  setTimeout(() => film.catchUp?.(), LATER);
  goOn();
}

function skip(reason) {
  send(here.dataset.skip, [["reason", reason], ["seconds", seconds()]]);
  goOn();
}

function flag() {
  const button = here.querySelector("[data-do=flag]");
  const on = button.getAttribute("aria-pressed") !== "true";
  send(here.dataset.remark, [["kind", on ? "flag" : "unflag"]]);
  button.setAttribute("aria-pressed", String(on));
}

function note(text) {
  if (!text.trim()) return;
  send(here.dataset.remark, [["kind", "note"], ["words", text.trim()]]);
  const line = Object.assign(document.createElement("p"), { className: "small desk__noted", textContent: text.trim() });
  here.querySelector(".desk__about").before(line);
}

/* From film to film -------------------------------------------------------------------------------------------- */

function parse(html) {
  const made = document.createElement("template");
  made.innerHTML = html;
  const film = made.content.querySelector(".desk");
  film.loadedAt = performance.now();
  const poster = film.querySelector(".desk__picture img");
  if (poster) film.poster = Object.assign(new Image(), { src: poster.src }).decode().catch(() => null);
  return film;
}

function loadAhead() {
  if (ahead.length >= AHEAD || loading || ended) return loading;
  const have = [here, ...ahead, ...behind].map((film) => ["have", film.dataset.key]);
  const unsent = queue.items.filter((item) => item.film).map((item) => ["have", item.film]);
  loading = ask(script.next, [...carried(), ...have, ...unsent])
    .then((response) => (response.ok ? response.json() : Promise.reject(new Error(response.status))))
    .then((data) => (data.key ? ahead.push(parse(data.html)) : (ended = data.url)))
    .then(() => setTimeout(loadAhead))
    .catch(() => null)
    .finally(() => (loading = null));
  return loading;
}

async function goOn() {
  const left = here;
  if (!ahead.length && !ended) {
    desk.classList.add("desk--waits");
    tellState("saving", 0);
    while (!ahead.length && !ended) {
      await loadAhead();
      if (!ahead.length && !ended) await new Promise((resolve) => setTimeout(resolve, 2000));
    }
    desk.classList.remove("desk--waits");
    if (here !== left) return;
  }
  if (isOver() || !ahead.length) return leaveDesk();
  behind.push(here);
  if (behind.length > KEPT) behind.shift();
  show(ahead.shift());
}

async function leaveDesk() {
  desk.classList.add("desk--waits");
  await queue.idle();
  const back = document.querySelector(".review__head .crumb a").href;
  location.assign(ended || back);
}

function goBack() {
  const before = behind.pop();
  if (before) {
    ahead.unshift(here);
    show(before);
    return;
  }
  const link = here.querySelector("a[data-do=previous]");
  if (link) queue.idle().then(() => location.assign(link.href));
}

function show(film) {
  film.catchUp?.();
  here.replaceWith(film);
  here = film;
  since = performance.now();
  delete desk.dataset.touched;
  history.replaceState(null, "", film.dataset.url);
  document.title = `${film.dataset.title} · genresite`;
  window.scrollTo(0, 0);
  desk.focus({ preventScroll: true });
  announce(film.dataset.title);
  showMap();
  tick();
  if (performance.now() - (film.loadedAt || 0) > FRESH) renew();
  requestAnimationFrame(() =>
    setTimeout(() => {
      window.htmx?.process(film);
      loadAhead();
    }, LATER),
  );
}

function renew() {
  ask(here.dataset.claim, []).catch(() => null);
}

function isOver() {
  const ends = Number(here.querySelector("[data-ends]")?.dataset.ends || Infinity);
  return Date.now() / 1000 >= ends;
}

function tick() {
  const clock = here.querySelector("[data-ends]");
  if (!clock) return;
  const left = Math.max(0, Math.round(Number(clock.dataset.ends) - Date.now() / 1000));
  clock.textContent = left ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` : words.over;
}

/* What the server said ------------------------------------------------------------------------------------------ */

function filmOf(key) {
  return [here, ...ahead, ...behind].find((film) => film.dataset.key === key);
}

function heardSaved(item, data) {
  const film = filmOf(item.film);
  if (film && data.rows) paintRows(film, data);
  else if (film && data.revision) film.dataset.revision = data.revision;
  if (data.films) for (const one of [here, ...ahead]) paintToday(one, data.films);
  if (item.url === script.undo) showAgain(data);
}

function paintToday(film, films) {
  const place = film.querySelector("[data-today]");
  let text = place.querySelector("span:not([data-ends])");
  if (!text) text = place.appendChild(document.createElement("span"));
  text.textContent = words.today.replace("{n}", films);
}

/* What was undone is shown, wherever it was. */
async function showAgain(data) {
  announce(data.said);
  const answered = await ask(data.url, [], "GET").then((response) => response.json());
  const film = parse(answered.html);
  delete queue.revisions[data.key];
  delete queue.seen[data.key];
  if (here.dataset.key !== data.key) {
    const old = behind.findIndex((one) => one.dataset.key === data.key);
    if (old >= 0) behind.splice(old, 1);
    ahead.unshift(here);
  }
  show(film);
}

function heardConflict(item, data) {
  const film = filmOf(item.film);
  const rest = queue.takeOut(item.film).flatMap((one) => one.fields).filter(([name]) => name === "answer");
  const place = document.getElementById("conflicts");
  place.insertAdjacentHTML("beforeend", data.conflict);
  const form = place.lastElementChild.querySelector("[data-insist]");
  for (const [name, value] of rest) {
    form?.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    const [term, said] = value.split(":");
    const called = film?.querySelector(`[data-term="${CSS.escape(term)}"]`)?.dataset.name || term;
    form?.previousElementSibling.append(Object.assign(document.createElement("li"), { textContent: `${called}: ${words[said]}` }));
  }
  if (film) paintRows(film, data);
  place.lastElementChild.scrollIntoView({ block: "nearest" });
}

function insist(form) {
  const box = form.closest("[data-conflict]");
  const fields = new Map([...new FormData(form)].filter(([name]) => name === "answer").map(([, value]) => [value.split(":")[0], value]));
  const revision = form.elements.revision.value;
  const film = filmOf(box.dataset.conflict);
  queue.revisions[box.dataset.conflict] ??= revision;
  queue.add({
    film: box.dataset.conflict,
    url: form.action,
    fields: [...[...fields.values()].map((value) => ["answer", value]), ...carried()],
    revision,
  });
  for (const value of film ? fields.values() : []) {
    const row = film.querySelector(`[data-term="${CSS.escape(value.split(":")[0])}"]`);
    if (row) paintAnswer(row, value.split(":")[1]);
  }
  if (film) paintSum(film);
  box.remove();
  desk.focus({ preventScroll: true });
}

function heardRefused(item, data) {
  const film = filmOf(item.film);
  if (film && data.rows) paintRows(film, data);
  const place = document.getElementById("refusals");
  place.replaceChildren();
  if (!data.refused) return;
  const said = Object.assign(document.createElement("p"), { className: "note", textContent: data.refused });
  said.setAttribute("role", "alert");
  place.append(said);
  setTimeout(() => said.remove(), 8000);
}

/* Keys, clicks and forms ---------------------------------------------------------------------------------------- */

const BY_PLACE = { Minus: "-", Slash: "/", Comma: ",", Period: ".", Semicolon: ";", Equal: "=", Backquote: "`" };

/* The key as the table names it. Where it types no Latin letter, as with Korean, its place on the keyboard counts. */
function nameOf(event) {
  let key = event.key === " " ? "Space" : event.key;
  const types = key.length === 1 && key >= "!" && key <= "~";
  if (!types && (key.length === 1 || key === "Process" || key === "Unidentified")) {
    key = event.code.replace(/^(Key|Digit)/, "");
    key = event.code === "Slash" && event.shiftKey ? "?" : BY_PLACE[event.code] || key;
  }
  if (/^[a-z]$/i.test(key)) return (event.shiftKey ? "Shift+" : "") + key.toLowerCase();
  return key;
}

const ACTIONS = {
  accept: () => finish("accept"),
  reject: () => finish("reject"),
  next: () => finish("leave"),
  previous: goBack,
  undo: () => send(script.undo, [], null),
  skip: () => openSheet("skip"),
  note: () => openSheet("note"),
  down: () => step(1),
  up: () => step(-1),
  toggle: () => turn(chosen()),
  unknown: () => answer(chosen(), "unknown"),
  lock: () => lock(chosen()),
  flag,
  help: () => document.getElementById("keys-sheet").showModal(),
};

function step(by) {
  const all = rows();
  const at = all.indexOf(chosen());
  desk.dataset.touched = "1";
  choose(all[Math.max(0, Math.min(all.length - 1, at + by))]);
  chosen()?.scrollIntoView({ block: "nearest" });
  announce(`${chosen()?.dataset.name}: ${chosen()?.querySelector(".ask__said").textContent}`);
}

function openSheet(name) {
  const sheet = here.querySelector(`[data-sheet=${name}]`);
  sheet.open = true;
  sheet.querySelector(name === "note" ? "[name=words]" : "button, [name=words]").focus();
}

function rowByKey(key) {
  const action = script.keys[key];
  if (action?.includes("/")) return here.querySelector(`[data-term="${CSS.escape(action)}"]`);
  return /^[0-9]$/.test(key) ? here.querySelector(`.ask[data-key="${key}"]`) : null;
}

document.addEventListener("keydown", (event) => {
  if (!script.on || event.isComposing || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
  if (document.querySelector("dialog[open]") || desk.classList.contains("desk--waits")) return;
  const target = event.target;
  if (target.matches("input:not([type=radio], [type=checkbox]), textarea, select")) return;
  const key = nameOf(event);
  const sheet = here.querySelector("[data-sheet=skip][open]");
  if (sheet) {
    const reason = /^[1-9]$/.test(key) && sheet.querySelectorAll("[name=reason]")[Number(key) - 1];
    if (!reason) return;
    event.preventDefault();
    skip(reason.value);
    return;
  }
  if (["Enter", "Space"].includes(key) && target.closest("button, a, summary")) return;
  const row = rowByKey(key);
  const act = row ? () => turn(row) : ACTIONS[script.keys[key]];
  if (!act || (event.repeat && !["down", "up"].includes(script.keys[key]))) return;
  event.preventDefault();
  act();
});

const BUTTONS = { unknown: ACTIONS.unknown, lock: ACTIONS.lock, flag, undo: ACTIONS.undo, previous: goBack, help: ACTIONS.help };

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  const more = event.target.closest(".ask__more");
  if (!event.target.closest("#about")) here.querySelector("#about").classList.remove("desk__about--open");
  if (button && BUTTONS[button.dataset.do]) {
    event.preventDefault();
    BUTTONS[button.dataset.do]();
  } else if (more) {
    event.preventDefault();
    desk.dataset.touched = "1";
    choose(more.closest(".ask"));
    here.querySelector("#about").classList.add("desk__about--open");
    here.querySelector("#about").scrollIntoView({ block: "nearest" });
  } else if (event.target.closest("[data-yield]")) {
    event.preventDefault();
    event.target.closest("[data-conflict]").remove();
    desk.focus({ preventScroll: true });
  }
  /* After the mouse the keyboard goes on at the desk, not on the button. */
  if (event.detail && event.target.closest(".ask__press, .about__acts, .desk__bar button")) desk.focus({ preventScroll: true });
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.closest("#desk, #conflicts")) return;
  event.preventDefault();
  const button = event.submitter;
  if (form.matches("[data-insist]")) insist(form);
  else if (form.matches("[data-skip-form]")) skip(button?.value || form.elements.words.value);
  else if (form.closest("[data-sheet=note]")) {
    note(form.elements.words.value);
    form.reset();
    form.closest("details").open = false;
    desk.focus({ preventScroll: true });
  } else if (button?.name === "how") finish(button.value);
  else if (button?.name === "answer") {
    const [term, value] = button.value.split(":");
    answer(here.querySelector(`[data-term="${CSS.escape(term)}"]`), value);
  }
});

/* A sheet that was closed gives the keyboard back. */
desk.addEventListener(
  "toggle",
  (event) => {
    if (event.target.matches("[data-sheet]") && !event.target.open) desk.focus({ preventScroll: true });
  },
  true,
);

/* Pointing at a row, or moving the focus there, chooses it: its map and its guideline are shown. */
for (const kind of ["pointerover", "focusin"]) {
  desk.addEventListener(kind, (event) => {
    const row = event.target.closest(".ask");
    if (!row || row === chosen() || (event.pointerType && event.pointerType !== "mouse")) return;
    desk.dataset.touched = "1";
    choose(row);
  });
}
document.addEventListener("htmx:afterSettle", showMap);
/* Maps are asked for in the background: that they fail says nothing about what the reader does. */
for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError", "htmx:afterOnLoad"]) {
  document.addEventListener(name, (event) => event.stopPropagation(), true);
}

document.querySelector("[data-do=help]").hidden = !script.on;
here.loadedAt = performance.now();
if (!document.activeElement || document.activeElement === document.body) desk.focus({ preventScroll: true });
setInterval(tick, 1000);
setInterval(renew, RENEW);
tick();
queue.run();
loadAhead();
