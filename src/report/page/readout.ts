/** The numbers of the current point; those of a newly selected one are also said to screen readers. */

import { statusNames } from "../../base/status.ts";
import { count, number } from "../format.ts";
import { h } from "./dom.ts";
import type { Model, Numbers } from "./model.ts";
import type { Scene } from "./scene.ts";

const shown = (value: number, bool: boolean): string => (bool ? (value === 0 ? "false" : "true") : number(value));

const quantity = ({ value, unit }: { value: number; unit?: string | undefined }): string =>
  unit === undefined ? number(value) : `${number(value)} ${unit}`;

export class Readout {
  readonly element = h("div", { class: "readout", id: "readout" });
  readonly #live = h("p", { class: "unseen", role: "status", "aria-live": "polite", id: "live" });
  readonly #body = h("div");
  /** Columns that have been looked at. */
  readonly #known = new Map<number, Numbers>();
  #said = -1;

  constructor(model: Model) {
    this.element.append(this.#body, this.#live);
    // Other outputs than the one shown appear as they arrive: their columns are unpacked when all else stands.
    for (const output of model.outputs.filter(({ width }) => width === 1)) {
      void model.values(output).then((values) => this.#known.set(output.column, values));
    }
  }

  draw(scene: Scene): void {
    const { model, store, state, value, name } = scene;
    const row = store.current;
    const status = model.status[row] ?? 0;
    const parameters = model.parametersAt(row);
    const pair = (label: string, text: string, kind: string): HTMLElement =>
      h("div", { class: kind }, h("dt", {}, label), h("dd", {}, text));
    const others = model.outputs.filter((output) => output !== scene.output && this.#known.has(output.column));
    const bool = scene.output.bool;
    this.#body.replaceChildren(
      h("h3", {}, state.hovered === undefined ? "Selected point" : "Point under the pointer"),
      h(
        "dl",
        {},
        pair(name, shown(value(row), bool), "main"),
        ...parameters.map((parameter) => pair(parameter.name, quantity(parameter), "parameter")),
        ...others.map((output) =>
          pair(output.name, shown(this.#known.get(output.column)?.[row] as number, output.bool), "other"),
        ),
        pair("point", count(model.indexOf(row)), "other"),
        ...(status === 1 ? [] : [pair("status", statusNames[status] ?? String(status), "bad")]),
      ),
    );
    if (state.hovered !== undefined || row === this.#said) return;
    const first = this.#said < 0;
    this.#said = row;
    // Not at the start: nobody has moved yet.
    if (first) return;
    const at = parameters.map((parameter) => `${parameter.name} ${quantity(parameter)}`).join(", ");
    this.#live.textContent = `${name} ${shown(value(row), bool)} at ${at}`;
  }
}
