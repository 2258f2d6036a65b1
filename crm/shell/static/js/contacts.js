// A call, text or letter begins on the device once the server has revealed and noted it; what is
// revealed can be copied. Rooms hear "begin" on the body: {address, how, lead, name}.
import { show } from "./toasts.js";

export function start() {
  document.body.addEventListener("begin", (event) => { location.href = event.detail.address; });
  document.addEventListener("click", copy);
}

async function copy(event) {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(document.querySelector(button.dataset.copies).innerText);
    show({ text: "Copied" });
  } catch {
    show({ text: "Not copied. Mark the text and copy it by hand.", tone: "bad" });
  }
}
