/**
 * Parallel coordinates: a line for each point across its parameters and results. Dragging along an axis keeps the lines
 * that pass there; the boxes below do the same from the keyboard.
 */

import { withUnit } from "../../space/labels.ts";
import { number } from "../format.ts";
import { fitCanvas, h } from "./dom.ts";
import type { Scene } from "./scene.ts";
import { styled } from "./scene.ts";
import { fraction, type PlacedVariable } from "./variables.ts";

/** More lines hide each other. */
const mostLines = 2500;
const margin = { top: 34, bottom: 26, side: 64 } as const;
const height = 300;

interface Filter {
  low: number;
  high: number;
}

export class Parallel {
  readonly element = h("div", { class: "parallel" });
  readonly #lines = h("canvas", { "aria-hidden": "true" });
  readonly #marks = h("canvas", { class: "over", "aria-hidden": "true" });
  readonly #labels = h("div", { class: "labels" });
  readonly #said = h("p", { class: "said", role: "status" });
  readonly #boxes = h("div", { class: "boxes" });
  readonly #variables: readonly PlacedVariable[];
  readonly #filters = new Map<PlacedVariable, Filter>();
  readonly #rows: readonly number[];
  #scene: Scene | undefined;
  #width = 0;
  #drag: { readonly variable: PlacedVariable; readonly from: number } | undefined;

  constructor(variables: readonly PlacedVariable[], points: number) {
    this.#variables = variables;
    this.#rows = spreadRows(points);
    const stage = h("div", { class: "stage" }, this.#lines, this.#marks, this.#labels);
    const filters = h("details", { class: "filters" }, h("summary", {}, "Keep lines by numbers"), this.#boxes);
    this.element.append(stage, this.#said, filters);
    this.#boxes.append(...variables.map((variable) => this.#box(variable)));
    stage.addEventListener("pointerdown", (event) => this.#start(event));
    stage.addEventListener("pointermove", (event) => this.#move(event));
    stage.addEventListener("pointerup", (event) => this.#end(event));
    stage.addEventListener("dblclick", () => this.#clear());
  }

  draw(scene: Scene, width: number, all: boolean): void {
    this.#scene = scene;
    this.#width = width;
    if (all) this.#drawLines();
    this.#drawMarks();
  }

  #x(k: number): number {
    return margin.side + ((this.#width - 2 * margin.side) * k) / Math.max(1, this.#variables.length - 1);
  }

  #y(variable: PlacedVariable, value: number): number {
    const t = Number.isFinite(value) ? fraction(variable, value) : -0.06;
    return margin.top + (1 - t) * (height - margin.top - margin.bottom);
  }

  #kept(row: number): boolean {
    for (const [variable, { low, high }] of this.#filters) {
      const x = variable.at(row);
      if (!(x >= low && x <= high)) return false;
    }
    return true;
  }

  #path(context: CanvasRenderingContext2D, row: number): void {
    context.beginPath();
    this.#variables.forEach((variable, k) => {
      context.lineTo(this.#x(k), this.#y(variable, variable.at(row)));
    });
    context.stroke();
  }

  #drawLines(): void {
    if (!this.#scene) return;
    const { colour, value } = this.#scene;
    const context = fitCanvas(this.#lines, this.#width, height);
    const kept = this.#rows.filter((row) => this.#kept(row));
    context.lineWidth = 1;
    if (kept.length < this.#rows.length) {
      context.globalAlpha = 0.08;
      context.strokeStyle = styled("muted");
      for (const row of this.#rows) if (!this.#kept(row)) this.#path(context, row);
    }
    context.globalAlpha = Math.max(0.12, Math.min(0.8, 180 / kept.length));
    // High values last: they are what is mostly looked for.
    const order = [...kept].sort((a, b) =>
      Number.isNaN(value(a)) ? -1 : Number.isNaN(value(b)) ? 1 : value(a) - value(b),
    );
    for (const row of order) {
      context.strokeStyle = colour.css(value(row));
      this.#path(context, row);
    }
    this.#label();
    const shown = `${kept.length.toLocaleString("en-US")} of ${this.#rows.length.toLocaleString("en-US")} lines`;
    const sampled = this.#rows.length < this.#scene.model.points ? ", taken evenly from all points" : "";
    this.#said.textContent = `${shown}${sampled}. Drag along an axis to keep some; double-click to show all.`;
  }

  #label(): void {
    this.#labels.replaceChildren(
      ...this.#variables.flatMap((variable, k) => {
        const at = (text: string, top: number, kind: string): HTMLElement => {
          const label = h("span", { class: kind, title: text }, text);
          label.style.left = `${this.#x(k)}px`;
          label.style.top = `${top}px`;
          label.style.maxWidth = `${this.#x(1) - this.#x(0) - 4}px`;
          return label;
        };
        return [
          at(withUnit(variable.name, variable.unit), 0, "name"),
          at(valueText(variable, variable.high), 17, "tick"),
          at(valueText(variable, variable.low), height - margin.bottom + 6, "tick"),
        ];
      }),
    );
  }

  /** Axes, ranges that are kept, and the current point. */
  #drawMarks(): void {
    if (!this.#scene) return;
    const { store } = this.#scene;
    const context = fitCanvas(this.#marks, this.#width, height);
    const ink = styled("ink");
    this.#variables.forEach((variable, k) => {
      const x = this.#x(k);
      context.strokeStyle = ink;
      context.globalAlpha = 0.55;
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(x, margin.top);
      context.lineTo(x, height - margin.bottom);
      context.stroke();
      const filter = this.#filters.get(variable);
      if (!filter) return;
      const [top, bottom] = [this.#y(variable, filter.high), this.#y(variable, filter.low)];
      context.globalAlpha = 0.3;
      context.fillStyle = styled("accent");
      context.fillRect(x - 7, top, 14, Math.max(2, bottom - top));
    });
    context.globalAlpha = 1;
    context.lineJoin = "round";
    for (const [style, width] of [
      [styled("paper"), 5],
      [ink, 2],
    ] as const) {
      context.strokeStyle = style;
      context.lineWidth = width;
      this.#path(context, store.current);
    }
  }

  #box(variable: PlacedVariable): HTMLElement {
    const input = (side: "low" | "high"): HTMLInputElement => {
      const box = h("input", {
        type: "number",
        step: "any",
        placeholder: number(variable[side]),
        "aria-label": `${variable.name}: ${side === "low" ? "at least" : "at most"}`,
      });
      box.addEventListener("input", () => {
        const { low, high } = this.#filters.get(variable) ?? {
          low: Number.NEGATIVE_INFINITY,
          high: Number.POSITIVE_INFINITY,
        };
        const open = side === "low" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
        const given = box.value === "" ? open : Number(box.value);
        this.#keep(variable, side === "low" ? { low: given, high } : { low, high: given });
      });
      return box;
    };
    return h("div", { class: "range" }, h("span", {}, variable.name), input("low"), "–", input("high"));
  }

