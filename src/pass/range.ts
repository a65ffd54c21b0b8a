/** Which values the int32 elements of a node can have: from a program's root to an interval for each node. */

import { schedule } from "../program/order.ts";
import { type Node, type Region, typeOf } from "../program/program.ts";

export interface Range {
  readonly low: number;
  readonly high: number;
}

const LOWEST = -(2 ** 31);
const HIGHEST = 2 ** 31 - 1;
const ANY: Range = { low: LOWEST, high: HIGHEST };

/** What leaves 32 bits wraps, and may be anything. */
const wrapped = (low: number, high: number): Range => (low < LOWEST || high > HIGHEST ? ANY : { low, high });

const union = (ranges: readonly Range[]): Range => ({
  low: Math.min(...ranges.map(({ low }) => low)),
  high: Math.max(...ranges.map(({ high }) => high)),
});

type Binary = (a: Range, b: Range) => Range;

const binaries: { readonly [op: string]: Binary } = {
  add: (a, b) => wrapped(a.low + b.low, a.high + b.high),
  sub: (a, b) => wrapped(a.low - b.high, a.high - b.low),
  mul: (a, b) => {
    const products = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high];
    return wrapped(Math.min(...products) + 0, Math.max(...products) + 0);
  },
  min: (a, b) => ({ low: Math.min(a.low, b.low), high: Math.min(a.high, b.high) }),
  max: (a, b) => ({ low: Math.max(a.low, b.low), high: Math.max(a.high, b.high) }),
  // Of operands that are not negative each bounds the result.
  and: (a, b) => {
    const bounds = [a, b].filter(({ low }) => low >= 0).map(({ high }) => high);
    return bounds.length === 0 ? ANY : { low: 0, high: Math.min(...bounds) };
  },
};

/** Ops whose elements are elements of these operands. */
const moves: { readonly [op: string]: (operands: readonly Node[]) => readonly Node[] } = {
  broadcast: ([x]) => [x as Node],
  reshape: ([x]) => [x as Node],
  transpose: ([x]) => [x as Node],
  slice: ([x]) => [x as Node],
  concat: (all) => all,
  gather: ([x]) => [x as Node],
  dynamicSlice: ([x]) => [x as Node],
  dynamicUpdateSlice: ([x, update]) => [x as Node, update as Node],
  select: ([, a, b]) => [a as Node, b as Node],
};

export class Ranges {
  private readonly known = new Map<Node, Range>();
  /** Counters of loops with a length. */
  private readonly counters = new Map<Node, Range>();

  constructor(root: Region) {
    const nodes = [...schedule(root).values()].flat();
    for (const { op, attrs, regions } of nodes) {
      const counter = regions[0]?.parameters[0];
      const length = attrs.length as number;
      if (op === "loop" && counter && length > 0) this.counters.set(counter, { low: 0, high: length - 1 });
    }
    // Operands first, so that long chains do not nest.
    for (const node of nodes.sort((a, b) => a.id - b.id)) this.of(node);
  }

  of(node: Node): Range {
    const found = this.known.get(node);
    if (found) return found;
    const range = this.compute(node);
    this.known.set(node, range);
    return range;
  }

  private compute(node: Node): Range {
    if (node.regions.length > 0 || typeOf(node).dtype !== "int32") return ANY;
    if (node.value) {
      let [low, high] = [HIGHEST, LOWEST];
      for (const x of node.value.data) [low, high] = [Math.min(low, x), Math.max(high, x)];
      return low <= high ? { low, high } : ANY;
    }
    if (node.op === "parameter") return this.counters.get(node) ?? ANY;
    const binary = binaries[node.op];
    if (binary) return binary(this.of(node.operands[0] as Node), this.of(node.operands[1] as Node));
    const sources = moves[node.op]?.(node.operands);
    return sources ? union(sources.map((source) => this.of(source))) : ANY;
  }
}
