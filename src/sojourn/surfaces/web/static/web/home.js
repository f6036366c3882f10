// Home shows its figures when they are there, and follows the stream: when events moved it asks for itself again and replaces only what differs, not while one
// is reading with the keyboard inside that part, and at most every ten seconds.
const PAUSE_MS = 10_000;
let last = Date.now();
let waiting = null;

async function refresh() {
  last = Date.now();
  waiting = null;
  const answer = await fetch("/?now");
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-fragment]")) {
    const fresh = page.querySelector(`[data-fragment="${part.dataset.fragment}"]`);
    if (!fresh || part.contains(document.activeElement) || part.querySelector("details[open]")) continue;
    if (fresh.textContent !== part.textContent) part.replaceWith(document.adoptNode(fresh));
  }
}

if (document.querySelector("[aria-busy]")) refresh();
document.body.addEventListener("sojourn:moved", () => {
  waiting ??= setTimeout(refresh, Math.max(0, last + PAUSE_MS - Date.now()));
});
