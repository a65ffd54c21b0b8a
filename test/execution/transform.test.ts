import { describe, expect, test } from "vitest";
import {
  GridAxis,
  jit,
  lax,
  type NdArray,
  np,
  ParallelExecution,
  pmap,
  Space,
  setHostDeviceCount,
  vmap,
} from "../../src/index.ts";

setHostDeviceCount(2);

const numbers = (x: NdArray): unknown => x.toArray();

describe("jit", () => {
  test("gives what the function gives, and traces once per kind of arguments", () => {
    let traces = 0;
    const f = (x: NdArray, y: NdArray) => {
      traces++;
      return { sum: x.add(y).sum(), product: x.mul(y) };
    };
    const fast = jit(f);
    const [x, y] = [np.arange(5), np.linspace(0, 1, 5)];
    const expected = f(x, y);
    traces = 0;
    for (let i = 0; i < 3; i++) {
      const { sum, product } = fast(x, y);
      expect([numbers(sum), numbers(product)]).toEqual([numbers(expected.sum), numbers(expected.product)]);
    }
    expect(traces).toBe(1);
    fast(np.arange(6), np.arange(6));
    expect(traces).toBe(2);
  });

  test("takes arguments that are all lists of numbers, of any lengths, or all numbers", () => {
    const f = jit((a: NdArray, b: NdArray) => np.sum(a).mul(np.sum(b)));
    expect(numbers(f([1, 2] as never, [[3], [4]] as never))).toBe(21);
    const asked = jit((twice: boolean, n: number) => np.full([2], twice ? 2 * n : n));
    expect(numbers(asked(true, 3))).toEqual([6, 6]);
  });

  test("takes numbers as constants, which keep their weak dtype", () => {
    const scale = jit((x: NdArray, n: number) => x.mul(n));
    const int = scale(np.asarray(Int32Array.of(1, 2)), 3);
    expect([int.dtype, numbers(int)]).toEqual(["int32", [3, 6]]);
    expect(numbers(scale(np.asarray(Int32Array.of(1, 2)), 4))).toEqual([4, 8]);
  });

  test("inside a model is the function itself", async () => {
    const half = jit((x: NdArray) => x.mul(0.5));
    using executor = new ParallelExecution(({ a }: { a: NdArray }) => half(a), new Space({ a: new GridAxis(0, 1, 3) }));
    expect([...(await executor.run())]).toEqual([0, 0.25, 0.5]);
  });
});

