// The board: a card is carried by pointer or by keys, and the server says whether it stays there.
const FAR = 6;
const EDGE = 48;
const STEP = 14;
let carried = null;
let byPointer = false; // who dragged sees where it went: the board stays where it is
// Whose card waits for an answer in a dialog.
let asking = null;

export function start() {
  const board = document.querySelector("[data-board]");
  if (!board) return;
  board.addEventListener("keydown", (event) => press(event, board));
  board.addEventListener("pointerdown", (event) => grasp(event, board));
  board.addEventListener("focusout", () => { if (carried?.by === "keys") release("Put back."); });
  board.addEventListener("dragstart", (event) => event.preventDefault());
  board.addEventListener("htmx:afterSwap", () => once(board));
  document.body.addEventListener("moved", (event) => settle(board, event.detail));
  const ask = document.querySelector("#board-ask");
  ask.addEventListener("htmx:afterSwap", () => question(ask));
  ask.addEventListener("close", () => { ask.replaceChildren(); cardOf(board, asking)?.focus(); }, true);
}

const lanes = (board) => [...board.querySelectorAll("[data-stage]")];
const cards = (lane) => [...lane.querySelectorAll(".deal")];
const cardOf = (board, lead) => lead && board.querySelector(`.deal[data-lead="${CSS.escape(lead)}"]`);

/* By keys */
function press(event, board) {
  const card = event.target;
  if (!card.classList?.contains("deal")) return;
  if (carried?.card === card) return carry(event, board);
  if (event.key === " ") { event.preventDefault(); lift(card, "keys"); }
  else if (event.key === "Enter") card.querySelector("a").click();
  else walk(event, board, card);
}

function carry(event, board) {
  const all = lanes(board);
  const steps = { ArrowLeft: -1, ArrowRight: 1 };
  if (event.key in steps) {
    event.preventDefault();
    const to = all[all.indexOf(carried.over ?? carried.from) + steps[event.key]];
    if (to) over(to);
  } else if (event.key === " " || event.key === "Enter") { event.preventDefault(); drop(board); }
  else if (event.key === "Escape") { event.preventDefault(); release("Put back."); }
  else if (event.key !== "Shift") event.preventDefault();
}

function walk(event, board, card) {
  const lane = card.closest("[data-stage]");
  const mine = cards(lane);
  const at = mine.indexOf(card);
  const sideways = { ArrowLeft: -1, ArrowRight: 1 };
  let next = { ArrowUp: mine[at - 1], ArrowDown: mine[at + 1] }[event.key];
  if (event.key in sideways) {
    const all = lanes(board).filter((each) => cards(each).length);
    const there = all[all.indexOf(lane) + sideways[event.key]];
    next = there && (cards(there)[at] ?? cards(there).at(-1));
  }
  if (!next) return;
  event.preventDefault();
  next.focus();
}

/* By pointer; on a touch screen by the grip, for elsewhere a finger scrolls */
function grasp(event, board) {
  const card = event.target.closest(".deal");
  if (!card || event.button !== 0 || event.target.closest("button")) return;
  if (event.pointerType !== "mouse" && !event.target.closest("[data-grip]")) return;
  const from = { x: event.clientX, y: event.clientY };
  const moving = (move) => drag(move, board, card, from);
  const done = (end) => {
    document.removeEventListener("pointermove", moving);
    document.removeEventListener("pointerup", done);
    document.removeEventListener("pointercancel", done);
    document.removeEventListener("keydown", cancel, true);
    if (carried?.by !== "pointer") return;
    // What follows is a click that nobody meant.
    const stop = (click) => { click.preventDefault(); click.stopPropagation(); };
    board.addEventListener("click", stop, true);
    setTimeout(() => board.removeEventListener("click", stop, true));
    if (end.type === "pointerup" && carried.over) drop(board);
    else release("");
  };
  const cancel = (key) => { if (key.key === "Escape" && carried?.by === "pointer") { key.preventDefault(); release("Put back."); } };
  document.addEventListener("pointermove", moving);
  document.addEventListener("pointerup", done);
  document.addEventListener("pointercancel", done);
  document.addEventListener("keydown", cancel, true);
}

