// The page: where one is, for which time, and what is new.

import { askAlerts, askModel, type BoardModel, type Status } from "./api";
import { openBoard, sheet, type View } from "./board";
import { byId, el, keep, say } from "./dom";
import { openAlerts, openFindings, openMetrics, type Page } from "./pages";
import { dark, isLive, model, read, state, write } from "./state";

const main = byId("main"), side = byId("side"), bar = byId("bar");
let open: View | Page | null = null;
let status: Status = { version: -1, now: Date.now() };
let firing = 0;

const ranges: [string, number][] = [["5 minutes", 5], ["15 minutes", 15], ["30 minutes", 30], ["1 hour", 60], ["3 hours", 180], ["6 hours", 360], ["12 hours", 720], ["24 hours", 1440], ["7 days", 10080], ["30 days", 43200]];
const rates: [string, number][] = [["Off", 0], ["5 s", 5], ["10 s", 10], ["30 s", 30], ["1 min", 60]];

// Zooms that can be taken back.
const before: [number, number][] = [];

function zoom(from: number, to: number) {
  before.push([state.from, state.to]);
  [state.from, state.to] = [from, to];
  write(false);
  drawBar();
  void refresh();
  say(`From ${new Date(from).toLocaleTimeString()} to ${new Date(to).toLocaleTimeString()}`);
}

function zoomOut() {
  [state.from, state.to] = before.pop() ?? [-3600e3, 0];
  write(false);
  drawBar();
  void refresh();
}

// move goes back or forth by half of what is seen.
function move(by: number) {
  const to = state.to || status.now, from = state.from > 0 ? state.from : to + state.from;
  const half = ((to - from) / 2) * by;
  zoom(Math.round(from + half), Math.round(Math.min(to + half, status.now)));
}

const refresh = async () => { await open?.refresh().catch((e: Error) => problem(e.message)); };

let problemText = "";
function problem(text: string) { problemText = text; drawNotice(); }

function drawNotice() {
  document.querySelector(".notice")?.remove();
  const words = [status.failed ? "The source cannot be shown as it is; this is what was before. " + status.failed : "", problemText, ...(status.trouble ?? [])].filter(Boolean);
  if (words.length) bar.after(el("div", { class: "notice" + (status.failed || problemText ? " bad" : ""), role: "status" }, words.map((w) => el("p", {}, w))));
}

function drawBar() {
  const m = model.now;
  const most = m.keeps ? m.keeps / 60e3 : Infinity;
  const custom = !isLive();
  const range = el("select", { "aria-label": "Time range", onchange: () => { before.length = 0; state.from = -Number(range.value); state.to = 0; write(false); drawBar(); void refresh(); } },
    custom ? el("option", { selected: true, value: "" }, `${clock(state.from)} – ${clock(state.to)}`) : null,
    ranges.filter(([, min]) => min <= most).map(([name, min]) => el("option", { value: String(min * 60e3), selected: !custom && state.from === -min * 60e3 }, `Last ${name}`)));
  const every = el("select", { "aria-label": "Refresh", onchange: () => { state.every = Number(every.value); write(false); schedule(); } }, rates.map(([name, s]) => el("option", { value: String(s), selected: state.every === s }, s ? `Every ${name}` : "Refresh off")));
  keep(bar, () => bar.replaceChildren(
    el("button", { class: "burger", type: "button", "aria-label": "Boards", "aria-expanded": String(document.body.classList.contains("nav")), onclick: () => { document.body.classList.toggle("nav"); drawBar(); } }, "☰"),
    el("a", { class: "brand", href: "#" }, el("i", { class: "mark", "aria-hidden": "true" }), "dashgen ", el("span", {}, "preview")),
    el("span", { class: "source", title: m.about }, m.about),
    el("span", { class: "space" }),
    el("div", { class: "tools", role: "group", "aria-label": "Time" },
      el("button", { type: "button", title: "Earlier ([)", "aria-label": "Earlier", onclick: () => move(-1) }, "‹"), range,
      el("button", { type: "button", title: "Later (])", "aria-label": "Later", disabled: isLive(), onclick: () => move(1) }, "›"),
      el("button", { type: "button", title: "Zoom out (z)", onclick: zoomOut, disabled: !custom && !before.length }, "Zoom out")),
    el("div", { class: "tools" }, el("button", { type: "button", title: "Refresh (r)", "aria-label": "Refresh now", onclick: () => void refresh() }, "⟳"), every),
    el("button", { class: "theme", type: "button", title: "Light or dark (t)", "aria-label": dark() ? "Light" : "Dark", onclick: flip }, dark() ? "☀" : "☾")));
}

