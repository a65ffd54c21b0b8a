/** The public names: adding one is a decision, and shows here. */

import { expect, test } from "vitest";
import * as lanewise from "../../src/index.ts";

test("the package exports these names and no others", () => {
  expect(Object.keys(lanewise).sort()).toMatchInlineSnapshot(`
    [
      "AbstractSpace",
      "DataAxis",
      "DataSpace",
      "GridAxis",
      "GridSpace",
      "LanewiseError",
      "LogGridAxis",
      "NdArray",
      "ParallelExecution",
      "Parameter",
      "SequentialExecution",
      "Space",
      "UniformAxis",
      "UniformSpace",
      "defineExploration",
      "deviceCount",
      "devices",
      "isLanewiseError",
      "jit",
      "lax",
      "nn",
      "np",
      "pmap",
      "random",
      "setHostDeviceCount",
      "vmap",
    ]
  `);
});

const { np, lax, nn, random } = lanewise;

test.each(Object.entries({ np, lax, nn, random }))("%s has these functions", (_, functions) => {
  expect(Object.keys(functions).sort().join(" ")).toMatchSnapshot();
});
