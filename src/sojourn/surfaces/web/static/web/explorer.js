// The explorer: every control changes the address, the server mines again, and only what differs is replaced.
import { listenForDrags, makeDraggable } from "./funnel-drag.js";
import { drawGraph } from "./graph-draw.js";
import { pushAddress, replaceAddress } from "./undo.js";

const WAIT_MS = 180;
const SLOW_MS = 2000;
const FOLLOW_MS = 3000;
const form = document.getElementById("question");
const picture = document.getElementById("picture");
const busy = document.getElementById("busy");
let asking = null;
let waiting = null;
let following = null;
let answeredAt = Date.now();
let slid = false; // the address is of a slider that is still being moved
let released = true;
let restoring = false; // the controls still say what was undone

function address() {
  const pairs = [...new FormData(form)].filter(([, value]) => value !== "");
  return `${form.action}?${new URLSearchParams(pairs)}`;
}

// Gives the address that a changed control asks for. While an undone change is still on its way the other controls are
// of before: only this one is taken from the form.
function addressAfter(control) {
  if (!restoring) return address();
  const url = new URL(location.href);
  url.searchParams.delete(control.name);
  for (const value of new FormData(form).getAll(control.name)) if (value) url.searchParams.append(control.name, value);
  return url.href;
}

// Fetches an address and shows its answer; a newer question cancels an older one.
async function ask(url, { push = true, slide = false } = {}) {
  clearTimeout(waiting);
  asking?.abort();
  const mine = new AbortController();
  asking = mine;
  restoring = !push;
  picture.setAttribute("aria-busy", "true");
  const slow = setTimeout(() => { busy.hidden = false; }, SLOW_MS);
  try {
    const answer = await fetch(url, { signal: mine.signal, headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!answer.ok || !page.getElementById("drawn")) {
      location.assign(url); // signed out, or refused: the whole page says so
      return;
    }
    if (slide && slid) replaceAddress(url);
    else if (push && url !== location.href) pushAddress(url);
    slid = slide;
    show(page, { all: !push });
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  } finally {
    clearTimeout(slow);
    answeredAt = Date.now();
    if (asking === mine) {
      asking = null;
      restoring = false;
      picture.removeAttribute("aria-busy");
      busy.hidden = true;
    }
  }
}

// Asks the same again because events came: silently, and not where somebody is reading with the keyboard.
async function follow() {
  following = null;
  if (asking || document.hidden) return;
  const url = location.href;
  const answer = await fetch(url, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  answeredAt = Date.now();
  if (answer.ok && page.getElementById("drawn") && !asking && url === location.href) show(page, { quietly: true });
}

function show(page, { quietly = false, all = false } = {}) {
  const drawn = document.getElementById("drawn").textContent;
  const focused = document.activeElement?.closest("[data-region]")?.dataset.region;
  const focusedName = document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.id;
  for (const part of document.querySelectorAll("[data-region]")) {
    const fresh = page.querySelector(`[data-region="${CSS.escape(part.dataset.region)}"]`);
    if (!fresh || fresh.outerHTML === part.outerHTML || (quietly && part.contains(document.activeElement))) continue;
    part.querySelectorAll("details").forEach((each, at) => { if (each.open) fresh.querySelectorAll("details")[at]?.setAttribute("open", ""); });
    const scrolled = part.scrollTop;
    part.replaceWith(document.adoptNode(fresh));
    fresh.scrollTop = scrolled;
  }
  makeDraggable();
  if (!quietly) copyControls(page, all);
  document.title = page.title;
  if (!quietly || document.getElementById("drawn").textContent !== drawn) draw();
  if (focused) refocus(focused, focusedName);
}

// What was focused may have been replaced: go to its successor, else to its region.
function refocus(region, name) {
  const place = document.querySelector(`[data-region="${CSS.escape(region)}"]`);
  if (!place || place.contains(document.activeElement)) return;
  const same = [...place.querySelectorAll("a, button, input, summary")].find((each) => name && (each.getAttribute("aria-label") === name || each.id === name));
  (same ?? place.querySelector("a, button, input, summary") ?? place).focus({ preventScroll: true });
}

function copyControls(page, all) {
  for (const control of form.querySelectorAll("input[id], select[id]")) {
    const fresh = page.getElementById(control.id);
    if (!fresh || (!all && control === document.activeElement && control.type === "range")) continue; // it is being dragged
    if (control.max !== undefined && fresh.max) control.max = fresh.max;
    if (control.type === "checkbox" || control.type === "radio") control.checked = fresh.checked;
    else control.value = fresh.value;
  }
}

function draw() {
  drawGraph(picture, JSON.parse(document.getElementById("drawn").textContent), {
    says: document.getElementById("sentence").textContent,
    chosen: chosen(),
    open: openDetails,
    add: addToFunnel,
  });
}

function chosen() {
  const query = new URLSearchParams(location.search);
  return { at: query.get("at"), from: query.get("from"), to: query.get("to") };
}

function openDetails(what) {
  const url = new URL(location.href);
  for (const name of ["at", "from", "to"]) url.searchParams.delete(name);
  for (const [name, value] of Object.entries(what)) url.searchParams.set(name, value);
  ask(url.href).then(() => document.getElementById("panel").scrollIntoView({ block: "nearest" }));
}

function addToFunnel(name) {
  const url = new URL(location.href);
  url.searchParams.append("f", name);
  ask(url.href);
}

// While a slider moves, its addresses replace each other, so that one step back undoes the whole move.
function soon(slider) {
  if (released) slid = false;
  released = false;
  clearTimeout(waiting);
  waiting = setTimeout(() => ask(addressAfter(slider), { slide: true }), WAIT_MS);
}

if (form) {
  form.addEventListener("input", (event) => {
    if (event.target.type === "range") soon(event.target);
  });
  document.addEventListener("change", (event) => {
    if (event.target.form !== form) return;
    if (event.target.type === "range") {
      released = true;
      return;
    }
    if (event.target.id === "period") document.querySelector(".days").hidden = event.target.value !== "custom";
    ask(addressAfter(event.target));
  });
  document.addEventListener("submit", (event) => {
    if (event.target === form) {
      event.preventDefault();
      ask(address());
    } else if (event.target.matches("[data-add-step]")) {
      event.preventDefault();
      event.target.closest("details")?.removeAttribute("open");
      ask(`${event.target.action}?${new URLSearchParams(new FormData(event.target))}`);
    }
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-soft]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      ask(link.href);
    }
    for (const choice of document.querySelectorAll("details.choice[open]")) {
      if (!choice.contains(event.target)) choice.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    const open = document.querySelector("details.choice[open]");
    if (event.key === "Escape" && open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  });
  document.getElementById("cancel").addEventListener("click", () => asking?.abort());
  document.body.addEventListener("sojourn:moved", () => {
    following ??= setTimeout(follow, Math.max(0, answeredAt + FOLLOW_MS - Date.now()));
  });
  addEventListener("popstate", () => ask(location.href, { push: false }));
  const room = picture.closest(".explorer-top");
  let width = room.clientWidth;
  new ResizeObserver(() => {
    if (Math.abs(room.clientWidth - width) < 24) return;
    width = room.clientWidth;
    draw();
  }).observe(room);
  listenForDrags(ask);
  makeDraggable();
  draw();
}
