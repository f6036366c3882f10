// Retention: a cell opens at the side, and nothing else moves.
import { pushAddress } from "./undo.js";

const top = document.getElementById("retention");

async function open(url, { push = true } = {}) {
  const answer = await fetch(url, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("detail");
  if (!answer.ok || !fresh) {
    location.assign(url); // signed out, or refused: the whole page says so
    return;
  }
  if (push) pushAddress(url);
  document.getElementById("detail").replaceWith(document.adoptNode(fresh));
  const chosen = new URL(url, location.href).searchParams.get("cell");
  for (const link of top.querySelectorAll(".heat [data-cell]")) {
    if (link.dataset.cell === chosen) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

top?.addEventListener("click", (event) => {
  const link = event.target.closest("[data-cell]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const before = top.querySelector(".heat [aria-current]");
  open(link.href).then(() => (link.dataset.cell ? link : before)?.focus());
});

if (top) window.addEventListener("popstate", () => open(location.href, { push: false }));
