// The keyboard map. An element says by data-key which letter works it, by data-go where G leads.
import { open } from "./dialogs.js";
import { openPalette } from "./palette.js";

const PATIENCE = 1200;
let going = 0;
const bound = new Map();

// For keys that no button stands for. `run` gets the event and says whether it did something.
export function bind(letter, run) {
  bound.set(letter, run);
}

export function start() {
  nameModifier();
  document.addEventListener("keydown", press);
  document.addEventListener("htmx:afterSettle", nameModifier);
}

function nameModifier() {
  if (!/Mac|iPhone|iPad/.test(navigator.platform)) return;
  for (const key of document.querySelectorAll("[data-mod-key]")) key.textContent = `⌘ ${key.dataset.modKey}`;
}

function press(event) {
  if (event.defaultPrevented || event.isComposing) return;
  if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") return act(event, () => openPalette());
  if (event.metaKey || event.ctrlKey || event.altKey) return;
  if (event.repeat && !bound.has(event.key.toUpperCase())) return;
  if (!("keys" in document.body.dataset) || typing(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "/") return act(event, () => openPalette());
  if (event.key === "?") return act(event, () => open(document.querySelector("#keyboard")));
  single(event);
}

function single(event) {
  const letter = event.key.toUpperCase();
  if (Date.now() - going < PATIENCE) {
    going = 0;
    return work(event, `[data-go="${CSS.escape(letter)}"]`);
  }
  if (letter === "G") going = Date.now();
  else if (bound.get(letter)?.(event)) event.preventDefault();
  else work(event, `[data-key="${CSS.escape(letter)}"]`);
}

function work(event, selector) {
  const target = [...document.querySelectorAll(selector)].find((element) => !element.disabled && element.closest("body"));
  if (target) act(event, () => target.click());
}

function act(event, run) {
  event.preventDefault();
  run();
}

function typing(target) {
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !/^(checkbox|radio|button|submit)$/.test(target.type);
}
