/** What a point can be placed by: its parameters, and its results that are single numbers. */

import { allowsLog, prefersLog } from "./axis-scale.ts";
import type { Model, Variable } from "./model.ts";

export interface PlacedVariable extends Variable {
  readonly log: boolean;
  readonly low: number;
  readonly high: number;
}

/** The parameters that vary, one for each axis of a product. */
export function parameterVariables(model: Model): PlacedVariable[] {
  if (!model.payload.axes)
    return model.parameters.map((variable) => ({ ...variable, ...placed(model, variable, false) }));
  return model.free.flatMap((axis) => {
    const [first] = axis.parameters;
    if (first?.values.length !== axis.size) return [];
    const at = (row: number): number => first.values[model.position(row, axis)] as number;
    const variable = { name: first.path, unit: first.unit, bool: false, at };
    const [low, high] = [Math.min(...first.values), Math.max(...first.values)];
    return [{ ...variable, low, high, log: prefersLog(axis) && allowsLog(axis) }];
  });
}

export async function outputVariables(model: Model): Promise<PlacedVariable[]> {
  const scalars = model.outputs.filter(({ width }) => width === 1);
  return Promise.all(
    scalars.map(async (output) => {
      const values = await model.values(output);
      const { name, bool } = output;
      const variable = { name, bool, at: (row: number) => values[row] as number };
      return { ...variable, ...placed(model, variable, false) };
    }),
  );
}

function placed({ points }: Model, { at }: Variable, log: boolean): { low: number; high: number; log: boolean } {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let row = 0; row < points; row++) {
    const x = at(row);
    if (!Number.isFinite(x)) continue;
    if (x < low) low = x;
    if (x > high) high = x;
  }
  return low <= high ? { low, high, log } : { low: 0, high: 1, log: false };
}

/** From 0 to 1 between the smallest and the largest value. */
export function fraction({ low, high, log }: PlacedVariable, value: number): number {
  if (low === high) return 0.5;
  return log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}
