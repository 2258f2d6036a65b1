// On the first run, guesses zone, money and phone region from where the browser says it is.
const guess = document.querySelector("[data-guess-zone]");
const field = (name) => guess.querySelector(`[name="${name}"]`);

function offered(zone) {
  return [...document.querySelectorAll("#zones option")].find((option) => option.value === zone);
}

function follow(zone) {
  const option = offered(zone);
  if (!option) return;
  for (const [name, value] of [["currency", option.dataset.currency], ["phone_region", option.dataset.region]]) {
    if (value && !field(name).dataset.chosen) field(name).value = value;
  }
}

if (guess) {
  for (const name of ["currency", "phone_region"]) {
    field(name).addEventListener("change", () => { field(name).dataset.chosen = "yes"; });
  }
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (field("zone").value === "UTC" && offered(here)) {
    field("zone").value = here;
    follow(here);
  }
  field("zone").addEventListener("change", () => follow(field("zone").value));
}
