// Listens to the server's freshness. Only a visible tab holds the connection: a browser opens six to a host.
let source = null;
let latest = null;

export function goLive() {
  const address = document.body.dataset.live;
  if (!address) return;
  const follow = () => (document.hidden ? leave() : join(address));
  document.addEventListener("visibilitychange", follow);
  addEventListener("pagehide", leave);
  addEventListener("pageshow", follow);
  follow();
  setInterval(tellAge, 1000);
}

function join(address) {
  if (source) return;
  source = new EventSource(address);
  source.addEventListener("fresh", (event) => {
    const before = latest;
    latest = { ...JSON.parse(event.data), heardAt: Date.now() };
    tellCounts();
    tellAge();
    document.body.dispatchEvent(new CustomEvent("sojourn:fresh", { detail: { before, now: latest } }));
    if (before && (before.batch !== latest.batch || before.timeline_batch !== latest.timeline_batch)) document.body.dispatchEvent(new CustomEvent("sojourn:moved"));
  });
}

function leave() {
  source?.close();
  source = null;
}

function tellCounts() {
  for (const place of document.querySelectorAll("[data-live-count]")) {
    const value = latest[place.dataset.liveCount];
    if (value !== undefined && value !== null) place.textContent = value.toLocaleString(document.documentElement.lang);
  }
}

function tellAge() {
  if (!latest) return;
  const age = latest.age_s === null ? null : latest.age_s + (Date.now() - latest.heardAt) / 1000;
  for (const place of document.querySelectorAll("[data-live-age]")) {
    place.textContent = age === null ? place.dataset.none : place.dataset.words.replace("{age}", inWords(age));
  }
}

function inWords(seconds) {
  const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const [unit, size] = units.find(([, each]) => seconds >= each) ?? units.at(-1);
  return new Intl.RelativeTimeFormat(document.documentElement.lang, { style: "narrow" }).format(-Math.round(seconds / size), unit);
}
