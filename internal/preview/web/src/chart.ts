// Charts over time, with uPlot: lines, and the cells of a heatmap on the same axes, so that
// crosshair, zoom and time axis are one.

import uPlot from "uplot";
import type { Heatmap, Num, PanelData, PanelModel, Series, Step } from "./api";
import { byId, css, el, say } from "./dom";
import { format } from "./format";
import { color, formatOf } from "./state";

export interface Zoom { (from: number, to: number): void }

const sync = uPlot.sync("board");
const font = () => `11px ${css("--sans")}`;

// A Chart is one that is drawn; update takes new data without drawing axes anew.
export interface Chart { root: HTMLElement; update(data: PanelData): void; resize(): void; destroy(): void }

const time = (ms: number, seconds = true) => new Date(ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: seconds ? "2-digit" : undefined, hour12: false });

// axisValues writes ticks with as many decimals as their distance asks for, as Grafana does.
function axisValues(unit: string, decimals?: number) {
  const f = formatOf(unit);
  return (_: uPlot, ticks: number[], _axis: number, _space: number, incr: number) => ticks.map((v) => {
    if (v === null) return "";
    if (decimals !== undefined) return format(f, v, decimals);
    let text = format(f, v);
    const neighbour = format(f, v + incr);
    for (let n = 1; text === neighbour && n < 5; n++) text = format(f, v, n);
    return trimmed(text);
  });
}

// trimmed takes zeros off a number's end: 1.50 s is 1.5 s on an axis.
const trimmed = (text: string) => text.replace(/^(-?\d+)\.(\d*?)0+(?=\D|$)/, (_, whole, rest) => rest ? whole + "." + rest : whole);

function timeAxis(): uPlot.Axis {
  return {
    stroke: css("--text-dim"), font: font(), grid: { stroke: css("--grid"), width: 1 }, ticks: { show: false }, size: 26, gap: 6, space: 76,
    values: (_, ticks, _axis, _space, incr) => ticks.map((t) => incr >= 86400 ? new Date(t * 1000).toLocaleDateString([], { month: "2-digit", day: "2-digit" }) : time(t * 1000, incr < 60)),
  };
}

function axisSize(u: uPlot, values: string[] | null, axis: number, cycle: number): number {
  const a = u.axes[axis];
  if (cycle > 1) return (a as unknown as { _size: number })._size;
  let size = 10;
  const longest = (values ?? []).reduce((acc, v) => v && v.length > acc.length ? v : acc, "");
  if (longest) {
    u.ctx.font = font().replace("11px", 11 * devicePixelRatio + "px");
    size += u.ctx.measureText(longest).width / devicePixelRatio;
  }
  return Math.ceil(size);
}

// stacked adds each series to those before it.
function stacked(values: Num[][]): Num[][] {
  const sums = values.length ? new Array(values[0].length).fill(0) : [];
  return values.map((vs) => vs.map((v, i) => v === null ? null : (sums[i] += v)));
}

// The series that are hidden, by panel; a click on a legend changes it.
const hidden = new Map<string, Set<string>>();

const alpha = (hex: string, a: number) => hex + Math.round(a * 255).toString(16).padStart(2, "0");

