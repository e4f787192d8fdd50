/* The search page beyond htmx: suggestions while one types, filters that stay where they are, and a long list that
   grows by itself and is there again when one comes back. Everything works without this, by links and forms. */
const ask = document.getElementById("ask");
const box = document.getElementById("q");
const list = document.getElementById("suggestions");

/* The box: a combobox with a listbox (WAI-ARIA 1.2). ------------------------------------------------------------ */

let asking = null;
let timer = 0;

function options() {
  return [...list.querySelectorAll("[role=option]")];
}

function active() {
  return list.querySelector("[aria-selected=true]");
}

function choose(option) {
  active()?.setAttribute("aria-selected", "false");
  if (!option) {
    box.removeAttribute("aria-activedescendant");
    return;
  }
  option.setAttribute("aria-selected", "true");
  box.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function show(open) {
  list.hidden = !open;
  box.setAttribute("aria-expanded", String(open));
  if (!open) choose(null);
}

function tell(text) {
  document.getElementById("live").textContent = text;
}

async function suggest() {
  asking?.abort();
  const typed = box.value.trim();
  if (!typed) return show(false);
  asking = new AbortController();
  try {
    const fields = new URLSearchParams(new FormData(ask));
    const answer = await fetch(`${list.dataset.address}?${fields}`, { signal: asking.signal });
    if (!answer.ok || document.activeElement !== box || box.value.trim() !== typed) return;
    list.innerHTML = await answer.text();
    show(options().length > 0);
    const count = options().length;
    tell(count ? list.dataset.many.replace("{n}", count) : list.dataset.none);
  } catch (error) {
    if (error.name !== "AbortError") show(false);
  }
}

function suggestSoon() {
  clearTimeout(timer);
  timer = setTimeout(suggest, 120);
}

function take(option) {
  show(false);
  clearTimeout(timer);
  asking?.abort();
  const address = option.dataset.address;
  if ("opens" in option.dataset) {
    location.assign(address);
    return;
  }
  box.value = new URL(address, location.href).searchParams.get("q") ?? "";
  clearButton();
  htmx.ajax("GET", address, { source: ask, target: "#search", swap: "outerHTML show:none" });
}

function clearButton() {
  ask.querySelector("[data-clear]").hidden = !box.value;
}

box.addEventListener("input", () => {
  clearButton();
  suggestSoon();
});

box.addEventListener("keydown", (event) => {
  /* Enter and the arrows belong to the Korean syllable while it is being composed. */
  if (event.isComposing || event.keyCode === 229) return;
  const all = options();
  const place = all.indexOf(active());
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (list.hidden) {
      suggest();
      return;
    }
    const step = event.key === "ArrowDown" ? 1 : -1;
    const next = place < 0 ? (step > 0 ? 0 : all.length - 1) : place + step;
    choose(all[next] ?? null);
  } else if (event.key === "Enter") {
    clearTimeout(timer);
    if (!list.hidden && place >= 0) {
      event.preventDefault();
      take(all[place]);
    } else {
      show(false);
    }
  } else if (event.key === "Escape") {
    if (!list.hidden) {
      event.preventDefault();
      show(false);
    } else if (box.value) {
      box.value = "";
      clearButton();
    }
  } else if (event.key === "Tab") {
    show(false);
  }
});

box.addEventListener("focus", () => {
  if (box.value.trim() && list.childElementCount) show(true);
});
box.addEventListener("blur", () => show(false));
/* The box keeps the focus while one presses a suggestion. */
list.addEventListener("pointerdown", (event) => event.preventDefault());
list.addEventListener("click", (event) => {
  const option = event.target.closest("[role=option]");
  if (option) take(option);
});

ask.addEventListener("submit", () => {
  asking?.abort();
  clearTimeout(timer);
  show(false);
});
ask.querySelector("[data-clear]").addEventListener("click", () => {
  box.value = "";
  clearButton();
  box.focus();
  ask.requestSubmit();
});
document.addEventListener("change", (event) => {
  if (event.target.id === "sort") ask.requestSubmit();
});
/* A slash goes to the box from anywhere on the page. */
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  event.preventDefault();
  box.focus();
  box.select();
});

/* Filters: + and − on one that has the focus; what is unfolded and how far it is scrolled stays. ------------------- */

