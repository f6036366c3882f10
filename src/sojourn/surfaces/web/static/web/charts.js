// Draws the charts of a page with ECharts, in the page's colours; each has its table and its sentence beside it.
const drawn = new Map();

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--sj-${name}`).trim();
}

const LOOKS = { plain: "bar", harm: "harm", quiet: "end" };

function option(data) {
  const text = { color: colour("quiet"), fontFamily: "inherit" };
  const line = { lineStyle: { color: colour("line") } };
  return {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches && !drawn.size,
    aria: { enabled: false }, // the element itself carries the sentence
    grid: { left: 8, right: 12, top: 24, bottom: 4, containLabel: true },
    tooltip: { trigger: "axis", confine: true, renderMode: "richText", valueFormatter: (value) => (value === null || value === undefined ? "–" : value.toLocaleString(document.documentElement.lang)) },
    xAxis: { type: "category", data: data.labels, axisLabel: { ...text, hideOverlap: true }, axisLine: line, axisTick: { show: false } },
    yAxis: { type: "value", scale: data.kind === "line", axisLabel: text, splitLine: line, splitNumber: 4, name: "", min: data.low, max: data.high },
    series: data.kind === "bars" ? data.series.map(bars) : lines(data),
  };
}

function bars(series, at) {
  return {
    name: series.name, type: "bar", stack: "all", data: series.values, barCategoryGap: "25%",
    itemStyle: { color: colour(LOOKS[series.look]), decal: at ? { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 3], rotation: -0.8, color: colour("card") } : undefined },
  };
}

// A line with its interval as whiskers: drawn by hand, for ECharts has none.
function lines(data) {
  const [values, low, high] = data.series.map((each) => each.values);
  const whisker = {
    name: "±", type: "custom", z: 1, silent: true, tooltip: { show: false },
    data: values.map((value, at) => [at, low[at], high[at]]).filter(([, from]) => from !== null),
    renderItem(_, api) {
      const top = api.coord([api.value(0), api.value(2)]);
      const bottom = api.coord([api.value(0), api.value(1)]);
      const style = { stroke: colour("bar"), lineWidth: 1.5, opacity: 0.6 };
      const stroke = (x1, y1, x2, y2) => ({ type: "line", shape: { x1, y1, x2, y2 }, style });
      return { type: "group", children: [stroke(top[0], top[1], bottom[0], bottom[1]), stroke(top[0] - 4, top[1], top[0] + 4, top[1]), stroke(bottom[0] - 4, bottom[1], bottom[0] + 4, bottom[1])] };
    },
  };
  const main = {
    name: data.series[0].name, type: "line", data: values, symbolSize: 7, z: 2,
    lineStyle: { color: colour("bar"), width: 2.5 }, itemStyle: { color: colour("bar") },
    markLine: data.target === null || data.target === undefined ? undefined : {
      silent: true, symbol: "none", lineStyle: { type: "dashed", color: colour("quiet") }, label: { formatter: data.target_says, color: colour("quiet"), position: "insideEndTop" }, data: [{ yAxis: data.target }],
    },
  };
  return [main, whisker];
}

function draw() {
  for (const place of document.querySelectorAll("[data-chart]")) {
    const data = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    const chart = drawn.get(place) ?? window.echarts.init(place, null, { renderer: "svg" });
    chart.setOption(option(data), { notMerge: true });
    if (!drawn.has(place)) new ResizeObserver(() => chart.resize()).observe(place);
    drawn.set(place, chart);
  }
}

draw();
document.addEventListener("sojourn:theme", draw);
