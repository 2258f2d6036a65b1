// Today: J and K move, letters act on the focused person, news is fetched without a reload.
import { show } from "./toasts.js";

const PAUSE = 400;
const STALE = 5 * 60_000;
let timer = 0;
let loaded = Date.now();
let toFirst = false;
let clock = 0;
let asked = false;
let again = false;

export function start() {
  if (!queue()) return;
  document.addEventListener("keydown", press, true);
  for (const news of ["live:today", "live:notifications"]) document.addEventListener(news, () => soon());
  for (const done of ["logged", "undone"]) document.body.addEventListener(done, () => load());
  document.body.addEventListener("acted", acted);
  document.body.addEventListener("htmx:configRequest", undoHere);
  document.body.addEventListener("htmx:beforeSwap", (event) => { if (event.detail.target === queue()) remember(); });
  document.body.addEventListener("htmx:afterSettle", (event) => { if (event.target.id === "queue") arrived(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden && Date.now() - loaded > STALE / 5) load(); });
  setInterval(() => { if (!document.hidden && Date.now() - loaded > STALE) load(); }, STALE / 5);
  count();
}

function queue() {
  return document.querySelector("#queue");
}

// ---- News ----
function soon() {
  clearTimeout(timer);
  timer = setTimeout(load, PAUSE);
}

// One at a time: an answer to a second question would be put into the element that the first one's replaced.
function load() {
  clearTimeout(timer);
  again = asked;
  if (asked) return;
  asked = true;
  loaded = Date.now();
  queue().setAttribute("aria-busy", "true");
  window.htmx?.ajax("GET", queue().dataset.queue, { source: queue(), target: queue(), swap: "outerHTML" }).then(answered, answered);
}

function answered() {
  asked = false;
  // The same one still stands there where no answer came.
  queue().removeAttribute("aria-busy");
  if (again) load();
}

function acted() {
  document.querySelector("#ask[open]")?.close();
  toFirst = true;
  load();
}

// A page that refreshes what it shows asks an undo for no more than a word.
function undoHere(event) {
  if (event.detail.verb === "post" && event.detail.path.startsWith("/undo/")) event.detail.parameters.here = "1";
}

// ---- Focus: it stays with its person, and goes to the lit card when they are done ----
let kept = null;

function remember() {
  const active = document.activeElement;
  const item = queue().contains(active) ? active.closest("[data-lead]") : null;
  kept = item ? { lead: item.dataset.lead, key: keyOf(active) } : null;
}

function keyOf(element) {
  return element.dataset.rowKey ?? element.dataset.key ?? "";
}

function arrived() {
  const first = toFirst;
  toFirst = false;
  if (first) focusFirst();
  else if (kept) focusAgain();
  kept = null;
  const count_ = document.querySelector('.sidebar .nav-link[data-go="T"] .count');
  if (count_ && queue().dataset.people !== "0") count_.textContent = queue().dataset.people;
  else count_?.remove();
  count();
}

function focusFirst() {
  const place = queue().querySelector(".lit-card .acts .btn") ?? queue().querySelector("[tabindex='-1']");
  place?.focus();
}

function focusAgain() {
  const item = queue().querySelector(`[data-lead="${CSS.escape(kept.lead)}"]`);
  if (!item) { focusFirst(); return; }
  const key = kept.key && item.querySelector(`[data-row-key="${kept.key}"], [data-key="${kept.key}"]`);
  if (key) key.focus();
  else focusItem(item);
}

// ---- Keys ----
function press(event) {
  if (event.defaultPrevented || event.isComposing || event.repeat && !/^[jk]$/i.test(event.key)) return;
  if (event.metaKey || event.ctrlKey || event.altKey) return;
  const dialog = document.querySelector("#ask[open]");
  if (dialog) { choose(event, dialog); return; }
  if (!("keys" in document.body.dataset) || typing(event.target) || document.querySelector("dialog[open], :popover-open")) return;
  const key = event.key.toUpperCase();
  if (key === "J" || key === "K") { take(event); move(key === "J" ? 1 : -1); return; }
  const row = event.target.closest?.(".queue-row");
  if (!row || !queue().contains(row)) return;
  if (key === "ENTER" && event.target === row) { take(event); row.querySelector("a.name")?.click(); return; }
  const button = /^[A-Z]$/.test(key) && row.querySelector(`[data-row-key="${key}"]`);
  if (button) { take(event); button.click(); }
}

function choose(event, dialog) {
  const choice = /^\d$/.test(event.key) && !typing(event.target) && dialog.querySelector(`[data-choice="${event.key}"]`);
  if (choice) { take(event); choice.click(); }
}

function take(event) {
  event.preventDefault();
  event.stopPropagation();
}

function move(step) {
  const items = [...queue().querySelectorAll("[data-lead]")];
  const here = items.indexOf(document.activeElement?.closest?.("[data-lead]"));
  // The lit card is where one is before one has moved at all.
  const next = Math.max(0, Math.min(items.length - 1, Math.max(here, 0) + step));
  if (items[next]) focusItem(items[next]);
}

function focusItem(item) {
  (item.matches(".queue-row") ? item : item.querySelector(".acts .btn") ?? item).focus();
  item.scrollIntoView({ block: "nearest" });
}

function typing(target) {
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !/^(checkbox|radio|button|submit)$/.test(target.type);
}

// ---- The countdown on the lit card ----
function count() {
  clearInterval(clock);
  const ring = queue().querySelector("[role=timer]");
  if (!ring) return;
  const ends = performance.now() + Number(ring.dataset.left) * 1000;
  let said = Number(ring.dataset.left) <= 60;
  clock = setInterval(() => {
    const left = Math.max(0, Math.round((ends - performance.now()) / 1000));
    tick(ring, left);
    if (left <= 60 && !said) {
      said = true;
      show({ text: `1 minute left to answer ${ring.dataset.name}`, tone: "now" });
    }
    if (left === 0) { clearInterval(clock); load(); }
  }, 1000);
}

function tick(ring, left) {
  const words = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  ring.querySelector("b").textContent = words;
  ring.setAttribute("aria-label", `${words} left to answer within 5 minutes`);
  ring.querySelector(".fill").setAttribute("stroke-dasharray", `${(left / Number(ring.dataset.whole)) * 100} 100`);
}
