// Adds this browser to those that are told by push, and takes it away again.
const adding = document.querySelector("[data-push-add]");
const stopping = document.querySelector("[data-push-stop]");
const status = document.querySelector("[data-push-status]");

const iphone = /iPhone|iPad/.test(navigator.userAgent);
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const bytes = (given) =>
  Uint8Array.from(atob(given.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

function obstacle() {
  if (!window.isSecureContext) {
    return "Browsers take push only under an address with HTTPS, or on this machine under localhost.";
  }
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) {
    return iphone
      ? "On an iPhone or iPad, choose Share, Add to Home Screen, and open Porchlight from there."
      : "This browser has no push.";
  }
  if (Notification.permission === "denied") {
    return "This browser refuses notices from Porchlight. Allow them in its settings for this site, and load the page again.";
  }
  return "";
}

const registration = () => navigator.serviceWorker.getRegistration("/");

async function key() {
  const token = adding.elements.csrfmiddlewaretoken.value;
  const answer = await fetch(adding.dataset.keyFrom, { method: "POST", headers: { "X-CSRFToken": token } });
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  return bytes((await answer.json()).key);
}

async function subscribed(applicationServerKey) {
  await navigator.serviceWorker.register("/sw.js");
  const { pushManager } = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey };
  try {
    return await pushManager.subscribe(options);
  } catch (error) {
    // Bound to a key of before: of another Porchlight, or of this one anew.
    if (error.name !== "InvalidStateError") throw error;
    await (await pushManager.getSubscription())?.unsubscribe();
    return pushManager.subscribe(options);
  }
}

const why = (error) =>
  error.name === "NotAllowedError"
    ? obstacle() || "The browser did not allow it. Press the button again and choose Allow."
    : "The browser's push service did not answer. Check that it is online, and try again.";

async function add() {
  adding.button.disabled = true;
  status.textContent = "Waiting for the browser";
  try {
    const given = await subscribed(await key());
    adding.elements.endpoint.value = given.endpoint;
    adding.elements.public.value = text(given.getKey("p256dh"));
    adding.elements.secret.value = text(given.getKey("auth"));
    adding.submit();
  } catch (error) {
    status.textContent = why(error);
    adding.button.disabled = false;
  }
}

async function stop(event) {
  event.preventDefault();
  const given = await (await registration())?.pushManager.getSubscription();
  stopping.elements.endpoint.value = given?.endpoint ?? "";
  await given?.unsubscribe();
  stopping.submit();
}

async function start() {
  adding.button = adding.querySelector("button");
  const said = obstacle();
  if (said) { status.textContent = said; return; }
  const given = await (await registration())?.pushManager.getSubscription();
  const known = Boolean(given) && Notification.permission === "granted";
  adding.button.querySelector("span").textContent = known ? "Add this browser again" : "Tell this browser";
  adding.button.disabled = false;
  adding.button.addEventListener("click", add);
  stopping.hidden = !known;
  stopping.addEventListener("submit", stop);
}

if (adding) start();
