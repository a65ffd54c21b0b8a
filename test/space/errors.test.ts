import { expect, test } from "vitest";
import { DataAxis, GridAxis, LogGridAxis, UniformAxis } from "../../src/space/axis.ts";
import { Space } from "../../src/space/axis-space.ts";
import { DataSpace } from "../../src/space/data-space.ts";
import { Parameter, type ParameterOptions } from "../../src/space/parameter.ts";
import { GridSpace, UniformSpace } from "../../src/space/parameter-space.ts";
import { AbstractSpace } from "../../src/space/space.ts";

const free = (options: ParameterOptions = {}) => new Parameter("p", 0, { low: 0, high: 1, free: true, ...options });

/** The kind and the sentence of what `f` throws. */
function thrown(f: () => unknown): string {
  try {
    f();
  } catch (error) {
    return `${error}`.replace(/ \(at [^()]*\)$/, "");
  }
  return "nothing";
}

const parameters: [() => unknown][] = [
  [() => new Parameter("p", 0, { low: 1, high: 1 })],
  [() => new Parameter("p", 0, { low: Number.NaN })],
  [() => new Parameter("p", Number.NaN)],
  [() => new Parameter("p", [1, Number.POSITIVE_INFINITY])],
  [() => new Parameter("p", 0.5, { dtype: "int32" })],
  [() => new Parameter("p", 0, { dtype: "float16" as "float32" })],
  [() => new Parameter("p", "0" as unknown as number)],
  [() => new Parameter(0 as unknown as string, 0)],
  [() => new Parameter("p", [1, 2], { shape: [3] })],
  [() => new Parameter("p", [[1, 2], [3]])],
  [() => new Parameter("p", 0, { low: "0" as unknown as number })],
];

test("parameters say what is wrong with them", () => {
  expect(parameters.map(([f]) => thrown(f))).toMatchInlineSnapshot(`
    [
      "RangeError: Parameter "p": expected low < high, got low 1 and high 1; swap or widen the bounds",
      "RangeError: Parameter "p": expected bounds that are numbers, got low NaN and high undefined; leave out a bound to have none",
      "RangeError: Parameter "p": expected a finite value, got NaN; give a number to start from",
      "RangeError: Parameter "p": expected a finite value, got Infinity; give a number to start from",
      "RangeError: Parameter "p": expected values of dtype int32, got 0.5; leave out dtype or change the value",
      "TypeError: Parameter "p": expected a dtype, got "float16"; use float32, float64, int32, uint32 or bool",
      "TypeError: Parameter "p": expected numbers, got "0"; give a number, a number array or a typed array",
      "TypeError: Parameter: expected a name first, got 0; write new Parameter("G", 0.5)",
      "RangeError: Parameter "p": expected one number to repeat to shape [3], got shape [2]; leave out shape",
      "LanewiseError: Parameter "p": expected rows of one length, got rows of different lengths; fill the short ones up",
      "TypeError: Parameter "p": expected a number as low, got "0"; give one bound for all elements",
    ]
  `);
});

const axes: [() => unknown][] = [
  [() => new GridAxis(0, 1, 0)],
  [() => new GridAxis(0, 1, 2.5)],
  [() => new GridAxis(1, 0, 2)],
  [() => new GridAxis(0, Number.POSITIVE_INFINITY, 2)],
  [() => new GridAxis("0" as unknown as number, 1, 2)],
  [() => new LogGridAxis(0, 1, 2)],
  [() => new LogGridAxis(2, 1, 2)],
  [() => new UniformAxis(1, 1, 2)],
  [() => new DataAxis([])],
  [() => new DataAxis(new Float32Array(0))],
  [() => new DataAxis(3 as unknown as number[])],
  [() => new DataAxis(["a"] as unknown as number[])],
  [() => new DataAxis([[1], [2]], { shape: [2] })],
  [() => new GridAxis(0, 1, 2, { shape: 3 as unknown as number[] })],
  [() => new GridAxis(0, 1, 2, { group: "" })],
  [() => new GridAxis(0, 1, 2, { wrap: 3 as unknown as () => number })],
];

