// Looking at a large picture: zoom, pan, find a step, and see what is next to one.
const LARGE = 24; // nodes; smaller pictures are shown whole
const STEP = 1.25;
const SCALE_MIN = 0.08;
const SCALE_MAX = 2;
const zoomed = new WeakMap(); // place -> scale that somebody chose
const begun = new WeakSet(); // places where a large picture was looked at already

export function scaleOf(place, usual) {
  return zoomed.get(place) ?? usual;
}

export function viewable(place, svg, plan, { open }) {
  const steps = [...svg.querySelectorAll(".node")];
  const isLarge = steps.length >= LARGE && plan.direction === "LR";
  place.classList.toggle("is-large", isLarge);
  if (isLarge) nearOnHover(svg, plan);
  if (isLarge && !begun.has(place)) show(place, busiest(svg, plan));
  if (isLarge) begun.add(place);
  const tools = place.parentElement.querySelector(".graph-tools");
  if (!tools) return;
  place.onwheel = (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoom(place, svg, plan, event.deltaY < 0 ? STEP : 1 / STEP, event);
  };
  for (const button of tools.querySelectorAll("[data-zoom]")) button.onclick = () => turn(button.dataset.zoom, place, svg, plan);
  svg.addEventListener("keydown", (event) => {
    const how = { "+": "in", "=": "in", "-": "out", 0: "whole" }[event.key];
    if (!how || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    turn(how, place, svg, plan);
  });
  pannable(place);
  findable(tools, place, svg, plan, steps, open);
}

function busiest(svg, plan) {
  const through = new Map();
  for (const edge of plan.edges) for (const id of [edge.from, edge.to]) through.set(id, (through.get(id) ?? 0) + edge.customers);
  const [first] = [...svg.querySelectorAll(".node")].sort((a, b) => (through.get(b.dataset.key) ?? 0) - (through.get(a.dataset.key) ?? 0));
  return first;
}

function turn(how, place, svg, plan) {
  if (how !== "whole") {
    zoom(place, svg, plan, how === "in" ? STEP : 1 / STEP);
    return;
  }
  const { scale } = sized(svg, plan);
  const whole = Math.min((place.clientWidth - 12) / plan.width, (place.clientHeight - 12) / plan.height);
  zoom(place, svg, plan, whole / scale);
}

function sized(svg, plan) {
  return { scale: Number(svg.getAttribute("width")) / plan.width };
}

// Zooms about the pointer, else about the middle of what is seen: only the drawing's size changes, nothing is laid out anew.
function zoom(place, svg, plan, by, pointer = null) {
  const { scale } = sized(svg, plan);
  const wanted = Math.min(SCALE_MAX, Math.max(SCALE_MIN, scale * by));
  const outer = place.getBoundingClientRect();
  const inner = svg.getBoundingClientRect();
  const x = pointer ? pointer.clientX : outer.left + outer.width / 2;
  const y = pointer ? pointer.clientY : outer.top + outer.height / 2;
  const [at, below] = [(x - inner.left) / inner.width, (y - inner.top) / inner.height];
  zoomed.set(place, wanted);
  svg.setAttribute("width", plan.width * wanted);
  svg.setAttribute("height", plan.height * wanted);
  const fresh = svg.getBoundingClientRect();
  place.scrollLeft += fresh.left + at * fresh.width - x;
  place.scrollTop += fresh.top + below * fresh.height - y;
}

// A mouse drags the picture by its background; a finger scrolls it already.
function pannable(place) {
  place.onpointerdown = (event) => {
    if (event.pointerType !== "mouse" || event.button !== 0 || event.target.closest("[data-key]")) return;
    const from = { x: event.clientX + place.scrollLeft, y: event.clientY + place.scrollTop };
    place.classList.add("is-panned");
    place.setPointerCapture(event.pointerId);
    place.onpointermove = (moved) => {
      place.scrollLeft = from.x - moved.clientX;
      place.scrollTop = from.y - moved.clientY;
    };
    place.onpointerup = place.onpointercancel = () => {
      place.classList.remove("is-panned");
      place.onpointermove = null;
    };
  };
}

// Marks the steps whose name has the letters, and shows the first; Enter opens it.
function findable(tools, place, svg, plan, steps, open) {
  const field = tools.querySelector("input[type=search]");
  const said = tools.querySelector("output");
  const matches = () => {
    const text = field.value.trim().toLowerCase();
    return text ? steps.filter((step) => step.dataset.at.toLowerCase().includes(text)) : [];
  };
  const mark = () => {
    const found = new Set(matches());
    svg.classList.toggle("is-searched", found.size > 0);
    for (const step of steps) step.classList.toggle("is-found", found.has(step));
    said.textContent = field.value.trim() && !found.size ? tools.dataset.none : "";
    return [...found];
  };
  field.oninput = () => show(place, mark()[0]);
  field.onkeydown = (event) => {
    const [first] = matches();
    if (event.key === "Enter" && first) open(first);
    if (event.key === "Enter") event.preventDefault();
  };
  mark();
}

export function show(place, element) {
  if (!element) return;
  const [inner, outer] = [element.getBoundingClientRect(), place.getBoundingClientRect()];
  if (inner.left < outer.left || inner.right > outer.right) place.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
  if (inner.top < outer.top || inner.bottom > outer.bottom) place.scrollTop += inner.top + inner.height / 2 - outer.top - outer.height / 2;
}

// A step that is pointed at keeps its paths and their other ends; the rest steps back.
function nearOnHover(svg, plan) {
  const near = (id) => {
    const kept = new Set([id]);
    for (const edge of plan.edges) {
      if (edge.from !== id && edge.to !== id) continue;
      kept.add(edge.from).add(edge.to).add(`${edge.from}\u0001${edge.to}`);
    }
    for (const each of svg.querySelectorAll("[data-key], [data-of]")) each.classList.toggle("is-near", kept.has(each.dataset.key ?? each.dataset.of));
    svg.classList.add("has-near");
  };
  const clear = () => svg.classList.remove("has-near");
  const over = (event) => {
    const step = event.target.closest(".node");
    if (step) near(step.dataset.key);
    else clear();
  };
  svg.addEventListener("pointerover", over);
  svg.addEventListener("pointerleave", clear);
  svg.addEventListener("focusin", over);
  svg.addEventListener("focusout", clear);
}
