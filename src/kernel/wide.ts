/**
 * Loops that compute what all points share, element by element, do as many elements at once as a lane register holds:
 * lanes are elements there. In: a kernel whose lane groups are chosen. Out: the same values in the same memory.
 */

import type { Buffer, Index, Kernel, Register, Statement } from "./kernel.ts";
import { blocksOf, operandsOf, withBlocks } from "./statement.ts";

type Loop = Statement & { kind: "loop" };
type Access = Statement & { kind: "load" | "store" };

const strideOf = (index: Index, counter: Register): number =>
  index.terms.reduce((sum, { register, stride }) => sum + (register === counter ? stride : 0), 0);

const replaced = (index: Index, counter: Register, by: Register, factor: number, shift = 0): Index => ({
  offset: index.offset + shift * strideOf(index, counter),
  terms: index.terms.map((term) => (term.register === counter ? { register: by, stride: term.stride * factor } : term)),
});

const accessesOf = (body: readonly Statement[]): Access[] =>
  body.filter((s): s is Access => s.kind === "load" || s.kind === "store");

/** Whether the counter is needed for places alone. */
const onlyIndexes = (counter: Register, body: readonly Statement[]): boolean =>
  body.every((s) => s.kind === "load" || s.kind === "store" || !operandsOf(s).includes(counter)) &&
  accessesOf(body).every((s) => s.kind === "load" || s.value !== counter);

/** Two loops inside each other that walk along memory without gaps are one loop. */
function collapsed(outer: Loop): Loop {
  const [inner, ...others] = outer.body.filter((s) => s.kind !== "const");
  if (inner?.kind !== "loop" || others.length > 0 || outer.phis.length > 0 || inner.phis.length > 0) return outer;
  const { count } = inner;
  if (typeof outer.count !== "number" || typeof count !== "number" || !isStraight(inner.body)) return outer;
  if (!onlyIndexes(outer.counter, inner.body) || !onlyIndexes(inner.counter, inner.body)) return outer;
  const gapless = accessesOf(inner.body).every(
    ({ index }) => strideOf(index, outer.counter) === count * strideOf(index, inner.counter),
  );
  if (!gapless) return outer;
  const without = (index: Index): Index => ({
    ...index,
    terms: index.terms.filter(({ register }) => register !== outer.counter),
  });
  const body = inner.body.map((s) => (s.kind === "load" || s.kind === "store" ? { ...s, index: without(s.index) } : s));
  const constants = outer.body.filter((s) => s.kind === "const");
  return { ...inner, count: outer.count * count, body: [...constants, ...body] };
}

const isStraight = (body: readonly Statement[]): boolean =>
  body.every((s) => s.kind === "op" || s.kind === "const" || s.kind === "load" || s.kind === "store");

/** bool lies otherwise in what points share than in lanes. */
const fits = (buffer: Buffer): boolean => !buffer.lane && buffer.dtype !== "bool";

/** Whether all elements can be computed side by side. */
function isElementwise({ counter, phis, body }: Loop): boolean {
  if (phis.length > 0 || !isStraight(body) || !onlyIndexes(counter, body)) return false;
  if (body.some((s) => (s.kind === "op" && (s.out.lane || s.op === "any")) || ("out" in s && s.out.lane))) return false;
  const stores = body.filter((s): s is Access & { kind: "store" } => s.kind === "store");
  if (stores.length === 0) return false;
  const written = new Map(stores.map((s) => [s.buffer, s.index]));
  const computed = new Set(body.flatMap((s) => ("out" in s ? [s.out] : [])));
  return accessesOf(body).every((s) => {
    const stride = strideOf(s.index, counter);
    if (s.index.terms.some(({ register }) => computed.has(register))) return false;
    if (!fits(s.buffer) || (stride !== 1 && (stride !== 0 || s.kind === "store"))) return false;
    // What is written is read at the same place, or not at all.
    const other = written.get(s.buffer);
    return other === undefined || JSON.stringify(other) === JSON.stringify(s.index);
  });
}

class Widening {
  private next: number;
  private readonly points: number;

  constructor(kernel: Kernel) {
    this.points = kernel.lanes * kernel.groups;
    this.next = 1 + largestId([...kernel.prologue, ...kernel.body]);
  }

  block(statements: readonly Statement[]): Statement[] {
    return statements.flatMap((s) => {
      if (s.kind !== "loop") return [withBlocks(s, (block) => this.block(block))];
      const loop = collapsed(s);
      if (typeof loop.count !== "number" || loop.count < this.points || !isElementwise(loop)) {
        return [withBlocks(s, (block) => this.block(block))];
      }
      return this.widened(loop, loop.count);
    });
  }

  private register(dtype: Register["dtype"], lane: boolean): Register {
    return { id: this.next++, dtype, lane };
  }

  /** Whole registers first, then what remains one by one. */
  private widened(loop: Loop, count: number): Statement[] {
    const turns = Math.floor(count / this.points);
    const counter = this.register("int32", false);
    const wide: Statement = { kind: "loop", counter, count: turns, phis: [], body: this.wideBody(loop, counter) };
    const rest = count - turns * this.points;
    if (rest === 0) return [wide];
    const body = loop.body.map((s) =>
      s.kind === "load" || s.kind === "store"
        ? { ...s, index: replaced(s.index, loop.counter, loop.counter, 1, turns * this.points) }
        : s,
    );
    return [wide, { ...loop, count: rest, body }];
  }

  private wideBody({ counter, body }: Loop, by: Register): Statement[] {
    const renamed = new Map<Register, Register>();
    const use = (register: Register): Register => renamed.get(register) ?? register;
    const define = (register: Register, lane: boolean): Register => {
      const out = this.register(register.dtype, lane);
      renamed.set(register, out);
      return out;
    };
    const isWide = (index: Index): boolean => strideOf(index, counter) === 1;
    return body.flatMap((s): Statement[] => {
      switch (s.kind) {
        case "load":
          return [{ ...s, index: replaced(s.index, counter, by, this.points), out: define(s.out, isWide(s.index)) }];
        case "op": {
          const args = s.args.map(use);
          return [
            {
              ...s,
              args,
              out: define(
                s.out,
                args.some((arg) => arg.lane),
              ),
            },
          ];
        }
        case "store": {
          const index = replaced(s.index, counter, by, this.points);
          const value = use(s.value);
          if (value.lane) return [{ ...s, index, value }];
          const spread = this.register(value.dtype, true);
          return [
            { kind: "op", op: "splat", args: [value], out: spread },
            { ...s, index, value: spread },
          ];
        }
        case "const":
          return [{ ...s, out: define(s.out, false) }];
        default:
          return [s];
      }
    });
  }
}

function largestId(statements: readonly Statement[]): number {
  let largest = -1;
  for (const s of statements) {
    const own = "out" in s ? [s.out] : s.kind === "if" ? s.merges.map((m) => m.register) : [];
    const phis = s.kind === "loop" || s.kind === "while" ? s.phis.map((p) => p.register) : [];
    const counters = s.kind === "loop" ? [s.counter] : [];
    for (const { id } of [...own, ...phis, ...counters]) largest = Math.max(largest, id);
    for (const block of blocksOf(s)) largest = Math.max(largest, largestId(block));
  }
  return largest;
}

/** Only in the body: what comes before it has no lanes. */
export const widen = (kernel: Kernel): Kernel => ({ ...kernel, body: new Widening(kernel).block(kernel.body) });
