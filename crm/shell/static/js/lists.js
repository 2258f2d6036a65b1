// A list by keyboard and by pointer: the row one is on, the ticked rows, the preview beside them.
// The row one is on has the focus (roving tabindex); ticks live in the boxes themselves.
import { open } from "./dialogs.js";
import { bind } from "./keys.js";

const PAUSE = 150;
const YEAR = 365 * 24 * 3600;
const WIDE = "(min-width: 75.01rem)";
let current = "";
let last = "";
let place = 0;
let scrolled = 0;
let stepping = false;
let beyond = false;
let waiting = 0;

export function start() {
  if (!root()) return;
  bind("J", () => step(1));
  bind("K", () => step(-1));
  bind("X", (event) => tickCurrent(event.shiftKey));
  bind("A", () => tickAll());
  document.addEventListener("keydown", press);
  document.addEventListener("click", click);
  document.addEventListener("focusin", focused);
  document.addEventListener("change", () => show());
  document.body.addEventListener("htmx:configRequest", keepSize);
  document.body.addEventListener("htmx:beforeSwap", keepScroll);
  document.body.addEventListener("htmx:afterSettle", settled);
  document.body.addEventListener("rows-changed", closeDialogs);
  settled();
}

const root = () => document.querySelector("[data-list]");
const rows = () => [...document.querySelectorAll("[data-list] [data-row]")];
const boxes = () => [...document.querySelectorAll("#bulk [name=id]")];
const box = (row) => row.querySelector("[name=id]");
const rowOf = (id) => rows().find((row) => row.dataset.row === id);

function press(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || busy()) return;
  if (event.key === "Escape" && boxes().some((each) => each.checked)) return act(event, untick);
  const row = event.target.closest?.("[data-row]");
  if (!row) return;
  if (event.key === "ArrowDown") act(event, () => step(1));
  else if (event.key === "ArrowUp") act(event, () => step(-1));
  else if (event.key === "Enter") act(event, () => row.querySelector("[data-open]").click());
  else if (event.key === " " && event.target === row) act(event, () => tickCurrent(event.shiftKey));
}

function busy() {
  return document.querySelector("dialog[open], :popover-open");
}

function act(event, run) {
  event.preventDefault();
  run();
}

function click(event) {
  if (event.target.closest("[data-preview-toggle]")) return togglePreview();
  if (event.target.closest("[data-untick]")) return untick();
  if (event.target.closest("[data-tick-matching]")) return tickMatching();
  if (event.target.matches("[data-tick-all]")) return tickPage(event.target.checked);
  const mover = event.target.closest("[data-move]");
  if (mover) return move(mover);
  const row = event.target.closest("[data-row]");
  if (!row) return;
  if (event.target.matches("[name=id]")) tick(row, event.target.checked, event.shiftKey);
  else if (!event.target.closest("a, button, input, label")) row.focus();
}

// --- The row one is on ---

function focused(event) {
  const row = event.target.closest?.("[data-row]");
  if (row) choose(row);
}

function choose(row) {
  if (current === row.dataset.row && row.tabIndex === 0) return;
  for (const other of document.querySelectorAll('[data-row][tabindex="0"]')) {
    other.tabIndex = -1;
    other.removeAttribute("aria-current");
  }
  row.tabIndex = 0;
  row.setAttribute("aria-current", "true");
  current = row.dataset.row;
  preview();
}

function step(by) {
  const found = rows();
  if (!found.length || busy()) return false;
  const next = found[found.findIndex((row) => row.dataset.row === current) + by];
  stepping = true;
  if (next) {
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  } else if (by > 0) {
    beyond = Boolean(document.querySelector("#more"));
    document.querySelector("#more a")?.click();
  }
  return true;
}

// --- Ticks ---

function tickCurrent(range) {
  const row = rowOf(current);
  if (!row || busy()) return false;
  tick(row, range || !box(row).checked, range);
  return true;
}

function tick(row, on, range) {
  const found = rows();
  const from = range ? found.findIndex((each) => each.dataset.row === last) : -1;
  const to = found.indexOf(row);
  const chosen = from < 0 ? [row] : found.slice(Math.min(from, to), Math.max(from, to) + 1);
  for (const each of chosen) box(each).checked = on;
  last = row.dataset.row;
  everyMatching(false);
}

function tickAll() {
  if (!boxes().length || busy()) return false;
  if (boxes().every((each) => each.checked)) tickMatching();
  else tickPage(true);
  return true;
}

