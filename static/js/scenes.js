/* Frames of one's own: dropped on a field or pasted, and shown before they are sent. The form works without. */
"use strict";

const form = document.querySelector("[data-scene-form]");
const inputs = form ? [...form.querySelectorAll('[data-drop] input[type="file"]')] : [];

/* Show what a field holds; a data URL, since the page's policy allows no other. */
function preview(input) {
  const picture = input.closest("[data-drop]").querySelector("[data-preview]");
  const [file] = input.files;
  picture.hidden = !file;
  if (!file) return;
  const reader = new FileReader();
  reader.addEventListener("load", () => {
    picture.src = reader.result;
  });
  reader.readAsDataURL(file);
}

/* Put pictures into the fields, beginning with one: two that are dropped together are both frames. */
function put(files, start) {
  const pictures = [...files].filter((file) => file.type.startsWith("image/")).slice(0, inputs.length - start);
  for (const [place, file] of pictures.entries()) {
    const held = new DataTransfer();
    held.items.add(file);
    inputs[start + place].files = held.files;
    preview(inputs[start + place]);
  }
  return pictures.length > 0;
}

for (const [place, input] of inputs.entries()) {
  const drop = input.closest("[data-drop]");
  input.addEventListener("change", () => preview(input));
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("scene-drop--over");
  });
  drop.addEventListener("dragleave", () => drop.classList.remove("scene-drop--over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("scene-drop--over");
    put(event.dataTransfer.files, place);
  });
}

document.addEventListener("paste", (event) => {
  const empty = inputs.findIndex((input) => !input.files.length);
  if (form && put(event.clipboardData.files, empty < 0 ? 0 : empty)) event.preventDefault();
});

for (const words of document.querySelectorAll("[data-scripted]")) words.hidden = false;