// lines draws series over time.
export function lines(panel: PanelModel, key: string, data: PanelData, zoom: Zoom): Chart {
  const plot = el("div", { class: "plot" });
  const legend = el("div", { class: "legend" });
  const root = el("div", { class: "chart" }, plot, legend);
  let u: uPlot | null = null;
  let now = data;
  let shape = "";
  const hide = hidden.get(key) ?? new Set<string>();
  hidden.set(key, hide);

  const shown = () => (now.series ?? []).filter((s) => !hide.has(s.name));
  // The largest lies at the bottom of a stack, and series are drawn from the top down.
  const drawn = () => panel.stack ? [...shown()].reverse() : shown();
  const columns = (): uPlot.AlignedData => {
    let ys = shown().map((s) => s.values.map((v) => v !== null && s.negativeY ? -v : v));
    if (panel.stack) ys = stacked(ys).reverse();
    return [(now.times ?? []).map((t) => t / 1000), ...ys] as uPlot.AlignedData;
  };

  const options = (): uPlot.Options => {
    const list = drawn();
    const units = [...new Set(list.map((s) => s.unit))];
    const first = units[0] ?? panel.unit;
    const second = units.find((unit) => unit !== first);
    const scaleOf = (s: Series) => s.unit === first || !second ? "y" : "y2";
    const scale: uPlot.Scale = { range: (_u, min, max) => range(panel, min, max) };
    const alone = (now.series ?? []).length === 1;
    return {
      width: Math.max(plot.clientWidth, 80), height: Math.max(plot.clientHeight, 60), legend: { show: false }, padding: [8, 16, 0, 0],
      cursor: { sync: { key: sync.key, setSeries: false }, drag: { x: true, y: false, setScale: false }, points: { size: 6 }, focus: { prox: 24 } },
      scales: { x: { time: true }, y: scale, ...(second ? { y2: scale } : {}) },
      axes: [timeAxis(),
        { scale: "y", stroke: css("--text-dim"), font: font(), grid: { stroke: css("--grid"), width: 1 }, ticks: { show: false }, gap: 5, space: 28, size: axisSize, values: axisValues(first, panel.decimals) as uPlot.Axis.Values },
        ...(second ? [{ scale: "y2", side: 1 as const, stroke: css("--text-dim"), font: font(), grid: { show: false }, ticks: { show: false }, gap: 5, size: axisSize, values: axisValues(second, panel.decimals) as uPlot.Axis.Values }] : [])],
      series: [{}, ...list.map((s): uPlot.Series => {
        const stroke = color(s.color);
        return {
          label: s.name, scale: scaleOf(s), stroke, width: alone ? 1.6 : 1.25, dash: s.dash ? [7, 6] : undefined, spanGaps: false,
          fill: s.noFill ? undefined : panel.stack ? alpha(stroke, 0.42) : alone ? (self) => wash(self, stroke) : alpha(stroke, 0.08), points: { show: lonely, size: 4 },
        };
      })],
      hooks: {
        setSelect: [(self) => chosen(self, zoom)],
        setCursor: [(self) => hover(self, panel, list, now)],
        draw: [(self) => thresholds(self, panel.steps)],
      },
    };
  };

  const draw = () => {
    drawLegend(); // first: it takes room from the plot
    const names = drawn().map((s) => s.name + s.color + s.unit).join("\n") + css("--grid");
    if (u && names === shape) { fit(u, plot); u.setData(columns()); }
    else {
      u?.destroy();
      shape = names;
      plot.replaceChildren();
      u = new uPlot(options(), columns(), plot);
    }
    plot.setAttribute("aria-label", described(panel, now));
    u.setScale("x", { min: (now.times?.[0] ?? 0) / 1000, max: (now.times?.at(-1) ?? 1) / 1000 });
  };

  const drawLegend = () => {
    const series = now.series ?? [];
    const table = series.length <= 6 && plot.parentElement!.clientHeight > 190 && series.every((s) => s.name.length < 48) && panel.w >= 8 && !panel.queries?.some((q) => q.legend?.includes("{{")) && series.length > 1;
    legend.className = "legend" + (table ? " legend-table" : "");
    const entry = (s: Series) => el("button", {
      class: "key" + (hide.has(s.name) ? " off" : ""), type: "button", "aria-pressed": String(!hide.has(s.name)), title: s.name,
      onclick: (e: MouseEvent) => { toggle(s.name, e.ctrlKey || e.metaKey || e.shiftKey); draw(); },
    }, el("i", { class: s.dash ? "swatch dash" : "swatch", style: { "--c": color(s.color) } }), el("span", {}, s.name || "value"), table ? null : el("b", {}, text(s, s.calcs.last)));
    if (table) {
      legend.replaceChildren(el("table", {}, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Name"), ...["Mean", "Max", "Last"].map((n) => el("th", { scope: "col" }, n)))),
        el("tbody", {}, series.map((s) => el("tr", {}, el("td", {}, entry(s)), ...[s.calcs.mean, s.calcs.max, s.calcs.last].map((v) => el("td", {}, text(s, v))))))));
    } else legend.replaceChildren(...series.map(entry));
  };

  // A click shows a series alone, and all again; with a key held it hides one.
  const toggle = (name: string, more: boolean) => {
    const names = (now.series ?? []).map((s) => s.name);
    if (more) { if (!hide.delete(name)) hide.add(name); return; }
    const alone = !hide.has(name) && hide.size === names.length - 1 && names.length > 1;
    hide.clear();
    if (!alone) for (const n of names) if (n !== name) hide.add(n);
  };

  const text = (s: Series, v: Num) => v === null ? "–" : panel.mappings?.find((m) => m.Value === String(v))?.Text ?? format(formatOf(s.unit), v, panel.decimals);

  plot.setAttribute("role", "img");
  plot.tabIndex = 0;
  plot.addEventListener("keydown", (e) => {
    const to = walk(e.key, u, (now.times ?? []).length);
    if (to === null || !u) return;
    e.preventDefault();
    u.setCursor({ left: u.valToPos(now.times![to] / 1000, "x"), top: u.over.clientHeight / 3 });
    say(`${time(now.times![to])}. ${(now.series ?? []).slice(0, 8).map((s) => `${s.name || "value"}: ${text(s, s.values[to])}`).join("; ")}`);
  });
  plot.addEventListener("blur", () => { byId("tip").hidden = true; u?.setCursor({ left: -10, top: -10 }); });
  requestAnimationFrame(draw);
  return {
    root,
    update(next) { now = next; draw(); },
    resize() { if (u) fit(u, plot); },
    destroy() { u?.destroy(); },
  };
}

