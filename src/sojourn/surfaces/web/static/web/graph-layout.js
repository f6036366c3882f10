// Where nodes, paths and labels go: dagre's layered layout, in which a label takes room like a node does,
// so that no label can lie behind one.
import { Graph, layout } from "../vendor/dagre-3.1.3/dagre.esm.js";

export const START = "\u0000start";
export const END = "\u0000end";
const FONT = "600 12px Inter, 'Noto Sans', system-ui, sans-serif";
const LABEL_FONT = "11px Inter, 'Noto Sans', system-ui, sans-serif";
const NODE_TEXT_MAX = 86;
export const NARROW = 640;
const LINE = 15;
const pen = document.createElement("canvas").getContext("2d");

function width(text, font) {
  pen.font = font;
  return pen.measureText(text).width;
}

// Breaks a name into at most three lines; what is longer ends in an ellipsis (the whole name is in the title).
export function wrapped(name) {
  const lines = [""];
  // A name without spaces may break after a separator, such as the dot of card.ordered.
  for (const word of name.split(/(?<=\s)|(?<=[._:/-])(?=[^._:/-])/)) {
    const longer = `${lines.at(-1)}${word}`.trimStart();
    if (width(longer.trim(), FONT) <= NODE_TEXT_MAX || !lines.at(-1)) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  if (lines.length > 3) lines.splice(2, lines.length, `${lines[2]}…`);
  return lines.map((line) => shortened(line.trim()));
}

function shortened(line) {
  if (width(line, FONT) <= NODE_TEXT_MAX + 10) return line;
  let kept = line.replace(/…$/, "");
  while (kept && width(`${kept}…`, FONT) > NODE_TEXT_MAX + 10) kept = kept.slice(0, -1);
  return `${kept}…`;
}

export function strokeWidth(customers, most) {
  return 1.25 + 11 * Math.sqrt(customers / Math.max(most, 1)) ** 1.6;
}

// Lays the graph out from left to right; on a phone from top to bottom.
export function laidOut(data, room) {
  return placed(data, room < NARROW ? "TB" : "LR");
}

function placed(data, direction) {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({
    rankdir: direction, nodesep: direction === "LR" ? 20 : 26, ranksep: direction === "LR" ? 22 : 18, edgesep: 12,
    marginx: 10, marginy: 10, ranker: "network-simplex",
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of data.nodes) graph.setNode(node.id, nodeSize(node));
  if (data.edges.some((edge) => edge.from === START)) graph.setNode(START, { width: 30, height: 30 });
  if (data.edges.some((edge) => edge.to === END)) graph.setNode(END, { width: width(data.words.end, FONT) + 26, height: 30 });
  // dagre gets no circles: a path against the order is laid the other way round, then turned back.
  const place = inOrder(data);
  const isTurned = (edge) => place.get(edge.from) > place.get(edge.to);
  const ends = (edge) => (isTurned(edge) ? [edge.to, edge.from, "back"] : [edge.from, edge.to, "forth"]);
  for (const edge of data.edges) {
    const [from, to, way] = ends(edge);
    graph.setEdge(from, to, edgeSize(edge, direction), way);
  }
  layout(graph);
  const routed = data.edges.map((edge) => {
    const found = graph.edge(...ends(edge));
    return { ...edge, ...found, points: isTurned(edge) ? found.points.toReversed() : found.points };
  });
  const { width: wide, height: high } = graph.graph();
  return {
    direction, width: wide, height: high,
    nodes: new Map(graph.nodes().map((id) => [id, graph.node(id)])),
    edges: ported(routed, graph, direction),
  };
}

// Orders the steps so that few customers go against the order (Eades, Lin and Smyth's greedy heuristic, by customers).
function inOrder(data) {
  const left = [];
  const right = [];
  const rest = new Set([START, ...data.nodes.map((node) => node.id), END]);
  while (rest.size) {
    const balance = new Map([...rest].map((name) => [name, { out: 0, in: 0 }]));
    for (const edge of data.edges) {
      if (!rest.has(edge.from) || !rest.has(edge.to)) continue;
      balance.get(edge.from).out += edge.customers;
      balance.get(edge.to).in += edge.customers;
    }
    const names = [...rest];
    const sink = names.find((name) => !balance.get(name).out);
    const source = names.find((name) => !balance.get(name).in);
    const most = names.reduce((a, b) => (surplus(balance.get(b)) > surplus(balance.get(a)) ? b : a));
    const taken = source ?? sink ?? most;
    if (source === undefined && sink !== undefined) right.unshift(sink);
    else left.push(taken);
    rest.delete(taken);
  }
  return new Map([...left, ...right].map((name, at) => [name, at]));
}

function surplus({ out, in: coming }) {
  return out - coming;
}

function nodeSize(node) {
  const lines = wrapped(node.name);
  const count = node.again ? `${node.count}  ↻ ${node.again}` : node.count;
  const text = Math.max(...lines.map((line) => width(line, FONT)), width(count, LABEL_FONT));
  return { lines, width: Math.max(64, text + 18), height: LINE * lines.length + 30 };
}

function edgeSize(edge, direction) {
  const lines = direction === "LR" ? edge.label : [edge.label.join(" · ")];
  const widest = Math.max(...lines.map((line) => width(line, LABEL_FONT)));
  return {
    lines, width: widest + 8, height: 13 * lines.length + 4, labelpos: "c",
    weight: 1 + Math.round(Math.log2(1 + edge.customers)), minlen: 1,
  };
}

// Spreads the ends of paths along a node's side, in the order in which the paths leave, so that they do not cross there.
function ported(edges, graph, direction) {
  const along = direction === "LR" ? "y" : "x";
  const size = direction === "LR" ? "height" : "width";
  for (const [side, end] of [["from", 0], ["to", -1]]) {
    const byNode = Map.groupBy(edges, (edge) => `${edge[side]}\u0001${isBackward(edge, direction)}`);
    for (const group of byNode.values()) {
      const node = graph.node(group[0][side]);
      group.sort((a, b) => neighbour(a, end)[along] - neighbour(b, end)[along]);
      const span = Math.min(node[size] - 14, 12 * (group.length - 1));
      group.forEach((edge, at) => {
        const shift = group.length > 1 ? -span / 2 + (span * at) / (group.length - 1) : 0;
        edge.points = [...edge.points];
        edge.points[end < 0 ? edge.points.length - 1 : 0] = port(node, shift, side, isBackward(edge, direction), direction);
      });
    }
  }
  return edges;
}

function neighbour(edge, end) {
  return edge.points.at(end === 0 ? 1 : -2) ?? edge.points[0];
}

function isBackward(edge, direction) {
  const along = direction === "LR" ? "x" : "y";
  return edge.points.at(-1)[along] < edge.points[0][along];
}

function port(node, shift, side, backward, direction) {
  const sign = (side === "from") !== backward ? 1 : -1;
  if (direction === "LR") return { x: node.x + (sign * node.width) / 2, y: node.y + shift };
  return { x: node.x + shift, y: node.y + (sign * node.height) / 2 };
}

// A smooth line that leaves and arrives along the direction of the layout.
export function curve(points, direction) {
  let path = `M${points[0].x},${points[0].y}`;
  for (let at = 1; at < points.length; at += 1) {
    const [a, b] = [points[at - 1], points[at]];
    if (direction === "LR") path += `C${(a.x + b.x) / 2},${a.y} ${(a.x + b.x) / 2},${b.y} ${b.x},${b.y}`;
    else path += `C${a.x},${(a.y + b.y) / 2} ${b.x},${(a.y + b.y) / 2} ${b.x},${b.y}`;
  }
  return path;
}
