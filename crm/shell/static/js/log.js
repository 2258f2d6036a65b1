// The log: one key says how it went and saves it with what comes next, T D W P give it another
// time. Keys typed ahead of the server's answer wait for it, so that L 1 T works at any speed.
const STAYS = 8000;
const AHEAD = /^[1-4TDWP]$/;
const AWAY = "log-called";
const PATIENCE = 10_000;
const FORGOTTEN = 3 * 60 * 60_000;
let opening = 0; // since when the dialog was asked for
let saving = false;
let ahead = [];
let opener = null;
let closing = 0;

export function start() {
  document.addEventListener("htmx:beforeRequest", asked);
  // Not sooner: until then a form that has just arrived would be sent without htmx.
  document.addEventListener("htmx:afterSettle", arrived);
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.addEventListener(name, failed);
  document.addEventListener("keydown", press, true);
  document.addEventListener("change", chosen);
  document.addEventListener("click", clicked);
  document.body.addEventListener("undone", () => dialog()?.close());
  document.body.addEventListener("begin", (event) => leave(event.detail));
  document.addEventListener("visibilitychange", comeBack);
  addEventListener("focus", comeBack);
  for (const form of document.querySelectorAll("[data-log-form]")) say(form);
  // A phone may have dropped the page during the call: what comes back is a new one.
  if (document.readyState === "complete") comeBack(); else addEventListener("load", comeBack, { once: true });
}

function dialog() {
  return document.querySelector("[data-log-dialog]");
}

function isLog(event) {
  return /^\/leads\/[0-9a-f-]{36}\/log\//.test(event.detail.pathInfo?.requestPath ?? event.detail.requestConfig?.path ?? "");
}

function asked(event) {
  if (!isLog(event)) return;
  if (event.detail.requestConfig.verb === "get") {
    opening = Date.now();
    opener = event.detail.elt;
    ahead = [];
  } else saving = true;
}

function failed() {
  opening = 0;
  saving = false;
  ahead = [];
}

function arrived(event) {
  const log = dialog();
  // Today's queue may be drawn anew beside a log that still waits for its answer.
  if (!log || !(log.contains(event.target) || event.target.contains(log))) return;
  saving = false;
  if (!log.open) show(log);
  const form = log.querySelector("[data-log-form]");
  if (form) say(form);
  clearTimeout(closing);
  if (log.querySelector("[data-logged]")) linger(log);
  const [next, ...rest] = ahead;
  ahead = [];
  if (next && work(log, next)) ahead = rest;
}

function show(log) {
  opening = 0;
  for (const other of document.querySelectorAll("[data-log-dialog]")) if (other !== log) other.remove();
  log.showModal();
  place(log);
  log.addEventListener("close", () => { clearTimeout(closing); log.remove(); ahead = []; saving = false; });
}

// Below what opened it, within the window; on a phone the style sheet puts it at the foot.
function place(log) {
  if (matchMedia("(max-width: 44rem)").matches) return;
  const at = opener?.isConnected ? opener.getBoundingClientRect() : { left: innerWidth / 2 - 212, bottom: innerHeight / 4 };
  const box = log.getBoundingClientRect();
  const left = Math.max(8, Math.min(at.left, innerWidth - box.width - 8));
  const top = Math.max(8, Math.min(at.bottom + 8, innerHeight - box.height - 8));
  log.style.left = `${left}px`;
  log.style.top = `${top}px`;
}

// It goes by itself, but not from under the pointer, nor while a time is being picked.
function linger(log) {
  const strip = log.querySelector("[data-logged]");
  const go = () => {
    const busy = log.matches(":hover") || log.querySelector("[data-pick]:not([hidden])");
    if (busy) linger(log);
    else log.close();
  };
  closing = setTimeout(go, STAYS);
  if (!strip.contains(document.activeElement)) strip.querySelector("[data-log-closes]")?.focus();
}

function press(event) {
  if (event.isComposing || event.metaKey || event.ctrlKey || event.altKey) return;
  const key = event.key.toUpperCase();
  const log = dialog();
  if (!log?.open) {
    if (opening && Date.now() - opening < PATIENCE && AHEAD.test(key) && !typing(event.target)) wait(event, key);
    return;
  }
  if (!log.contains(event.target) && event.target !== document.body) return;
  // Enter would press the first button of the form, which is another time.
  const pick = event.key === "Enter" && event.target.closest?.("[data-pick]");
  if (pick && event.target.matches("input")) {
    event.preventDefault();
    pick.querySelector("button").click();
    return;
  }
  if (typing(event.target)) return;
  if (event.repeat) return;
  if (saving) {
    if (AHEAD.test(key) || key === "Z") wait(event, key);
    return;
  }
  const logged = log.querySelector("[data-logged]");
  if (event.key === "Enter" && logged && event.target.matches("[data-log-closes], dialog, body")) {
    event.preventDefault();
    log.close();
  } else if (event.key === "Enter" && event.target.matches("input[type=radio]")) {
    event.preventDefault();
    log.querySelector("[data-log-form]")?.requestSubmit();
  } else if (key.length === 1 && work(log, key)) {
    event.preventDefault();
    event.stopPropagation();
  }
}

