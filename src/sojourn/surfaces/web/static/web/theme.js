// Runs before the first paint, so that a dark page never flashes white. Not a module: modules run later.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try { return localStorage.getItem("theme"); } catch { return null; }
  };
  const apply = () => {
    document.documentElement.dataset.bsTheme = chosen() ?? (system.matches ? "dark" : "light");
    document.dispatchEvent(new Event("sojourn:theme"));
  };
  apply();
  system.addEventListener("change", apply);
  window.sojournTheme = { apply, chosen };
})();
