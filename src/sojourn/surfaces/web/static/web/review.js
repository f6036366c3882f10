// Keys of the review queue: j and k go from pair to pair, a accepts, r rejects, u undoes the last decision.
const pairs = [...document.querySelectorAll("[data-pair]")];

function current() {
  return document.activeElement?.closest("[data-pair]") ?? null;
}

function go(step) {
  const at = pairs.indexOf(current());
  const next = pairs[at < 0 ? 0 : Math.min(Math.max(at + step, 0), pairs.length - 1)];
  next?.focus();
}

function press(form) {
  form?.requestSubmit();
}

const keys = {
  j: () => go(1),
  k: () => go(-1),
  a: () => press(current()?.querySelector("[data-accept]")),
  r: () => press(current()?.querySelector("[data-reject]")),
  u: () => press(document.querySelector("[data-undo]")),
};

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, select, textarea, [contenteditable]");
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});