function wait(event, key) {
  event.preventDefault();
  event.stopPropagation();
  ahead.push(key);
}

function work(log, key) {
  const target = log.querySelector(`[data-log-key="${CSS.escape(key)}"]`);
  if (!target || target.disabled) return false;
  if (target.type === "radio") choose(target);
  else if (target.type === "checkbox") target.click();
  else if (target.matches("input")) target.focus();
  else target.click();
  return true;
}

function choose(radio) {
  radio.checked = true;
  radio.focus();
  radio.dispatchEvent(new Event("change", { bubbles: true }));
  if ("saves" in radio.dataset && !saving) {
    saving = true;
    radio.form.requestSubmit();
  }
}

function chosen(event) {
  const form = event.target.closest?.("[data-log-form]");
  if (!form || event.target.type !== "radio") return;
  say(form);
  if (event.target.name === "next" && event.target.value === "P") form.querySelector("[name=picked]").focus();
}

// What would be planned: by the outcome, at the time that was chosen.
function say(form) {
  const words = form.querySelector("[data-log-words]");
  const outcome = form.querySelector("[name=outcome]:checked");
  const time = form.querySelector("[name=next]:checked");
  if (!outcome && !time) return;
  if (time?.dataset.due === "none") words.textContent = "No follow-up";
  else if (time) words.textContent = time.dataset.due ? `Follow-up ${time.dataset.due}` : "Pick a day and a time";
  else words.textContent = outcome.dataset.next;
}

function clicked(event) {
  const log = dialog();
  if (event.target.closest("a[href^='tel:']")) {
    const url = event.target.closest("[data-log-url]")?.dataset.logUrl;
    if (url) leave({ url });
  }
  if (!log) return;
  if (event.target.closest("[data-log-closes]") || event.target === log && outside(event, log)) log.close();
  const picks = event.target.closest("[data-picks]");
  if (picks) {
    const pick = log.querySelector("[data-pick]");
    pick.hidden = false;
    pick.querySelector("input").focus();
  }
}

function outside(event, log) {
  const box = log.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

function typing(target) {
  return target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName) || target.tagName === "INPUT" && !/^(checkbox|radio|button|submit)$/.test(target.type);
}

// A call, text or letter was begun in another program: coming back asks how it went. Where the page
// knows what was due with them, the log ends it.
function leave({ lead, how = "call", url = "" }) {
  const kind = { call: "call", text: "text", mail: "email" }[how] ?? "call";
  const log = `/leads/${lead}/log/`;
  const known = document.querySelector(`[hx-get^="${CSS.escape(log)}"]`)?.getAttribute("hx-get");
  sessionStorage.setItem(AWAY, JSON.stringify({ url: url || known || log, kind, at: Date.now(), left: false }));
  addEventListener("blur", left, { once: true });
  if (document.visibilityState === "hidden") left();
}

function left() {
  const away = JSON.parse(sessionStorage.getItem(AWAY) ?? "null");
  if (away) sessionStorage.setItem(AWAY, JSON.stringify({ ...away, left: true }));
}

function comeBack() {
  const away = JSON.parse(sessionStorage.getItem(AWAY) ?? "null");
  if (!away) return;
  if (document.visibilityState === "hidden") { left(); return; }
  if (!away.left || dialog() || document.querySelector("dialog[open]")) return;
  sessionStorage.removeItem(AWAY);
  if (Date.now() - away.at > FORGOTTEN) return;
  const minutes = Math.min(1440, Math.round((Date.now() - away.at) / 60_000));
  const query = new URLSearchParams({ kind: away.kind, at: new Date(away.at).toISOString() });
  if (away.kind === "call" && minutes) query.set("minutes", minutes);
  let place = document.querySelector("#log-back");
  if (!place) {
    place = document.createElement("div");
    place.id = "log-back";
    document.body.append(place);
  }
  opener = null;
  const url = `${away.url}${away.url.includes("?") ? "&" : "?"}${query}`;
  window.htmx?.ajax("GET", url, { target: place, swap: "innerHTML" });
}
