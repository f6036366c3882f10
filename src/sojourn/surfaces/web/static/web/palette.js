// Ctrl K: finds pages, journeys, events and KPIs, and searches customers; arrows choose, Enter goes.
const dialog = document.getElementById("palette");
const box = document.getElementById("palette-text");
const list = document.getElementById("palette-list");
const nothing = document.getElementById("palette-nothing");
let asking = null;
let chosen = 0;

export function openPalette() {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  box.value = "";
  find();
}

async function find() {
  asking?.abort();
  asking = new AbortController();
  try {
    const body = new URLSearchParams({ q: box.value }); // a name may be in it: not in an address
    const headers = { "X-CSRFToken": dialog.dataset.token };
    const answer = await fetch(dialog.dataset.address, { method: "POST", body, headers, signal: asking.signal });
    show((await answer.json()).found);
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
}

function show(found) {
  list.replaceChildren(...found.map((each, at) => {
    const item = document.createElement("li");
    item.id = `found-${at}`;
    item.role = "option";
    item.dataset.url = each.url;
    if (each.posts) item.dataset.find = "customers";
    const kind = document.createElement("span");
    kind.className = "quiet";
    kind.textContent = each.kind;
    item.append(each.label, kind);
    return item;
  }));
  nothing.hidden = found.length > 0;
  choose(0);
}

function choose(at) {
  const items = [...list.children];
  chosen = Math.max(0, Math.min(at, items.length - 1));
  items.forEach((item, here) => item.setAttribute("aria-selected", String(here === chosen)));
  box.setAttribute("aria-activedescendant", items[chosen]?.id ?? "");
  items[chosen]?.scrollIntoView({ block: "nearest" });
}

function go(item) {
  if (!item) return;
  if (!item.dataset.find) return location.assign(item.dataset.url);
  const form = document.getElementById("palette-customers");
  form.elements.text.value = box.value;
  form.submit();
}

box?.addEventListener("input", find);
box?.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") choose(chosen + 1);
  else if (event.key === "ArrowUp") choose(chosen - 1);
  else if (event.key === "Enter") go(list.children[chosen]);
  else return;
  event.preventDefault();
});
list?.addEventListener("click", (event) => go(event.target.closest("li")));
dialog?.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
