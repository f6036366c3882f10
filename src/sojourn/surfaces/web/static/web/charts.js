// Draws the charts of a page with ECharts, in the page's colours; each has its table and its sentence beside it.
const drawn = new Map();

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--sj-${name}`).trim();
}

const LOOKS = { plain: "bar", harm: "harm", quiet: "end", fresh: "quick", back: "slow" };

function option(data) {
  const text = { color: colour("quiet"), fontFamily: "inherit" };
  const line = { lineStyle: { color: colour("line") } };
  return {
    animation: false,
    aria: { enabled: false }, // the element itself carries the sentence
    grid: { left: 8, right: 12, top: 24, bottom: 4, containLabel: true },
    tooltip: { trigger: "axis", confine: true, renderMode: "richText", valueFormatter: (value) => (value === null || value === undefined ? "–" : value.toLocaleString(document.documentElement.lang)) },
    xAxis: { type: "category", data: data.labels, axisLabel: { ...text, hideOverlap: true }, axisLine: line, axisTick: { show: false } },
    yAxis: { type: "value", scale: data.kind === "line", axisLabel: text, splitLine: line, splitNumber: 4, ...range(data) },
    series: data.kind === "bars" ? data.series.map(bars) : lines(data),
  };
}

function bars(series, at) {
  return {
    name: series.name, type: "bar", stack: "all", data: series.values, barCategoryGap: "25%",
    itemStyle: { color: colour(LOOKS[series.look]), decal: at ? { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 3], rotation: at % 2 ? -0.8 : 0.8, color: colour("card") } : undefined },
  };
}

// A line with its interval as a band: the lower bound, and on it the width of the interval.
function lines(data) {
  const [values, low, high] = data.series.map((each) => each.values);
  const bare = { type: "line", stack: "band", stackStrategy: "all", symbol: "none", silent: true, lineStyle: { opacity: 0 }, tooltip: { show: false } };
  const main = {
    name: data.series[0].name, type: "line", data: values, symbol: "circle", symbolSize: 7, z: 3,
    lineStyle: { color: colour("bar"), width: 2.5 }, itemStyle: { color: colour("bar") },
  };
  if (data.target !== null && data.target !== undefined) {
    const label = { formatter: data.target_says, color: colour("quiet"), position: "insideEndTop" };
    main.markLine = { silent: true, symbol: "none", lineStyle: { type: "dashed", color: colour("quiet") }, label, data: [{ yAxis: data.target }] };
  }
  return [
    { ...bare, name: data.series[1].name, data: low },
    { ...bare, name: "±", data: high.map((top, at) => (top === null ? null : top - low[at])), areaStyle: { color: colour("bar"), opacity: 0.18 } },
    main,
  ];
}

// An axis that holds the intervals and the target, in round steps.
function range(data) {
  if (data.kind === "bars") return data.series.some((each) => each.values.some((value) => value < 0)) ? {} : { min: 0 };
  const held = [...data.series[1].values, ...data.series[2].values, data.target].filter((value) => value !== null && value !== undefined);
  if (!held.length) return {};
  const step = 10 ** Math.floor(Math.log10(Math.max(Math.max(...held) - Math.min(...held), 1e-6)));
  return { min: Math.floor(Math.min(...held) / step) * step, max: Math.ceil(Math.max(...held) / step) * step };
}

// Named points between two axes, with a line at the middle of each; quiet ones are no more than chance.
function points(data) {
  const text = { color: colour("quiet"), fontFamily: "inherit" };
  const axis = (name, gap, rest) => ({ type: "value", name, nameLocation: "middle", nameGap: gap, nameTextStyle: text, axisLabel: text, splitLine: { lineStyle: { color: colour("line") } }, ...rest });
  return {
    animation: false,
    aria: { enabled: false },
    grid: { left: 30, right: 24, top: 24, bottom: 30, containLabel: true },
    tooltip: { trigger: "item", confine: true, renderMode: "richText", formatter: (each) => each.data.says },
    xAxis: axis(data.across, 28, { min: 0, max: 100 }),
    yAxis: axis(data.up, 40, { min: 0 }),
    series: [{
      type: "scatter", symbolSize: 14, labelLayout: { hideOverlap: true },
      data: data.points.map((each) => ({ ...each, itemStyle: each.quiet ? { color: colour("card"), borderColor: colour("quiet"), borderWidth: 2 } : { color: colour("bar") }, label: { show: true, formatter: each.name, position: each.value[0] > 60 ? "left" : "right", color: colour("ink") } })),
      markLine: { silent: true, symbol: "none", label: { show: false }, lineStyle: { type: "dashed", color: colour("quiet") }, data: [{ xAxis: 50 }] },
    }],
  };
}

function draw() {
  for (const place of document.querySelectorAll("[data-chart]")) {
    const data = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    const chart = drawn.get(place) ?? window.echarts.init(place, null, { renderer: "svg" });
    chart.setOption(data.kind === "points" ? points(data) : option(data), { notMerge: true });
    if (!drawn.has(place)) new ResizeObserver(() => chart.resize()).observe(place);
    drawn.set(place, chart);
  }
}

draw();
document.addEventListener("sojourn:theme", draw);
