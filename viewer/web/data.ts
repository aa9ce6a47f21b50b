// Text files of an artifact, JSON as a tree that opens.
import { fill, h, type Child } from "./elements";
import { number } from "./format";
import type { RunFile } from "./run";
import type { View } from "./views";

const LONGEST = 2_000_000;
const MOST_CHILDREN = 200;

export function showData(files: RunFile[]): View {
  const body = h("div", { class: "data-body" });
  const select = h("select", { class: "small-select", "aria-label": "File", onchange: () => void open(files[Number(select.value)]!) }, files.map((file, index) => h("option", { value: index }, file.name)));

  async function open(file: RunFile): Promise<void> {
    const answer = await fetch(file.url, { cache: "no-cache" });
    const text = answer.ok ? await answer.text() : `The server answered ${answer.status}.`;
    fill(body, text.length > LONGEST ? h("p", { class: "quiet" }, "Too long to show; download it from the list of files.") : shown(file, text));
  }

  void open(files[0]!);
  return { root: h("div", { class: "plain-view" }, h("div", { class: "sheet" }, files.length > 1 ? select : h("h2", {}, files[0]!.name), body)), dispose: () => undefined };
}

function shown(file: RunFile, text: string): Child {
  if (file.name.endsWith(".json")) {
    try {
      return h("div", { class: "tree" }, tree(JSON.parse(text), true));
    } catch {
      /* not JSON after all: as text */
    }
  }
  return h("pre", {}, text);
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;

function tree(value: unknown, isOpen = false): Child {
  if (typeof value === "number") return h("span", { class: "tree-number" }, number(value));
  if (typeof value === "string") return h("span", { class: "tree-string" }, value);
  if (value === null || typeof value !== "object") return h("span", { class: "tree-other" }, String(value));
  const entries = Object.entries(value);
  const isShort = Array.isArray(value) && value.length <= 16 && value.every((one) => typeof one !== "object");
  if (isShort) return h("span", { class: "tree-number" }, `[${value.map((one) => (typeof one === "number" ? number(one) : String(one))).join(", ")}]`);
  const list = h("ul", {});
  const details = h("details", { open: isOpen, ontoggle: grow }, h("summary", {}, counted(entries.length, Array.isArray(value) ? "item" : "field")), list);
  function grow(): void {
    if (!details.open || list.childElementCount) return;
    const shownEntries = entries.slice(0, MOST_CHILDREN).map(([key, child]) => h("li", {}, h("span", { class: "tree-key" }, key), tree(child, isOpen && entries.length < 12)));
    fill(list, shownEntries, entries.length > MOST_CHILDREN ? h("li", { class: "quiet" }, `and ${entries.length - MOST_CHILDREN} more`) : null);
  }
  grow();
  return details;
}
