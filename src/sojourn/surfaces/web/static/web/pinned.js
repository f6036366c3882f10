// The cards of pinned questions: each asks for its figure, one after the other, and again when events came.
const PAUSE_MS = 10_000;
let last = 0;
let waiting = null;

async function fill(card) {
  const answer = await fetch(card.dataset.card);
  card.removeAttribute("aria-busy");
  if (!answer.ok || answer.redirected) {
    card.textContent = card.dataset.failed;
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  card.replaceChildren(...page.body.childNodes);
}

async function refresh() {
  waiting = null;
  for (const card of document.querySelectorAll("[data-card]")) await fill(card);
  last = Date.now();
}

for (const card of document.querySelectorAll("[data-card]")) card.setAttribute("aria-busy", "true");
refresh();
document.body.addEventListener("sojourn:moved", () => {
  waiting ??= setTimeout(refresh, Math.max(0, last + PAUSE_MS - Date.now()));
});
