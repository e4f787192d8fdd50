/* A threshold is moved: figures and the mark in the chart follow. The form works without this. */
"use strict";

const form = document.getElementById("cut-form");
const slider = document.getElementById("cut-slider");
const number = document.getElementById("cut-at");
const wanted = document.getElementById("cut-value");
const { steps, now } = JSON.parse(document.getElementById("cut-data").textContent);
const language = document.documentElement.lang;
const whole = new Intl.NumberFormat(language);
const SHARES = ["precision", "recall", "f1"];

/* As the page itself writes them: a share in points, a film count with its separators, differences with a sign. */
function points(share) {
  return share === null ? "–" : (share * 100).toFixed(1);
}

function signed(difference, written) {
  return `${difference < 0 ? "−" : "+"}${written}`;
}

function gained(name, value) {
  if (value === null || now[name] === null) return "";
  const difference = value - now[name];
  const written = name === "films" ? whole.format(Math.abs(difference)) : points(Math.abs(difference));
  return signed(difference, written);
}

function put(selector, text) {
  for (const place of form.parentElement.querySelectorAll(selector)) place.textContent = text;
}

function show(step) {
  const at = (step / 100).toFixed(2);
  const row = Object.fromEntries(Object.keys(steps).map((name) => [name, steps[name][step]]));
  const written = { at, films: whole.format(row.films) };
  for (const name of SHARES) written[name] = points(row[name]);
  put("[data-at]", at);
  for (const name of [...SHARES, "films"]) {
    put(`[data-figure="${name}"]`, written[name]);
    put(`[data-gain="${name}"]`, gained(name, row[name]));
  }
  const mark = document.getElementById("cut-mark");
  mark?.setAttribute("x1", step);
  mark?.setAttribute("x2", step);
  slider.setAttribute("aria-valuetext", form.dataset.says.replace(/\{(\w+)\}/g, (_, name) => written[name]));
  if (wanted) wanted.value = at;
}

slider.addEventListener("input", () => {
  const step = Math.round(slider.valueAsNumber * 100);
  number.value = (step / 100).toFixed(2);
  show(step);
});

number.addEventListener("input", () => {
  if (!number.value || !number.checkValidity()) return;
  slider.value = number.value;
  show(Math.round(number.valueAsNumber * 100));
});

form.addEventListener("submit", (event) => event.preventDefault());
slider.hidden = false;
document.getElementById("cut-show").hidden = true;