document.addEventListener("keydown", (event) => {
  const row = event.target.closest?.("[data-sift]")?.parentElement;
  if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
  const wanted = { "+": "[data-more-of]", "=": "[data-more-of]", "-": "[data-less]" }[event.key];
  const step = wanted && row.querySelector(wanted);
  if (!step) return;
  event.preventDefault();
  step.click();
});

let before = null;

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id !== "search" || !event.detail.shouldSwap) return;
  const sieve = document.getElementById("sieve");
  before = {
    scroll: sieve.scrollTop,
    shown: sieve.matches(":popover-open"),
    folds: new Map([...sieve.querySelectorAll("details[id]")].map((fold) => [fold.id, fold.open])),
    focus: document.activeElement?.closest("#search") ? document.activeElement.id : null,
  };
});

document.addEventListener("htmx:afterSwap", () => {
  if (!before) return;
  const { scroll, shown, folds, focus } = before;
  before = null;
  const sieve = document.getElementById("sieve");
  for (const [id, open] of folds) {
    const fold = document.getElementById(id);
    if (fold) fold.open = open;
  }
  if (shown) sieve.showPopover();
  sieve.scrollTop = scroll;
  const count = document.getElementById("count");
  /* What was pressed may be gone: the focus then goes to how many films there are now. */
  if (focus !== null) (document.getElementById(focus) ?? count).focus({ preventScroll: true });
  tell(count.textContent.trim());
  const text = new URL(location.href).searchParams.get("q") ?? "";
  if (document.activeElement !== box) box.value = text;
  watch();
});

/* The list grows when its end comes near; after so many films by itself only when asked to. ------------------------ */

const AT_MOST_BY_ITSELF = 360;
let byItself = false;

const nearing = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting || films().length >= AT_MOST_BY_ITSELF) continue;
      nearing.unobserve(entry.target);
      byItself = document.activeElement !== entry.target;
      entry.target.click();
    }
  },
  { rootMargin: "1200px" },
);

function watch() {
  for (const link of document.querySelectorAll("[data-more]:not([data-watched])")) {
    link.dataset.watched = "";
    nearing.observe(link);
  }
}

function films() {
  return document.querySelectorAll("#found [data-film]");
}

document.addEventListener("htmx:afterSwap", () => {
  /* Who did not ask for more films keeps the focus (app.js moves it to the first new one). */
  if (byItself) document.querySelector("[data-first-new]")?.removeAttribute("data-first-new");
  byItself = false;
  watch();
});

/* Coming back: the same films are there, and the one that was at the top still is. --------------------------------- */

const KEPT = "place:";

function keep() {
  const all = [...films()];
  const top = all.find((film) => film.getBoundingClientRect().bottom > 0);
  if (!top || scrollY < 1) {
    sessionStorage.removeItem(KEPT + location.href);
    return;
  }
  const place = { shown: all.length, film: top.dataset.film, offset: top.getBoundingClientRect().top };
  sessionStorage.setItem(KEPT + location.href, JSON.stringify(place));
}

async function comeBack() {
  const how = performance.getEntriesByType("navigation")[0]?.type;
  const kept = sessionStorage.getItem(KEPT + location.href);
  if (!kept || (how !== "back_forward" && how !== "reload")) return;
  history.scrollRestoration = "manual";
  const place = JSON.parse(kept);
  try {
    while (films().length < place.shown && (await fetchMore(place.shown - films().length)));
  } catch {
    return; /* the network is away: what is there is shown from the top */
  }
  const film = document.querySelector(`[data-film="${CSS.escape(place.film)}"]`);
  if (film) scrollTo(0, scrollY + film.getBoundingClientRect().top - place.offset);
}

async function fetchMore(count) {
  const more = document.getElementById("more");
  const link = more?.querySelector("[data-more]");
  if (!link) return false;
  const headers = { "HX-Request": "true", "HX-Target": "more" };
  const answer = await fetch(`${link.getAttribute("href")}&n=${count}`, { headers });
  if (!answer.ok) return false;
  const parent = more.parentElement;
  more.outerHTML = await answer.text();
  for (const fresh of parent.querySelectorAll("[data-first-new]")) fresh.removeAttribute("data-first-new");
  htmx.process(parent);
  return true;
}

let keeping = 0;
addEventListener("scroll", () => {
  clearTimeout(keeping);
  keeping = setTimeout(keep, 200);
}, { passive: true });
addEventListener("pagehide", keep);

comeBack().finally(watch);
