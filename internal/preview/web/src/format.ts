// Values as text: the twin of internal/view/format.go, which is tested against Grafana. This
// one is tested against the same table (testdata/units.txt of internal/view): the page formats
// what the server cannot know, ticks of an axis and values under the pointer.

import type { Format, Num } from "./api";

const si = ["f", "p", "n", "µ", "m", "", "k", "M", "G", "T", "P", "E", "Z", "Y"];
const bin = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"];
const short = ["", "K", "M", "B", "T"];
const with_ = (prefixes: string[], unit: string) => prefixes.map((p) => " " + p + unit);

export function format(f: Format, v: Num, decimals?: number): string {
  if (v === null || v === undefined) return "";
  const a = f.args ?? [];
  switch (f.func) {
    case "scaled": return scaled(v, decimals, Number(a[0]), a.slice(1), 0).join("");
    case "si": return scaled(v, decimals, 1000, with_(si, a[0] ?? ""), 5 + Number(a[1] ?? 0)).join("");
    case "binary": return scaled(v, decimals, 1024, with_(bin, a[0] ?? ""), Number(a[1] ?? 0)).join("");
    case "count": return scaled(v, decimals, 1000, short, 0).join("") + " " + a[0];
    case "currency": {
      const text = scaled(Math.abs(v), decimals, 1000, short, 0).join("");
      return (v < 0 ? "-" : "") + (a[1] === "suffix" ? text + a[0] : a[0] + text);
    }
    case "prefix": return a[0] + fixed(v, decimals);
    case "percent": return fixed(v, decimals) + "%";
    case "percentunit": return fixed(v * 100, decimals) + "%";
    case "bool": return v ? a[0] : a[1];
    case "string": return String(v);
    case "hex": return parseFloat(fixed(v, decimals)).toString(16).toUpperCase();
    case "hex0x": return (v < 0 ? "-" : "") + "0x" + Math.abs(parseFloat(fixed(v, decimals))).toString(16).toUpperCase();
    case "sci": return v.toExponential(decimals);
    case "locale": return v.toLocaleString("en-US", { maximumFractionDigits: decimals });
    case "seconds": return seconds(v, decimals);
    case "milliseconds": return staged(v, decimals, [[1e3, 1, " ms"], [6e4, 1e3, " s"], [36e5, 6e4, " min"], [864e5, 36e5, " hour"], [31536e6, 864e5, " day"], [Infinity, 31536e6, " year"]]);
    case "microseconds": return staged(v, decimals, [[1e3, 1, " µs"], [1e6, 1e3, " ms"], [Infinity, 1e6, " s"]]);
    case "nanoseconds": return staged(v, decimals, [[1e3, 1, " ns"], [1e6, 1e3, " µs"], [1e9, 1e6, " ms"], [6e10, 1e9, " s"], [36e11, 6e10, " min"], [864e11, 36e11, " hour"], [Infinity, 864e11, " day"]]);
    case "minutes": return Math.abs(v) < 60 ? fixed(v, decimals) + " min" : staged(v, decimals, [[1440, 60, " hour"], [10080, 1440, " day"], [604800, 10080, " week"], [Infinity, 525948, " year"]]);
    case "hours": return Math.abs(v) < 24 ? fixed(v, decimals) + " hour" : staged(v, decimals, [[168, 24, " day"], [8760, 168, " week"], [Infinity, 8760, " year"]]);
    case "days": return staged(v, decimals, [[7, 1, " day"], [365, 7, " week"], [Infinity, 365, " year"]]);
    case "timeticks": return seconds(v / 100, decimals);
    case "durations": return spelled(v, decimals, 1000, "seconds");
    case "durationms": return spelled(v, decimals, 1, "milliseconds");
    case "hms": return hms(v);
    case "dhms": return v < 0 ? format(f, -v) + " ago" : (v >= 86400 ? Math.floor(v / 86400) + " d " : "") + hms(v - Math.floor(v / 86400) * 86400);
    case "clockms": return clock(v, decimals);
    case "clocks": return clock(v * 1000, decimals);
    case "iso": case "isotoday": case "us": case "ustoday": case "fromnow": case "time": return new Date(v).toLocaleString();
  }
  return a[0] ? fixed(v, decimals) + " " + a[0] : fixed(v, decimals);
}

