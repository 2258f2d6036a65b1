// A list whose rows are put in order by dragging; the buttons beside them do it with the keyboard.
export function start() {
  let dragged = null;
  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-reorders] > [data-moves]") ?? null;
    dragged?.classList.add("lifted");
  });
  document.addEventListener("dragover", (event) => {
    const over = dragged && event.target.closest?.("[data-moves]");
    if (!over || over.parentElement !== dragged.parentElement) return;
    event.preventDefault();
    if (over === dragged) return;
    const box = over.getBoundingClientRect();
    over[event.clientY > box.top + box.height / 2 ? "after" : "before"](dragged);
  });
  document.addEventListener("drop", (event) => { if (dragged) event.preventDefault(); });
  document.addEventListener("dragend", () => {
    if (!dragged) return;
    dragged.classList.remove("lifted");
    const to = [...dragged.parentElement.children].indexOf(dragged);
    window.htmx?.ajax("POST", dragged.dataset.moves, { target: "#names", swap: "outerHTML", values: { to } });
    dragged = null;
  });
}
