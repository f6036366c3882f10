// Undo and redo on the pages of analyses. Each change is an address of its own in the browser's history, so undoing is
// going back; each history entry knows its place in the run of changes, so that undoing never leaves the page.
const LAST = "sojourn.undo";
const buttons = document.querySelector("[data-undoing]");

function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(LAST)) ?? {};
  } catch {
    return {};
  }
}

function here() {
  return history.state?.undo ?? null;
}

function address() {
  return location.href.split("#")[0];
}

// Notes where we are; `top` is the newest place of the run, which redo can reach.
function note(entry, top) {
  sessionStorage.setItem(LAST, JSON.stringify({ ...entry, top, path: location.pathname, address: address() }));
  show();
}

function show() {
  if (!buttons) return;
  buttons.hidden = false;
  const entry = here();
  const { run, top } = remembered();
  buttons.querySelector("[data-undo]").disabled = !entry?.place;
  buttons.querySelector("[data-redo]").disabled = !entry || run !== entry.run || entry.place >= top;
}

function follows(last) {
  const came = document.referrer ? new URL(document.referrer) : null;
  return last.run && last.path === location.pathname && came?.origin === location.origin && came.href === last.address;
}

// A new entry follows the last one when a change led to it, or a place within the page.
function arrive(event) {
  const last = remembered();
  const entry = here();
  if (entry) {
    note(entry, entry.run === last.run ? Math.max(last.top, entry.place) : entry.place);
    return;
  }
  const within = event?.type === "popstate" && last.address === address();
  const place = within || follows(last) ? last.place + 1 : 0;
  const made = { run: place ? last.run : `${Date.now()}`, place };
  history.replaceState({ ...history.state, undo: made }, "");
  note(made, place);
}

export function pushAddress(url) {
  const { run, place } = here() ?? { run: `${Date.now()}`, place: 0 };
  const made = { run, place: place + 1 };
  history.pushState({ undo: made }, "", url);
  note(made, made.place);
}

export function replaceAddress(url) {
  const entry = here();
  history.replaceState({ undo: entry }, "", url);
  if (entry) note(entry, entry.place);
}

function undo() {
  if (here()?.place) history.back();
}

function redo() {
  const entry = here();
  const { run, top } = remembered();
  if (entry && run === entry.run && entry.place < top) history.forward();
}

function isTyping(target) {
  return target.matches("textarea, [contenteditable], input:not([type=checkbox], [type=radio], [type=range], [type=button])");
}

if (buttons) {
  arrive();
  addEventListener("popstate", arrive);
  addEventListener("pageshow", (event) => { if (event.persisted) arrive(); });
  buttons.querySelector("[data-undo]").addEventListener("click", undo);
  buttons.querySelector("[data-redo]").addEventListener("click", redo);
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || isTyping(event.target)) return;
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) undo();
    else if ((key === "z" && event.shiftKey) || key === "y") redo();
    else return;
    event.preventDefault();
  });
}
