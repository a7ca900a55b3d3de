// What the page shows: where it is, for which time, with which choices. It stands in the
// address, so that a reload and the back button keep it.

import type { Model } from "./api";

export interface State {
  page: string; // board:UID, alerts, metrics, findings
  from: number; // milliseconds; not positive: that long before now
  to: number; // 0: now
  every: number; // seconds between refreshes; 0: none
  variables: Record<string, string[]>;
}

export const state: State = { page: "", from: -3600e3, to: 0, every: 5, variables: {} };
export const model: { now: Model } = { now: { boards: [] } as unknown as Model };

// read takes the state from the address.
export function read() {
  const q = new URLSearchParams(location.hash.slice(1));
  state.page = q.get("page") ?? "";
  if (q.has("from")) state.from = Number(q.get("from"));
  state.to = Number(q.get("to") ?? 0);
  if (q.has("every")) state.every = Number(q.get("every"));
  state.variables = {};
  for (const [name, value] of q) {
    if (name.startsWith("var-")) (state.variables[name.slice(4)] ??= []).push(value);
  }
}

// write puts the state into the address. A new page is a step for the back button.
export function write(step: boolean) {
  const q = new URLSearchParams();
  q.set("page", state.page);
  q.set("from", String(state.from));
  if (state.to) q.set("to", String(state.to));
  if (state.every !== 5) q.set("every", String(state.every));
  for (const [name, values] of Object.entries(state.variables)) for (const v of values) q.append("var-" + name, v);
  const hash = "#" + q;
  if (step) history.pushState(null, "", hash);
  else history.replaceState(null, "", hash);
}

export const isLive = () => state.to === 0;

// resolve gives a colour for the ground that the page has.
export function color(name: string): string {
  const m = model.now;
  return (dark() ? m.dark : m.light)[name] ?? name;
}

export const dark = () => document.documentElement.dataset.theme !== "light";
export const formatOf = (unit: string) => model.now.formats[unit] ?? { func: "fixed", args: [unit] };
