/** All that the views draw from: the state with the numbers and the colours that belong to it. */

import { type ColourScale, colourScale } from "./colour.ts";
import type { Model, Numbers, Output, PageAxis } from "./model.ts";
import { elementName } from "./model.ts";
import type { State, Store } from "./state.ts";

export interface Scene {
  readonly model: Model;
  readonly store: Store;
  readonly state: State;
  readonly output: Output;
  /** Of the output, with its element. */
  readonly name: string;
  readonly values: Numbers;
  readonly colour: ColourScale;
  /** Smallest and largest finite value of all points. */
  readonly range: readonly [number, number];
  /** Of a point, by its row. */
  value(row: number): number;
}

/** The axes of the picture: the second one to the right, as the numbers lie. */
export const pictureAxes = ({ model, state }: Pick<Scene, "model" | "state">): { x: PageAxis; y: PageAxis } => ({
  x: model.free[state.x] as PageAxis,
  y: model.free[state.y] as PageAxis,
});

/** A colour that the page's style names. */
export const styled = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

export class Scenes {
  readonly #model: Model;
  readonly #store: Store;
  readonly #ranges = new Map<string, [number, number]>();

  constructor(model: Model, store: Store) {
    this.#model = model;
    this.#store = store;
  }

  async scene(): Promise<Scene> {
    const [model, store, state] = [this.#model, this.#store, this.#store.state];
    const output = model.outputs[state.output] as Output;
    const values = await model.values(output);
    const element = Math.min(state.element, output.width - 1);
    const { width } = output;
    const value = (row: number): number => values[row * width + element] as number;
    const range = this.#range(`${state.output},${element}`, () => extent(model.points, value));
    const partial = { model, state };
    const [low, high] = state.fit && model.free.length > 2 ? this.#slice(partial, value) : range;
    const colour = colourScale(state.scheme, low, high, state.logColour, styled("missing"));
    const name = width === 1 ? output.name : output.name + elementName(output, element);
    return { ...partial, store, output, name, values, colour, range, value };
  }

  #range(key: string, make: () => [number, number]): [number, number] {
    const range = this.#ranges.get(key) ?? make();
    this.#ranges.set(key, range);
    return range;
  }

  #slice(scene: Pick<Scene, "model" | "state">, value: (row: number) => number): [number, number] {
    const { x, y } = pictureAxes(scene);
    const base = sliceBase(scene, this.#store.current);
    return extent(x.size * y.size, (i) => value(base + Math.floor(i / x.size) * y.stride + (i % x.size) * x.stride));
  }
}

/** The row of the picture's corner, for the slice through a point. */
export function sliceBase(scene: Pick<Scene, "model" | "state">, row: number): number {
  const { x, y } = pictureAxes(scene);
  return scene.model.moved(scene.model.moved(row, x, 0), y, 0);
}

function extent(count: number, value: (i: number) => number): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < count; i++) {
    const x = value(i);
    if (x < low && x !== Number.NEGATIVE_INFINITY) low = x;
    if (x > high && x !== Number.POSITIVE_INFINITY) high = x;
  }
  return [low, high];
}
