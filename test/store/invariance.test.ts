/**
 * The promise of a store: the same bytes for any number of devices, any batch size and any interruptions, and the same
 * numbers for any size of chunks. fast-check prints the seed of a failure.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import {
  GridSpace,
  lax,
  type NdArray,
  openResults,
  ParallelExecution,
  Parameter,
  random,
  setHostDeviceCount,
} from "lanewise";
import { afterAll, expect, test } from "vitest";
import { bytesOf } from "./kill.ts";

setHostDeviceCount(3);

const folder = mkdtempSync(join(tmpdir(), "lanewise-same-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const free = (name: string) => new Parameter(name, 0, { low: -1, high: 1, free: true });
const spaceOf = (a: number, b: number) => new GridSpace({ a: free("a"), b: free("b") }, { n: { a, b } });

/** Some points are not finite, some reach their limit of steps, all draw. */
const model = ({ a, b }: { readonly a: NdArray; readonly b: NdArray }) => {
  const noise = random.normal(random.foldIn(random.key(3), 5), [2]);
  const steps = lax.whileLoop(
    (x) => x.less(9),
    (x) => x.add(0.5).add(a),
    b,
    { maxSteps: 20 },
  );
  return { root: steps.sqrt().mul(noise), sign: a.mul(b).greater(0) };
};

interface Run {
  readonly nPmap: number;
  readonly nVmap: number;
  /** Chunks after which it is stopped. */
  readonly stop: number;
}

let count = 0;
/** Runs that did not reach the end: a test without interruptions would prove little. */
let stopped = 0;

const reason = new Error("stopped on purpose");

/** A signal that comes between two looks at it: a run looks before it begins, and after each chunk that it committed. */
function stopping(after: number): AbortSignal {
  const controller = new AbortController();
  const { signal } = controller;
  let looks = 0;
  const throwIfAborted = () => {
    if (looks++ === after) controller.abort(reason);
    AbortSignal.prototype.throwIfAborted.call(signal);
  };
  return Object.assign(signal, { throwIfAborted });
}

/** Fills a store with these settings in turn, each but the last stopped after so many chunks. */
async function fill(store: string, space: ReturnType<typeof spaceOf>, chunk: number, runs: readonly Run[]) {
  for (const [k, { stop, ...setting }] of runs.entries()) {
    const last = k === runs.length - 1;
    const execution = new ParallelExecution(model, space, setting);
    const watch = last ? {} : { signal: stopping(stop) };
    await execution.run({ store, chunk, resume: true, ...watch }).catch((error: unknown) => {
      if (error !== reason) throw error;
      stopped++;
    });
    execution.dispose();
  }
}

const runs: fc.Arbitrary<Run[]> = fc.array(
  fc.record({
    nPmap: fc.integer({ min: 1, max: 3 }),
    nVmap: fc.integer({ min: 1, max: 40 }),
    stop: fc.integer({ min: 1, max: 6 }),
  }),
  { minLength: 2, maxLength: 4 },
);

test("bytes hang on the space and the size of chunks alone, numbers on the space alone", async () => {
  const cases = fc.record({
    a: fc.integer({ min: 1, max: 12 }),
    b: fc.integer({ min: 1, max: 12 }),
    chunks: fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 })),
    runs,
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ a, b, chunks: [chunk, other], runs }) => {
      const space = spaceOf(a, b);
      const [plain, wild, apart] = ["plain", "wild", "apart"].map((name) => `${name}-${count++}.zarr`) as [
        string,
        string,
        string,
      ];
      const calm = [{ nPmap: 1, nVmap: 1000, stop: 0 }];
      await fill(join(folder, plain), space, chunk, calm);
      await fill(join(folder, wild), space, chunk, runs);
      await fill(join(folder, apart), space, other, runs);
      expect(bytesOf(folder, wild)).toBe(bytesOf(folder, plain));
      const columnsOf = async (store: string) => (await openResults(join(folder, store))).toColumns();
      expect(await columnsOf(apart)).toEqual(await columnsOf(plain));
    }),
    { seed: 20_261, numRuns: 12 },
  );
  expect(stopped).toBeGreaterThan(3);
}, 60_000);