// walk returns the value that a key moves the cursor of a chart to.
function walk(key: string, u: uPlot | null, n: number): number | null {
  if (!u || !n) return null;
  const at = u.cursor.idx ?? n - 1;
  const far = Math.max(1, Math.round(n / 20));
  switch (key) {
    case "ArrowLeft": return Math.max(0, at - 1);
    case "ArrowRight": return Math.min(n - 1, at + 1);
    case "PageUp": return Math.max(0, at - far);
    case "PageDown": return Math.min(n - 1, at + far);
    case "Home": return 0;
    case "End": return n - 1;
  }
  return null;
}

// What was pressed last. A selection is seen on all charts, and is the zoom of one.
let pressed: EventTarget | null = null;
addEventListener("pointerdown", (e) => { pressed = e.target; }, true);

// chosen zooms to what was selected by dragging.
function chosen(u: uPlot, zoom: Zoom) {
  const { left, width } = u.select;
  if (width >= 4 && u.over === pressed) zoom(Math.round(u.posToVal(left, "x") * 1000), Math.round(u.posToVal(left + width, "x") * 1000));
  u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
}

// fit gives a chart the size of what it is in.
function fit(u: uPlot, plot: HTMLElement) {
  const width = Math.max(plot.clientWidth, 80), height = Math.max(plot.clientHeight, 60);
  if (u.width !== width || u.height !== height) u.setSize({ width, height });
}

// lonely shows points that no line would show.
function lonely(u: uPlot, i: number): boolean {
  const values = u.data[i];
  return !values.some((v, k) => k > 0 && v !== null && v !== undefined && values[k - 1] !== null && values[k - 1] !== undefined);
}

// wash fills from a colour to nothing.
function wash(u: uPlot, hex: string): CanvasGradient | string {
  if (!u.bbox.height) return alpha(hex, 0.1);
  const g = u.ctx.createLinearGradient(0, u.bbox.top, 0, u.bbox.top + u.bbox.height);
  g.addColorStop(0, alpha(hex, 0.28));
  g.addColorStop(1, alpha(hex, 0.02));
  return g;
}

// range leaves room above and below, and holds the panel's ends.
function range(panel: PanelModel, min: number | null, max: number | null): uPlot.Range.MinMax {
  if (min === null || max === null) return [panel.min ?? 0, panel.max ?? 1];
  const flat = min === max;
  const pad = flat ? Math.max(Math.abs(max) * 0.5, 1e-9) : (max - min) * 0.08;
  const lo = panel.min !== undefined && min >= panel.min ? panel.min : min - pad;
  let hi = panel.max !== undefined && max <= panel.max ? panel.max : max + pad;
  if (flat && max === 0) hi = 1;
  return [Math.min(lo, hi - 1e-12), hi];
}

