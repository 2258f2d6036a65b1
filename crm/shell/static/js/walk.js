// From a person's page to the next: whoever is opened from a list or from Today takes along where.
export function start() {
  for (const press of ["click", "auxclick"]) document.addEventListener(press, takeAlong, true);
}

function takeAlong(event) {
  const link = event.target.closest?.("[data-walk] :is([data-open], a.name)[href]");
  if (!link || link.search) return;
  // The preview shows the row that one is on.
  const at = (link.closest("[data-at]") ?? document.querySelector('[data-at][aria-current="true"]'))?.dataset.at;
  const told = new URLSearchParams(link.closest("[data-walk]").dataset.walk);
  if (at) told.set("at", at);
  link.search = told.toString();
}