function drag(event, board, card, from) {
  const way = { x: event.clientX - from.x, y: event.clientY - from.y };
  if (!carried) {
    if (Math.hypot(way.x, way.y) < FAR) return;
    lift(card, "pointer");
  }
  if (carried?.card !== card) return;
  event.preventDefault();
  card.style.translate = `${way.x}px ${way.y}px`;
  const box = board.getBoundingClientRect();
  if (event.clientX > box.right - EDGE) board.scrollLeft += STEP;
  if (event.clientX < box.left + EDGE) board.scrollLeft -= STEP;
  const lane = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-stage]");
  over(lane ?? carried.from);
}

/* Either way */
function lift(card, by) {
  if (carried) release("");
  carried = { card, by, from: card.closest("[data-stage]"), over: null };
  card.classList.add("lifted");
  card.dataset.by = by;
  say(`${card.dataset.name} lifted from ${carried.from.dataset.name}`);
}

function over(lane) {
  if (carried.over === lane) return;
  unmark();
  carried.over = lane === carried.from ? null : lane;
  if (!carried.over) return say(`${carried.card.dataset.name} back in ${carried.from.dataset.name}`);
  lane.classList.add("over");
  const list = lane.querySelector("ol");
  if (list) {
    const slot = document.createElement("li");
    slot.className = "slot";
    slot.textContent = `Drop for ${lane.dataset.name}`;
    list.prepend(slot);
  }
  if (carried.by === "keys") lane.scrollIntoView({ block: "nearest", inline: "nearest" });
  say(`${carried.card.dataset.name} over ${lane.dataset.name}`);
}

function unmark() {
  for (const lane of document.querySelectorAll(".over")) lane.classList.remove("over");
  for (const slot of document.querySelectorAll(".slot")) slot.remove();
}

function release(words) {
  if (!carried) return;
  const { card } = carried;
  carried = null;
  unmark();
  card.classList.remove("lifted");
  card.style.removeProperty("translate");
  delete card.dataset.by;
  say(words);
}

function drop(board) {
  const { card, over: to, by } = carried;
  byPointer = by === "pointer";
  release("");
  if (!to) return;
  asking = card.dataset.lead;
  const values = { to: to.dataset.stage, tab: board.dataset.tab, q: board.dataset.q };
  const address = `${board.dataset.move}${card.dataset.lead}/move/`;
  window.htmx.ajax("POST", address, { target: "#board-ask", swap: "innerHTML", values });
}

function question(ask) {
  const dialog = ask.querySelector("dialog");
  if (dialog && !dialog.open) dialog.showModal();
  asking = dialog?.querySelector("form")?.getAttribute("action").split("/").at(-3) ?? asking;
}

function settle(board, { lead, to }) {
  for (const dialog of document.querySelectorAll("#board-ask dialog[open]")) dialog.close();
  const card = cardOf(board, lead);
  const lane = board.querySelector(`[data-stage="${CSS.escape(String(to))}"]`);
  if (!card || !lane) return;
  const list = lane.querySelector("ol");
  if (!list) {
    const next = card.nextElementSibling ?? card.previousElementSibling;
    card.remove();
    (next?.matches(".deal") ? next : board).focus();
    return;
  }
  const before = [...list.children].find((each) => each !== card && (!each.dataset.score || Number(each.dataset.score) < Number(card.dataset.score)));
  list.insertBefore(card, before ?? null);
  card.focus({ preventScroll: byPointer });
}

// A card that came here by hand may come once more with the rest of its lane.
function once(board) {
  const seen = new Set();
  for (const card of board.querySelectorAll(".deal")) {
    if (seen.has(card.dataset.lead)) card.remove();
    seen.add(card.dataset.lead);
  }
}

function say(words) {
  const place = document.querySelector("#board-says");
  if (place && words !== undefined) place.textContent = words;
}
