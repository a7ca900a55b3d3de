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

// say has a screen reader say something.
export const say = (text: string) => { byId("live").textContent = text; };

// css returns a variable of the style sheet.
export const css = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
