// The pages beside the boards: alerts, metrics, findings.

import { askAlert, askAlerts, type AlertModel, type AlertState, type Finding, type MetricModel, type PanelModel, type Place } from "./api";
import { lines, type Chart } from "./chart";
import { el } from "./dom";
import { format } from "./format";
import { ago, badge, labelList } from "./panels";
import { formatOf, model, state } from "./state";

export interface Page { refresh(): Promise<void>; redraw(): void; destroy(): void }

const rank: Record<string, number> = { firing: 0, pending: 1, inactive: 2 };
const key = (a: { program: string; name: string }) => a.program + "\n" + a.name;

const places = (list: Place[] | undefined) => (list ?? []).map((p) => el("a", { href: `#page=board:${encodeURIComponent(p.board)}&panel=${p.panel}`, class: "place" }, p.title));

const findings = (list: Finding[]) => el("ul", { class: "findings" }, list.map((f) => el("li", {}, el("span", { class: `badge ${f.severity}` }, f.severity), " ", f.message, el("small", {}, `${f.where} · ${f.check}`), f.hint ? el("small", {}, `hint: ${f.hint}`) : "")));

// openAlerts lists the state of every alert; one that is opened shows what it compares over
// time, against its threshold.
export function openAlerts(into: HTMLElement, focus: string | null, zoom: (from: number, to: number) => void): Page {
  const list = el("div", { class: "rules" });
  const summary = el("p", { class: "counts" });
  const charts = new Map<string, { chart?: Chart; into: HTMLElement; rule: AlertModel }>();
  const items = new Map<string, { root: HTMLDetailsElement; head: HTMLElement; active: HTMLElement }>();
  for (const rule of model.now.alerts) {
    const head = el("span", { class: "rule-state" }), active = el("div", {}), plot = el("div", { class: "rule-plot" });
    const root = el("details", {
      class: "rule", open: rule.name === focus,
      ontoggle: () => { if (root.open) { charts.set(key(rule), { into: plot, rule }); void drawChart(key(rule)); } else { charts.get(key(rule))?.chart?.destroy(); charts.delete(key(rule)); } },
    }, el("summary", {}, head, el("strong", {}, rule.name), rule.labels?.severity ? el("span", { class: "severity" }, rule.labels.severity) : null, el("span", { class: "rule-text" })),
      el("div", { class: "rule-body" },
        rule.annotations?.summary ? el("p", { class: "summary" }, rule.annotations.summary) : null,
        rule.annotations?.description ? el("p", { class: "description dim" }, rule.annotations.description) : null,
        active, plot,
        el("pre", {}, el("code", {}, rule.expr), el("small", {}, [rule.for ? `for ${rule.for}` : "fires at once", `group ${rule.group}`, rule.pattern ? `derived by pattern ${rule.pattern}` : "declared", rule.where ?? ""].filter(Boolean).join(" · "))),
        rule.findings?.length ? findings(rule.findings) : null,
        rule.panels?.length ? el("p", { class: "places" }, "On panels ", ...places(rule.panels)) : null)) as HTMLDetailsElement;
    items.set(key(rule), { root, head, active });
    list.append(root);
  }
  into.replaceChildren(el("div", { class: "title" }, el("h1", {}, "Alerts"), summary), list.childElementCount ? list : el("p", { class: "none" }, "There are no alerts."));

  async function drawChart(of: string) {
    const c = charts.get(of);
    if (!c) return;
    const a = await askAlert({ program: c.rule.program, name: c.rule.name, from: state.from, to: state.to, points: 300 }).catch((e: Error) => e);
    if (a instanceof Error) { c.into.replaceChildren(el("p", { class: "none error" }, a.message)); return; }
    const up = a.op === ">" || a.op === ">=", down = a.op === "<" || a.op === "<=";
    const panel: PanelModel = {
      id: 0, kind: "timeseries", title: c.rule.name, x: 0, y: 0, w: 24, h: 8, unit: a.unit,
      steps: a.op ? [{ value: 0, color: down ? "red" : "green" }, { value: a.threshold, color: up || !down ? "red" : "green" }] : [{ value: 0, color: "green" }],
    };
    if (a.op) { // the threshold is always in sight
      const values = (a.panel.series ?? []).flatMap((s) => [s.calcs.min, s.calcs.max]).filter((v): v is number => v !== null);
      const lo = Math.min(a.threshold, ...values), hi = Math.max(a.threshold, ...values), pad = (hi - lo || Math.abs(hi) || 1) * 0.12;
      panel.min = lo >= 0 ? Math.max(0, lo - pad) : lo - pad;
      panel.max = hi + pad;
    }
    if (!a.panel.series?.length) { c.chart?.destroy(); c.chart = undefined; c.into.replaceChildren(el("p", { class: "none" }, a.op ? "No series to compare" : "The condition has no answer: it does not hold")); return; }
    if (c.chart) c.chart.update(a.panel);
    else { c.chart = lines(panel, "alert" + of, a.panel, zoom); c.into.replaceChildren(c.chart.root); }
  }

  const show = (states: AlertState[]) => {
    const count: Record<string, number> = { firing: 0, pending: 0, inactive: 0 };
    for (const s of states) {
      count[s.state]++;
      const item = items.get(key(s));
      if (!item) continue;
      item.root.dataset.state = s.state;
      item.root.style.order = String(rank[s.state]);
      item.head.replaceChildren(badge(s.state));
      item.root.querySelector(".rule-text")!.replaceChildren(s.error ? el("span", { class: "error" }, s.error) : [s.text, s.threshold].filter(Boolean).join("  /  "));
      for (const part of ["summary", "description"] as const) if (s.says?.[part]) item.root.querySelector("." + part)!.textContent = s.says[part]!;
      item.active.replaceChildren(...(s.instances?.length ? [el("ul", { class: "alerts" }, s.instances.map((a) => el("li", {}, badge(a.state), el("span", { class: "since" }, a.since ? `for ${ago(a.since)}` : ""), el("div", { class: "labels" }, labelList(a.labels)), s.instances!.length > 1 && a.says?.summary ? el("p", {}, a.says.summary) : null)))] : []));
    }
    summary.replaceChildren(...Object.entries(count).map(([name, n]) => el("span", { class: `count ${n ? name : ""}` }, el("b", {}, String(n)), ` ${name}`)));
  };
  const page: Page = {
    async refresh() { show(await askAlerts()); for (const of of charts.keys()) void drawChart(of); },
    redraw() { for (const [of, c] of charts) { c.chart?.destroy(); c.chart = undefined; void drawChart(of); } },
    destroy() { for (const c of charts.values()) c.chart?.destroy(); },
  };
  if (focus) requestAnimationFrame(() => items.get([...items.keys()].find((k) => k.endsWith("\n" + focus)) ?? "")?.root.scrollIntoView({ block: "start" }));
  return page;
}