test("axes say what is wrong with them", () => {
  expect(axes.map(([f]) => thrown(f))).toMatchInlineSnapshot(`
    [
      "RangeError: GridAxis: expected a positive integer as n, got 0; give a count from 1 up",
      "RangeError: GridAxis: expected a positive integer as n, got 2.5; give a count from 1 up",
      "RangeError: GridAxis: expected low < high, got low 1 and high 0; swap or widen the bounds",
      "RangeError: GridAxis: expected finite bounds, got low 0 and high Infinity; give bounds that can be spanned",
      "TypeError: GridAxis: expected two numbers as bounds, got "0"; write (low, high, n)",
      "RangeError: LogGridAxis: expected positive bounds, got low 0 and high 1; use GridAxis to cross zero",
      "RangeError: LogGridAxis: expected low < high, got low 2 and high 1; swap or widen the bounds",
      "RangeError: UniformAxis: expected low < high, got low 1 and high 1; swap or widen the bounds",
      "RangeError: DataAxis: expected at least one value, got none; give an array with a point per row",
      "RangeError: DataAxis: expected at least one value, got none; give an array with a point per row",
      "TypeError: DataAxis: expected an array, got a single number; put the values in an array",
      "TypeError: DataAxis: expected numbers, got an array; give a number, a number array or a typed array",
      "RangeError: DataAxis: expected one number per point to repeat to a shape, got values of shape [2, 1]; leave out shape",
      "TypeError: GridAxis: expected a shape such as [3, 2], got 3; leave it out for one number",
      "TypeError: GridAxis: expected a name as group, got ""; give the same string to each member",
      "TypeError: GridAxis: expected a function as wrap, got 3; write (value) => …",
    ]
  `);
});

const grid = (n: unknown) => new GridSpace({ a: free(), b: { c: free() }, k: 1 }, { n: n as number });

const spaces: [() => unknown][] = [
  [() => grid(0)],
  [() => grid("3")],
  [() => grid({ a: 2, k: 3 })],
  [() => grid({ b: { c: -1 } })],
  [
    () => {
      const space = grid(2);
      space.n.b = {} as { c: number };
      return space.N;
    },
  ],
  [
    () => {
      (grid(2).n as unknown as { q: number }).q = 3;
    },
  ],
  [
    () => {
      (grid(2).n.b as unknown as { d: number }).d = 3;
    },
  ],
  [
    () => {
      grid(2).n.b.c = 0;
    },
  ],
  [() => grid(2 ** 27)],
  [() => new GridSpace({ a: free() }, 10 as unknown as object)],
  [() => new UniformSpace({ a: free() }, { n: 10 } as object)],
  [() => new Space({ a: new GridAxis(0, 1, 2, { groups: "g" } as object) })],
  [() => new GridSpace({ a: 1 })],
  [() => new GridSpace({ a: new GridAxis(0, 1, 2), b: free() })],
  [() => new GridSpace({ a: free({ high: Number.POSITIVE_INFINITY }) })],
  [() => new UniformSpace({ a: new Parameter("a", 0, { low: 0, free: true }) })],
  [() => new UniformSpace({ a: [new Parameter("a", 0, { free: true })] })],
  [() => new UniformSpace({ a: free({ dtype: "bool" }) })],
  [() => new UniformSpace({ a: free() }, { N: 0 })],
  [() => new UniformSpace({ a: free() }, { key: 0 as unknown as [number, number] })],
  [() => new UniformSpace({ a: free() }, { key: [0, -1] })],
  [() => new UniformSpace({ a: free() }, { key: Uint32Array.of(1, 2, 3) })],
  [() => new DataSpace({ a: [1, 2], b: { c: [1, 2, 3] } })],
  [() => new DataSpace({ a: 1 })],
  [() => new DataSpace({ a: new Parameter("a", 0, { free: true }) })],
  [() => new DataSpace({ a: new Float32Array(0) })],
  [() => new DataSpace({ a: new GridAxis(0, 1, 2) })],
  [() => new Space({ a: 1 })],
  [() => new Space({ a: new GridAxis(0, 1, 2) }, { mode: "grid" as "zip" })],
  [() => new Space({ a: new GridAxis(0, 1, 2), b: [new GridAxis(0, 1, 3)] })],
  [
    () =>
      new Space(
        { a: new GridAxis(0, 1, 2, { group: "g" }), b: new GridAxis(0, 1, 3, { group: "g" }) },
        { mode: "product" },
      ),
  ],
  [() => new Space({ a: new GridAxis(0, 1, 2, { group: "b" }), b: new GridAxis(0, 1, 3) }, { mode: "product" })],
];

