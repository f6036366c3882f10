// Walks the graph by keyboard: one tab stop; arrows go along paths, Enter opens, A adds to the funnel.
import { START, END } from "./graph-layout.js";

export function walkable(svg, plan, { open, add }) {
  const all = [...svg.querySelectorAll("[data-key]")];
  const byKey = new Map(all.map((element) => [element.dataset.key, element]));
  const key = (edge) => `${edge.from}\u0001${edge.to}`;
  const sideways = plan.direction === "LR" ? "y" : "x";
  const [onKey, backKey, beforeKey, afterKey] = plan.direction === "LR"
    ? ["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown"]
    : ["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight"];
  const isTerminal = (edge) => edge.from === START || edge.to === END; // nowhere to walk on to
  const edgesOf = (side, id) => plan.edges.filter((edge) => edge[side] === id).sort((a, b) => isTerminal(a) - isTerminal(b) || b.customers - a.customers);
  const edgeAt = (element) => plan.edges.find((edge) => key(edge) === element.dataset.key);

  function onward(element) {
    const edge = edgeAt(element);
    if (edge) return byKey.get(edge.to);
    return byKey.get(key(edgesOf("from", element.dataset.at)[0] ?? {}));
  }
  function back(element) {
    const edge = edgeAt(element);
    if (edge) return byKey.get(edge.from);
    return byKey.get(key(edgesOf("to", element.dataset.at)[0] ?? {}));
  }
  // Beside a path: the other paths that leave its step. Beside a step: all steps, by place.
  function beside(element, step) {
    const edge = edgeAt(element);
    const row = edge
      ? plan.edges.filter((other) => other.from === edge.from).sort((a, b) => a[sideways] - b[sideways]).map((other) => byKey.get(key(other)))
      : [...plan.nodes].filter(([id]) => id !== START && id !== END).sort(([, a], [, b]) => order(a, b)).map(([id]) => byKey.get(id));
    return row[row.indexOf(element) + step];
  }
  function order(a, b) {
    const along = plan.direction === "LR" ? "x" : "y";
    return a[along] - b[along] || a[sideways] - b[sideways];
  }
  function focus(element) {
    if (!element) return;
    for (const each of all) each.setAttribute("tabindex", each === element ? "0" : "-1");
    element.focus();
  }

  svg.addEventListener("keydown", (event) => {
    const here = event.target.closest("[data-key]");
    if (!here || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === onKey) focus(onward(here));
    else if (event.key === backKey) focus(back(here));
    else if (event.key === beforeKey) focus(beside(here, -1));
    else if (event.key === afterKey) focus(beside(here, 1));
    else if (event.key === "Enter" || event.key === " ") open(here);
    else if (event.key.toLowerCase() === "a" && here.dataset.at) add(here.dataset.at);
    else return;
    event.preventDefault();
  });
  svg.addEventListener("click", (event) => {
    const here = event.target.closest("[data-key]");
    if (!here) return;
    focus(here);
    open(here);
  });
  const first = edgesOf("from", START)[0];
  (byKey.get(first?.to) ?? all.find((element) => element.classList.contains("node")) ?? all[0])?.setAttribute("tabindex", "0");
}