  #keep(variable: PlacedVariable, filter: Filter | undefined): void {
    if (filter && (filter.low > Number.NEGATIVE_INFINITY || filter.high < Number.POSITIVE_INFINITY)) {
      this.#filters.set(variable, filter);
    } else this.#filters.delete(variable);
    this.#drawLines();
    this.#drawMarks();
  }

  #clear(): void {
    this.#filters.clear();
    for (const box of this.#boxes.querySelectorAll("input")) box.value = "";
    this.#drawLines();
    this.#drawMarks();
  }

  #place(event: PointerEvent): { variable: PlacedVariable; value: number } | undefined {
    const box = this.#lines.getBoundingClientRect();
    const x = event.clientX - box.left;
    const k = this.#variables.findIndex((_, i) => Math.abs(this.#x(i) - x) <= 18);
    const variable = this.#variables[k];
    if (!variable) return undefined;
    return { variable, value: this.#valueAt(variable, event.clientY - box.top) };
  }

  #valueAt({ low, high, log }: PlacedVariable, y: number): number {
    const t = Math.min(1, Math.max(0, 1 - (y - margin.top) / (height - margin.top - margin.bottom)));
    return log ? low * (high / low) ** t : low + (high - low) * t;
  }

  #start(event: PointerEvent): void {
    const found = this.#place(event);
    if (!found) return;
    this.#drag = { variable: found.variable, from: found.value };
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
  }

  #move(event: PointerEvent): void {
    if (!this.#drag) return;
    const { variable, from } = this.#drag;
    const to = this.#valueAt(variable, event.clientY - this.#lines.getBoundingClientRect().top);
    this.#keep(variable, { low: Math.min(from, to), high: Math.max(from, to) });
  }

  #end(event: PointerEvent): void {
    if (!this.#drag) return;
    const { variable } = this.#drag;
    const filter = this.#filters.get(variable);
    // A click keeps nothing: it frees the axis.
    if (!filter || filter.low === filter.high) this.#keep(variable, undefined);
    this.#drag = undefined;
    (event.currentTarget as Element).releasePointerCapture(event.pointerId);
  }
}

/** Rows spread over all points without the rhythm of the axes, each once, the same every time. */
function spreadRows(points: number): number[] {
  if (points <= mostLines) return Array.from({ length: points }, (_, row) => row);
  // The golden section of the points, or the next number that shares no factor with them, passes through all.
  let step = Math.round((points * (Math.sqrt(5) - 1)) / 2);
  while (divisor(step, points) > 1) step++;
  return Array.from({ length: mostLines }, (_, i) => (i * step) % points);
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));

const valueText = ({ bool }: PlacedVariable, value: number): string =>
  bool ? (value === 0 ? "false" : "true") : number(value);
