/* Heat maps over a film's poster. Pointing at a genre's row or button, or moving the focus there, shows its map;
   pressing a button, or tapping a row, keeps it until that is done again or Escape is pressed. */
"use strict";

let kept = "";

function maps() {
  return document.getElementById("heatmaps");
}

/* The id of the row that belongs to what was pointed at, if there is a map of it. */
function rowAt(target) {
  const place = target?.closest?.(".row, [data-heat-button]");
  const id = place?.dataset.heatButton || place?.id || "";
  return id && maps()?.querySelector(`[data-heat="${CSS.escape(id)}"]`) ? id : "";
}

function show(id) {
  const all = maps();
  if (!all) return;
  for (const part of all.querySelectorAll("[data-heat]")) part.hidden = part.dataset.heat !== id;
  for (const hint of all.querySelectorAll("[data-heat-hint]")) hint.hidden = Boolean(id);
  for (const button of all.querySelectorAll("[data-heat-button]")) {
    button.setAttribute("aria-pressed", String(button.dataset.heatButton === kept));
  }
  all.parentElement.classList.toggle("film__picture--heat", Boolean(id));
}

function keep(id) {
  kept = kept === id ? "" : id;
  show(kept);
}

document.addEventListener("pointerover", (event) => {
  if (event.pointerType === "mouse") show(rowAt(event.target) || kept);
});
document.addEventListener("focusin", (event) => show(rowAt(event.target) || kept));
document.addEventListener("click", (event) => {
  const id = rowAt(event.target);
  if (!id) return;
  const button = event.target.closest("[data-heat-button]");
  if (button || (event.pointerType === "touch" && !event.target.closest("button, a"))) keep(id);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !kept) return;
  kept = "";
  show("");
});

/* The maps were put in, or a row was replaced while its map is shown. */
document.addEventListener("htmx:afterSettle", () => show(rowAt(document.activeElement) || kept));

/* Asking for maps goes on in the background: whether it succeeds says nothing about what the reader does. */
for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError", "htmx:afterOnLoad"]) {
  document.addEventListener(
    name,
    (event) => {
      if (event.detail.requestConfig?.elt?.id === "heatmaps") event.stopPropagation();
    },
    true,
  );
}
