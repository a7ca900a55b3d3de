// The kinds of panels that are not charts over time.

import type { ActiveAlert, PanelData, PanelModel, Series } from "./api";
import { el, svg } from "./dom";
import { format } from "./format";
import { color, formatOf } from "./state";

const none = (panel: PanelModel) => el("p", { class: "none" }, panel.noValue ?? "No data");

// course returns the line of a series behind its number.
function course(s: Series): SVGElement | null {
  const points = s.values.map((v, i) => [i, v] as const).filter((p): p is readonly [number, number] => p[1] !== null);
  if (points.length < 2) return null;
  const lo = Math.min(...points.map((p) => p[1])), hi = Math.max(...points.map((p) => p[1]));
  const x = (i: number) => (i / (s.values.length - 1)) * 100, y = (v: number) => hi === lo ? 20 : 36 - ((v - lo) / (hi - lo)) * 30;
  const line = points.map(([i, v]) => `${x(i).toFixed(2)},${y(v).toFixed(2)}`).join(" L");
  const c = color(s.color);
  return svg("svg", { class: "course", viewBox: "0 0 100 40", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("path", { d: `M${x(points[0][0])},40 L${line} L${x(points.at(-1)![0])},40 Z`, fill: c, "fill-opacity": "0.13" }),
    svg("path", { d: `M${line}`, fill: "none", stroke: c, "stroke-width": "1.4", "vector-effect": "non-scaling-stroke" }));
}

export function stat(panel: PanelModel, data: PanelData): HTMLElement {
  const series = data.series ?? [];
  if (!series.length) return none(panel);
  const many = series.length > 1;
  return el("div", { class: "stats" }, series.slice(0, 24).map((s) => el("div", { class: "stat" + (s.text.length > 12 ? " long" : "") },
    panel.spark ? course(s) : null,
    many ? el("span", { class: "stat-name" }, s.name) : null,
    el("span", { class: "stat-value", style: { "--c": color(s.color) } }, ...parts(s.text)))));
}

// parts makes the unit behind a number smaller.
function parts(text: string): (Node | string)[] {
  const m = /^(-?[\d.,]+)(\s*)(\D.*)$/.exec(text);
  return m ? [m[1], el("small", {}, m[2] + m[3])] : [text];
}

// share of a value between the ends of a dial or bar.
function ends(panel: PanelModel, series: Series[]): [number, number] {
  const whole: Record<string, [number, number]> = { percentunit: [0, 1], percent: [0, 100] };
  const [lo, hi] = whole[panel.unit] ?? [0, Math.max(...series.map((s) => s.calcs.max ?? 0), 1e-12)];
  return [panel.min ?? lo, panel.max ?? hi];
}

const share = (v: number | null, [lo, hi]: [number, number]) => v === null ? 0 : Math.min(1, Math.max(0, (v - lo) / (hi - lo || 1)));

export function gauge(panel: PanelModel, data: PanelData): HTMLElement {
  const series = data.series ?? [];
  if (!series.length) return none(panel);
  const span = ends(panel, series);
  // An arc of 240 degrees, from the lower left to the lower right.
  const point = (at: number, r: number) => { const a = Math.PI * (7 / 6 - at * (4 / 3)); return `${(50 + r * Math.cos(a)).toFixed(2)} ${(48 - r * Math.sin(a)).toFixed(2)}`; };
  const arc = (from: number, to: number, r: number) => `M${point(from, r)} A${r} ${r} 0 ${(to - from) * 240 > 180 ? 1 : 0} 1 ${point(to, r)}`;
  return el("div", { class: "gauges" }, series.slice(0, 12).map((s) => el("div", { class: "gauge" },
    svg("svg", { viewBox: "0 0 100 76", role: "img", "aria-label": `${s.name}: ${s.text}` },
      svg("path", { d: arc(0, 1, 38), class: "dial" }),
      s.calcs.last === null ? null : svg("path", { d: arc(0, Math.max(0.001, share(s.calcs.last, span)), 38), fill: "none", stroke: color(s.color), "stroke-width": "9" }),
      ...panel.steps.map((step, i) => {
        const from = i === 0 ? 0 : share(step.value, span), to = i + 1 < panel.steps.length ? share(panel.steps[i + 1].value, span) : 1;
        return panel.steps.length > 1 && to > from ? svg("path", { d: arc(from, to, 45), fill: "none", stroke: color(step.color), "stroke-width": "2" }) : null;
      }),
      svg("text", { x: "50", y: "52", "text-anchor": "middle", fill: color(s.color), class: "dial-text" }, s.text)),
    series.length > 1 ? el("span", { class: "stat-name" }, s.name) : null)));
}

export function bars(panel: PanelModel, data: PanelData): HTMLElement {
  const series = data.series ?? [];
  if (!series.length) return none(panel);
  const span = ends(panel, series);
  return el("div", { class: "bars" }, series.map((s) => el("div", { class: "bar-row" },
    el("span", { class: "bar-name", title: s.name }, s.name || panel.title),
    el("span", { class: "bar-track" }, el("i", { style: { "--c": color(s.color), width: `${share(s.calcs.last, span) * 100}%` } })),
    el("span", { class: "bar-text", style: { "--c": color(s.color) } }, s.text))));
}

export function pie(panel: PanelModel, data: PanelData): HTMLElement {
  const series = (data.series ?? []).filter((s) => (s.calcs.last ?? 0) > 0);
  if (!series.length) return none(panel);
  const total = series.reduce((sum, s) => sum + s.calcs.last!, 0);
  let at = 0;
  const point = (a: number) => `${(50 + 46 * Math.sin(a)).toFixed(2)} ${(50 - 46 * Math.cos(a)).toFixed(2)}`;
  const slices = series.map((s) => {
    const part = s.calcs.last! / total, from = at * 2 * Math.PI;
    at += part;
    const to = Math.min(at, 1) * 2 * Math.PI;
    return series.length === 1 ? svg("circle", { cx: "50", cy: "50", r: "46", fill: color(s.color) })
      : svg("path", { d: `M50 50 L${point(from)} A46 46 0 ${part > 0.5 ? 1 : 0} 1 ${point(to)} Z`, fill: color(s.color), class: "slice" });
  });
  return el("div", { class: "pie" }, svg("svg", { viewBox: "0 0 100 100", role: "img", "aria-label": panel.title }, ...slices),
    el("table", {}, el("tbody", {}, series.map((s) => el("tr", {}, el("td", {}, el("i", { class: "swatch", style: { "--c": color(s.color) } }), s.name), el("td", {}, s.text), el("td", {}, `${Math.round((s.calcs.last! / total) * 100)}%`))))));
}

export function table(panel: PanelModel, data: PanelData): HTMLElement {
  const t = data.table;
  if (!t?.rows.length) return none(panel);
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": panel.title }, el("table", { class: "grid" },
    el("thead", {}, el("tr", {}, t.columns.map((c) => el("th", { scope: "col", class: c.values ? "num" : "" }, c.name)))),
    el("tbody", {}, t.rows.map((row) => el("tr", {}, row.map((c, i) => el("td", { class: t.columns[i].values ? "num" : "", style: c.color ? { color: color(c.color) } : {} }, c.text)))))));
}

