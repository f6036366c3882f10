// Draws the process graph as SVG: paths below, steps above them, labels on top.
import { curve, END, laidOut, NARROW, START, strokeWidth } from "./graph-layout.js";
import { walkable } from "./graph-keys.js";
import { scaleOf, show, viewable } from "./graph-view.js";

const SVG = "http://www.w3.org/2000/svg";
const SCALE_MIN = 0.78;
const SCALE_MAX = 1.15;
const plans = new WeakMap(); // place -> the layout of what it shows: a click changes colours, not places

function make(name, attributes, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

export function drawGraph(place, data, { says, chosen, open, add }) {
  const focused = document.activeElement?.closest?.("#picture [data-key]")?.dataset.key;
  if (!data.nodes.length) {
    place.replaceChildren();
    return;
  }
  const room = place.closest(".explorer-top").clientWidth - 14; // the picture keeps its size when the panel opens beside it
  const plan = planned(place, data, room);
  const scale = scaleOf(place, Math.min(SCALE_MAX, Math.max(SCALE_MIN, room / plan.width)));
  const svg = make("svg", {
    viewBox: `0 0 ${plan.width} ${plan.height}`, width: Math.round(plan.width * scale), height: Math.round(plan.height * scale),
    role: "application", "aria-label": says, "aria-roledescription": "process graph", "aria-description": place.dataset.keys,
  });
  const edges = plan.edges.map((edge) => drawnEdge(edge, data.most, plan.direction, chosen));
  const nodes = data.nodes.map((node) => drawnNode(node, plan.nodes.get(node.id), data, chosen));
  svg.append(
    make("g", {}, ...edges), make("g", {}, ...nodes, ...terminals(plan, data)),
    make("g", { class: "labels", "aria-hidden": "true" }, ...data.nodes.map((node) => nodeWords(node, plan.nodes.get(node.id))), ...plan.edges.map(edgeLabel)),
  );
  place.replaceChildren(svg);
  walkable(svg, plan, { open: (element) => open(target(element)), add });
  viewable(place, svg, plan, { open: (element) => open(target(element)) });
  show(place, svg.querySelector(".is-chosen"));
  // By comparison: a selector cannot name the start and the end.
  if (focused) [...svg.querySelectorAll("[data-key]")].find((each) => each.dataset.key === focused)?.focus({ preventScroll: true });
}

function planned(place, data, room) {
  const key = JSON.stringify([room < NARROW, data]);
  const held = plans.get(place);
  if (held?.key === key) return held.plan;
  const plan = laidOut(data, room);
  plans.set(place, { key, plan });
  return plan;
}

function target(element) {
  const { at, from, to } = element.dataset;
  return at ? { at } : { from, to };
}

function drawnEdge(edge, most, direction, chosen) {
  const path = curve(edge.points, direction);
  const wide = strokeWidth(edge.customers, most);
  const isTerminal = edge.from === START || edge.to === END;
  const isChosen = chosen.from === edge.from && chosen.to === edge.to;
  const group = make(
    "g", {
      class: `edge look-${edge.look}${isChosen ? " is-chosen" : ""}`, "data-key": `${edge.from}\u0001${edge.to}`,
      role: "button", tabindex: -1, "aria-label": edge.says,
    },
    make("title", {}, edge.says),
    make("path", { class: "hit", d: path }),
    make("path", { class: "line", d: path, "stroke-width": wide.toFixed(2) }),
    arrow(edge.points.at(-1), edge, direction, wide),
  );
  // A path from the start or to the end opens its step.
  if (isTerminal) group.dataset.at = edge.from === START ? edge.to : edge.from;
  else Object.assign(group.dataset, { from: edge.from, to: edge.to });
  return group;
}

function arrow(tip, edge, direction, wide) {
  const size = Math.max(5, Math.min(9, wide + 2));
  const backward = direction === "LR" ? edge.points.at(-1).x < edge.points[0].x : edge.points.at(-1).y < edge.points[0].y;
  const turn = (direction === "LR" ? 0 : 90) + (backward ? 180 : 0);
  return make("path", { class: "tip", d: `M0,0 L${-size},${size * 0.62} L${-size},${-size * 0.62} Z`, transform: `translate(${tip.x},${tip.y}) rotate(${turn})` });
}

function edgeLabel(edge) {
  const top = edge.y - (13 * (edge.lines.length - 1)) / 2;
  const box = make("rect", { x: edge.x - edge.width / 2, y: edge.y - edge.height / 2, width: edge.width, height: edge.height, rx: 3 });
  const lines = edge.lines.map((line, at) => make("text", { x: edge.x, y: top + 13 * at, class: at ? "second" : "first" }, line));
  return make("g", { class: `label look-${edge.look}`, "data-of": `${edge.from}\u0001${edge.to}` }, box, ...lines);
}

function drawnNode(node, at, data, chosen) {
  const left = at.x - at.width / 2;
  const top = at.y - at.height / 2;
  const hard = data.colour === "drop" && node.drop >= 0.4 ? " is-leaking" : "";
  return make(
    "g", {
      class: `node${chosen.at === node.id ? " is-chosen" : ""}${hard}${node.look ? ` look-${node.look}` : ""}`, "data-key": node.id, "data-at": node.id, role: "button",
      tabindex: -1, "aria-label": node.says,
    },
    make("title", {}, node.says),
    ...(node.look === "group" ? [make("rect", { class: "behind", x: left + 4, y: top - 4, width: at.width, height: at.height, rx: 5 })] : []),
    make("rect", { class: "box", x: left, y: top, width: at.width, height: at.height, rx: 5 }),
    make("rect", { class: "share-track", x: left + 1, y: top + at.height - 5, width: at.width - 2, height: 4, rx: 2 }),
    make("rect", { class: "share", x: left + 1, y: top + at.height - 5, width: ((at.width - 2) * node.customers) / data.most, height: 4, rx: 2 }),
  );
}

// Drawn apart from the box: the box's own name says all of it to a screen reader, in one sentence.
function nodeWords(node, at) {
  const top = at.y - at.height / 2;
  const lines = at.lines.map((line, row) => make("text", { class: "name", x: at.x, y: top + 14 + 15 * row }, line));
  const count = node.again ? `${node.count}  ↻ ${node.again}` : node.count;
  return make("g", { class: "words", "data-of": node.id }, ...lines, make("text", { class: "count", x: at.x, y: top + 15 * at.lines.length + 13 }, count));
}

function terminals(plan, data) {
  const drawn = [];
  const start = plan.nodes.get(START);
  const end = plan.nodes.get(END);
  if (start) drawn.push(make("g", { class: "terminal" }, make("title", {}, data.words.start), make("circle", { cx: start.x, cy: start.y, r: 13 }), make("path", { d: `M${start.x - 4},${start.y - 6} l10,6 l-10,6 Z` })));
  if (end) drawn.push(make("g", { class: "terminal" }, make("rect", { x: end.x - end.width / 2, y: end.y - 14, width: end.width, height: 28, rx: 14 }), make("text", { x: end.x, y: end.y + 1 }, data.words.end)));
  return drawn;
}