describe("vmap", () => {
  const dot = (x: NdArray, y: NdArray): NdArray => x.mul(y).sum();
  const a = np.arange(6).reshape([2, 3]);
  const b = np.arange(3).add(1);

  test("maps over the first axis of all arguments", () => {
    expect(numbers(vmap(dot)(a, a))).toEqual([5, 50]);
  });

  test("takes an axis for each argument, and null for what is not mapped", () => {
    expect(numbers(vmap(dot, { inAxes: [0, null] })(a, b))).toEqual([8, 26]);
    expect(numbers(vmap(dot, { inAxes: [1, null] })(a, np.asarray([1, 2])))).toEqual([6, 9, 12]);
    expect(numbers(vmap(dot, { inAxes: [-1, null] })(a, np.asarray([1, 2])))).toEqual([6, 9, 12]);
  });

  test("takes a tree of axes", () => {
    const f = ({ x, w }: { x: NdArray; w: NdArray }, k: NdArray) => x.mul(w).sum().add(k);
    const mapped = vmap(f, { inAxes: [{ x: 1, w: null }, 0] });
    expect(numbers(mapped({ x: a, w: np.asarray([1, 2]) }, b))).toEqual([7, 11, 15]);
  });

  test("puts the axis where it is asked for", () => {
    const f = (x: NdArray) => np.stack([x, x.mul(10)]);
    expect(numbers(vmap(f)(b))).toEqual([
      [1, 10],
      [2, 20],
      [3, 30],
    ]);
    expect(numbers(vmap(f, { outAxes: 1 })(b))).toEqual([
      [1, 2, 3],
      [10, 20, 30],
    ]);
    expect(numbers(vmap(f, { outAxes: -1 })(b))).toEqual([
      [1, 2, 3],
      [10, 20, 30],
    ]);
    expect(numbers(vmap((x: NdArray) => ({ s: x, f: f(x) }), { outAxes: { s: 0, f: 1 } })(b).f)).toEqual([
      [1, 2, 3],
      [10, 20, 30],
    ]);
  });

  test("maps within a map, and within a model", async () => {
    const outer = vmap((x: NdArray, y: NdArray) => vmap((u: NdArray) => u.mul(y))(x));
    expect(numbers(outer(a, np.asarray([1, 2])))).toEqual([
      [0, 1, 2],
      [6, 8, 10],
    ]);
    const model = ({ g }: { g: NdArray }) => vmap((x: NdArray) => x.mul(g), { outAxes: 1 })(a);
    using executor = new ParallelExecution(model, new Space({ g: new GridAxis(1, 2, 2) }));
    expect([...(await executor.run()).stacked]).toEqual([0, 3, 1, 4, 2, 5, 0, 6, 2, 8, 4, 10]);
  });

  test("runs loops whose length differs between points", () => {
    const steps = vmap(
      (x: NdArray) =>
        lax.whileLoop(
          ({ y }) => y.less(10),
          ({ n, y }) => ({ n: n.add(1), y: y.add(x) }),
          { n: np.zeros([]), y: x },
        ).n,
    );
    expect(numbers(steps(np.asarray([1, 2, 5])))).toEqual([9, 4, 1]);
  });

  test("says what does not fit", () => {
    const attempts = [
      () => vmap(dot)(a, b),
      () => vmap(dot)(a, np.zeros([])),
      () => vmap(dot, { inAxes: [0] })(a, b),
      () => vmap(dot, { inAxes: [3, null] })(a, b),
      () => vmap(dot, { inAxes: [null, null] })(b, b),
      () => vmap(dot, { outAxes: 1 })(a, a),
      () => vmap(3 as never),
    ];
    expect(attempts.map(messageOf)).toMatchInlineSnapshot(`
      [
        "RangeError: vmap: expected mapped axes of one size, got argument [0]: 2, argument [1]: 3; set inAxes to null for what is not mapped",
        "RangeError: vmap: expected argument [1] to have an axis 0, got a scalar; set inAxes to null for what is not mapped",
        "RangeError: vmap: expected inAxes with one entry for each of the 2 arguments, got 1; add the missing ones",
        "RangeError: vmap: expected argument [0] to have an axis 3, got shape [2, 3]; set inAxes to null for what is not mapped",
        "RangeError: vmap: expected an array with an axis to map over, got none; give arrays, or call the function itself",
        "RangeError: vmap: expected outAxes from -1 to 0, got 1; results have rank 1",
        "TypeError: jit, vmap, pmap: expected a function, got 3; give (...arrays) => result",
      ]
    `);
  });
});

describe("pmap", () => {
  test("computes one index of the leading axis on each device", async () => {
    const norms = pmap((x: NdArray) => ({ norm: x.square().sum().sqrt(), first: x.at(0) }));
    const { norm, first } = await norms(
      np.asarray([
        [3, 4],
        [6, 8],
      ]),
    );
    expect([numbers(norm), numbers(first)]).toEqual([
      [5, 10],
      [3, 6],
    ]);
  });

  test("refuses an axis longer than there are devices", async () => {
    await expect(pmap((x: NdArray) => x)(np.arange(3))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[RangeError: pmap: expected a leading axis of at most 2, the number of devices, got 3; use vmap, or call setHostDeviceCount first]`,
    );
  });
});

function messageOf(f: () => unknown): string {
  try {
    f();
    return "no error";
  } catch (error) {
    return String(error).replace(/ \(at .*/, "");
  }
}
