// The one policy that the pages' Content-Security-Policy allows. Markup from our own server may be
// parsed; text never becomes a script, and a script's address is one of our static files.
if (window.trustedTypes) {
  window.trustedTypes.createPolicy("default", {
    createHTML: (markup) => markup,
    createScriptURL: (address) => {
      const url = new URL(address, location.href);
      return url.origin === location.origin && url.pathname.startsWith("/static/") ? address : null;
    },
  });
}
