// Sends one event of each kind with Segment's library for Node; arguments: address, write key, times to repeat.
const { Analytics } = require("@segment/analytics-node");
const [host, writeKey, times] = process.argv.slice(2);
const analytics = new Analytics({ writeKey, host, flushInterval: 100, maxRetries: 5 });
analytics.on("error", (error) => { console.error(error); process.exitCode = 1; });
const at = (n) => new Date(Date.UTC(2026, 0, 31, 9, 30, 0, n));
for (let n = 0; n < Number(times); n += 1) {
  const who = { userId: `node-${n}`, timestamp: at(n) };
  analytics.identify({ ...who, traits: { email: `node-${n}@example.com` } });
  analytics.track({ ...who, event: "Order Completed", properties: { revenue: 12.5, currency: "EUR" } });
  analytics.page({ ...who, name: "Pricing", properties: { url: "https://shop.example/pricing" } });
  analytics.screen({ ...who, name: "Home" });
  analytics.group({ ...who, groupId: "company-7", traits: { name: "Initech" } });
  analytics.alias({ ...who, previousId: `node-anon-${n}` });
}
analytics.closeAndFlush({ timeout: 20000 });