const clock = (ms: number) => new Date(ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });

// states draws one band a series, a piece for each time that a value lasts.
export function states(panel: PanelModel, data: PanelData): HTMLElement {
  const series = data.series ?? [], times = data.times ?? [];
  if (!series.length || times.length < 2) return none(panel);
  const from = times[0], to = times.at(-1)!;
  const place = (t: number) => `${((t - from) / (to - from || 1)) * 100}%`;
  const shown = (s: Series, v: number) => panel.mappings?.find((m) => m.Value === String(v))?.Text || format(formatOf(s.unit), v, panel.decimals);
  const paint = (v: number) => {
    const mapped = panel.mappings?.find((m) => m.Value === String(v))?.Color;
    if (mapped) return color(mapped);
    return color(panel.steps.reduce((c, step, i) => i === 0 || v >= step.value ? step.color : c, "blue"));
  };
  const band = (s: Series) => {
    const pieces: HTMLElement[] = [];
    for (let i = 0; i < times.length; ) {
      let k = i;
      while (k < times.length && s.values[k] === s.values[i]) k++;
      const v = s.values[i];
      if (v !== null) {
        const end = Math.min(k, times.length - 1);
        pieces.push(el("i", { title: `${s.name}: ${shown(s, v)} from ${clock(times[i])} to ${clock(times[end])}`, style: { left: place(times[i]), width: `calc(${place(times[end])} - ${place(times[i])})`, "--c": paint(v) } }, (end - i) / times.length > 0.08 ? shown(s, v) : ""));
      }
      i = k;
    }
    return el("div", { class: "band" }, el("span", { class: "band-name", title: s.name }, s.name), el("div", { class: "band-track" }, pieces));
  };
  const ticks = [0, 0.25, 0.5, 0.75].map((at) => el("span", { style: { left: `${at * 100}%` } }, clock(from + at * (to - from))));
  return el("div", { class: "states", role: "img", "aria-label": `${panel.title}. ${series.map((s) => `${s.name}: ${s.text}`).join("; ")}` }, series.slice(0, 40).map(band), el("div", { class: "band" }, el("span", { class: "band-name" }), el("div", { class: "band-ticks" }, ticks)));
}

// ago says how long something lasts.
export function ago(since: number, now = Date.now()): string {
  const s = Math.max(0, Math.round((now - since) / 1000));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}

export const labelList = (labels: Record<string, string>) => Object.entries(labels).sort().map(([k, v]) => el("span", { class: "label" }, k, el("b", {}, v)));

export const badge = (state: string) => el("span", { class: `badge ${state}` }, state);

export function alertList(alerts: ActiveAlert[]): HTMLElement {
  if (!alerts.length) return el("p", { class: "none good" }, "No alert fires or is pending");
  return el("ul", { class: "alerts" }, alerts.map((a) => el("li", {}, badge(a.state), el("strong", {}, a.name), el("span", { class: "since" }, a.since ? `for ${ago(a.since)}` : ""), el("div", { class: "labels" }, labelList(a.labels)))));
}
