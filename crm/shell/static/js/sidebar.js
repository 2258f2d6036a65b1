// Folded or not is this browser's choice; a cookie, so that the server draws it so at once.
const YEAR = 365 * 24 * 3600;

export function start() {
  const fold = document.querySelector("#nav-fold");
  fold?.addEventListener("change", () => {
    document.cookie = `fold=${fold.checked ? 1 : 0}; path=/; max-age=${YEAR}; samesite=lax`;
  });
}