const clock = (ms: number) => new Date(ms).toLocaleTimeString([], { hour12: false });

function flip() {
  document.documentElement.dataset.theme = dark() ? "light" : "dark";
  try { localStorage.setItem("theme", document.documentElement.dataset.theme); } catch { /* kept for this page only */ }
  drawBar();
  open?.redraw();
}

function drawSide() {
  const m = model.now;
  const link = (page: string, text: string, note?: Node | string | null, cls = "") => el("a", { href: `#page=${encodeURIComponent(page)}`, class: cls, "aria-current": state.page === page ? "page" : undefined }, el("span", {}, text), note ?? null);
  const boardsOf = (program: string) => {
    const mine = m.boards.filter((b) => b.program === program);
    const heads = mine.filter((b) => !b.folder || b.folder === b.uid), inside = (b: BoardModel) => mine.filter((o) => o.folder === b.uid && o !== b);
    const flags = (b: BoardModel) => b.rows.reduce((n, r) => n + r.panels.reduce((k, p) => k + (p.findings?.length ?? 0), 0), 0);
    const item = (b: BoardModel, cls = "", title = b.title) => link("board:" + b.uid, title, flags(b) ? el("small", { class: "flag" }, String(flags(b))) : null, cls);
    return heads.flatMap((b) => [item(b), ...inside(b).map((o) => item(o, "inside", o.title.replace(/^.* \/ /, "")))]);
  };
  const errors = m.findings.length + m.boards.reduce((n, b) => n + b.rows.reduce((k, r) => k + r.panels.reduce((i, p) => i + (p.findings?.length ?? 0), 0), 0), 0);
  keep(side, () => side.replaceChildren(
    link("alerts", "Alerts", el("small", { class: firing ? "badge firing" : "" }, firing ? `${firing} firing` : String(m.alerts.length)), "first"),
    link("metrics", "Metrics", el("small", {}, String(m.metrics.length)), "first"),
    link("findings", "Findings", el("small", { class: errors ? "flag" : "" }, String(errors)), "first"),
    ...m.programs.flatMap((p) => [el("h2", {}, m.programs.length > 1 ? p : "Boards"), ...boardsOf(p)])));
}

// go opens the page that the address names.
function go() {
  if (!model.now.programs) return; // load will, when it has the boards
  const q = new URLSearchParams(location.hash.slice(1));
  const had = open !== null, was = state.page;
  read();
  open?.destroy();
  byId("tip").hidden = true;
  problemText = "";
  document.body.classList.remove("nav");
  const m = model.now;
  if (!state.page) state.page = m.boards.length ? "board:" + overview().uid : "metrics";
  const board = m.boards.find((b) => "board:" + b.uid === state.page);
  if (board && !q.has("from")) state.from = -Math.min(board.from, m.keeps || Infinity, known());
  write(false);
  document.title = `${board?.title ?? state.page} · dashgen preview`;
  if (board) open = openBoard(board, main, zoom, problem);
  else if (state.page === "alerts") open = openAlerts(main, q.get("alert"), zoom);
  else if (state.page === "findings") open = openFindings(main);
  else if (state.page === "metrics") open = openMetrics(main, q.get("q") ?? "");
  else { open = null; main.replaceChildren(el("p", { class: "none" }, "There is no such board any more.")); }
  drawBar();
  drawSide();
  drawNotice();
  if (had && was !== state.page) scrollTo(0, 0);
  void refresh().then(() => {
    const panel = q.get("panel");
    if (!panel) return;
    const at = document.querySelector<HTMLElement>(`[data-panel="${CSS.escape(panel)}"]`) ?? unfold(board, Number(panel));
    at?.scrollIntoView({ block: "center" });
    at?.classList.add("found");
  });
}

