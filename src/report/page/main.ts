/** The page of a report: reads what it holds, builds the views, and draws those that a change concerns. */

import { Controls } from "./controls.ts";
import { curvePlot } from "./curve.ts";
import { h } from "./dom.ts";
import { firstState } from "./first.ts";
import { HeatMap } from "./heatmap.ts";
import { Histogram } from "./histogram.ts";
import { drawLegend } from "./legend.ts";
import { Line } from "./line.ts";
import { Model } from "./model.ts";
import { Parallel } from "./parallel.ts";
import { Readout } from "./readout.ts";
import { Scatter } from "./scatter.ts";
import { type Scene, Scenes } from "./scene.ts";
import { Store } from "./state.ts";
import { outputVariables, type PlacedVariable, parameterVariables } from "./variables.ts";

/** Axes in parallel coordinates; more are too close to be read. */
const mostVariables = 10;

const help = {
  map: "Arrow keys move the selected point, with Shift by ten; Home, End, Page Up and Page Down go to the edges.",
  line: "Left and right arrow keys move the selected point, with Shift by ten; Home and End go to the ends.",
  scatter: "Arrow keys move to the next point in their direction.",
};

interface View {
  readonly element: HTMLElement;
  draw(scene: Scene, width: number): void;
}

function viewOf(model: Model, variables: readonly PlacedVariable[]): { view: View; kind: keyof typeof help } {
  if (model.free.length > 1) return { view: new HeatMap(), kind: "map" };
  const [axis] = model.free;
  if (axis) return { view: new Line(axis), kind: "line" };
  return { view: new Scatter(variables), kind: "scatter" };
}

const titled = (title: string, body: Node, id: string): HTMLElement =>
  h("figure", { class: "panel", id }, h("figcaption", {}, title), body);

/** Whether there are more parameters than a picture shows. */
const hasMany = ({ payload }: Model, parameters: readonly PlacedVariable[]): boolean =>
  parameters.length > 2 || (!payload.axes && parameters.length > 1);

/** Results are places, too, in parallel coordinates and in scatter plots. */
const needsResults = (model: Model, parameters: readonly PlacedVariable[]): boolean =>
  hasMany(model, parameters) || model.free.length === 0;

/** Everything on the page, and the order in which it is drawn. */
class Page {
  readonly #store: Store;
  readonly #scenes: Scenes;
  readonly #view: View;
  readonly #controls: Controls;
  readonly #readout: Readout;
  readonly #histogram = new Histogram(h("div"));
  readonly #legend = h("div", { class: "legend" });
  readonly #curve = h("div");
  readonly #parallel: Parallel | undefined;
  readonly #picture: HTMLElement;
  readonly #curvePanel: HTMLElement;
  #turn = 0;
  /** What the lines of the parallel coordinates were drawn from. */
  #lines = "";

  constructor(model: Model, parameters: readonly PlacedVariable[], results: readonly PlacedVariable[]) {
    const variables = [...parameters, ...results];
    const { view, kind } = viewOf(model, variables);
    this.#store = new Store(firstState(model, variables.length));
    this.#scenes = new Scenes(model, this.#store);
    this.#view = view;
    this.#controls = new Controls(model, this.#store, variables);
    this.#readout = new Readout(model);
    this.#parallel = hasMany(model, parameters)
      ? new Parallel(variables.slice(0, mostVariables), model.points)
      : undefined;
    const helped = h("p", { id: "map-help", class: "help" }, help[kind]);
    this.#picture = h("div", { class: "picture" }, this.#legend, view.element, helped);
    this.#curvePanel = titled("At the current point", this.#curve, "curve");
  }

  mount(host: HTMLElement): void {
    const values = titled("All values", this.#histogram.element, "histogram");
    const side = h("aside", { "aria-label": "Current point" }, this.#readout.element, values);
    const views = h("div", { class: "views" }, this.#picture, side);
    host.replaceChildren(this.#controls.element, views, this.#curvePanel);
    if (this.#parallel) host.append(titled("Parameters and results of each point", this.#parallel.element, "parallel"));
    this.#store.listen(() => void this.draw());
    const redraw = (): void => this.#store.set({ page: this.#store.state.page + 1 });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
    let width = host.clientWidth;
    new ResizeObserver(() => {
      if (host.clientWidth === width) return;
      width = host.clientWidth;
      redraw();
    }).observe(host);
  }

  async draw(): Promise<void> {
    const mine = ++this.#turn;
    const scene = await this.#scenes.scene();
    // A later change has overtaken this one while a column was unpacked.
    if (mine !== this.#turn) return;
    this.#controls.sync(scene);
    this.#view.draw(scene, this.#picture.clientWidth);
    this.#readout.draw(scene);
    this.#histogram.draw(scene, this.#histogram.element.clientWidth);
    drawLegend(this.#legend, scene, this.#picture.clientWidth);
    this.#curvePanel.hidden = scene.output.width === 1;
    if (!this.#curvePanel.hidden) this.#curve.replaceChildren(curvePlot(scene, this.#curve.clientWidth));
    const { name, colour, state } = scene;
    const lines = JSON.stringify([state.page, name, colour.domain, colour.log, state.scheme]);
    this.#parallel?.draw(scene, this.#parallel.element.clientWidth, lines !== this.#lines);
    this.#lines = lines;
    if (!document.documentElement.dataset.ready) performance.mark("ready");
    document.documentElement.dataset.ready = "true";
  }
}

async function start(): Promise<void> {
  const host = document.getElementById("explore");
  if (!host) return;
  const model = await Model.read();
  if (model.points === 0 || model.outputs.length === 0) {
    host.replaceChildren(h("p", {}, "There is nothing to show: no point, or no output."));
    return;
  }
  const parameters = parameterVariables(model);
  // A picture of two axes is there before the other outputs are unpacked.
  const results = needsResults(model, parameters) ? await outputVariables(model) : [];
  const page = new Page(model, parameters, results);
  page.mount(host);
  await page.draw();
}

start().catch((error: unknown) => {
  document
    .getElementById("explore")
    ?.replaceChildren(h("p", { class: "notice" }, `The views cannot be shown: ${error}`));
  throw error;
});