test("spaces say what is wrong with them", () => {
  expect(spaces.map(([f]) => thrown(f))).toMatchInlineSnapshot(`
    [
      "RangeError: GridSpace: expected a positive integer as n at a, got 0; give a count from 1 up",
      "TypeError: GridSpace: expected counts at a, b.c, got one at value; make n parallel to the state",
      "TypeError: GridSpace: expected counts at a, b.c, got one at k; make n parallel to the state",
      "RangeError: GridSpace: expected a positive integer as n at b.c, got -1; give a count from 1 up",
      "RangeError: GridSpace: expected a positive integer as n at b.c, got undefined; give a count from 1 up",
      "TypeError: GridSpace: expected counts at a, b.c, got one at q; make n parallel to the state",
      "TypeError: GridSpace: expected counts at a, b.c, got one at b.d; make n parallel to the state",
      "RangeError: GridSpace: expected a positive integer as n at b.c, got 0; give a count from 1 up",
      "RangeError: GridSpace: expected at most 2^53 points, got 1.801e+16 (a: 134217728, b.c: 134217728); use fewer values on some axis",
      "TypeError: GridSpace: expected options as an object, got 10; write { n: … }, or leave it out",
      "TypeError: UniformSpace: expected options among N, key, got n; correct or drop it",
      "TypeError: GridAxis: expected options among shape, group, wrap, name, unit, description, got groups; correct or drop it",
      "TypeError: GridSpace: expected a free Parameter in the state, got none; give one free: true and bounds",
      "TypeError: GridSpace: expected free Parameters, got an axis at a; use new Space(state) for axes",
      "RangeError: GridSpace at a: expected finite bounds, got low 0 and high Infinity; give bounds that can be spanned",
      "TypeError: UniformSpace: expected low and high of every free parameter, got no high at a; add bounds or free: false",
      "TypeError: UniformSpace: expected low and high of every free parameter, got no low and high at a[0]; add bounds or free: false",
      "TypeError: UniformSpace: expected numbers between bounds, got dtype bool at a; use new DataAxis([false, true]) in a Space",
      "RangeError: UniformSpace: expected a positive integer as N, got 0; give a count from 1 up",
      "TypeError: UniformSpace: expected a key of two uint32 words (philox: four), got 0; use random.key(0)",
      "TypeError: UniformSpace: expected a key of two uint32 words (philox: four), got 0, -1; use random.key(0)",
      "TypeError: UniformSpace: expected a key of two uint32 words (philox: four), got 3 words; use random.key(0)",
      "RangeError: DataSpace: expected equal sizes, got a: 2, b.c: 3; give every free leaf as many rows",
      "TypeError: DataSpace: expected arrays in the state, got none; give a free Parameter or a DataAxis with a row per point",
      "TypeError: DataSpace: expected a dimension for the points at a, got a single number; give an array with a row per point",
      "RangeError: DataSpace: expected at least one row at a, got none; give a row per point",
      "TypeError: DataSpace: expected free Parameters, got an axis at a; use new Space(state) for axes",
      "TypeError: Space: expected an axis in the state, got none; put in a GridAxis, LogGridAxis, UniformAxis or DataAxis",
      "TypeError: Space: expected mode "zip" or "product", got "grid"; choose one of the two",
      "RangeError: Space: expected equal sizes, got a: 2, b[0]: 3; give them equal sizes, or { truncate: true }",
      "RangeError: Space, group "g": expected equal sizes, got a: 2, b: 3; give them equal sizes, or { truncate: true }",
      "TypeError: Space: expected a group name that is no axis, got "b" for both; rename the group or add the axis to it",
    ]
  `);
});

test("counts below an inner key can be written together", () => {
  const space = grid(2);
  space.n.b = { c: 5 };
  expect([space.N, space.n.b.c]).toEqual([10, 5]);
});