const clamp = (n: number, lo: number, hi: number) => Math.min(Math.max(n, lo), hi);

function scaled(v: number, decimals: number | undefined, factor: number, suffixes: string[], offset: number): [string, string] {
  if (!isFinite(v)) return [v.toLocaleString("en-US"), ""];
  const power = v === 0 ? 0 : Math.floor(Math.log10(Math.abs(v)) / Math.log10(factor));
  const suffix = suffixes[clamp(offset + power, 0, suffixes.length - 1)];
  return [fixed(v / factor ** clamp(power, -offset, suffixes.length - offset - 1), decimals), suffix];
}

function places(v: number): number {
  const abs = Math.abs(v);
  let n = 1 - Math.floor(Math.log(abs) / Math.LN10);
  if (abs / 10 ** -n > 2.25) n++;
  return v % 1 === 0 ? 0 : Math.max(0, n);
}

export function fixed(v: number, decimals?: number): string {
  if (!isFinite(v)) return v.toLocaleString("en-US");
  const n = decimals ?? places(v);
  if (v === 0) return v.toFixed(n);
  const factor = n ? 10 ** Math.max(0, n) : 1;
  const text = String(Math.round(v * factor) / factor);
  if (text.includes("e")) return text;
  const point = text.indexOf(".");
  const behind = point < 0 ? 0 : text.length - point - 1;
  return behind < n ? (behind ? text : text + ".") + "0".repeat(n - behind) : text;
}

// A stage: values below a bound are divided and get a suffix.
type Stage = [below: number, by: number, suffix: string];

function staged(v: number, decimals: number | undefined, stages: Stage[]): string {
  const [, by, suffix] = stages.find(([below]) => Math.abs(v) < below) ?? stages[stages.length - 1];
  const many = suffix.length > 3 && Math.abs(v / by) > 1;
  return fixed(v / by, decimals) + suffix + (many ? "s" : "");
}

function seconds(v: number, decimals?: number): string {
  if (v === 0) return "0 s";
  const abs = Math.abs(v);
  if (abs < 1e-6) return fixed(v * 1e9, decimals) + " ns";
  if (abs < 1e-3) return fixed(v * 1e6, decimals) + " µs";
  if (abs < 1) return fixed(v * 1e3, decimals) + " ms";
  return staged(v, decimals, [[60, 1, " s"], [3600, 60, " min"], [86400, 3600, " hour"], [604800, 86400, " day"], [31536000, 604800, " week"], [Infinity, 31556900, " year"]]);
}

const lengths: [string, number][] = [["year", 31536e6], ["month", 2592e6], ["week", 604800e3], ["day", 86400e3], ["hour", 3600e3], ["minute", 60e3], ["second", 1e3], ["millisecond", 1]];

function spelled(v: number, decimals: number | undefined, unit: number, name: string): string {
  if (v === 0) return "0 " + name;
  if (v < 0) return spelled(-v, decimals, unit, name) + " ago";
  let left = decimals ?? 0;
  let ms = v * unit;
  const words: string[] = [];
  for (const [word, length] of lengths) {
    if (left < 0) break;
    if (ms / length < 1 && !words.length) continue;
    const n = Math.floor(ms / length);
    words.push(`${n} ${word}${n === 1 ? "" : "s"}`);
    ms %= length;
    left--;
  }
  return words.join(", ");
}

const two = (n: number) => String(Math.floor(n)).padStart(2, "0");

function hms(v: number): string {
  if (v < 0) return hms(-v) + " ago";
  return [v / 3600, (v % 3600) / 60, (v % 3600) % 60].map(two).join(":");
}

function clock(ms: number, decimals?: number): string {
  const t = new Date(Math.trunc(ms));
  const parts = [two(t.getUTCMinutes()) + "m", two(t.getUTCSeconds()) + "s", String(t.getUTCMilliseconds()).padStart(3, "0") + "ms"];
  if (ms < 1e3) return parts[2];
  if (ms < 6e4) return decimals === 0 ? parts[1] : parts.slice(1).join(":");
  if (ms < 36e5) return parts.slice(0, decimals !== undefined && decimals < 2 ? decimals + 1 : 3).join(":");
  return [Math.floor(ms / 36e5) + "h", ...parts.slice(0, decimals !== undefined && decimals < 3 ? decimals : 3)].join(":");
}
