/** The page of a report: reads what it holds, builds the views, and draws those that a change concerns. */

import * as Plot from "@observablehq/plot";
import { prefersLog } from "./axis-scale.ts";
import { Controls } from "./controls.ts";
import { curvePlot } from "./curve.ts";
import { h } from "./dom.ts";
import { HeatMap } from "./heatmap.ts";
import { Histogram } from "./histogram.ts";
import { Line } from "./line.ts";
import { Model, type PageAxis } from "./model.ts";
import { Parallel } from "./parallel.ts";
import { format } from "./profile.ts";
import { Readout } from "./readout.ts";
import { Scatter } from "./scatter.ts";
import { type Scene, Scenes } from "./scene.ts";
import { type State, Store } from "./state.ts";
import { outputVariables, type PlacedVariable, parameterVariables } from "./variables.ts";

/** Axes in parallel coordinates; more are too close to be read. */
const mostVariables = 10;

const help = {
  map: "Arrow keys move the selected point, with Shift by ten; Home, End, Page Up and Page Down go to the edges.",
  line: "Left and right arrow keys move the selected point, with Shift by ten; Home and End go to the ends.",
  scatter: "Arrow keys move to the next point in their direction.",
};

function firstState(model: Model): State {
  const output = model.outputs.findIndex(({ name }) => name === model.payload.show);
  const [x, y] = model.free.length > 1 ? longest(model.free) : [0, model.payload.axes ? 0 : 1];
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

async function start(): Promise<void> {
  const host = document.getElementById("explore");
  if (!host) return;
  const model = await Model.read();
  if (model.points === 0 || model.outputs.length === 0) {
    host.replaceChildren(h("p", {}, "There is nothing to show: no point, or no output."));
    return;
  }
  const parameters = parameterVariables(model);
  const results = await outputVariables(model);
  const variables = [...parameters, ...results];
  const store = new Store(firstState(model));
  if (variables.length < 2) store.set({ y: 0 });
  const { view, kind } = viewOf(model, variables);
  const controls = new Controls(model, store, variables);
  const readout = new Readout(model);
  const histogram = new Histogram(h("div"));
  const legend = h("div", { class: "legend" });
  const curve = h("div");
  const curvePanel = titled("At the current point", curve, "curve");
  const many = parameters.length > 2 || (!model.payload.axes && parameters.length > 1);
  const parallel = many ? new Parallel(variables.slice(0, mostVariables), model.points) : undefined;
  const picture = h(
    "div",
    { class: "picture" },
    legend,
    view.element,
    h("p", { id: "map-help", class: "help" }, help[kind]),
  );
  const side = h(
    "aside",
    { "aria-label": "Current point" },
    readout.element,
    titled("All values", histogram.element, "histogram"),
  );
  host.replaceChildren(controls.element, h("div", { class: "views" }, picture, side), curvePanel);
  if (parallel) host.append(titled("Parameters and results of each point", parallel.element, "parallel"));

  const scenes = new Scenes(model, store);
  let turn = 0;
  let lines = "";
  const draw = async (): Promise<void> => {
    const mine = ++turn;
    const scene = await scenes.scene();
    // A later change has overtaken this one while a column was unpacked.
    if (mine !== turn) return;
    controls.sync(scene);
    view.draw(scene, picture.clientWidth);
    readout.draw(scene);
    histogram.draw(scene, histogram.element.clientWidth);
    drawLegend(legend, scene, picture.clientWidth);
    curvePanel.hidden = scene.output.width === 1;
    if (!curvePanel.hidden) curve.replaceChildren(curvePlot(scene, curve.clientWidth));
    const key = JSON.stringify([
      scene.state.page,
      scene.name,
      scene.colour.domain,
      scene.colour.log,
      scene.state.scheme,
    ]);
    parallel?.draw(scene, parallel.element.clientWidth, key !== lines);
    lines = key;
    if (!document.documentElement.dataset.ready) performance.mark("ready");
    document.documentElement.dataset.ready = "true";
  };
  store.listen(() => void draw());
  const redraw = (): void => store.set({ page: store.state.page + 1 });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  let width = 0;
  new ResizeObserver(() => {
    if (host.clientWidth === width) return;
    width = host.clientWidth;
    redraw();
  }).observe(host);
  await draw();
}

function drawLegend(element: HTMLElement, { colour, name, range }: Scene, width: number): void {
  const key = JSON.stringify([colour.domain, colour.log, name, width, colour.css(range[0]), colour.css(range[1])]);
  if (element.dataset.key === key) return;
  element.dataset.key = key;
  const ramp = h("canvas", { width: 256, height: 1, class: "ramp", role: "img", "aria-label": `colours of ${name}` });
  const context = ramp.getContext("2d") as CanvasRenderingContext2D;
  const [low, high] = colour.domain;
  for (let i = 0; i < 256; i++) {
    const t = (i + 0.5) / 256;
    context.fillStyle = colour.css(colour.log ? low * (high / low) ** t : low + (high - low) * t);
    context.fillRect(i, 0, 1, 1);
  }
  const room = Math.min(360, width - 70);
  const ticks = Plot.plot({
    width: room,
    height: 24,
    margin: 0,
    marginTop: 0,
    marginBottom: 20,
    marginLeft: 14,
    marginRight: 14,
    x: { type: colour.log ? "log" : "linear", domain: colour.domain },
    marks: [Plot.axisX({ ticks: 5, tickSize: 4, label: null, ...format(colour) })],
    className: "plot",
  });
  const bar = h("div", { class: "bar" }, ramp, ticks);
  bar.style.width = `${room}px`;
  element.replaceChildren(h("span", { class: "name" }, name), bar);
}

start().catch((error: unknown) => {
  document
    .getElementById("explore")
    ?.replaceChildren(h("p", { class: "notice" }, `The views cannot be shown: ${error}`));
  throw error;
});
