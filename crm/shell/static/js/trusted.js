// The one policy that the pages' Content-Security-Policy allows. Markup from our own server may be
// parsed; text never becomes a script, and a script's address is one of our static files or the
// service worker, which must stand at the root to hear for the whole house.
if (window.trustedTypes) {
  window.trustedTypes.createPolicy("default", {
    createHTML: (markup) => markup,
    createScriptURL: (address) => {
      const url = new URL(address, location.href);
      return url.origin === location.origin && (url.pathname === "/sw.js" || url.pathname.startsWith("/static/")) ? address : null;
    },
  });
}
