// Draws every graph of a comparison; choosing a step or a path leads to its line in the table.
import { drawGraph } from "./graph-draw.js";

function draw(place) {
  const data = JSON.parse(document.getElementById(place.dataset.graph).textContent);
  const says = document.getElementById(place.getAttribute("aria-describedby")).textContent;
  drawGraph(place, data, { says, chosen: {}, open: (what) => lead(place, what), add: () => {} });
}

function lead(place, what) {
  const table = document.getElementById(place.dataset.table);
  const key = what.at ?? `${what.from} → ${what.to}`;
  const line = [...table.querySelectorAll("[data-line]")].find((each) => each.dataset.line === key);
  if (!line) return;
  table.querySelectorAll(".is-chosen").forEach((each) => each.classList.remove("is-chosen"));
  line.classList.add("is-chosen");
  line.closest("details").open = true;
  line.scrollIntoView({ block: "center" });
  line.focus({ preventScroll: true });
}

for (const place of document.querySelectorAll("[data-graph]")) {
  draw(place);
  const room = place.closest(".explorer-top");
  let width = room.clientWidth;
  new ResizeObserver(() => {
    if (Math.abs(room.clientWidth - width) < 24) return;
    width = room.clientWidth;
    draw(place);
  }).observe(room);
}
