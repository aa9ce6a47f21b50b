// Where each stage of a graph is drawn: in layers by depth, ordered so that few edges cross. Pure, and tested as such.

export interface Placed {
  id: string;
  layer: number;
  slot: number;
  /** Centre of the node, in units of one layer and one slot. */
  x: number;
}

export interface Layout {
  nodes: Map<string, Placed>;
  layers: string[][];
  edges: { from: string; to: string }[];
}

const SWEEPS = 4;

/** Layers by longest path from the sources, each layer sorted by the mean place of its neighbours, swept up and down; one
 * with more than `most` nodes becomes several. */
export function layout(needs: ReadonlyMap<string, readonly string[]>, most = Infinity): Layout {
  const edges = [...needs].flatMap(([to, sources]) => [...new Set(sources)].filter((from) => needs.has(from) && from !== to).map((from) => ({ from, to })));
  const depths = depthOf(needs);
  const layers: string[][] = [];
  for (const id of needs.keys()) (layers[depths.get(id)!] ??= []).push(id);

  const above = neighbours(edges, "to", "from");
  const below = neighbours(edges, "from", "to");
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const isDown = sweep % 2 === 0;
    const order = isDown ? layers.slice(1) : layers.slice(0, -1).reverse();
    for (const layer of order) sortByNeighbours(layer, isDown ? above : below, placesOf(layers));
  }

  const nodes = new Map<string, Placed>();
  const rows = layers.flatMap((layer) => inRows(layer, most));
  rows.forEach((layer, depth) =>
    layer.forEach((id, slot) => nodes.set(id, { id, layer: depth, slot, x: slot - (layer.length - 1) / 2 })),
  );
  return { nodes, layers: rows, edges };
}

/** As few rows as hold them, of about equal length. */
function inRows(layer: string[], most: number): string[][] {
  const count = Math.max(1, Math.ceil(layer.length / most));
  const each = Math.ceil(layer.length / count);
  return Array.from({ length: count }, (_, row) => layer.slice(row * each, (row + 1) * each));
}

function depthOf(needs: ReadonlyMap<string, readonly string[]>): Map<string, number> {
  const depths = new Map<string, number>();
  const visit = (start: string) => {
    const stack = [start];
    const open = new Set<string>();
    while (stack.length) {
      const id = stack.at(-1)!;
      const sources = (needs.get(id) ?? []).filter((source) => needs.has(source) && !open.has(source) && source !== id);
      const missing = sources.filter((source) => !depths.has(source));
      if (missing.length && !open.has(id)) {
        open.add(id);
        stack.push(...missing);
        continue;
      }
      stack.pop();
      open.delete(id);
      depths.set(id, Math.max(0, ...(needs.get(id) ?? []).map((source) => (depths.get(source) ?? -1) + 1)));
    }
  };
  for (const id of needs.keys()) if (!depths.has(id)) visit(id);
  return depths;
}

function neighbours(edges: Layout["edges"], of: "from" | "to", other: "from" | "to"): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const edge of edges) found.set(edge[of], [...(found.get(edge[of]) ?? []), edge[other]]);
  return found;
}

function placesOf(layers: string[][]): Map<string, number> {
  return new Map(layers.flatMap((layer) => layer.map((id, slot) => [id, slot - (layer.length - 1) / 2] as const)));
}

function sortByNeighbours(layer: string[], linked: Map<string, string[]>, places: Map<string, number>): void {
  const mean = new Map(
    layer.map((id) => {
      const others = linked.get(id) ?? [];
      return [id, others.length ? others.reduce((sum, other) => sum + places.get(other)!, 0) / others.length : places.get(id)!] as const;
    }),
  );
  layer.sort((a, b) => mean.get(a)! - mean.get(b)!);
}
