/** The types that loops and branches infer. */

import { expectTypeOf, test } from "vitest";
import { lax, type NdArray, np } from "../../src/index.ts";

const x = np.arange(3);

test("a scan knows its carry, its x and its outputs", () => {
  expectTypeOf(
    lax.scan(
      (c, row) => {
        expectTypeOf(c).toEqualTypeOf<NdArray>();
        expectTypeOf(row).toEqualTypeOf<NdArray>();
        return [c.add(row), { c, row: [row] }];
      },
      0,
      x,
    ),
  ).toEqualTypeOf<[carry: NdArray, outputs: { c: NdArray; row: NdArray[] }]>();
  expectTypeOf(lax.scan((c, row) => c.add(row), 0, x)).toEqualTypeOf<[carry: NdArray, outputs: undefined]>();
  expectTypeOf(lax.scan((c, row) => [c.add(row), null], 0, x)).toEqualTypeOf<[carry: NdArray, outputs: undefined]>();
  expectTypeOf(lax.scan((c, row) => [c.add(row), 1], 0, x)).toEqualTypeOf<[carry: NdArray, outputs: NdArray]>();
});

test("a scan without xs gets null, one over a tree gets rows of the tree", () => {
  lax.scan(
    (c, none) => {
      expectTypeOf(none).toEqualTypeOf<null>();
      return c;
    },
    0,
    null,
    { length: 2 },
  );
  lax.scan(
    (c, row) => {
      expectTypeOf(row).toEqualTypeOf<{ a: NdArray; b: [NdArray, NdArray]; list: NdArray }>();
      return c;
    },
    0,
    { a: x, b: [x, new Float32Array(3)] as [NdArray, Float32Array], list: [1, 2, 3] },
  );
});

test("numbers, flags and typed arrays in a carry become arrays", () => {
  const start = { u: [0, 1] as [number, number], flag: true, list: new Float32Array(2), deep: { x } };
  const end = lax.foriLoop(
    0,
    3,
    (i, c) => {
      expectTypeOf(i).toEqualTypeOf<NdArray>();
      expectTypeOf(c).toEqualTypeOf<{ u: [NdArray, NdArray]; flag: NdArray; list: NdArray; deep: { x: NdArray } }>();
      return { ...c, u: [0, c.u[0]], flag: false };
    },
    start,
  );
  expectTypeOf(end.u).toEqualTypeOf<[NdArray, NdArray]>();
  expectTypeOf(
    lax.whileLoop(
      (c) => c.n.less(3),
      (c) => ({ n: c.n.add(1) }),
      { n: 0 },
    ),
  ).toEqualTypeOf<{ n: NdArray }>();
});

test("interfaces stay themselves", () => {
  interface Point {
    x: NdArray;
    y: NdArray;
  }
  const step = ({ x, y }: Point): Point => ({ x: y, y: x });
  const end = lax.foriLoop(0, 2, (_, p) => step(p), { x, y: x });
  expectTypeOf(end).toExtend<Point>();
});

test("a carry without a part, or with a word, is refused", () => {
  const lacking = (_: NdArray, c: { x: NdArray }) => ({ x: c.x });
  const word = () => "x";
  const wrong = (): void => {
    // @ts-expect-error the carry has a part y
    lax.foriLoop(0, 2, lacking, { x: 0, y: 0 });
    // @ts-expect-error a word is no array
    lax.whileLoop(() => true, word, 0);
    // @ts-expect-error the carry is an array
    lax.scan(word, 0, x);
  };
  expectTypeOf(wrong).toBeFunction();
});

test("lists in a first carry have their length", () => {
  const [[a, b]] = lax.scan(([a, b], _) => [b, a.add(b)], [0, 1], x);
  expectTypeOf(a).toEqualTypeOf<NdArray>();
  expectTypeOf(b).toEqualTypeOf<NdArray>();
  const { u } = lax.foriLoop(0, 3, (_, { u: [p, q] }) => ({ u: [q, p] }), { u: [0, x.at(0)] });
  expectTypeOf(u).toEqualTypeOf<[NdArray, NdArray]>();
});

test("branches give arrays for numbers and see arrays for operands", () => {
  const chosen = lax.cond(
    x.at(0).less(1),
    (n, word) => {
      expectTypeOf(n).toEqualTypeOf<NdArray>();
      expectTypeOf(word).toEqualTypeOf<string>();
      return { n };
    },
    () => ({ n: 0 }),
    3,
    "word",
  );
  expectTypeOf(chosen).toEqualTypeOf<{ n: NdArray }>();
  expectTypeOf(lax.switch(0, [(n) => n, () => 1], 2)).toEqualTypeOf<NdArray>();
  expectTypeOf(lax.map((row) => [row, 1] as const, x)).toEqualTypeOf<[NdArray, NdArray]>();
});
