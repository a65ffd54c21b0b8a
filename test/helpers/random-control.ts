/** Random loops, whiles and switches around random bodies. */

import type { Type } from "../../src/base/value.ts";
import { traceBranches } from "../../src/program/branch.ts";
import { type Node, type Region, typeOf } from "../../src/program/program.ts";
import type { Writer } from "./random-program.ts";

const bodySize = 7;

/** A node in sight, small enough to be carried. */
const carried = (w: Writer): Node => w.any() as Node;

const body = (w: Writer, types: readonly Type[], results: (parameters: readonly Node[]) => Node[]): Region =>
  w.builder.body(types, (parameters) =>
    w.scoped(parameters, () => {
      w.write(bodySize - 2 * w.depth + w.rng.below(4));
      return results(parameters);
    }),
  );

/** New values of the carries, kept finite. */
const next = (w: Writer, carries: readonly Node[]): Node[] =>
  carries.map((node) => {
    const { dtype, shape } = typeOf(node);
    return w.clamped(w.want(dtype, shape));
  });

function loop(w: Writer): Node[] {
  const { rng, builder } = w;
  const empty = rng.chance(0.05);
  const length = empty ? 0 : 1 + rng.below(6);
  const carries = Array.from({ length: 1 + rng.below(3) }, () => carried(w));
  const xs =
    empty || w.options.arrays === false
      ? []
      : Array.from({ length: rng.below(3) }, () => {
          const shape = rng.chance(0.6) ? [length] : [length, 1 + rng.below(4)];
          return w.want(rng.pick(w.dtypes), shape);
        });
  const stacks = empty || w.options.arrays === false ? 0 : rng.below(3);
  const rows = xs.map((x): Type => ({ dtype: typeOf(x).dtype, shape: typeOf(x).shape.slice(1) }));
  const region = body(w, [{ dtype: "int32", shape: [] }, ...carries.map(typeOf), ...rows], () => {
    return [...next(w, carries), ...Array.from({ length: stacks }, () => w.any() as Node)];
  });
  const stacked = region.results.slice(carries.length).map(typeOf);
  const types = [
    ...carries.map(typeOf),
    ...stacked.map(({ dtype, shape }): Type => ({ dtype, shape: [length, ...shape] })),
  ];
  const attrs = { length, reverse: rng.chance(0.4), carries: carries.length };
  return builder.results(builder.control("loop", [...carries, ...xs], [region], attrs, types));
}

/** Ends by a counter whose limit may differ from point to point, or by a condition of any kind before that. */
function whileLoop(w: Writer): Node[] {
  const { rng, builder } = w;
  const zero = builder.constant(0, "int32");
  const limit = builder.apply("and", [w.want("int32", []), builder.constant(7, "int32")]);
  const carries = [zero, limit, ...Array.from({ length: 1 + rng.below(3) }, () => carried(w))];
  const types = carries.map(typeOf);
  const early = rng.chance(0.4);
  const test = builder.body(types, (parameters) => {
    const more = builder.apply("lt", parameters.slice(0, 2));
    return [early ? w.scoped(parameters, () => builder.apply("and", [more, w.want("bool", [])])) : more];
  });
  const region = body(w, types, ([count, end]) => {
    const counted = builder.apply("add", [count as Node, builder.constant(1, "int32")]);
    return [counted, end as Node, ...next(w, carries.slice(2))];
  });
  const attrs = w.options.limits && rng.chance(0.7) ? { maxSteps: 1 + rng.below(5) } : {};
  return builder.results(builder.control("while", carries, [test, region], attrs, types));
}

function switchOf(w: Writer): Node[] {
  const { rng, builder } = w;
  const values = Array.from({ length: rng.below(3) }, () => carried(w));
  const types = Array.from({ length: 1 + rng.below(2) }, () => typeOf(carried(w)));
  const index = rng.chance(0.5)
    ? builder.apply("convert", [w.want("bool", [])], { dtype: "int32" })
    : w.want("int32", []);
  const branches = Array.from({ length: 1 + rng.below(4) }, () => (parameters: readonly Node[]) => {
    return w.scoped(parameters, () => {
      w.write(rng.below(bodySize - 2 * w.depth));
      return types.map(({ dtype, shape }) => w.want(dtype, shape));
    });
  });
  const { operands, regions } = traceBranches(builder, values, branches);
  return builder.results(builder.control("switch", [index, ...operands], regions, {}, types));
}

export const controlMakers = { loop, while: whileLoop, switch: switchOf };
