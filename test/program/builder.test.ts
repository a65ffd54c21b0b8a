/** The builder: equal nodes are one, nodes belong where their operands are, escaped values are refused. */

import { describe, expect, test } from "vitest";
import type { Type } from "../../src/base/value.ts";
import { Builder } from "../../src/program/builder.ts";
import { nodesOf, schedule } from "../../src/program/order.ts";
import type { Node } from "../../src/program/program.ts";

const float: Type = { dtype: "float32", shape: [] };
const int: Type = { dtype: "int32", shape: [] };
const vector = (...data: number[]) => ({
  dtype: "float32" as const,
  shape: [data.length],
  data: Float32Array.from(data),
});

describe("equal nodes are one", () => {
  const b = new Builder([float, float]);
  const [x, y] = b.root.parameters as [Node, Node];

  test("for ops with the same operands and attrs", () => {
    expect(b.apply("add", [x, y])).toBe(b.apply("add", [x, y]));
    expect(b.apply("add", [x, y])).not.toBe(b.apply("add", [y, x]));
    expect(b.apply("convert", [x], { dtype: "int32" })).not.toBe(b.apply("convert", [x], { dtype: "bool" }));
  });

  test("for constants with the same bits", () => {
    expect(b.constant(0, "float32")).toBe(b.constant(0, "float32"));
    expect(b.constant(0, "float32")).not.toBe(b.constant(-0, "float32"));
    expect(b.constant(1, "int32")).not.toBe(b.constant(1, "float32"));
    expect(b.value(vector(1, 2))).toBe(b.value(vector(1, 2)));
  });

  test("and an array of one value is a broadcast scalar", () => {
    const node = b.value(vector(3, 3, 3));
    expect(node.op).toBe("broadcast");
    expect(node.operands).toEqual([b.constant(3, "float32")]);
    expect(b.value(vector(0, -0)).op).toBe("constant");
  });
});

describe("regions", () => {
  test("hold what depends on them; the rest belongs outside", () => {
    const b = new Builder([float]);
    const [a] = b.root.parameters as [Node];
    let inside: Node | undefined;
    let outside: Node | undefined;
    const body = b.body([int, float], ([, y]) => {
      outside = b.apply("mul", [a, a]);
      inside = b.apply("add", [y as Node, outside]);
      return [inside];
    });
    const loop = b.control("loop", [a], [body], { length: 2, reverse: false, carries: 1 }, [float]);
    const root = b.finish(b.results(loop));
    expect(nodesOf(body)).toEqual([inside]);
    expect(nodesOf(root)).toEqual([outside, loop, ...root.results]);
    expect([...schedule(root).keys()]).toEqual([root, body]);
  });

  test("are not left by their values", () => {
    const b = new Builder([float]);
    let inside: Node | undefined;
    b.body([float], ([y]) => {
      inside = b.apply("neg", [y as Node]);
      return [inside];
    });
    expect(() => b.apply("abs", [inside as Node])).toThrow("used outside the function that made it");
    expect(() => new Builder([]).apply("abs", b.root.parameters)).toThrow("used outside the function that made it");
  });
});
