// Says in words how good a new password is. The server has the last word.
const LONG = 16, ENOUGH = 10;

function words(password) {
  if (!password) return "At least 10 characters. A few unrelated words make a good one.";
  const missing = ENOUGH - [...password].length;
  if (missing > 0) return `Too short: ${missing} more ${missing === 1 ? "character" : "characters"}`;
  const different = new Set(password.toLowerCase()).size;
  if (different < 6) return "Weak: the same characters again and again";
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter((kind) => kind.test(password)).length;
  if (password.length >= LONG && different >= 9) return "Strong";
  return kinds >= 3 || password.length >= 13 ? "Good. Longer is better still" : "Fair. Add a word or two";
}

for (const place of document.querySelectorAll("[data-strength-of]")) {
  const field = document.getElementById(place.dataset.strengthOf);
  field?.addEventListener("input", () => { place.textContent = words(field.value); });
}
