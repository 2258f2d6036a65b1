// Follow-ups: the dialog that all their forms share, and moving them about the agenda by the mouse
// or by the keyboard. The server says what is where; here a place is only asked for.

const CHANGED = "follow-ups-changed";
const HALF_HOUR = 30;
const PAUSE = 400;
const AGAIN = 2_000;
let timer = 0;
let lifted = null;
let landing = "";

export function start() {
  for (const done of [CHANGED, "logged"]) document.body.addEventListener(done, close);
  document.body.addEventListener("htmx:configRequest", forget);
  if (!document.querySelector("#agenda")) return;
  document.addEventListener("keydown", press, true);
  document.addEventListener("dragstart", drag);
  document.addEventListener("dragover", over);
  document.addEventListener("dragend", settle);
  document.addEventListener("drop", drop);
  document.body.addEventListener("htmx:afterSettle", land);
  document.addEventListener("visibilitychange", () => soon(PAUSE));
  for (const news of ["live:today", "live:notifications"]) document.addEventListener(news, () => soon(PAUSE));
  setInterval(refresh, 60_000);
}

function close() {
  const sheet = document.querySelector("#follow-up-sheet");
  if (sheet?.open) sheet.close();
}

// What the dialog showed before is not shown again while the next form is on its way.
function forget(event) {
  if (event.detail.verb === "get" && event.detail.target?.id === "follow-up-body") event.detail.target.replaceChildren();
}

// News waits for what is being moved or written; the focus stays with its entry.
function soon(pause) {
  clearTimeout(timer);
  timer = setTimeout(() => { if (!refresh()) soon(AGAIN); }, pause);
}

function refresh() {
  if (lifted || document.querySelector("dialog[open], .dragged")) return false;
  if (document.visibilityState !== "visible") return true; // looked at again, it asks anew
  const entry = document.activeElement?.closest(".entry");
  if (entry) landing = idOf(entry);
  window.htmx.trigger("#agenda", "refresh");
  return true;
}

function idOf(entry) {
  return entry.id.replace("late-", "");
}

// --- By the keyboard ---
function press(event) {
  if (event.metaKey || event.ctrlKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (lifted) return carry(event);
  const entry = event.target.matches?.(".entry") ? event.target : null;
  if (!entry) return;
  if (event.key === " ") return act(event, () => lift(entry));
  const button = entry.querySelector(`[data-act="${CSS.escape(event.key.toUpperCase())}"]`);
  if (button) act(event, () => button.click());
  else if (event.key === "ArrowDown" || event.key === "ArrowUp") act(event, () => step(entry, event.key));
}

function step(entry, key) {
  const all = [...document.querySelectorAll("#agenda .entry")];
  all[all.indexOf(entry) + (key === "ArrowDown" ? 1 : -1)]?.focus();
}

function lift(entry) {
  lifted = { entry, day: entry.dataset.day, time: entry.dataset.time };
  entry.classList.add("lifted");
  say(`Lifted. ${inWords()}`);
}

function carry(event) {
  const moves = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  if (event.key === "Escape" || event.key === "Tab") return act(event, takeBack);
  if (event.key === " " || event.key === "Enter") return act(event, putDown);
  if (!(event.key in moves)) return;
  const [days, halves] = moves[event.key];
  act(event, () => {
    if (days) lifted.day = dayAfter(lifted.day, days);
    if (halves && lifted.time) lifted.time = timeAfter(lifted.time, halves * HALF_HOUR);
    show();
  });
}

function show() {
  mark(document.querySelector(`.drop[data-day="${lifted.day}"][data-time="${slotOf(lifted.time)}"]`));
  say(inWords());
}

function takeBack() {
  say("Taken back.");
  settle();
}

function putDown() {
  const { entry, day, time } = lifted;
  if (day !== entry.dataset.day || time !== entry.dataset.time) move(entry, day, time);
  settle();
}

// --- By the mouse ---
function drag(event) {
  const entry = event.target.closest?.(".entry");
  if (!entry) return;
  event.dataTransfer.setData("text/plain", entry.id);
  event.dataTransfer.effectAllowed = "move";
  entry.classList.add("dragged");
}

function over(event) {
  const place = event.target.closest?.(".drop");
  if (!place || !document.querySelector(".dragged")) return;
  event.preventDefault();
  mark(place);
}

function drop(event) {
  const place = event.target.closest?.(".drop");
  const entry = document.querySelector(".dragged");
  if (!place || !entry) return;
  event.preventDefault();
  if (place.dataset.day !== entry.dataset.day || place.dataset.time !== entry.dataset.time) move(entry, place.dataset.day, place.dataset.time);
  settle();
}

// --- Both ---
function move(entry, day, time) {
  landing = idOf(entry);
  window.htmx.ajax("POST", entry.dataset.move, { source: entry, swap: "none", values: { day, time } });
}

function land(event) {
  if (!landing || event.target.id !== "agenda") return;
  (document.getElementById(landing) ?? document.getElementById(`late-${landing}`))?.focus();
  landing = "";
}

function settle() {
  for (const entry of document.querySelectorAll(".entry.lifted, .entry.dragged")) entry.classList.remove("lifted", "dragged");
  mark(null);
  lifted = null;
}

function mark(place) {
  for (const marked of document.querySelectorAll(".drop.over")) marked.classList.remove("over");
  place?.classList.add("over");
  place?.scrollIntoView({ block: "nearest" });
}

function dayAfter(day, count) {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + count);
  return date.toISOString().slice(0, 10);
}

function timeAfter(time, minutes) {
  const [hours, rest] = time.split(":").map(Number);
  const within = Math.min(Math.max(hours * 60 + rest + minutes, 0), 23 * 60 + 30);
  return asTime(within);
}

function slotOf(time) {
  if (!time) return "";
  const [hours, rest] = time.split(":").map(Number);
  return asTime(hours * 60 + (rest < HALF_HOUR ? 0 : HALF_HOUR));
}

function asTime(minutes) {
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

function inWords() {
  const date = new Date(`${lifted.day}T00:00:00`);
  const day = date.toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "long" });
  return lifted.time ? `${day}, ${lifted.time}` : day;
}

function say(text) {
  const status = document.querySelector("#agenda-says");
  if (status) status.textContent = text;
}

function act(event, run) {
  event.preventDefault();
  event.stopPropagation();
  run();
}