// openMetrics is the catalogue. Words are looked for in names, help, labels and places.
export function openMetrics(into: HTMLElement, search: string): Page {
  const rows = model.now.metrics.map((m) => ({ root: metricOf(m), words: [m.name, m.type, m.unit, m.help, m.where, m.symbol, m.gone, ...(m.labels ?? []).map((l) => l.name)].join(" ").toLowerCase() }));
  const count = el("p", { class: "counts", role: "status" });
  const find = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let n = 0;
    for (const r of rows) { r.root.hidden = !words.every((w) => r.words.includes(w)); if (!r.root.hidden) n++; }
    count.textContent = n === rows.length ? `${n} metrics` : `${n} of ${rows.length} metrics`;
  };
  const input = el("input", { type: "search", placeholder: "Name, help, label, file …", "aria-label": "Search metrics", value: search, oninput: find });
  into.replaceChildren(el("div", { class: "title" }, el("h1", {}, "Metrics"), count), el("div", { class: "search" }, input), el("div", { class: "metrics" }, rows.map((r) => r.root)));
  find();
  input.focus({ preventScroll: true });
  return { refresh: async () => {}, redraw() {}, destroy() {} };
}

function metricOf(m: MetricModel): HTMLElement {
  return el("article", { class: "metric" + (m.gone ? " gone" : "") },
    el("header", {}, el("h2", {}, m.name), el("span", { class: "badge type" }, m.type), m.unit ? el("span", { class: "badge unit" }, m.unit) : null, m.gone ? el("span", { class: "badge warning" }, m.gone) : null),
    m.help ? el("p", {}, m.help) : null, m.howToUse ? el("p", {}, m.howToUse) : null,
    m.labels?.length ? el("div", { class: "labels" }, m.labels.map((l) => el("span", { class: "label" }, l.name, l.values?.length ? el("b", {}, l.values.length > 8 ? l.values.slice(0, 8).join(", ") + " …" : l.values.join(", ")) : null))) : null,
    el("footer", {}, m.where ? el("code", {}, m.where) : m.symbol ? el("code", {}, m.symbol) : null, m.why ? el("span", {}, m.why) : null,
      m.panels?.length ? el("span", { class: "places" }, ...places(m.panels)) : null,
      m.alerts?.length ? el("span", { class: "places" }, ...[...new Set(m.alerts)].map((a) => el("a", { class: "place alert", href: `#page=alerts&alert=${encodeURIComponent(a)}` }, a))) : null));
}

// openFindings lists what lint says of nothing that has a panel.
export function openFindings(into: HTMLElement): Page {
  const on = model.now.boards.flatMap((b) => b.rows.flatMap((r) => r.panels.filter((p) => p.findings?.length).map((p) => ({ b, p }))));
  into.replaceChildren(el("div", { class: "title" }, el("h1", {}, "Findings")),
    !on.length && !model.now.findings.length ? el("p", { class: "none good" }, "dashgen lint finds nothing.") : "",
    ...on.map(({ b, p }) => el("section", { class: "on-panel" }, el("h2", {}, ...places([{ board: b.uid, panel: p.id, title: `${b.title}: ${p.title}` }])), findings(p.findings!))),
    model.now.findings.length ? el("section", { class: "on-panel" }, el("h2", {}, "Elsewhere"), findings(model.now.findings)) : "");
  return { refresh: async () => {}, redraw() {}, destroy() {} };
}

export const asNumber = (unit: string, v: number) => format(formatOf(unit), v);
