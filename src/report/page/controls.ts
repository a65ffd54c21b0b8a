/** Everything that can be chosen: output, element, axes, other axes' positions, scales and colours. */

import { count, number } from "../format.ts";
import { allowsLog, prefersLog } from "./axis-scale.ts";
import { type Scheme, schemes } from "./colour.ts";
import { chooser, h, tick } from "./dom.ts";
import { elementName, type Model, type PageAxis } from "./model.ts";
import type { Scene } from "./scene.ts";
import type { State, Store } from "./state.ts";
import type { PlacedVariable } from "./variables.ts";

/** Brings what is shown into line with the state. */
type Sync = (scene: Scene) => void;

export class Controls {
  readonly element = h("form", { class: "controls", "aria-label": "What is shown" });
  readonly #syncs: Sync[] = [];

  constructor(model: Model, store: Store, variables: readonly PlacedVariable[]) {
    this.element.addEventListener("submit", (event) => event.preventDefault());
    const choices = h("div", { class: "row" });
    this.element.append(choices);
    choices.append(this.#output(model, store));
    if (model.free.length > 1) choices.append(...this.#axes(model, store));
    else if (!model.payload.axes) choices.append(...this.#places(store, variables));
    choices.append(this.#scheme(store), this.#scales(model, store));
    this.element.append(this.#element(model, store));
    if (model.free.length > 2) this.element.append(this.#sliders(model, store));
  }

  sync(scene: Scene): void {
    for (const sync of this.#syncs) sync(scene);
  }

  #output(model: Model, store: Store): HTMLElement {
    const choices = model.outputs.map(({ name }, k) => ({ value: String(k), label: name }));
    const { element, select } = chooser("Output", choices, String(store.state.output), (value) =>
      store.set({ output: Number(value), element: 0 }),
    );
    this.#syncs.push(({ state }) => {
      select.value = String(state.output);
    });
    return element;
  }

  /** Choosing the axis that the other one has swaps the two. */
  #axes(model: Model, store: Store): HTMLElement[] {
    const choices = model.free.map(({ name }, k) => ({ value: String(k), label: name }));
    return (["x", "y"] as const).map((side) => {
      const label = side === "x" ? "To the right" : "Upwards";
      const { element, select } = chooser(label, choices, String(store.state[side]), (value) => {
        const { x, y } = store.state;
        const [chosen, other] = [Number(value), side === "x" ? y : x];
        const left = chosen === other ? (side === "x" ? x : y) : other;
        const change = side === "x" ? { x: chosen, y: left } : { y: chosen, x: left };
        const log = (k: number): boolean => prefersLog(model.free[k] as PageAxis);
        store.set({ ...change, logX: log(change.x), logY: log(change.y) });
      });
      this.#syncs.push(({ state }) => {
        select.value = String(state[side]);
      });
      return element;
    });
  }

  #places(store: Store, variables: readonly PlacedVariable[]): HTMLElement[] {
    const choices = variables.map(({ name }, k) => ({ value: String(k), label: name }));
    return (["x", "y"] as const).map((side) => {
      const label = side === "x" ? "To the right" : "Upwards";
      return chooser(label, choices, String(store.state[side]), (value) => store.set({ [side]: Number(value) }))
        .element;
    });
  }

  #scheme(store: Store): HTMLElement {
    return chooser("Colours", schemes, store.state.scheme, (value) => store.set({ scheme: value as Scheme })).element;
  }

  #scales(model: Model, store: Store): HTMLElement {
    const group = h("fieldset", { class: "ticks" }, h("legend", {}, "Logarithmic"));
    type Key = "logX" | "logY" | "logColour";
    const add = (name: (state: State) => string, key: Key, allowed: (scene: Scene) => boolean): void => {
      const { element, input, text } = tick("", store.state[key], (checked) => store.set({ [key]: checked }));
      group.append(element);
      this.#syncs.push((scene) => {
        text.textContent = name(scene.state);
        input.disabled = !allowed(scene);
        input.checked = scene.state[key] && !input.disabled;
      });
    };
    const axis = (state: State, side: "x" | "y"): PageAxis | undefined => model.free[state[side]];
    const allows = (found: PageAxis | undefined): boolean => found !== undefined && allowsLog(found);
    const along = (side: "x" | "y") => (state: State) => axis(state, side)?.name ?? side;
    if (model.free.length > 0) add(along("x"), "logX", ({ state }) => allows(axis(state, "x")));
    if (model.free.length > 1) add(along("y"), "logY", ({ state }) => allows(axis(state, "y")));
    add(
      () => "values",
      "logColour",
      ({ range }) => range[0] > 0,
    );
    return group;
  }

  /** Of outputs with a shape. */
  #element(model: Model, store: Store): HTMLElement {
    const { element, input, text } = slider("element", 1, (value) => store.set({ element: value }));
    const row = h("div", { class: "sliders" }, element);
    const widest = Math.max(1, ...model.outputs.map(({ width }) => width));
    row.hidden = widest === 1;
    this.#syncs.push(({ state, output }) => {
      row.hidden = output.width === 1;
      input.max = String(output.width - 1);
      input.value = String(state.element);
      text.textContent = elementName(output, state.element);
      input.setAttribute("aria-valuetext", text.textContent);
    });
    return row;
  }

  /** Where the picture cuts through the axes that it does not show. */
  #sliders(model: Model, store: Store): HTMLElement {
    const sliders = model.free.map((axis, k) => {
      const move = (position: number): void => {
        store.set({ selected: model.moved(store.state.selected, axis, position), hovered: undefined });
      };
      const { element, input, text } = slider(axis.name, axis.size - 1, move);
      this.#syncs.push(({ state, model }) => {
        element.hidden = k === state.x || k === state.y;
        const position = model.position(state.selected, axis);
        input.value = String(position);
        text.textContent = valueText(axis, position);
        input.setAttribute("aria-valuetext", `${axis.name} ${text.textContent}`);
      });
      return element;
    });
    const { element, input } = tick("colours for this slice alone", store.state.fit, (fit) => store.set({ fit }));
    this.#syncs.push(({ state }) => {
      input.checked = state.fit;
    });
    return h("div", { class: "sliders" }, ...sliders, element);
  }
}

function valueText({ parameters, size, fullSize }: PageAxis, position: number): string {
  const single = parameters.filter(({ values }) => values.length === size);
  if (single.length === 0) return `${count(position + 1)} of ${count(fullSize)}`;
  return single
    .map(({ path, values }) => (single.length > 1 ? `${path} ` : "") + number(values[position] as number))
    .join(", ");
}

function slider(label: string, max: number, moved: (value: number) => void) {
  const input = h("input", { type: "range", min: 0, max, step: 1 });
  const text = h("output", {});
  input.addEventListener("input", () => moved(Number(input.value)));
  return { element: h("label", { class: "slider" }, h("span", {}, label), input, text), input, text };
}
