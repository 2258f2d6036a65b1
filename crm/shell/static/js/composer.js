// The composer keeps what is being typed, for this tab and this lead, until it is saved.
const FIELDS = "textarea, input:not([type=hidden], [type=file], [type=radio], [type=checkbox]), select";

export function start() {
  document.addEventListener("input", (event) => keep(event.target));
  document.addEventListener("change", (event) => keep(event.target));
  document.addEventListener("keydown", save);
  document.addEventListener("htmx:afterSwap", restoreAll);
  document.addEventListener("submit", sent, true);
  restoreAll();
}

function keyOf(composer) {
  return `draft:${composer.dataset.composer}`;
}

function read(composer) {
  try {
    return JSON.parse(sessionStorage.getItem(keyOf(composer)) ?? "{}");
  } catch {
    return {};
  }
}

function keep(field) {
  const composer = field.closest?.("[data-composer]");
  if (!composer || !field.matches(FIELDS)) return;
  const draft = read(composer);
  // A choice that was made for us is no draft.
  if (field.value) draft[field.name] = field.value; else delete draft[field.name];
  if (Object.keys(draft).length) sessionStorage.setItem(keyOf(composer), JSON.stringify(draft));
  else sessionStorage.removeItem(keyOf(composer));
}

function restoreAll() {
  for (const composer of document.querySelectorAll("[data-composer]")) {
    if ("saved" in composer.dataset) forget(composer);
    else restore(composer);
    showTab(composer.querySelector(".tabs"));
  }
}

// On a phone the tabs are wider than the screen: the chosen one stays in sight.
function showTab(tabs) {
  const chosen = tabs?.querySelector("[aria-current]");
  if (chosen) tabs.scrollLeft = chosen.offsetLeft - (tabs.clientWidth - chosen.offsetWidth) / 2;
}

function restore(composer) {
  for (const [name, value] of Object.entries(read(composer))) {
    const field = composer.querySelector(`form [name="${CSS.escape(name)}"]`);
    if (!field || !field.matches(FIELDS) || field.value && field.tagName !== "SELECT") continue;
    field.value = value;
    const more = field.closest("details");
    if (more) more.open = true;
  }
}

function forget(composer) {
  sessionStorage.removeItem(keyOf(composer));
  delete composer.dataset.saved;
}

// Without htmx the next page is the lead's: what was sent must not come back as a draft.
function sent(event) {
  const composer = event.target.closest?.("[data-composer]");
  if (composer && !window.htmx) sessionStorage.removeItem(keyOf(composer));
}

function save(event) {
  if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
  const composer = event.target.closest?.("[data-composer]");
  if (!composer) return;
  event.preventDefault();
  composer.querySelector("form[data-draft]").requestSubmit(composer.querySelector("[data-compose-save]"));
}
