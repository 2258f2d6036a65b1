// One event stream for the whole browser: the tab that holds the lock listens and tells the others.
// Rooms hear `live:NAME` on document; `detail` is what the server told (ids and counts).
import { show } from "./toasts.js";

const NAME = "porchlight-live";
const tabs = "BroadcastChannel" in window ? new BroadcastChannel(NAME) : null;
const heard = new Set();
let last = "";
let source = null;
let letGo = null;

export function start() {
  if (!document.querySelector("#bell")) return; // nobody is signed in
  tabs?.addEventListener("message", (event) => hear(event.data));
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
  navigator.locks.request(NAME, () => { open(); return leaving; });
}

function open() {
  source = new EventSource(last ? `/live?after=${last}` : "/live");
  source.addEventListener("message", (event) => {
    const told = { id: event.lastEventId, ...JSON.parse(event.data) };
    hear(told);
    tabs?.postMessage(told);
  });
}

function stop() {
  source?.close();
  source = null;
  letGo?.();
  letGo = null;
}

function hear(told) {
  if (heard.has(told.id) && told.name !== "hello") return;
  heard.add(told.id);
  if (heard.size > 500) heard.delete(heard.values().next().value);
  if (Number(told.id) > Number(last)) last = told.id;
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
