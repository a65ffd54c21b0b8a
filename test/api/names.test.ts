import { expect, test } from "vitest";
import * as lanewise from "../../src/index.ts";

const namesOf = (value: object): string => Object.keys(value).sort().join(" ");

test("the public names", () => {
  expect(namesOf(lanewise)).toMatchInlineSnapshot(
    `"AbstractSpace DataAxis DataSpace GridAxis GridSpace LanewiseError LogGridAxis NdArray ParallelExecution Parameter SequentialExecution Space UniformAxis UniformSpace defineExploration deviceCount devices isLanewiseError jit lax nn np openResults pmap random running setHostDeviceCount vmap"`,
  );
});

test("the names of the array functions", () => {
  expect(namesOf(lanewise.np)).toMatchInlineSnapshot(
    `"abs acos add all any arange argmax argmin array asarray asin astype atan atan2 bitwiseAnd bitwiseOr bitwiseXor broadcastTo ceil clip concatenate corrcoef cos cosh cov cumsum div dot equal exp exp2 expandDims expm1 eye flip floor floorDivide full fullLike greater greaterEqual isfinite isinf isnan leftShift less lessEqual linspace log log10 log1p log2 logicalAnd logicalNot logicalOr matmul max maximum mean min minimum mod mul neg notEqual ones onesLike outer pow prod ravel reciprocal repeat reshape rightShift roll round scatterAdd segmentSum sign sin sinh slice sqrt square squeeze stack std sub sum take tan tanh tile transpose trunc variance where zeros zerosLike"`,
  );
  expect(namesOf(lanewise.lax)).toMatchInlineSnapshot(
    `"cond dynamicSlice dynamicUpdateSlice foriLoop map scan select switch whileLoop"`,
  );
  expect(namesOf(lanewise.nn)).toMatchInlineSnapshot(`"logSumExp relu sigmoid softmax softplus"`);
  expect(namesOf(lanewise.random)).toMatchInlineSnapshot(`"bits foldIn key normal split uniform"`);
});
