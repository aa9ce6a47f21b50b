// DOM elements made by one small function, so that text from a run is always text and never markup.

export type Child = Node | string | null | undefined | false;
type Attributes = Record<string, unknown>;

const SVG_NAMES = new Set(["svg", "path", "g", "rect", "circle", "line", "polyline", "polygon", "text", "title"]);
const SVG_SPACE = "http://www.w3.org/2000/svg";

/** An element: `on*` attributes are listeners, `class`, `data-*` and `aria-*` go as they are, null and false are left out. */
export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes?: Attributes,
  ...children: (Child | Child[])[]
): HTMLElementTagNameMap[Name];
export function h(name: string, attributes?: Attributes, ...children: (Child | Child[])[]): Element;
export function h(name: string, attributes: Attributes = {}, ...children: (Child | Child[])[]): Element {
  const isSvg = SVG_NAMES.has(name) && name !== "title";
  const element = isSvg ? document.createElementNS(SVG_SPACE, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value as EventListener);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  fill(element, ...children);
  return element;
}

/** Replace an element's children. */
export function fill(element: Element, ...children: (Child | Child[])[]): void {
  element.replaceChildren(...(children.flat().filter((child) => child || child === "") as (Node | string)[]));
}

const ICONS = {
  alert: "M12 8v5m0 3v.01M10.3 4 2.6 17.5A2 2 0 0 0 4.3 20.5h15.4a2 2 0 0 0 1.7-3L13.7 4a2 2 0 0 0-3.4 0Z",
  box: "M12 3 20 7.5v9L12 21l-8-4.5v-9ZM4 7.5l8 4.5 8-4.5M12 12v9",
  camera: "M4 8h3l1.5-2h7L17 8h3a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1Zm8 8.5a3.2 3.2 0 1 0 0-6.5 3.2 3.2 0 0 0 0 6.5Z",
  chart: "M4 4v16h16M7.5 15l3.5-4.5 3 2.5L19 7",
  check: "m5 12.5 4.5 4.5L19 7.5",
  close: "M6 6l12 12M18 6 6 18",
  clock: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16Zm0-12.5V12l3 2",
  compare: "M12 3v18M4 6h5v12H4zM15 6h5v12h-5z",
  document: "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
  download: "M12 4v11m-4.5-4L12 15.5l4.5-4.5M5 20h14",
  depth: "M3 18h18M5 14h14M8 10h8M10.5 6h3",
  expand: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Zm9.5 3a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z",
  film: "M4 5h16v14H4zM8 5v14M16 5v14M4 9.5h4M4 14.5h4M16 9.5h4M16 14.5h4",
  graph: "M5 4h5v4H5zM14 10h5v4h-5zM5 16h5v4H5zM10 6h3v12h-3M13 12h1",
  grid: "M4 9h16M4 15h16M9 4v16M15 4v16",
  headset: "M4 8h16a1.5 1.5 0 0 1 1.5 1.5v6A1.5 1.5 0 0 1 20 17h-3.6a2 2 0 0 1-1.6-.8l-1.6-2.1a1.5 1.5 0 0 0-2.4 0l-1.6 2.1a2 2 0 0 1-1.6.8H4a1.5 1.5 0 0 1-1.5-1.5v-6A1.5 1.5 0 0 1 4 8Z",
  home: "M4 11.5 12 5l8 6.5M6.5 10v9h11v-9",
  image: "M4 5h16v14H4zM4 16l5-4.5 4 3.5 3-2.5 4 3.5M15.5 9.5v.01",
  info: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16Zm0-9v5m0-8v.01",
  layers: "m12 4 8 4.5-8 4.5-8-4.5ZM4 13l8 4.5 8-4.5",
  list: "M8 6h12M8 12h12M8 18h12M4 6v.01M4 12v.01M4 18v.01",
  moon: "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10Z",
  play: "M8 5v14l11-7Z",
  points: "M6 7v.01M12 5v.01M18 8v.01M8 12v.01M14 11v.01M19 14v.01M6 17v.01M12 17v.01M17 19v.01",
  record: "M12 18a6 6 0 1 0 0-12 6 6 0 0 0 0 12Z",
  redo: "M15 5l4 4-4 4M19 9H10a5 5 0 0 0 0 10h4",
  reuse: "M4.5 12a7.5 7.5 0 0 1 13-5M19.5 12a7.5 7.5 0 0 1-13 5M17.5 3v4h-4M6.5 21v-4h4",
  ruler: "m4 15 11-11 5 5L9 20ZM7.5 11.5l2 2M10 9l3 3M12.5 6.5l2 2",
  share: "M12 15V4m-4 3.5L12 4l4 3.5M5 12v8h14v-8",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm0-13.5V4m0 16v1.5M4 12H2.5m19 0H20M6.3 6.3 5.2 5.2m13.6 13.6-1.1-1.1m0-11.4 1.1-1.1M5.2 18.8l1.1-1.1",
  undo: "M9 5 5 9l4 4M5 9h9a5 5 0 0 1 0 10h-4",
  wire: "M12 3.5 20 19H4ZM8 11.2h8M12 3.5V19M8 11.2l4 7.8M16 11.2 12 19",
} as const;

export type IconName = keyof typeof ICONS;

/** A line icon; it says nothing to a screen reader, its button does. */
export function icon(name: IconName): Element {
  return h("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" }, h("path", { d: ICONS[name] }));
}

/** A button with an icon, told to everyone by its label. */
export function iconButton(name: IconName, label: string, onclick: () => void, attributes: Attributes = {}): HTMLButtonElement {
  return h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick, ...attributes }, icon(name));
}

/** A group of exclusive choices, as radio buttons that the arrow keys move through. */
export function choices<Value extends string>(
  label: string,
  options: readonly { value: Value; label: string; icon?: IconName }[],
  chosen: Value,
  onchoose: (value: Value) => void,
): HTMLElement {
  const name = `choice-${Math.random().toString(36).slice(2)}`;
  const inputs = options.map((option) => {
    const input = h("input", { type: "radio", name, value: option.value, class: "sr-only", onchange: () => onchoose(option.value) });
    input.checked = option.value === chosen;
    return h("label", { class: "choice", title: option.label }, input, option.icon ? icon(option.icon) : null, h("span", {}, option.label));
  });
  return h("div", { class: "choices", role: "radiogroup", "aria-label": label }, inputs);
}
