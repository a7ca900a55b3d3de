// A board: its variables, rows and panels, and asking for their data.

import { all, askBoard, type BoardModel, type PanelData, type PanelModel, type RowModel, type Variable } from "./api";
import { heatmap, lines, type Chart } from "./chart";
import { byId, el, keep, say } from "./dom";
import { markdown } from "./markdown";
import { alertList, bars, gauge, pie, stat, states, table } from "./panels";
import { isLive, state, write } from "./state";

// Rows that were opened or closed, by board and row.
const opened = new Map<string, boolean>();

interface Drawn { model: PanelModel; root: HTMLElement; body: HTMLElement; chart?: Chart; data?: PanelData }

// A View is the board that is open. refresh asks for its data; redraw draws what there is.
export interface View { refresh(choices?: boolean): Promise<void>; redraw(): void; destroy(): void }

export function openBoard(board: BoardModel, into: HTMLElement, zoom: (from: number, to: number) => void, problem: (text: string) => void): View {
  const drawn = new Map<number, Drawn>();
  const variables = el("div", { class: "variables" });
  let asking: AbortController | null = null;
  let choices: Variable[] = [];

  const rowOpen = (row: RowModel) => opened.get(board.uid + row.id) ?? !row.collapsed;

  const panelOf = (model: PanelModel): HTMLElement => {
    const body = el("div", { class: "body" });
    const findings = model.findings?.length ?? 0;
    const root = el("section", { class: `panel kind-${model.kind}${model.w <= 6 ? " small" : ""}`, "data-panel": model.id, "aria-labelledby": `p${model.id}`, style: { "--x": String(model.x + 1), "--y": String(model.y + 1), "--w": String(model.w), "--h": String(model.h) } },
      el("header", {},
        el("h3", { id: `p${model.id}`, title: model.title, "data-title": model.title }, filled(model.title)),
        findings ? el("button", { class: "flag", type: "button", title: model.findings!.map((f) => f.message).join("\n"), onclick: () => about(board, model, drawn.get(model.id)?.data) }, `${findings} finding${findings > 1 ? "s" : ""}`) : null,
        el("button", { class: "info", type: "button", "aria-label": `About ${model.title}`, title: "Query, source and reason", onclick: () => about(board, model, drawn.get(model.id)?.data) }, "i")),
      body);
    drawn.set(model.id, { model, root, body });
    if (model.kind === "text") body.append(markdown(model.content ?? ""));
    return root;
  };

  const rowOf = (row: RowModel): HTMLElement => {
    const grid = el("div", { class: "grid24", id: `row${row.id}` });
    const fill = () => {
      grid.replaceChildren(...(rowOpen(row) ? row.panels.map(panelOf) : []));
      grid.hidden = !rowOpen(row);
    };
    fill();
    if (!row.title) return grid;
    const head = el("button", {
      class: "row-head", type: "button", "aria-expanded": String(rowOpen(row)), "aria-controls": `row${row.id}`,
      onclick: () => {
        const open = !rowOpen(row);
        opened.set(board.uid + row.id, open);
        head.setAttribute("aria-expanded", String(open));
        for (const p of row.panels) { drawn.get(p.id)?.chart?.destroy(); drawn.delete(p.id); }
        fill();
        if (open) void view.refresh();
      },
    }, el("span", { class: "chevron", "aria-hidden": "true" }), row.title, el("small", {}, `${row.panels.length} panel${row.panels.length === 1 ? "" : "s"}`));
    return el("div", { class: "row" }, el("h2", {}, head), grid);
  };

  const draw = (d: Drawn) => {
    const data = d.data;
    if (!data || d.model.kind === "text") return;
    d.root.classList.toggle("failed", !!data.error);
    const over = (c: Chart) => { d.chart = c; d.body.replaceChildren(c.root); };
    if (data.error) { d.chart?.destroy(); d.chart = undefined; d.body.replaceChildren(el("p", { class: d.model.kind === "logs" ? "none" : "none error" }, data.error)); return; }
    const show = (e: HTMLElement) => keep(d.body, () => d.body.replaceChildren(e));
    switch (d.model.kind) {
      case "stat": show(stat(d.model, data)); return;
      case "gauge": show(gauge(d.model, data)); return;
      case "bargauge": show(bars(d.model, data)); return;
      case "piechart": show(pie(d.model, data)); return;
      case "table": show(table(d.model, data)); return;
      case "state-timeline": show(states(d.model, data)); return;
      case "alertlist": show(alertList(data.alerts ?? [])); return;
      case "heatmap":
        if (!data.heatmap?.rows.length) break;
        if (d.chart) d.chart.update(data); else over(heatmap(d.model, data, zoom));
        return;
      default:
        if (!data.series?.length) break;
        if (d.chart) d.chart.update(data); else over(lines(d.model, board.uid + d.model.id, data, zoom));
        return;
    }
    d.chart?.destroy();
    d.chart = undefined;
    d.body.replaceChildren(el("p", { class: "none" }, d.model.noValue ?? "No data"));
  };

  // A title may name variables.
  const filled = (title: string) => title.replace(/\$\{(\w+)\}|\$(\w+)/g, (text, a, b) => {
    const v = choices.find((c) => c.name === (a ?? b));
    return v ? v.chosen.includes(all) ? "All" : v.chosen.join(" + ") : text;
  });

  const drawVariables = () => {
    for (const h of into.querySelectorAll<HTMLElement>("h3[data-title]")) h.textContent = h.title = filled(h.dataset.title!);
    const open = variables.querySelector("details[open] summary span")?.textContent;
    keep(variables, () => variables.replaceChildren(...choices.filter((v) => v.options.length > 1 || !v.many).map((v) => variableOf(v, () => { write(false); void view.refresh(true); }))));
    for (const d of variables.querySelectorAll("details")) if (d.querySelector("summary span")?.textContent === open) d.open = true;
  };

  const view: View = {
    async refresh(wantChoices = false) {
      asking?.abort();
      const mine = asking = new AbortController();
      const ids = [...drawn.values()].filter((d) => d.model.kind !== "text").map((d) => d.model.id);
      into.setAttribute("aria-busy", "true");
      try {
        const res = await askBoard({ uid: board.uid, panels: ids, from: state.from, to: state.to, points: points(), variables: state.variables, choices: wantChoices || !choices.length }, mine.signal);
        if (res.variables) { choices = res.variables; drawVariables(); }
        problem(res.problem ?? "");
        for (const data of res.panels) {
          const d = drawn.get(data.id);
          if (d) { d.data = data; draw(d); }
        }
        into.dataset.drawn = String(res.panels.length);
      } catch (e) {
        if (!mine.signal.aborted) problem((e as Error).message);
      } finally {
        if (asking === mine) { into.removeAttribute("aria-busy"); asking = null; }
      }
    },
    redraw() { for (const d of drawn.values()) { d.chart?.destroy(); d.chart = undefined; draw(d); } },
    destroy() { asking?.abort(); watch.disconnect(); for (const d of drawn.values()) d.chart?.destroy(); },
  };

  const watch = new ResizeObserver(() => { for (const d of drawn.values()) d.chart?.resize(); });
  into.replaceChildren(
    el("div", { class: "title" }, el("h1", {}, board.title), board.description ? el("p", {}, board.description) : null),
    variables, ...board.rows.map(rowOf));
  into.removeAttribute("data-drawn");
  watch.observe(into);
  say(`${board.title}, ${drawn.size} panels`);
  return view;
}

