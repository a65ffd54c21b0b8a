/** A product of one axis: the output along it, as one large profile. */

import { type AxisScale, axisScale } from "./axis-scale.ts";
import { h } from "./dom.ts";
import { stepAlong } from "./heatmap.ts";
import type { PageAxis } from "./model.ts";
import { profilePlot } from "./profile.ts";
import type { Scene } from "./scene.ts";
import { stageOf } from "./stage.ts";

const frame = { height: 380, marginTop: 12, marginRight: 16, marginBottom: 46, marginLeft: 62 } as const;

export class Line {
  readonly element: HTMLElement;
  readonly #stage = stageOf("line", {
    scene: () => this.#scene,
    rowAt: (event) => this.#rowAt(event),
    step: (key, far, scene) => this.#step(key, far, scene),
  });
  readonly #axis: PageAxis;
  #scene: Scene | undefined;
  #scale: AxisScale | undefined;
  #width = 0;

  constructor(axis: PageAxis) {
    this.#axis = axis;
    this.element = h("div", { class: "map single" }, this.#stage);
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

  #step(key: string, far: number, { model, store }: Scene): number | undefined {
    const { POSITIVE_INFINITY: end, NEGATIVE_INFINITY: start } = Number;
    const by = { ArrowRight: far, ArrowLeft: -far, End: end, Home: start }[key];
    if (by === undefined || !this.#scale) return undefined;
    const { selected } = store.state;
    return model.moved(
      selected,
      this.#axis,
      stepAlong(this.#axis, this.#scale, model.position(selected, this.#axis), by),
    );
  }
}
