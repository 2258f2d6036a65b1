// Copy and print, for what must be kept outside: recovery codes, a new token.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const status = document.querySelector("[data-copy-status]");
    try {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).innerText);
      status.textContent = "Copied";
    } catch {
      status.textContent = "Not copied: mark the text and copy it by hand.";
    }
  });
}
for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
}