function tickPage(on) {
  for (const each of boxes()) each.checked = on;
  everyMatching(false);
}

function untick() {
  tickPage(false);
  rowOf(current)?.focus();
}

function tickMatching() {
  for (const each of boxes()) each.checked = true;
  everyMatching(true);
}

function everyMatching(yes) {
  const scope = document.querySelector("#bulk [name=scope]");
  if (scope) scope.value = yes ? "all" : "ids";
  show();
}

function show() {
  const bar = document.querySelector("[data-bulkbar]");
  if (!bar) return;
  const found = boxes();
  const ticked = found.filter((each) => each.checked).length;
  const scope = document.querySelector("#bulk [name=scope]");
  if (ticked < found.length) scope.value = "ids";
  for (const row of rows()) row.setAttribute("aria-selected", String(box(row).checked));
  const all = document.querySelector("[data-tick-all]");
  if (all) {
    all.checked = ticked > 0 && ticked === found.length;
    all.indeterminate = ticked > 0 && ticked < found.length;
  }
  bar.hidden = !ticked;
  const matching = bar.querySelector("[data-tick-matching]");
  const whole = scope.value === "all";
  matching.hidden = whole || ticked < found.length || !document.querySelector("#more, .back");
  const words = document.querySelector("#list-amount")?.dataset.words;
  const everyone = words ? `All ${words}` : "All that match";
  say(matching, everyone);
  say(bar.querySelector("[data-ticked]"), whole ? `${everyone} ticked` : `${ticked} ticked`);
}

function say(place, words) {
  if (place.textContent !== words) place.textContent = words;
}

// --- What lies beside and over the rows ---

function preview() {
  const place = document.querySelector("#preview");
  if (!place || !current || "noPreview" in root().dataset || !matchMedia(WIDE).matches) return;
  if (place.dataset.shows === current) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    place.dataset.shows = current;
    const url = root().dataset.previewUrl.replace("-row-", encodeURIComponent(current));
    window.htmx.ajax("GET", url, { target: "#preview", swap: "innerHTML" });
  }, PAUSE);
}

function togglePreview() {
  const off = "noPreview" in root().dataset;
  root().toggleAttribute("data-no-preview", !off);
  document.querySelector("[data-preview-toggle]").setAttribute("aria-pressed", String(off));
  document.cookie = `preview=${off ? 1 : 0}; path=/; max-age=${YEAR}; samesite=lax`;
  document.querySelector("#preview").dataset.shows = "";
  preview();
}

function closeDialogs() {
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  for (const sheet of document.querySelectorAll(":popover-open")) sheet.hidePopover();
}

function move(button) {
  const item = button.closest("li");
  if (button.dataset.move === "up") item.previousElementSibling?.before(item);
  else item.nextElementSibling?.after(item);
  button.focus();
}

// A refresh brings as many rows as there were, and leaves them where they were.
function keepSize(event) {
  if (event.detail.elt.id === "list") event.detail.parameters.rows = rows().length;
}

function keepScroll(event) {
  if (event.detail.target.id === "list") scrolled = document.querySelector("#bulk .table-wrap")?.scrollTop ?? 0;
}

// After a swap the same row is the current one, wherever it stands now; if it is gone, its place is.
function settled(event) {
  const target = event?.detail?.target;
  if (target?.id === "list") document.querySelector("#bulk .table-wrap").scrollTop = scrolled;
  if (target?.id === "bulk-form") openBulk(event.detail.requestConfig.elt);
  const found = rows();
  const now = rowOf(current) ?? found[Math.min(place, found.length - 1)];
  if (now) {
    const had = target?.id === "list" && (document.activeElement === document.body || !document.activeElement);
    if (now.dataset.row !== current) document.querySelector("#preview")?.removeAttribute("data-shows");
    choose(now);
    if (had && stepping) now.focus({ preventScroll: false });
    place = found.indexOf(now);
  }
  if (target?.id === "more" && beyond) {
    beyond = false;
    step(1);
  }
  show();
}

function openBulk(button) {
  const dialog = document.querySelector("#bulk-dialog");
  if (button.dataset.dialogTitle) dialog.querySelector("h2").textContent = button.dataset.dialogTitle;
  open(dialog);
  dialog.querySelector("form :is(input, select, textarea):not([type=hidden])")?.focus();
}
