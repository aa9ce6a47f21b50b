// Where the names of a plan's boxes stand: each within its own box, clear of what covers it and of other names.
import { footprint, type Box, type Point } from "./roomplan";

interface Span {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const LETTER = 7; // pixels, at the drawing's letters of 12
const LINE = 14;
/** How far into a box along each of its sides a name may stand, the middle first. */
const STEPS = [0.5, 0.25, 0.75, 0, 1];

/** For each box, in the order in which they are drawn, the middle of its name; null where it finds no room. */
export function namePlaces(boxes: Box[], scale: number): (Point | null)[] {
  const spans = boxes.map(spanOf);
  const taken: Span[] = [];
  const places = boxes.map((): Point | null => null);
  for (let index = boxes.length - 1; index >= 0; index--) {
    const covering = spans.slice(index + 1);
    const found = candidates(boxes[index]!, spans[index]!, scale).find(({ name }) => ![...covering, ...taken].some((other) => meet(name, other)));
    if (!found) continue;
    taken.push(found.name);
    places[index] = found.at;
  }
  return places;
}

function spanOf(box: Box): Span {
  const corners = footprint(box);
  const along = (axis: 0 | 1) => corners.map((corner) => corner[axis]);
  return { left: Math.min(...along(0)), right: Math.max(...along(0)), top: Math.min(...along(1)), bottom: Math.max(...along(1)) };
}

function candidates(box: Box, span: Span, scale: number): { at: Point; name: Span }[] {
  const [w, h] = [(box.name.length * LETTER) / scale / 2, LINE / scale / 2];
  const [freeX, freeZ] = [span.right - span.left - 2 * w, span.bottom - span.top - 2 * h];
  if (freeX < 0 || freeZ < 0) return [];
  return STEPS.flatMap((down) =>
    STEPS.map((right) => {
      const at: Point = [span.left + w + freeX * right, span.top + h + freeZ * down];
      return { at, name: { left: at[0] - w, right: at[0] + w, top: at[1] - h, bottom: at[1] + h } };
    }),
  );
}

const meet = (one: Span, other: Span) => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
