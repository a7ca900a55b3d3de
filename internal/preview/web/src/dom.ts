// Elements are made of plain objects; nothing is ever parsed as HTML.

type Child = Node | string | null | undefined | false;
type Attrs = Record<string, unknown>;

// el makes an element. Attributes that begin with "on" are listeners; false and undefined
// are left out; style is an object, since the page's policy forbids style attributes.
export function el<K extends keyof HTMLElementTagNameMap>(tag: K, attrs: Attrs = {}, ...children: (Child | Child[])[]): HTMLElementTagNameMap[K] {
  const e = document.createElement(tag);
  set(e, attrs);
  e.append(...children.flat().filter((c): c is Node | string => c !== null && c !== undefined && c !== false));
  return e;
}

// svg makes an SVG element.
export function svg(tag: string, attrs: Attrs = {}, ...children: (Child | Child[])[]): SVGElement {
  const e = document.createElementNS("http://www.w3.org/2000/svg", tag);
  set(e, attrs);
  e.append(...children.flat().filter((c): c is Node | string => c !== null && c !== undefined && c !== false));
  return e;
}

function set(e: HTMLElement | SVGElement, attrs: Attrs) {
  for (const [name, value] of Object.entries(attrs)) {
    if (value === false || value === undefined || value === null) continue;
    if (name.startsWith("on")) e.addEventListener(name.slice(2), value as EventListener);
    else if (name === "style") for (const [k, v] of Object.entries(value as Record<string, string>)) e.style.setProperty(k, v);
    else e.setAttribute(name, value === true ? "" : String(value));
  }
}

export const byId = (id: string) => document.getElementById(id) as HTMLElement;

// keep runs a function that draws something anew, and leaves the focus and what is scrolled in it
// as they are. Things are the same where their tag, text, label and address are.
export function keep(root: HTMLElement, draw: () => void) {
  const name = (e: Element) => [e.tagName, e.getAttribute("aria-label") ?? (e instanceof HTMLSelectElement ? "" : e.textContent), e.getAttribute("href"), e.getAttribute("value")].join("\n");
  const active = root.contains(document.activeElement) ? name(document.activeElement!) : "";
  const scrolled = [...root.querySelectorAll("*")].filter((e) => e.scrollTop || e.scrollLeft).map((e) => [e.className, e.scrollTop, e.scrollLeft] as const);
  draw();
  for (const [cls, top, left] of scrolled) for (const e of root.getElementsByClassName(cls)) [e.scrollTop, e.scrollLeft] = [top, left];
  if (active && !root.contains(document.activeElement)) [...root.querySelectorAll<HTMLElement>("a, button, select, input, summary, [tabindex]")].find((e) => name(e) === active)?.focus({ preventScroll: true });
}

// say has a screen reader say something.
export const say = (text: string) => { byId("live").textContent = text; };

// css returns a variable of the style sheet.
export const css = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
