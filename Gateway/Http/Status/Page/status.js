"use strict";

const intervalMs = 2000;
// An answer that takes longer is none: the page says so instead of showing old figures as new.
const patienceMs = 5000;
const chartWidth = 300;
const chartHeight = 64;
const svg = "http://www.w3.org/2000/svg";
const byId = id => document.getElementById(id);
let last = null;
let lastAt = 0;

const count = value => new Intl.NumberFormat("en", { maximumFractionDigits: 0 }).format(value);
const rate = value => new Intl.NumberFormat("en", { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);

function bytes(value) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${new Intl.NumberFormat("en", { maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0 }).format(value)} ${units[unit]}`;
}

function milliseconds(value) {
  if (value === null) return "–";
  return value >= 1000 ? `${rate(value / 1000)} s` : `${rate(value)} ms`;
}

function duration(seconds) {
  const parts = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const first = parts.findIndex(([size]) => seconds >= size);
  if (first < 0) return "0 s";
  const [size, name] = parts[first];
  const rest = parts[first + 1];
  const more = rest ? Math.floor((seconds % size) / rest[0]) : 0;
  return `${Math.floor(seconds / size)} ${name}${more > 0 ? ` ${more} ${rest[1]}` : ""}`;
}

// "zks.storage.disk_free_bytes" becomes "Disk free".
function title(instrument) {
  const words = instrument.replace(/^zks\.storage\./, "").replace(/_bytes$/, "").replaceAll("_", " ");
  return words[0].toUpperCase() + words.slice(1);
}

function element(name, text, className) {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function figure(id, text, unit) {
  byId(id).replaceChildren(text, ...(unit ? [" ", element("small", unit)] : []));
}

function shape(name, attributes) {
  const made = document.createElementNS(svg, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

// Where nothing was measured the line has a gap: no value is not zero.
function path(values, top, room) {
  let text = "";
  let isPenDown = false;
  values.forEach((value, i) => {
    if (value === null) {
      isPenDown = false;
      return;
    }
    const x = chartWidth * (i + room - values.length) / Math.max(1, room - 1);
    const y = chartHeight - 2 - (chartHeight - 6) * value / top;
    const place = `${x.toFixed(1)} ${y.toFixed(1)}`;
    // A value with none beside it is a line to where it is: a dot.
    text += isPenDown ? `L${place}` : `M${place}L${place}`;
    isPenDown = true;
  });
  return text;
}

function chart(name, label, show, room, ...series) {
  const all = series.flat().filter(value => value !== null);
  const top = Math.max(...all, 1e-9);
  const drawn = [shape("line", { class: "base", x1: 0, x2: chartWidth, y1: chartHeight - 1, y2: chartHeight - 1 })];
  series.forEach((values, i) => {
    const line = path(values, top, room);
    if (!line) return;
    if (i === 0 && !values.includes(null) && values.length > 1) {
      const left = chartWidth * (room - values.length) / Math.max(1, room - 1);
      drawn.push(shape("path", { class: "area", d: `${line}L${chartWidth} ${chartHeight - 1}L${left.toFixed(1)} ${chartHeight - 1}Z` }));
    }
    drawn.push(shape("path", { class: i === 0 ? "line" : "line second", d: line }));
  });
  byId(`${name}-top`).textContent = all.length ? `most: ${show(Math.max(...all))}` : "";
  const target = byId(`${name}-chart`);
  target.setAttribute("viewBox", `0 0 ${chartWidth} ${chartHeight}`);
  target.setAttribute("preserveAspectRatio", "none");
  target.setAttribute("aria-label", all.length ? `${label}, last 5 minutes: now ${show(series[0].findLast(value => value !== null))}, at most ${show(Math.max(...all))}` : `${label}: nothing yet`);
  target.replaceChildren(...drawn);
}

function showRefusals(refusals) {
  const rows = refusals.map(refusal => {
    const row = document.createElement("tr");
    const what = { refusals: "request", refused_connections: "connection", aborted_streams: "stream", limits_reached: "limit", pauses: "pause" }[refusal.what] ?? refusal.what;
    row.append(
      element("td", what),
      element("td", refusal.reason),
      element("td", count(refusal.recent), refusal.recent > 0 ? "number now" : "number"),
      element("td", count(refusal.total), "number"));
    return row;
  });
  if (rows.length === 0) {
    const row = document.createElement("tr");
    const cell = element("td", "Nothing since the start.");
    cell.colSpan = 4;
    row.append(cell);
    rows.push(row);
  }
  byId("refusals").replaceChildren(...rows);
}

function showStorage(figures) {
  byId("storage").replaceChildren(...figures.map(one => {
    const pair = document.createElement("div");
    pair.append(element("dt", title(one.instrument) + (one.label ? `, ${one.label}` : "")), element("dd", one.unit === "By" ? bytes(one.value) : count(one.value)));
    return pair;
  }));
}

function show(report) {
  const points = report.points;
  const room = 150;
  // Ten seconds, so that a figure can be read before it changes.
  const recent = points.slice(-5);
  const mean = key => recent.reduce((sum, point) => sum + point[key], 0) / Math.max(1, recent.length);
  const latest = key => points.findLast(point => point[key] !== null)?.[key] ?? null;

  figure("sessions", count(report.sessions), `of ${count(report.sessions_max)}`);
  byId("sessions-detail").textContent = `${rate(100 * report.sessions / report.sessions_max)} % of what it takes`;
  chart("sessions", "Sessions", count, room, points.map(point => point.sessions));

  figure("pushes", rate(mean("pushes_per_second")), "a second");
  byId("pushes-detail").textContent = `${bytes(mean("pushed_bytes_per_second"))} a second; ${count(report.pushes_total)} blobs since the start`;
  chart("pushes", "Pushes a second", rate, room, points.map(point => point.pushes_per_second));

  const median = latest("push_p50_ms");
  figure("latency", milliseconds(median), median === null ? "" : "median");
  byId("latency-detail").textContent = median === null ? "No push in the last 5 minutes." : `99 of 100 within ${milliseconds(latest("push_p99_ms"))}`;
  chart("latency", "Push latency", milliseconds, room, points.map(point => point.push_p50_ms), points.map(point => point.push_p99_ms));

  figure("delivered", rate(mean("delivered_per_second")), "rows a second");
  byId("delivered-detail").textContent = `${count(report.delivered_total)} rows since the start`;
  chart("delivered", "Rows delivered a second", rate, room, points.map(point => point.delivered_per_second));

  byId("recent-head").textContent = `Last ${duration(Math.max(2, points.length * report.interval_s))}`;
  showRefusals(report.refusals);
  showStorage(report.storage);
  byId("about").textContent = `zks-relay ${report.version}, preset ${report.preset}, up ${duration(report.uptime_s)}, id ${report.relay_id.slice(0, 16)}…`;
  state(report.obstacles.length === 0 ? "good" : "bad", report.obstacles.length === 0 ? "Serving" : `Not serving: ${report.obstacles.join(", ")}`);
}

// A status region is read out whenever it is written, so only when it says something else.
function state(kind, text) {
  const place = byId("state");
  if (place.textContent === text) return;
  place.textContent = text;
  place.dataset.state = kind;
  document.title = `${text.split(":")[0]} – relay status`;
}

function age() {
  if (last === null) return;
  const seconds = Math.round((performance.now() - lastAt) / 1000);
  byId("updated").textContent = seconds < 3 ? "Figures of now." : `Figures of ${duration(seconds)} ago.`;
}

async function update() {
  try {
    const answer = await fetch("/status/data", { cache: "no-store", signal: AbortSignal.timeout(patienceMs) });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    last = await answer.json();
    lastAt = performance.now();
    document.body.classList.remove("stale");
    show(last);
  } catch {
    document.body.classList.add("stale");
    state("bad", "The relay does not answer");
  }
  age();
}

async function run() {
  for (;;) {
    if (!document.hidden) await update();
    await new Promise(resolve => setTimeout(resolve, intervalMs));
  }
}

document.addEventListener("visibilitychange", () => document.hidden || update());
setInterval(age, 1000);
run();
