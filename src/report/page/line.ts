/** A product of one axis: the output along it, as one large profile. */

import { type AxisScale, axisScale } from "./axis-scale.ts";
import { h } from "./dom.ts";
import { stepAlong } from "./heatmap.ts";
import type { PageAxis } from "./model.ts";
import { profilePlot } from "./profile.ts";
import type { Scene } from "./scene.ts";

const frame = { height: 380, marginTop: 12, marginRight: 16, marginBottom: 46, marginLeft: 62 } as const;

export class Line {
  readonly element: HTMLElement;
  readonly #stage = h("div", {
    class: "stage",
    id: "map",
    tabindex: 0,
    role: "application",
    "aria-roledescription": "line",
    "aria-describedby": "map-help",
  });
  readonly #axis: PageAxis;
  #scene: Scene | undefined;
  #scale: AxisScale | undefined;
  #width = 0;

  constructor(axis: PageAxis) {
    this.#axis = axis;
    this.element = h("div", { class: "map single" }, this.#stage);
    this.#stage.addEventListener("pointermove", (event) => this.#scene?.store.set({ hovered: this.#rowAt(event) }));
    this.#stage.addEventListener("pointerleave", () => this.#scene?.store.set({ hovered: undefined }));
    this.#stage.addEventListener("click", (event) => this.#select(this.#rowAt(event)));
    this.#stage.addEventListener("keydown", (event) => this.#key(event));
  }

  draw(scene: Scene, width: number): void {
    this.#scene = scene;
    this.#width = width;
    const { model, state, store, value, name, colour } = scene;
    const axis = axisScale(this.#axis, state.logX);
    this.#scale = axis;
    const values = Array.from({ length: this.#axis.size }, (_, k) => value(model.moved(0, this.#axis, k)));
    const at = model.position(store.current, this.#axis);
    this.#stage.replaceChildren(profilePlot({ axis, values, at, name, colour }, { ...frame, width }, undefined));
    this.#stage.setAttribute("aria-label", `${name} over ${this.#axis.name}`);
  }

  #rowAt(event: MouseEvent): number | undefined {
    if (!this.#scale || !this.#scene) return undefined;
    const left = event.clientX - this.#stage.getBoundingClientRect().left - frame.marginLeft;
    const t = left / (this.#width - frame.marginLeft - frame.marginRight);
    if (t < 0 || t > 1) return undefined;
    return this.#scene.model.moved(this.#scene.store.state.selected, this.#axis, this.#scale.nearest(t));
  }

  #select(row: number | undefined): void {
    if (row !== undefined) this.#scene?.store.set({ selected: row, hovered: undefined });
  }

  #key(event: KeyboardEvent): void {
    const far = event.shiftKey ? 10 : 1;
    const { POSITIVE_INFINITY: end, NEGATIVE_INFINITY: start } = Number;
    const by = { ArrowRight: far, ArrowLeft: -far, End: end, Home: start }[event.key];
    if (by === undefined || !this.#scale || !this.#scene) return;
    event.preventDefault();
    const { model, store } = this.#scene;
    const at = stepAlong(this.#axis, this.#scale, model.position(store.state.selected, this.#axis), by);
    this.#select(model.moved(store.state.selected, this.#axis, at));
  }
}