// thresholds draws a dashed line at each step that is in sight.
function thresholds(u: uPlot, steps: Step[]) {
  const { ctx, bbox } = u;
  for (const s of steps.slice(1)) {
    const y = u.valToPos(s.value, "y", true);
    if (!(y >= bbox.top && y <= bbox.top + bbox.height)) continue;
    ctx.save();
    ctx.strokeStyle = color(s.color === "green" ? steps[0].color : s.color);
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([6 * devicePixelRatio, 5 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.restore();
  }
}

// described says in words what is to be seen.
export function described(panel: PanelModel, data: PanelData): string {
  const f = (s: Series, v: Num) => v === null ? "no value" : format(formatOf(s.unit), v, panel.decimals);
  const list = (data.series ?? []).slice(0, 8).map((s) => `${s.name || "value"}: ${f(s, s.calcs.last)}, between ${f(s, s.calcs.min)} and ${f(s, s.calcs.max)}`);
  return `${panel.title}. ${list.join("; ") || "No data"}`;
}

// hover shows the values under the pointer, the largest first.
function hover(u: uPlot, panel: PanelModel, drawn: Series[], data: PanelData) {
  const over = u.over.matches(":hover") || u.root.parentElement === document.activeElement;
  const tip = byId("tip");
  if (!over) { if (tip.dataset.of === panel.title) tip.hidden = true; return; }
  const i = u.cursor.idx;
  const t = i === null || i === undefined ? undefined : data.times?.[i];
  if (t === undefined) { tip.hidden = true; return; }
  const rows = drawn.map((s) => ({ s, v: s.values[i!] })).filter((r) => r.v !== null && r.v !== undefined).sort((a, b) => b.v! - a.v!);
  show(u, panel, t, rows.slice(0, 14).map(({ s, v }) => el("tr", {},
    el("td", {}, el("i", { class: s.dash ? "swatch dash" : "swatch", style: { "--c": color(s.color) } }), s.name || "value"),
    el("td", {}, panel.mappings?.find((m) => m.Value === String(v))?.Text ?? format(formatOf(s.unit), v!, panel.decimals)))), rows.length - 14);
}

// show puts a table beside the pointer.
function show(u: uPlot, panel: PanelModel, t: number, rows: HTMLElement[], more: number) {
  const tip = byId("tip");
  tip.dataset.of = panel.title;
  tip.replaceChildren(el("time", {}, new Date(t).toLocaleString([], { dateStyle: "medium", timeStyle: "medium", hour12: false })), el("table", {}, el("tbody", {}, rows)), more > 0 ? el("p", {}, `and ${more} more`) : "");
  tip.hidden = rows.length === 0;
  const box = u.over.getBoundingClientRect();
  const x = box.left + (u.cursor.left ?? 0), y = box.top + (u.cursor.top ?? 0);
  const { offsetWidth: w, offsetHeight: h } = tip;
  tip.style.left = `${Math.max(4, x + 16 + w > innerWidth ? x - w - 14 : x + 16)}px`;
  tip.style.top = `${Math.max(4, Math.min(y + 14, innerHeight - h - 6))}px`;
}

addEventListener("pointermove", (e) => { if (!(e.target as HTMLElement).closest?.(".u-over")) byId("tip").hidden = true; });

// spectral is the scheme of dashgen's heatmaps, d3's Spectral from low to high.
const spectral = ["#5e4fa2", "#3288bd", "#66c2a5", "#abdda4", "#e6f598", "#fee08b", "#fdae61", "#f46d43", "#d53e4f", "#9e0142"];

// heat returns the colour of a share of the fullest cell, by its square root, so that few
// are seen beside many.
function heat(share: number): string {
  const at = Math.sqrt(share) * (spectral.length - 1);
  const i = Math.min(Math.floor(at), spectral.length - 2);
  const mix = (k: number) => {
    const a = parseInt(spectral[i].slice(k, k + 2), 16), b = parseInt(spectral[i + 1].slice(k, k + 2), 16);
    return Math.round(a + (b - a) * (at - i));
  };
  return `rgb(${mix(1)},${mix(3)},${mix(5)})`;
}

const bound = (h: Heatmap, v: Num) => v === null ? "+Inf" : trimmed(format(formatOf(h.unit), v));

// heatmap draws buckets over time.
export function heatmap(panel: PanelModel, data: PanelData, zoom: Zoom): Chart {
  const plot = el("div", { class: "plot" });
  const legend = el("div", { class: "legend heat" });
  const root = el("div", { class: "chart" }, plot, legend);
  let u: uPlot | null = null;
  let now = data;
  const rows = () => now.heatmap?.rows ?? [];
  const most = () => Math.max(1e-12, ...rows().map((r) => Math.max(0, ...r.counts.map((c) => c ?? 0))));

  const cells = (self: uPlot) => {
    const { ctx, bbox } = self;
    const times = now.times ?? [];
    if (times.length < 2) return;
    const full = most();
    const step = (times[1] - times[0]) / 1000;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    rows().forEach((r, k) => {
      const top = self.valToPos(k + 1, "y", true), bottom = self.valToPos(k, "y", true);
      r.counts.forEach((c, i) => {
        if (c === null || c <= 1e-9) return;
        const left = Math.round(self.valToPos(times[i] / 1000 - step, "x", true)), right = Math.round(self.valToPos(times[i] / 1000, "x", true));
        ctx.fillStyle = heat(c / full);
        const gap = right - left > 4 ? 1 : 0;
        ctx.fillRect(left, top + 0.5, Math.max(1, right - left - gap), Math.max(1, bottom - top - 1));
      });
    });
    ctx.restore();
  };

  const draw = () => {
    const n = rows().length;
    legend.hidden = most() <= 1e-9; // nothing was counted
    legend.replaceChildren(el("span", {}, "0"), el("i", { class: "scale" }), el("span", {}, format(formatOf(now.heatmap?.cellUnit ?? "short"), most())));
    u?.destroy();
    plot.replaceChildren();
    u = new uPlot({
      width: Math.max(plot.clientWidth, 80), height: Math.max(plot.clientHeight, 60), legend: { show: false }, padding: [8, 16, 0, 0],
      cursor: { sync: { key: sync.key, setSeries: false }, drag: { x: true, y: false, setScale: false }, points: { show: false } },
      scales: { x: { time: true }, y: { range: [0, Math.max(n, 1)] } },
      axes: [timeAxis(), {
        stroke: css("--text-dim"), font: font(), grid: { show: false }, ticks: { show: false }, gap: 5, size: axisSize,
        splits: (self) => {
          const every = Math.max(1, Math.ceil((n * 18 * devicePixelRatio) / Math.max(self.bbox.height, 1)));
          return rows().map((_, k) => k + 1).filter((k) => k % every === 0);
        },
        values: (_, ticks) => ticks.map((k) => bound(now.heatmap!, rows()[k - 1]?.upper ?? null)),
      }],
      series: [{}, { stroke: "transparent", points: { show: false } }],
      hooks: {
        draw: [cells],
        setSelect: [(self) => chosen(self, zoom)],
        setCursor: [(self) => {
          if (!self.over.matches(":hover")) return;
          const i = self.cursor.idx, k = Math.floor(self.posToVal(self.cursor.top ?? 0, "y"));
          const row = rows()[k], t = i === null || i === undefined ? undefined : now.times?.[i];
          if (!row || t === undefined) return;
          const count = row.counts[i!];
          show(self, panel, t, [el("tr", {}, el("td", {}, `${row.lower === null ? "up to" : bound(now.heatmap!, row.lower) + " –"} ${bound(now.heatmap!, row.upper)}`), el("td", {}, count === null ? "–" : format(formatOf(now.heatmap!.cellUnit), count)))], 0);
        }],
      },
    }, [(now.times ?? []).map((t) => t / 1000), (now.times ?? []).map(() => null)] as uPlot.AlignedData, plot);
    plot.setAttribute("role", "img");
    plot.setAttribute("aria-label", `${panel.title}. Heatmap of ${n} buckets`);
  };
  plot.setAttribute("role", "img");
  plot.tabIndex = 0;
  plot.addEventListener("keydown", (e) => {
    const to = walk(e.key, u, (now.times ?? []).length);
    if (to === null || !u) return;
    e.preventDefault();
    u.setCursor({ left: u.valToPos(now.times![to] / 1000, "x"), top: u.over.clientHeight / 3 });
    say(`${time(now.times![to])}. ${(now.series ?? []).slice(0, 8).map((s) => `${s.name || "value"}: ${text(s, s.values[to])}`).join("; ")}`);
  });
  plot.addEventListener("blur", () => { byId("tip").hidden = true; u?.setCursor({ left: -10, top: -10 }); });
  requestAnimationFrame(draw);
  return {
    root,
    update(next) { now = next; draw(); },
    resize() { if (u) fit(u, plot); },
    destroy() { u?.destroy(); },
  };
}