// points is how many values fit: a third of the page's width has one each two pixels.
const points = () => Math.max(120, Math.min(600, Math.round((document.body.clientWidth * 0.45) / 2)));

// variableOf is a menu of boxes to tick where several values may be chosen, else a list.
function variableOf(v: Variable, changed: () => void): HTMLElement {
  const label = v.label || v.name;
  if (!v.many) {
    const list = el("select", { "aria-label": label, onchange: () => { state.variables[v.name] = [list.value]; changed(); } }, v.options.map((o, i) => el("option", { value: o, selected: v.chosen.includes(o) }, v.texts?.[i] ?? o)));
    return el("label", { class: "variable" }, el("span", {}, label), list);
  }
  const chosen = v.chosen.includes(all) ? [] : v.chosen.filter((c) => v.options.includes(c));
  const box = (value: string, text: string, checked: boolean) => el("label", {}, el("input", {
    type: "checkbox", checked, value,
    onchange: (e: Event) => {
      const on = (e.target as HTMLInputElement).checked;
      let next = value === all ? [] : on ? [...chosen, value] : chosen.filter((c) => c !== value);
      if (next.length === v.options.length) next = [];
      state.variables[v.name] = next.length ? next : [all];
      changed();
    },
  }), text);
  const name = !chosen.length ? "All" : chosen.length < 3 ? chosen.join(", ") : `${chosen.length} chosen`;
  return el("details", { class: "variable", name: "variable" }, el("summary", {}, el("span", {}, label), el("b", {}, name)), el("div", { class: "menu" }, box(all, "All", !chosen.length), ...v.options.map((o) => box(o, o, chosen.includes(o)))));
}

