// A sentence at the foot of the page. It waits while the pointer or the focus is on it.
const STAYS = 6000;
const STAYS_WITH_UNDO = 12000;

export function start() {
  const shelf = document.querySelector(".toasts");
  if (!shelf) return;
  for (const toast of shelf.querySelectorAll(".toast")) mind(toast);
  document.body.addEventListener("toast", (event) => show(event.detail));
  document.body.addEventListener("htmx:sendError", () => show(lost));
  document.body.addEventListener("htmx:timeout", () => show(lost));
  document.body.addEventListener("htmx:responseError", (event) => show(refused(event.detail.xhr)));
  shelf.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".toast").remove());
}

const lost = { text: "Not saved. The server did not answer. What you typed is still here. Try again.", tone: "bad" };

function refused(xhr) {
  if (xhr.status === 403) return { text: "Not done. Reload the page and sign in again.", tone: "bad" };
  if (xhr.status === 404) return { text: "Not found. It may have been removed.", tone: "bad" };
  if (xhr.status === 503) return { text: "Not saved. Porchlight is busy just now. What you typed is still here. Try again in a minute.", tone: "bad" };
  return { text: "Not saved. Something went wrong on the server. Try again.", tone: "bad" };
}

export function show({ text, tone = "good", undo = "" }) {
  const toast = document.querySelector(undo ? "#toast-undo" : "#toast").content.firstElementChild.cloneNode(true);
  toast.querySelector("span").textContent = text;
  toast.dataset.tone = tone;
  if (undo) point(toast.querySelector("form"), undo);
  document.querySelector(".toasts").append(toast);
  mind(toast);
}

function point(form, address) {
  form.setAttribute("action", address);
  form.setAttribute("hx-post", address);
  if (address.endsWith("?again")) form.querySelector("button span").textContent = "Redo";
  window.htmx?.process(form);
}

// Z works the newest undo. A page that fetches what it shows anew says so; others begin again.
function offer(form) {
  form.addEventListener("htmx:afterRequest", () => form.closest(".toast").remove());
  const button = form.querySelector("[data-key]");
  for (const other of document.querySelectorAll(".toasts [data-key]")) {
    if (other === button) continue;
    for (const name of ["data-key", "aria-keyshortcuts"]) other.removeAttribute(name);
    other.querySelector("kbd")?.remove();
  }
  if (!document.querySelector("[data-refreshes]")) return;
  const here = document.createElement("input");
  Object.assign(here, { type: "hidden", name: "here", value: "1" });
  form.append(here);
}

function mind(toast) {
  const form = toast.querySelector("form");
  if (form) offer(form);
  const stays = toast.querySelector("form") ? STAYS_WITH_UNDO : STAYS;
  if (toast.dataset.tone === "bad" || toast.dataset.tone === "error") return;
  let timer = setTimeout(() => toast.remove(), stays);
  const wait = () => clearTimeout(timer);
  const resume = () => { timer = setTimeout(() => toast.remove(), stays); };
  toast.addEventListener("mouseenter", wait);
  toast.addEventListener("mouseleave", resume);
  toast.addEventListener("focusin", wait);
  toast.addEventListener("focusout", resume);
}
