/* The page of keys: a field takes the key that is pressed in it. Tab and Escape stay what they are. */
"use strict";

document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("[data-key-field]");
  if (!field || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (["Tab", "Escape", "Shift", "CapsLock", "Control", "Alt", "Meta", "HangulMode"].includes(event.key)) return;
  event.preventDefault();
  let key = event.key === " " ? "Space" : event.key;
  if (key.length === 1 && !(key >= "!" && key <= "~")) key = event.code.replace(/^(Key|Digit)/, "");
  if (key === "Process") key = event.code.replace(/^(Key|Digit)/, "");
  field.value = /^[a-z]$/i.test(key) ? (event.shiftKey ? "Shift+" : "") + key.toLowerCase() : key;
});