// about opens what there is to say of a panel: queries, where its metrics are defined, why it
// looks as it does, findings.
function about(board: BoardModel, p: PanelModel, data?: PanelData) {
  const section = (title: string, ...children: (Node | string | null)[]) => el("section", {}, el("h3", {}, title), ...children.filter((c): c is Node | string => c !== null));
  const list = (items: string[]) => el("ul", {}, items.map((t) => el("li", {}, t)));
  sheet(p.title,
    p.description ? section("What it shows", markdown(p.description)) : null,
    p.findings?.length ? section("Findings", el("ul", { class: "findings" }, p.findings.map((f) => el("li", {}, el("span", { class: `badge ${f.severity}` }, f.severity), " ", f.message, el("small", {}, `${f.where} · ${f.check}`), f.hint ? el("small", {}, `hint: ${f.hint}`) : "")))) : null,
    p.queries?.length ? section(p.queries.length > 1 ? "Queries" : "Query", ...p.queries.map((q) => el("pre", {}, el("code", {}, q.expr), q.legend ? el("small", {}, `legend ${q.legend}`) : ""))) : null,
    data?.notes?.length ? section("What Prometheus' engine says", list(data.notes)) : null,
    p.why?.length ? section("Where it comes from", list(p.why)) : null,
    p.declared ? section("Declared at", el("p", {}, p.declared)) : null,
    p.alerts?.length ? section("Alerts on it", el("ul", {}, p.alerts.map((a) => el("li", {}, el("a", { href: `#page=alerts&alert=${encodeURIComponent(a)}` }, a))))) : null,
    section("Panel", el("p", {}, `${p.kind}, unit ${p.unit}, id ${p.id} on ${board.uid}`)));
}

// sheet opens a dialog.
export function sheet(title: string, ...children: (Node | null)[]) {
  const dialog = byId("sheet") as HTMLDialogElement;
  dialog.replaceChildren(el("header", {}, el("h2", { id: "sheet-title" }, title), el("button", { type: "button", class: "close", "aria-label": "Close", onclick: () => dialog.close() }, "×")), el("div", { class: "sheet-body" }, ...children.filter((c): c is Node => c !== null)));
  dialog.setAttribute("aria-labelledby", "sheet-title");
  dialog.onclick = (e) => { if (e.target === dialog || (e.target as HTMLElement).closest("a")) dialog.close(); };
  if (!dialog.open) dialog.showModal();
}

export { isLive };
