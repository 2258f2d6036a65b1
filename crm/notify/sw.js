// The service worker: shows what the house pushes, and opens what it is about. It caches nothing.
const UNREADABLE = { title: "Something new in Porchlight", url: "/notifications/" };

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("push", (event) => event.waitUntil(show(read(event.data))));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.url));
});

function read(data) {
  try {
    return { ...UNREADABLE, ...data.json() };
  } catch {
    return UNREADABLE;
  }
}

function show({ title, body, url, tag }) {
  // One with the tag of an earlier one replaces it without a sound.
  return self.registration.showNotification(title, {
    body, tag, icon: "/static/img/icon-192.png", data: { url },
  });
}

async function open(path) {
  const asked = new URL(path, location.origin);
  const url = asked.origin === location.origin ? asked.href : UNREADABLE.url;
  const tabs = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = tabs.find((tab) => tab.url === url);
  return there ? there.focus() : clients.openWindow(url);
}
