// A link with data-asks opens its page's form in a dialog, over the page where it was clicked.
import { open } from "./dialogs.js";

export function start() {
  const dialog = document.querySelector("#ask");
  if (!dialog || !window.htmx) return;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-asks]");
    if (!link || event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    link.closest("[popover]")?.hidePopover();
    window.htmx.ajax("GET", link.href, { target: "#ask", swap: "innerHTML" });
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== dialog) return;
    open(dialog);
    dialog.querySelector("[aria-invalid=true], [autofocus]")?.focus();
  });
  const now = document.querySelector("a[data-asks-now]");
  if (now) now.click();
  dialog.addEventListener("close", () => dialog.replaceChildren());
}
