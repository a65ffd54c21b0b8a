/** Models as people write them: known answers, and the same bits for any batch size, devices and way of running. */

import { afterAll, describe, expect, test } from "vitest";
import { NdArray, ParallelExecution, SequentialExecution, setHostDeviceCount } from "../../src/index.ts";
import { type Case, cases } from "../helpers/models.ts";
import { written } from "../helpers/three-ways.ts";

setHostDeviceCount(2);

const executions: { dispose(): void }[] = [];
afterAll(() => {
  for (const execution of executions) execution.dispose();
});

const numbersOf = (result: unknown): number[] => {
  if (Array.isArray(result)) return result.flatMap(numbersOf);
  return result instanceof NdArray ? Array.from(result.data) : [Number(result)];
};

describe.each(Object.keys(cases) as (keyof typeof cases)[])("%s", (name) => {
  const { model, space, args = [], answer, within }: Case = cases[name];
  test.each(["float32", "float64"] as const)(
    "in %s: the known answer, and the same bits however it runs",
    async (dtype) => {
      const points = [...(await new SequentialExecution(model as never, space, { args, dtype }).run())].map(numbersOf);
      const tolerance = within[dtype];
      if (tolerance !== undefined) {
        expect(points).toHaveLength(answer.length);
        const far = points.flatMap((point, p) =>
          point.map(
            (x, k) => Math.abs(x - (answer[p]?.[k] as number)) / Math.max(1, Math.abs(answer[p]?.[k] as number)),
          ),
        );
        expect(Math.max(...far)).toBeLessThanOrEqual(tolerance);
      }
      const bits = points.map((point) => written(Float64Array.from(point)));
      for (const [nVmap, nPmap] of [
        ["auto", 2],
        [5, 2],
        [1, 1],
      ] as const) {
        const execution = new ParallelExecution(model as never, space, { args, dtype, nVmap, nPmap });
        executions.push(execution);
        const got = [...(await execution.run())].map((result) => written(Float64Array.from(numbersOf(result))));
        expect(got, `nVmap ${nVmap}, nPmap ${nPmap}`).toEqual(bits);
      }
    },
  );
});
