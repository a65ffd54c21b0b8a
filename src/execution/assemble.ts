/** A space, what was computed over it, and a report → results. */

import type { FloatDType, TypedArray } from "../base/dtype.ts";
import type { Structure } from "../base/tree.ts";
import type { Type } from "../base/value.ts";
import type { FreeLeaf } from "../space/point.ts";
import type { AbstractSpace } from "../space/space.ts";
import type { ResultColumns } from "../store/memory.ts";
import type { Report } from "./report.ts";
import { Results } from "./results.ts";
import { type Column, resultNames } from "./table.ts";
import type { ResultOf, StackedOf } from "./types.ts";
import { wholeView } from "./view.ts";

/** The tree that a model returns. */
export interface Outputs {
  readonly structure: Structure;
  readonly paths: readonly string[];
  readonly outputs: readonly Type[];
  /** Type of the floats that the model computed with. */
  readonly float: FloatDType;
}

export function resultsOf<R>(
  space: AbstractSpace<unknown, unknown>,
  { structure, paths, outputs, float }: Outputs,
  columns: ResultColumns,
  report: Report,
  reasonOf?: (point: number) => string | undefined,
): Results<ResultOf<R>, StackedOf<R>> {
  const sources = space.outsideColumns(float);
  // An empty space of the user's own has no point to tell its leaves.
  const free = sources.length === 0 ? [] : space.freeLeaves();
  const parameters = sources.map((source, i): Column => {
    return { name: (free[i] as FreeLeaf).path, type: source, values: { source } };
  });
  const names = resultNames(
    paths,
    parameters.map(({ name }) => name),
  );
  const results = names.map((name, i): Column => {
    return { name, type: outputs[i] as Type, values: { data: columns.data[i] as TypedArray } };
  });
  const axes = space.axes(float);
  const view = wholeView(
    report.points,
    axes?.map(({ size }) => size),
  );
  return new Results(
    {
      structure,
      types: outputs,
      columns,
      table: [...parameters, ...results],
      names,
      axes,
      labels: space.labels,
      report,
      ...(reasonOf && { reasonOf }),
    },
    view,
  );
}
