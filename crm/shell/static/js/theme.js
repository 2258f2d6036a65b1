// The server keeps the choice and says so by an event; the page follows without a reload.
export function start() {
  document.body.addEventListener("theme", (event) => show(event.detail.theme));
}

function show(theme) {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  for (const button of document.querySelectorAll(".theme button")) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
}
