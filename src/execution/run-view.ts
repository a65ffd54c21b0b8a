/** Points of one run, all or some of them: what results in memory and results in a store have in common. */

import type { LabelsByPath } from "../space/labels.ts";
import type { SpaceAxis } from "../space/space.ts";
import type { Report } from "./report.ts";
import type { View } from "./view.ts";

/** What all views of one run share. */
export interface RunData {
  readonly report: Report;
  /** Of a product space. */
  readonly axes: readonly SpaceAxis[] | undefined;
  /** Of the parameters. */
  readonly labels: LabelsByPath;
}

export abstract class RunView<D extends RunData> {
  readonly #data: D;
  readonly #view: View;

  /** Made by executions. */
  constructor(data: D, view: View) {
    this.#data = data;
    this.#view = view;
  }

  protected get data(): D {
    return this.#data;
  }

  protected get view(): View {
    return this.#view;
  }

  /** Number of points. */
  get length(): number {
    return this.#view.length;
  }

  /** What the run did, and how long it took; the same for all views. Of a store that was opened: its last run. */
  get report(): Report {
    return this.#data.report;
  }

  /** What parameters and axes say of themselves (name, unit, description), by path; nothing of those that are silent. */
  get labels(): LabelsByPath {
    return this.#data.labels;
  }

  /** Names of the axes of a product space, slowest first; empty where the points are no product. */
  get dims(): readonly string[] {
    const axes = this.#data.axes ?? [];
    return (this.#view.dimensions ?? []).map(({ axis }) => (axes[axis] as SpaceAxis).name);
  }
}
