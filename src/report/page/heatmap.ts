/** Two axes of a product space as a picture, with the profiles through the current point along both. */

import * as Plot from "@observablehq/plot";
import { type AxisScale, axisScale } from "./axis-scale.ts";
import { fitCanvas, h } from "./dom.ts";
import type { PageAxis } from "./model.ts";
import { type Frame, format, named, profilePlot, scaleType } from "./profile.ts";
import { pictureAxes, type Scene, sliceBase } from "./scene.ts";
import { stageOf } from "./stage.ts";

const margin = { top: 8, right: 12, bottom: 46, left: 62 } as const;
const besideHeight = 96;
const besideWidth = 130;

interface Geometry {
  readonly x: PageAxis;
  readonly y: PageAxis;
  readonly scaleX: AxisScale;
  readonly scaleY: AxisScale;
  /** Of the picture, without its margins. */
  readonly width: number;
  readonly height: number;
  readonly frame: Frame;
  readonly beside: boolean;
}

export class HeatMap {
  readonly element: HTMLElement;
  readonly #stage = stageOf("heat map", {
    scene: () => this.#scene,
    rowAt: (event) => this.#rowAt(event),
    step: (key, far, scene) => this.#step(key, far, scene),
  });
  readonly #canvas = h("canvas", { "aria-hidden": "true" });
  readonly #axes = h("div", { class: "axes" });
  readonly #across = h("div", { class: "hair across" });
  readonly #down = h("div", { class: "hair down" });
  readonly #ring = h("div", { class: "ring" });
  readonly #above = h("div", { class: "above" });
  readonly #right = h("div", { class: "right" });
  #scene: Scene | undefined;
  #geometry: Geometry | undefined;
  #drawn = "";

  constructor() {
    this.#stage.append(this.#canvas, this.#axes, this.#across, this.#down, this.#ring);
    this.element = h("div", { class: "map" }, this.#above, this.#stage, this.#right);
  }

  draw(scene: Scene, width: number): void {
    this.#scene = scene;
    const { state } = scene;
    const { x, y } = pictureAxes(scene);
    const base = sliceBase(scene, scene.store.current);
    const key = [state.page, state.output, scene.name, state.x, state.y, state.logX, state.logY, base, width];
    const colours = [scene.colour.domain, scene.colour.log, state.scheme];
    const drawn = JSON.stringify([key, colours]);
    if (drawn !== this.#drawn) {
      this.#drawn = drawn;
      this.#geometry = layout(x, y, state.logX, state.logY, width);
      this.#frame(scene, this.#geometry);
      paint(this.#canvas, scene, this.#geometry, base);
    }
    this.#mark(scene, this.#geometry as Geometry);
  }

  #frame(scene: Scene, { x, y, scaleX, scaleY, frame, width, height, beside }: Geometry): void {
    this.element.classList.toggle("narrow", !beside);
    this.#stage.style.width = `${frame.width}px`;
    this.#stage.style.height = `${frame.height}px`;
    const overlay = Plot.plot({
      ...frame,
      x: { type: scaleType(scaleX), domain: scaleX.domain },
      y: { type: scaleType(scaleY), domain: scaleY.domain },
      marks: [
        Plot.frame({ strokeOpacity: 0.4 }),
        Plot.axisX({
          label: scaleX.label,
          ticks: Math.max(2, Math.round(width / 90)),
          labelOffset: 38,
          ...named,
          ...logOf(scaleX),
        }),
        Plot.axisY({
          label: scaleY.label,
          ticks: Math.max(2, Math.round(height / 60)),
          labelOffset: 52,
          ...named,
          ...logOf(scaleY),
        }),
      ],
      className: "plot",
    });
    this.#axes.replaceChildren(overlay);
    this.#stage.setAttribute("aria-label", `${scene.name} over ${x.name} (to the right) and ${y.name} (upwards)`);
  }

  /** The cross at the current point, and the profiles through it. */
  #mark(scene: Scene, geometry: Geometry): void {
    const { model, store, value, name, colour } = scene;
    const { x, y, scaleX, scaleY, width, height, frame, beside } = geometry;
    const row = store.current;
    const [atX, atY] = [model.position(row, x), model.position(row, y)];
    const left = margin.left + scaleX.place(atX) * width;
    const top = margin.top + (1 - scaleY.place(atY)) * height;
    place(this.#across, margin.left, top, width);
    place(this.#down, left, margin.top, undefined, height);
    place(this.#ring, left, top);
    this.#ring.style.background = colour.css(value(row));
    const along = (axis: PageAxis): number[] =>
      Array.from({ length: axis.size }, (_, k) => value(model.moved(row, axis, k)));
    const profileX = { axis: scaleX, values: along(x), at: atX, name, colour };
    const profileY = { axis: scaleY, values: along(y), at: atY, name, colour };
    const above = { ...frame, height: besideHeight, marginTop: 10, marginBottom: 8 };
    this.#above.replaceChildren(profilePlot(profileX, above, "above"));
    const right = { ...frame, width: besideWidth, marginLeft: 8, marginRight: 14 };
    const below = { ...frame, height: 150, marginBottom: 40, marginTop: 10 };
    this.#right.replaceChildren(
      beside ? profilePlot(profileY, right, "right") : profilePlot(profileY, below, undefined),
    );
  }

  #rowAt(event: MouseEvent): number | undefined {
    if (!this.#scene || !this.#geometry) return undefined;
    const { x, y, scaleX, scaleY, width, height } = this.#geometry;
    const box = this.#stage.getBoundingClientRect();
    const right = (event.clientX - box.left - margin.left) / width;
    const up = 1 - (event.clientY - box.top - margin.top) / height;
    if (right < 0 || right > 1 || up < 0 || up > 1) return undefined;
    const { model, store } = this.#scene;
    return model.moved(model.moved(store.state.selected, x, scaleX.nearest(right)), y, scaleY.nearest(up));
  }

  #step(key: string, far: number, { model, store }: Scene): number | undefined {
    if (!this.#geometry) return undefined;
    const { x, y, scaleX, scaleY } = this.#geometry;
    const moves: { readonly [key: string]: readonly [PageAxis, AxisScale, number] } = {
      ArrowRight: [x, scaleX, far],
      ArrowLeft: [x, scaleX, -far],
      ArrowUp: [y, scaleY, far],
      ArrowDown: [y, scaleY, -far],
      End: [x, scaleX, Number.POSITIVE_INFINITY],
      Home: [x, scaleX, Number.NEGATIVE_INFINITY],
      PageUp: [y, scaleY, Number.POSITIVE_INFINITY],
      PageDown: [y, scaleY, Number.NEGATIVE_INFINITY],
    };
    const move = moves[key];
    if (!move) return undefined;
    const [axis, scale, by] = move;
    const { selected } = store.state;
    return model.moved(selected, axis, stepAlong(axis, scale, model.position(selected, axis), by));
  }
}

/** `by` positions on in the order in which the values lie on the screen. */
export function stepAlong({ size }: PageAxis, scale: AxisScale, at: number, by: number): number {
  const order = Array.from({ length: size }, (_, k) => k).sort((a, b) => scale.place(a) - scale.place(b));
  return order[Math.min(size - 1, Math.max(0, order.indexOf(at) + by))] as number;
}

const logOf = ({ kind }: AxisScale) => format({ log: kind === "log" });

function layout(x: PageAxis, y: PageAxis, logX: boolean, logY: boolean, available: number): Geometry {
  const beside = available >= 520;
  const full = beside ? available - besideWidth : available;
  const height = Math.round(Math.min(520, Math.max(240, full * 0.72)));
  const frame = {
    width: full,
    height: height + margin.top + margin.bottom,
    marginTop: margin.top,
    marginRight: margin.right,
    marginBottom: margin.bottom,
    marginLeft: margin.left,
  };
  const width = full - margin.left - margin.right;
  return { x, y, scaleX: axisScale(x, logX), scaleY: axisScale(y, logY), width, height, frame, beside };
}

function place(element: HTMLElement, left: number, top: number, width?: number, height?: number): void {
  element.style.transform = `translate(${left}px, ${top}px)`;
  if (width !== undefined) element.style.width = `${width}px`;
  if (height !== undefined) element.style.height = `${height}px`;
}

/** Every pixel of the screen takes the colour of the nearest point; where pixels are few, points between are not seen. */
function paint(canvas: HTMLCanvasElement, { value, colour }: Scene, geometry: Geometry, base: number): void {
  const { x, y, scaleX, scaleY, width, height } = geometry;
  const context = fitCanvas(canvas, width, height);
  canvas.style.left = `${margin.left}px`;
  canvas.style.top = `${margin.top}px`;
  const image = context.createImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer);
  const columns = Int32Array.from({ length: canvas.width }, (_, i) => scaleX.nearest((i + 0.5) / canvas.width));
  let last = -1;
  for (let j = 0; j < canvas.height; j++) {
    const position = scaleY.nearest(1 - (j + 0.5) / canvas.height);
    const start = j * canvas.width;
    if (position === last) {
      pixels.copyWithin(start, start - canvas.width, start);
      continue;
    }
    last = position;
    const row = base + position * y.stride;
    let [column, pixel] = [-1, 0];
    for (let i = 0; i < canvas.width; i++) {
      if (columns[i] !== column) {
        column = columns[i] as number;
        pixel = colour.pixel(value(row + column * x.stride));
      }
      pixels[start + i] = pixel;
    }
  }
  context.putImageData(image, 0, 0);
}
