/* What pages do beyond htmx: the theme, menus, and words when the network or the server fails. */
"use strict";

const root = document.documentElement;

function isDark() {
  const chosen = root.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

/* The form works without this; here the page changes in place. */
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-theme-form]")) return;
  event.preventDefault();
  root.dataset.theme = isDark() ? "light" : "dark";
  document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
});

/* Menus are <details>: close them by Escape and by a click elsewhere. */
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details[data-menu][open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

/* Trouble ------------------------------------------------------------------------------------------------ */

const trouble = document.getElementById("trouble");

function tell(kind) {
  trouble.hidden = !kind;
  for (const text of trouble.querySelectorAll("[data-trouble]")) text.hidden = text.dataset.trouble !== kind;
}

window.addEventListener("offline", () => tell("offline"));
window.addEventListener("online", () => tell(""));
document.addEventListener("htmx:sendError", () => tell("offline"));
document.addEventListener("htmx:timeout", () => tell("slow"));
document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  if (event.detail.shouldSwap) return;
  tell(status === 403 ? "forbidden" : status === 404 ? "gone" : "server");
});
document.addEventListener("htmx:afterOnLoad", (event) => {
  if (event.detail.successful) tell("");
});
trouble.addEventListener("click", (event) => {
  if (event.target.closest("[data-dismiss]")) tell("");
});

/* Rows whose scores follow a decision on another row: what they say is replaced, but their buttons stay the same
   elements, since one of them may have the focus, or a click that waits for its turn. */
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target, fragment } = event.detail;
  if (!target.matches(".row")) return;
  const row = fragment.querySelector(".row");
  for (const part of [".row__what", ".row__state", ".row__score"]) {
    target.querySelector(part).replaceWith(row.querySelector(part));
  }
  target.className = row.className;
  event.detail.shouldSwap = false;
});

/* Lists that grow: the first new film gets the focus, so that the keyboard goes on where it was. */
document.addEventListener("htmx:afterSettle", (event) => {
  const first = event.target.querySelector?.("[data-first-new]");
  if (!first) return;
  first.removeAttribute("data-first-new");
  first.focus({ preventScroll: true });
});

/* Forms that send files say so while they do: a second click must not send them twice. */
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.defaultPrevented || !button?.dataset.busy) return;
  requestAnimationFrame(() => {
    button.disabled = true;
    button.textContent = button.dataset.busy;
  });
});
