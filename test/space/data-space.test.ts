import { expect, test } from "vitest";
import { DataAxis } from "../../src/space/axis.ts";
import { DataSpace } from "../../src/space/data-space.ts";
import { Parameter } from "../../src/space/parameter.ts";

test("without parameters every array holds a row per point", () => {
  const space = new DataSpace({
    x: [1, 2, 3],
    y: Float32Array.of(4, 5, 6),
    z: [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
    k: 9,
    s: "text",
  });
  expect(space.N).toBe(3);
  expect(space.at(1)).toMatchObject({ x: 2, y: 5, z: { shape: [2], data: Float32Array.of(3, 4) }, k: 9, s: "text" });
});

test("with parameters only the free ones and data axes vary", () => {
  const state = {
    p: new Parameter("p", [1, 2], { free: true }),
    fixed: new Parameter("fixed", [7, 8, 9]),
    d: new DataAxis([5, 6]),
    weights: [1, 2, 3, 4],
  };
  const space = new DataSpace(state);
  expect(space.state).toBe(state);
  expect(space.freeLeaves().map(({ path }) => path)).toEqual(["d", "p"]);
  expect(space.at(-1)).toMatchObject({ d: 6, p: 2, fixed: { shape: [3] }, weights: { shape: [4] } });
});

test("marked arrays alone vary where one is marked", () => {
  const space = new DataSpace({ d: new DataAxis([5, 6]), weights: [1, 2, 3, 4] });
  expect(space.toRows()).toEqual([{ d: 5 }, { d: 6 }]);
});
