// One event stream for the whole browser: the tab that holds the lock listens and tells the others.
// Rooms hear `live:NAME` on document; `detail` is what the server told (ids and counts).
import { show } from "./toasts.js";

const NAME = "porchlight-live";
const tabs = "BroadcastChannel" in window ? new BroadcastChannel(NAME) : null;
const heard = new Set();
const recent = [];
const MOST = 500;
// What the page knew when it was made: ranges of numbers, the lowest and the newest of them.
let known = [];
let first = 0;
let last = 0;
let since = 0;
let source = null;
let letGo = null;

export function start() {
  if (!document.querySelector("#bell")) return; // nobody is signed in
  read(document.querySelector("#bell").dataset.told);
  tabs?.addEventListener("message", ({ data }) => ("name" in data ? hear(data) : answer(data)));
  document.addEventListener("live:notifications", (event) => notices(event.detail));
  addEventListener("pagehide", stop);
  addEventListener("pageshow", (event) => { if (event.persisted) listen(); });
  // After the page's own work: the stream is never what a page waits for.
  if (document.readyState === "complete") listen(); else addEventListener("load", listen, { once: true });
}

function listen() {
  if (source || letGo) return;
  if (!navigator.locks) { open(); return; } // only over http on another machine: a stream a tab
  const leaving = new Promise((resolve) => { letGo = resolve; });
  tabs?.postMessage({ after: last, from: first });
  navigator.locks.request(NAME, () => { open(); return leaving; });
}

function read(told) {
  known = [...told.matchAll(/\[(\d+),(\d+)\)/g)].map(([, from, to]) => [Number(from), Number(to)]);
  if (known.length) [first, last] = [known[0][0], known.at(-1)[1] - 1];
}

function open() {
  since = last;
  source = new EventSource(`/live?after=${since}`);
  source.addEventListener("message", (event) => {
    const told = { id: event.lastEventId, ...JSON.parse(event.data) };
    hear(told);
    tabs?.postMessage(told);
  });
  tabs?.postMessage({ listening: true });
}

// Tabs that came while another listened may have missed what was told before they heard it.
function answer({ listening, after, from }) {
  if (listening) tabs.postMessage({ after: last, from: first });
  else if (source && after < since) {
    source.close();
    last = after;
    open();
  } else if (source) for (const told of recent) if (Number(told.id) >= from) tabs.postMessage(told);
}

function stop() {
  source?.close();
  source = null;
  letGo?.();
  letGo = null;
}

function hear(told) {
  const id = Number(told.id);
  if (told.name !== "hello") {
    if (heard.has(id) || id < first || known.some(([from, to]) => from <= id && id < to)) return;
    heard.add(id);
    if (heard.size > MOST) heard.delete(heard.values().next().value);
    recent.push(told);
    if (recent.length > MOST) recent.shift();
  }
  last = Math.max(last, id);
  document.dispatchEvent(new CustomEvent(`live:${told.name}`, { detail: told.data }));
}

function notices({ unread, notification, urgent }) {
  ring(unread);
  if (urgent && document.visibilityState === "visible") say(notification);
}

function ring(unread) {
  const bell = document.querySelector("#bell");
  bell.dataset.unread = unread;
  bell.setAttribute("aria-label", unread ? `Notifications, ${unread} unread` : "Notifications");
  let count = bell.querySelector(".bell-count");
  if (!unread) { count?.remove(); return; }
  if (!count) {
    count = document.createElement("span");
    count.className = "bell-count";
    count.ariaHidden = "true";
    bell.append(count);
  }
  count.textContent = unread > 99 ? "99+" : unread;
}

async function say(notification) {
  const answer = await fetch(`/notifications/${notification}/`, { headers: { Accept: "application/json" } });
  if (answer.ok) show({ text: (await answer.json()).title, tone: "now" });
}
