// What every page has: the theme switch, the palette, live freshness, copy buttons.
import { openPalette } from "./palette.js";
import { goLive } from "./live.js";

const CHOICES = ["auto", "light", "dark"];

function nameTheme() {
  const chosen = window.sojournTheme.chosen() ?? "auto";
  for (const label of document.querySelectorAll("[data-theme-name]")) label.textContent = label.dataset[chosen];
}

function switchTheme() {
  const now = window.sojournTheme.chosen() ?? "auto";
  const next = CHOICES[(CHOICES.indexOf(now) + 1) % CHOICES.length];
  if (next === "auto") localStorage.removeItem("theme");
  else localStorage.setItem("theme", next);
  window.sojournTheme.apply();
  nameTheme();
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  const text = source.value ?? source.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without https the clipboard is closed to scripts: select the text, so that Ctrl C takes it.
    const range = document.createRange();
    range.selectNodeContents(source);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    return;
  }
  const before = button.textContent;
  button.textContent = button.dataset.copied;
  setTimeout(() => { button.textContent = before; }, 1500);
}

document.addEventListener("click", (event) => {
  const { target } = event;
  if (target.closest("[data-switch-theme]")) switchTheme();
  else if (target.closest("[data-open-palette]")) openPalette();
  else if (target.closest("[data-copy]")) copy(target.closest("[data-copy]"));
  else if (target.closest("[data-close-dialog]")) target.closest("dialog").close();
  else if (target.closest("[data-open-dialog]")) document.getElementById(target.closest("[data-open-dialog]").dataset.openDialog).showModal();
});
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
  }
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
});
nameTheme();
goLive();
