/** Points that are no product of axes, placed by two of their numbers and coloured by the output. */

import * as Plot from "@observablehq/plot";
import { withUnit } from "../../space/labels.ts";
import { fitCanvas, h } from "./dom.ts";
import { named } from "./profile.ts";
import type { Scene } from "./scene.ts";
import { stageOf } from "./stage.ts";
import { fraction, type PlacedVariable } from "./variables.ts";

/** Of the picture, left free at every side so that no point is cut. */
const room = 0.02;

const margin = { top: 12, right: 16, bottom: 46, left: 62 } as const;

export class Scatter {
  readonly element: HTMLElement;
  readonly #stage = stageOf("scatter plot", {
    scene: () => this.#scene,
    rowAt: (event) => this.#rowAt(event),
    step: (key, far, scene) => this.#step(key, far, scene),
  });
  readonly #canvas = h("canvas", { "aria-hidden": "true" });
  readonly #axes = h("div", { class: "axes" });
  readonly #ring = h("div", { class: "ring" });
  readonly #variables: readonly PlacedVariable[];
  #scene: Scene | undefined;
  #drawn = "";
  /** Of every point, in the picture. */
  #left = new Float32Array();
  #top = new Float32Array();

  constructor(variables: readonly PlacedVariable[]) {
    this.#variables = variables;
    this.#stage.append(this.#canvas, this.#axes, this.#ring);
    this.element = h("div", { class: "map single" }, this.#stage);
  }

  draw(scene: Scene, width: number): void {
    this.#scene = scene;
    const { state, model, colour, value, store, name } = scene;
    const drawn = JSON.stringify([state.page, name, state.x, state.y, state.scheme, colour.domain, colour.log, width]);
    if (drawn !== this.#drawn) {
      this.#drawn = drawn;
      this.#layout(width, Math.round(Math.min(520, Math.max(260, width * 0.62))));
      this.#paint();
      this.#stage.setAttribute(
        "aria-label",
        `${name} of ${model.points} points by ${this.#x.name} and ${this.#y.name}`,
      );
    }
    const row = store.current;
    this.#ring.style.transform = `translate(${this.#left[row]}px, ${this.#top[row]}px)`;
    this.#ring.style.background = colour.css(value(row));
  }

  get #x(): PlacedVariable {
    return this.#variables[this.#scene?.state.x ?? 0] as PlacedVariable;
  }

  get #y(): PlacedVariable {
    return this.#variables[this.#scene?.state.y ?? 0] as PlacedVariable;
  }

  #layout(width: number, height: number): void {
    const { points } = (this.#scene as Scene).model;
    const [x, y] = [this.#x, this.#y];
    const [across, up] = [width - margin.left - margin.right, height - margin.top - margin.bottom];
    this.#left = new Float32Array(points);
    this.#top = new Float32Array(points);
    for (let row = 0; row < points; row++) {
      this.#left[row] = margin.left + inside(fraction(x, x.at(row))) * across;
      this.#top[row] = margin.top + (1 - inside(fraction(y, y.at(row)))) * up;
    }
    this.#stage.style.width = `${width}px`;
    this.#stage.style.height = `${height}px`;
    const scale = ({ low, high }: PlacedVariable) => {
      const beyond = low < high ? ((high - low) * room) / (1 - 2 * room) : 0.5;
      return { type: "linear", domain: [low - beyond, high + beyond] } as const;
    };
    const overlay = Plot.plot({
      width,
      height,
      marginTop: margin.top,
      marginRight: margin.right,
      marginBottom: margin.bottom,
      marginLeft: margin.left,
      x: scale(x),
      y: scale(y),
      marks: [
        Plot.frame({ strokeOpacity: 0.25 }),
        Plot.axisX({
          label: withUnit(x.name, x.unit),
          ticks: Math.max(2, Math.round(across / 90)),
          labelOffset: 38,
          ...named,
        }),
        Plot.axisY({
          label: withUnit(y.name, y.unit),
          ticks: Math.max(2, Math.round(up / 60)),
          labelOffset: 52,
          ...named,
        }),
      ],
      className: "plot",
    });
    this.#axes.replaceChildren(overlay);
    fitCanvas(this.#canvas, width, height);
  }

  #paint(): void {
    const { model, colour, value } = this.#scene as Scene;
    const context = this.#canvas.getContext("2d") as CanvasRenderingContext2D;
    const radius = model.points < 400 ? 4 : model.points < 4000 ? 2.75 : model.points < 40_000 ? 1.75 : 1;
    const round = model.points < 40_000;
    for (let row = 0; row < model.points; row++) {
      const [left, top] = [this.#left[row] as number, this.#top[row] as number];
      if (Number.isNaN(left) || Number.isNaN(top)) continue;
      context.fillStyle = colour.css(value(row));
      if (!round) context.fillRect(left - radius, top - radius, 2 * radius, 2 * radius);
      else {
        context.beginPath();
        context.arc(left, top, radius, 0, 2 * Math.PI);
        context.fill();
      }
    }
  }

  #rowAt(event: MouseEvent): number | undefined {
    const box = this.#stage.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let [best, distance] = [-1, 24 * 24];
    for (let row = 0; row < this.#left.length; row++) {
      const d = ((this.#left[row] as number) - x) ** 2 + ((this.#top[row] as number) - y) ** 2;
      if (d < distance) [best, distance] = [row, d];
    }
    return best < 0 ? undefined : best;
  }

  /** To the nearest point whose way lies more in the arrow's direction than across it. */
  #step(key: string, _far: number, { store }: Scene): number | undefined {
    const direction = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
    if (!direction) return undefined;
    const [dx = 0, dy = 0] = direction;
    const { selected } = store.state;
    const [x, y] = [this.#left[selected] as number, this.#top[selected] as number];
    let [best, distance] = [selected, Number.POSITIVE_INFINITY];
    for (let row = 0; row < this.#left.length; row++) {
      const [right, down] = [(this.#left[row] as number) - x, (this.#top[row] as number) - y];
      const ahead = right * dx + down * dy;
      const aside = Math.abs(right * dy) + Math.abs(down * dx);
      if (row === selected || !(ahead > 0) || aside > ahead) continue;
      const d = ahead + aside;
      if (d < distance) [best, distance] = [row, d];
    }
    return best;
  }
}

const inside = (t: number): number => room + t * (1 - 2 * room);
