/** What a page shows before anybody has chosen anything. */

import { prefersLog } from "./axis-scale.ts";
import type { Model, PageAxis } from "./model.ts";
import type { State } from "./state.ts";

/** `variables`: how many there are to place points by, where there are no axes. */
export function firstState(model: Model, variables: number): State {
  const output = model.outputs.findIndex(({ name }) => name === model.payload.show);
  const [x, y] = model.free.length > 1 ? longest(model.free) : [0, model.payload.axes || variables < 2 ? 0 : 1];
  const log = (k: number): boolean => k < model.free.length && prefersLog(model.free[k] as PageAxis);
  // The middle: the first picture is of the inside of the space.
  const middle = model.axes.reduce((row, { size, stride }) => row + Math.floor(size / 2) * stride, 0);
  return {
    output: Math.max(0, output),
    element: 0,
    x,
    y,
    logX: log(x),
    logY: log(y),
    logColour: false,
    scheme: "viridis",
    fit: false,
    selected: model.payload.axes ? middle : 0,
    hovered: undefined,
    page: 0,
  };
}

/** The two axes with the most values show the most; the later one, which varies faster, goes to the right. */
function longest(axes: readonly PageAxis[]): [x: number, y: number] {
  const order = axes.map((_, k) => k).sort((a, b) => (axes[b] as PageAxis).size - (axes[a] as PageAxis).size || b - a);
  const [first = 0, second = 1] = order;
  return [Math.max(first, second), Math.min(first, second)];
}
