// The Markdown of text panels: headings, lists, tables, code, emphasis and links, which is
// what dashgen writes. Everything else stays text.

import { el } from "./dom";

function inline(text: string): (Node | string)[] {
  const out: (Node | string)[] = [];
  const pattern = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*|\[([^\]]*)\]\(([^)\s]+)\)/g;
  let last = 0;
  for (const m of text.matchAll(pattern)) {
    out.push(text.slice(last, m.index));
    if (m[1] !== undefined) out.push(el("code", {}, m[1]));
    else if (m[2] !== undefined) out.push(el("strong", {}, m[2]));
    else if (m[3] !== undefined) out.push(el("em", {}, m[3]));
    else out.push(/^(https?:|#)/.test(m[5]) ? el("a", { href: m[5], rel: "noreferrer", target: "_blank" }, m[4]) : m[4]);
    last = m.index! + m[0].length;
  }
  out.push(text.slice(last));
  return out.filter((n) => n !== "");
}

const cells = (line: string) => line.replace(/^\s*\||\|\s*$/g, "").split(/(?<!\\)\|/).map((c) => c.trim().replace(/\\\|/g, "|"));

export function markdown(text: string): HTMLElement {
  const root = el("div", { class: "text scroll", tabindex: "0" });
  const lines = text.replace(/<!--[\s\S]*?-->/g, "").split("\n");
  for (let i = 0; i < lines.length; ) {
    const line = lines[i];
    const heading = /^(#{1,6})\s+(.*)$/.exec(line);
    if (!line.trim()) i++;
    else if (heading) { root.append(el("h4", {}, ...inline(heading[2]))); i++; }
    else if (/^\s*\|/.test(line) && /^\s*\|?[\s:|-]+$/.test(lines[i + 1] ?? "")) {
      const head = cells(line);
      const rows: string[][] = [];
      for (i += 2; i < lines.length && /^\s*\|/.test(lines[i]); i++) rows.push(cells(lines[i]));
      root.append(el("table", { class: "grid" }, el("thead", {}, el("tr", {}, head.map((c) => el("th", { scope: "col" }, ...inline(c))))), el("tbody", {}, rows.map((r) => el("tr", {}, r.map((c) => el("td", {}, ...inline(c))))))));
    } else if (/^\s*[-*]\s/.test(line)) {
      const items: string[] = [];
      for (; i < lines.length && /^\s*[-*]\s/.test(lines[i]); i++) items.push(lines[i].replace(/^\s*[-*]\s+/, ""));
      root.append(el("ul", {}, items.map((t) => el("li", {}, ...inline(t)))));
    } else {
      const words: string[] = [];
      for (; i < lines.length && lines[i].trim() && !/^(#|\s*[-*]\s|\s*\|)/.test(lines[i]); i++) words.push(lines[i]);
      if (!words.length) words.push(lines[i++]);
      root.append(el("p", {}, ...inline(words.join(" "))));
    }
  }
  return root;
}
