// A tree of rows: folds and unfolds, and follows the arrow keys as a treegrid does. Without this script all rows are there.
const tree = document.querySelector("[role=treegrid]");

if (tree) {
  const rows = [...tree.querySelectorAll("tbody tr")];
  const byPlace = new Map(rows.map((row) => [row.dataset.place, row]));
  const before = (row) => byPlace.get(row.dataset.before);
  const folds = (row) => row.hasAttribute("aria-expanded");
  const unfolded = (row) => row.getAttribute("aria-expanded") === "true";
  const shown = () => rows.filter((row) => !row.hidden);

  const draw = () => {
    for (const row of rows) {
      const parent = before(row); // stands earlier, so it is settled already
      row.hidden = Boolean(parent) && (parent.hidden || !unfolded(parent));
    }
  };
  const fold = (row, open) => {
    row.setAttribute("aria-expanded", String(open));
    draw();
  };
  const focus = (row) => {
    if (!row) return;
    for (const each of rows) each.tabIndex = each === row ? 0 : -1;
    row.focus();
  };

  for (const row of rows) {
    if (folds(row)) row.setAttribute("aria-expanded", String(row.dataset.unfolded === "1"));
    row.tabIndex = -1;
    row.querySelector("a").tabIndex = -1;
  }
  draw();
  (rows.find((row) => row.getAttribute("aria-selected")) ?? rows[0]).tabIndex = 0;
  document.querySelector("[data-folding]").hidden = false;

  tree.addEventListener("click", (event) => {
    const toggle = event.target.closest("[data-toggle]");
    const row = event.target.closest("tbody tr");
    if (toggle && row && folds(row)) fold(row, !unfolded(row));
  });
  document.querySelector("[data-folding]").addEventListener("click", (event) => {
    const all = event.target.closest("[data-fold]")?.dataset.fold;
    if (!all) return;
    for (const row of rows) if (folds(row)) row.setAttribute("aria-expanded", String(all === "all"));
    draw();
  });
  tree.addEventListener("keydown", (event) => {
    const row = event.target.closest("tbody tr");
    if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
    const visible = shown();
    const at = visible.indexOf(row);
    const act = {
      ArrowDown: () => focus(visible[at + 1]),
      ArrowUp: () => focus(visible[at - 1]),
      Home: () => focus(visible[0]),
      End: () => focus(visible.at(-1)),
      ArrowRight: () => (folds(row) && !unfolded(row) ? fold(row, true) : focus(folds(row) ? visible[at + 1] : null)),
      ArrowLeft: () => (folds(row) && unfolded(row) ? fold(row, false) : focus(before(row))),
      Enter: () => row.querySelector("a").click(),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
