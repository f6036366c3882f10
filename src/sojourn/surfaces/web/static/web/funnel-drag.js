// Steps of the funnel put in order by dragging a row, or with Alt and an arrow key in it; the arrows beside a step do
// the same without scripts. The address changes as with them.
let dragged = null;

function rows(body) {
  return [...body.querySelectorAll("tr[data-step]")];
}

// The address with the steps in the order given.
function ordered(names, days) {
  const url = new URL(location.href);
  url.searchParams.delete("f");
  for (const name of names) url.searchParams.append("f", name);
  url.searchParams.set("window", days);
  return url.href;
}

function moved(body, from, to, ask) {
  const names = rows(body).map((each) => each.dataset.step);
  if (from === to || to < 0 || to >= names.length) return;
  names.splice(to, 0, ...names.splice(from, 1));
  ask(ordered(names, body.dataset.window)).then(() => {
    const row = document.querySelectorAll("tbody[data-steps] tr")[to];
    row?.querySelector("a")?.focus({ preventScroll: true });
  });
}

function clear() {
  for (const each of document.querySelectorAll(".drop-before, .drop-after, .is-dragged")) each.classList.remove("drop-before", "drop-after", "is-dragged");
}

export function makeDraggable() {
  for (const row of document.querySelectorAll("tbody[data-steps] tr")) row.draggable = true;
}

export function listenForDrags(ask) {
  document.addEventListener("dragstart", (event) => {
    const row = event.target.closest?.("tbody[data-steps] tr");
    if (!row) return;
    dragged = row;
    row.classList.add("is-dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", row.dataset.step);
  });
  document.addEventListener("dragover", (event) => {
    const row = event.target.closest?.("tbody[data-steps] tr");
    if (!dragged || !row) return;
    event.preventDefault();
    const all = rows(row.parentElement);
    clear();
    dragged.classList.add("is-dragged");
    if (row !== dragged) row.classList.add(all.indexOf(row) < all.indexOf(dragged) ? "drop-before" : "drop-after");
  });
  document.addEventListener("drop", (event) => {
    const row = event.target.closest?.("tbody[data-steps] tr");
    if (!dragged || !row) return;
    event.preventDefault();
    const all = rows(row.parentElement);
    moved(row.parentElement, all.indexOf(dragged), all.indexOf(row), ask);
  });
  document.addEventListener("dragend", () => {
    clear();
    dragged = null;
  });
  document.addEventListener("keydown", (event) => {
    const row = event.target.closest?.("tbody[data-steps] tr");
    if (!row || !event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    const at = rows(row.parentElement).indexOf(row);
    moved(row.parentElement, at, at + (event.key === "ArrowUp" ? -1 : 1), ask);
  });
}
