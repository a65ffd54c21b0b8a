/** What is shown, and who is told when it changes. Changes of one frame are told together. */

import type { Scheme } from "./colour.ts";

export interface State {
  /** Place among the outputs. */
  readonly output: number;
  /** Of an output with a shape. */
  readonly element: number;
  /** Of a product: places among the free axes. Of points: places among the variables. */
  readonly x: number;
  readonly y: number;
  readonly logX: boolean;
  readonly logY: boolean;
  readonly logColour: boolean;
  readonly scheme: Scheme;
  /** Colours by the values of the picture alone, rather than by those of all points. */
  readonly fit: boolean;
  readonly selected: number;
  /** Under the pointer. */
  readonly hovered: number | undefined;
  /** Changes when the page does: its size, its theme. */
  readonly page: number;
}

export type Changed = ReadonlySet<keyof State>;

export class Store {
  #state: State;
  #changed = new Set<keyof State>();
  readonly #listeners: ((state: State, changed: Changed) => void)[] = [];

  constructor(state: State) {
    this.#state = state;
  }

  get state(): State {
    return this.#state;
  }

  /** The point that views show: the one under the pointer, else the selected one. */
  get current(): number {
    return this.#state.hovered ?? this.#state.selected;
  }

  set(change: Partial<State>): void {
    const keys = (Object.keys(change) as (keyof State)[]).filter((key) => this.#state[key] !== change[key]);
    if (keys.length === 0) return;
    this.#state = { ...this.#state, ...change };
    if (this.#changed.size === 0) requestAnimationFrame(() => this.tell());
    for (const key of keys) this.#changed.add(key);
  }

  listen(listener: (state: State, changed: Changed) => void): void {
    this.#listeners.push(listener);
  }

  tell(): void {
    const changed = this.#changed;
    this.#changed = new Set();
    for (const listener of this.#listeners) listener(this.#state, changed);
  }
}