class Own extends AbstractSpace<unknown, unknown> {
  readonly points: readonly unknown[];
  constructor(points: readonly unknown[]) {
    super();
    this.points = points;
  }
  override get N() {
    return this.points.length;
  }
  override pointAt(i: number) {
    return this.points[i];
  }
}

class Pointless extends AbstractSpace {
  override get N() {
    return 1;
  }
}

class Countless extends AbstractSpace {
  override get N() {
    return 2.5;
  }
}

const small = new GridSpace({ a: free() }, { n: 3 });
const whole = new DataSpace({ a: Int32Array.of(1, 2, 3) });
const vast = new UniformSpace({ a: free() }, { N: 1e12 });

const uses: [() => unknown][] = [
  [() => small.at(3)],
  [() => small.at(-4)],
  [() => small.at(0.5)],
  [() => small.slice(1, 1).at(0)],
  [() => small.slice(0, 3, 0)],
  [() => small.slice(0.5)],
  [() => small.collect({ nVmap: 0 })],
  [() => small.collect({ nPmap: 1.5 })],
  [() => whole.collect({ nVmap: 2 })],
  [() => vast.asList()],
  [() => vast.toRows()],
  [() => vast.toColumns()],
  [() => vast.collect()],
  [() => new Pointless().at(0)],
  [() => new Own([{ a: 1 }, { b: 1 }]).toRows()],
  [() => new Own([{ a: [1] }, { a: [1, 2] }]).toRows()],
  [() => new Own([{ a: 1 }, { a: "1" }]).columns("float32")],
  [() => new Own([{ a: Int32Array.of(1) }, { a: [0.5] }]).columns("float32")],
  [
    () =>
      new Own([
        { a: 1, mode: "x" },
        { a: 2, mode: "y" },
      ]).columns("float32"),
  ],
  [() => new Countless().at(0)],
];

test("uses of spaces say what is wrong with them", () => {
  expect(uses.map(([f]) => thrown(f))).toMatchInlineSnapshot(`
    [
      "RangeError: GridSpace.at: expected an index from -3 to 2, got 3; check it against length",
      "RangeError: GridSpace.at: expected an index from -3 to 2, got -4; check it against length",
      "RangeError: GridSpace.at: expected an integer index, got 0.5; round it first",
      "RangeError: SpaceSlice.at: expected nothing in an empty one, got 0; check it against length",
      "RangeError: GridSpace.slice: expected a step other than 0, got 0; use 1, or -1 for backwards",
      "RangeError: GridSpace.slice: expected integers, got 0.5; round it first",
      "RangeError: collect: expected a positive integer as nVmap, got 0; give a count from 1 up",
      "RangeError: collect: expected a positive integer as nPmap, got 1.5; give a count from 1 up",
      "TypeError: collect: expected an integer as fillValue for a of dtype int32, got NaN; give fillValue, or sizes that divide the number of points",
      "RangeError: asList: expected at most 134217727 values, got 1000000000000; take a part with slice, or read points with at",
      "RangeError: toRows: expected at most 134217727 values, got 1000000000000; take a part with slice, or read points with at",
      "RangeError: toColumns: expected at most 8589934591 values, got 1000000000000; take a part with slice, or read points with at",
      "RangeError: collect: expected at most 8589934591 values, got 1000000000000; take a part with slice, or read points with at",
      "TypeError: Pointless: expected a method pointAt(i), got none; return the state of point i from it",
      "TypeError: Own: expected the tree of point 0 at every point, got another one at point 1; give every point the same keys",
      "TypeError: Own: expected float[1] at a as at point 0, got float[2] at point 1; give every point the same dtypes and shapes",
      "TypeError: Own, point 1: a: expected numbers, got "1"; give a number, a number array or a typed array",
      "TypeError: Own: expected int32[1] at a as at point 0, got float[1] at point 1; give every point the same dtypes and shapes",
      "TypeError: Own: expected "x" at mode as at point 0, got "y" at point 1; only numbers and arrays can vary, so write 0 and 1 for a choice",
      "TypeError: Countless: expected N to be a whole number from 0 on, got 2.5; give the space a getter N",
    ]
  `);
});