// known is the range that holds all values that there are, in milliseconds.
function known(): number {
  const age = model.now.began ? Math.max(status.now, Date.now()) - model.now.began : Infinity;
  return (ranges.find(([, min]) => min * 60e3 >= age)?.[1] ?? Infinity) * 60e3;
}

// unfold opens the row that a panel is in.
function unfold(board: BoardModel | undefined, id: number): HTMLElement | null {
  const row = board?.rows.find((r) => r.panels.some((p) => p.id === id));
  if (!row) return null;
  document.querySelector<HTMLElement>(`[aria-controls="row${row.id}"][aria-expanded="false"]`)?.click();
  return document.querySelector<HTMLElement>(`[data-panel="${id}"]`);
}

// overview is the board that leads the first folder, else the first board.
const overview = () => model.now.boards.find((b) => b.folder === b.uid) ?? model.now.boards[0];

let timer = 0;
function schedule() {
  clearInterval(timer);
  if (state.every) timer = setInterval(() => { if (isLive() && !document.hidden) void refresh(); }, state.every * 1000) as unknown as number;
}

async function countFiring() {
  const states = await askAlerts().catch(() => []);
  const now = states.filter((s) => s.state === "firing").length;
  if (now !== firing) { firing = now; drawSide(); say(`${now} alerts fire`); }
}

async function load() {
  model.now = await askModel();
  const y = scrollY;
  go();
  scrollTo(0, y);
  void countFiring();
}

function listen() {
  const events = new EventSource("api/events");
  let lost = false;
  events.onmessage = (e) => {
    const was = status;
    status = JSON.parse(e.data);
    if (lost) { lost = false; problem(""); }
    if (status.version !== model.now.version) void load();
    if (JSON.stringify([was.failed, was.trouble]) !== JSON.stringify([status.failed, status.trouble])) drawNotice();
  };
  events.onerror = () => { lost = true; problem("dashgen preview does not answer: has it ended?"); };
}

function help() {
  const keys: [string, string][] = [["[ ]", "earlier, later"], ["z", "zoom out"], ["r", "refresh"], ["t", "light or dark"], ["a", "alerts"], ["m", "metrics"], ["j k", "next, previous board"], ["Drag", "zoom into a chart"], ["← → Home End", "in a chart: read its values"], ["Click a legend", "one series alone; with Ctrl, hide it"], ["?", "this"]];
  sheet("Keys", el("table", { class: "keys" }, el("tbody", {}, keys.map(([k, what]) => el("tr", {}, el("td", {}, el("kbd", {}, k)), el("td", {}, what))))));
}

function step(by: number) {
  const boards = model.now.boards;
  const i = boards.findIndex((b) => "board:" + b.uid === state.page);
  location.hash = `#page=board:${encodeURIComponent(boards[(i + by + boards.length) % boards.length].uid)}`;
}

const keys: Record<string, () => void> = {
  "[": () => move(-1), "]": () => { if (!isLive()) move(1); }, z: zoomOut, r: () => void refresh(), t: flip, "?": help,
  a: () => { location.hash = "#page=alerts"; }, m: () => { location.hash = "#page=metrics"; }, j: () => step(1), k: () => step(-1),
};
addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || (e.target as HTMLElement).closest("input, select, textarea, dialog[open]")) return;
  keys[e.key]?.();
});
document.querySelector(".skip")!.addEventListener("click", (e) => { e.preventDefault(); main.focus(); }); // the address says which page it is
addEventListener("popstate", go);
addEventListener("hashchange", () => { if (new URLSearchParams(location.hash.slice(1)).get("page") !== state.page || location.hash === "") go(); });
addEventListener("click", (e) => { // a menu closes when one clicks elsewhere
  for (const d of document.querySelectorAll<HTMLDetailsElement>("details.variable[open]")) if (!d.contains(e.target as Node)) d.open = false;
});
let theme: string | null = null;
try { theme = localStorage.getItem("theme"); } catch { /* then as the system has it */ }
document.documentElement.dataset.theme = theme ?? (matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark");
read();
void load().then(() => { listen(); schedule(); setInterval(() => { if (!document.hidden) void countFiring(); }, 15e3); });
