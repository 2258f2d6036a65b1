// A combobox over the server's answers: the focus stays in the box, the arrows move the choice.
// Enter means what is typed now: pressed before its answer is there, it waits for it.
let answered = null;
let hurried = null;

export function start() {
  const palette = document.querySelector("#palette");
  if (!palette) return;
  const box = palette.querySelector("input");
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-palette]") || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    openPalette();
  });
  palette.addEventListener("htmx:afterSwap", (event) => arrive(event, palette, box));
  palette.addEventListener("keydown", (event) => move(event, palette, box));
  palette.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) run(option, event.metaKey || event.ctrlKey);
    if (event.target === palette) palette.close();
  });
}

export function openPalette(text = "") {
  const palette = document.querySelector("#palette");
  if (!palette || palette.open) return;
  for (const other of document.querySelectorAll("dialog[open]")) other.close();
  const box = palette.querySelector("input");
  box.value = text;
  answered = null;
  hurried = null;
  palette.showModal();
  box.focus();
  window.htmx?.trigger(box, "open");
}

function arrive(event, palette, box) {
  const [first] = options(palette);
  answered = event.detail.requestConfig.parameters.q ?? "";
  choose(first, box);
  // An earlier answer may come first: whoever pressed Enter waits for theirs.
  if (!hurried || answered !== box.value) return;
  if (first) run(first, hurried.apart);
  hurried = null;
}

function options(palette) {
  return [...palette.querySelectorAll("[role=option]:not([aria-disabled])")];
}

function move(event, palette, box) {
  const found = options(palette);
  const now = found.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const steps = { ArrowDown: now + 1, ArrowUp: now - 1 + found.length };
  if (event.key in steps && found.length) {
    event.preventDefault();
    choose(found[steps[event.key] % found.length], box);
  } else if (event.key === "Enter") {
    event.preventDefault();
    const apart = event.metaKey || event.ctrlKey;
    if (answered !== box.value) hurried = { apart };
    else if (found[now]) run(found[now], apart);
  }
}

function choose(option, box) {
  for (const other of document.querySelectorAll("#palette [aria-selected=true]")) other.setAttribute("aria-selected", "false");
  box.setAttribute("aria-activedescendant", option?.id ?? "");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
}

function run(option, apart) {
  const form = option.querySelector("form");
  if (form) form.submit();
  else if (apart) window.open(option.dataset.href, "_blank", "noopener");
  else if (option.dataset.href) location.assign(option.dataset.href);
}
