/**
 * What differs from turn to turn of a loop. In: a loop of uniform registers. Out: the registers that will be lanes if its
 * turns are done side by side, or nothing where they cannot be.
 */

import type { Buffer, Index, Register, Statement } from "./kernel.ts";
import { indexKey } from "./place.ts";
import { registerOf } from "./statement.ts";

export type Loop = Statement & { kind: "loop" };
type Store = Statement & { kind: "store" };

/** Elements from one turn to the next. */
export const strideOf = (index: Index, counter: Register): number =>
  index.terms.reduce((sum, { register, stride }) => sum + (register === counter ? stride : 0), 0);

/** Turns may be done side by side if none sees what another one writes, and each writes next to the one before. */
export function findVarying(loop: Loop): ReadonlySet<Register> | undefined {
  const stores = loop.body.filter((s): s is Store => s.kind === "store");
  if (loop.phis.length > 0 || stores.length === 0) return undefined;
  const search = new Search(loop, stores);
  return search.block(loop.body, true) ? search.varying : undefined;
}

class Search {
  readonly varying: Set<Register>;
  private readonly counter: Register;
  private readonly written: ReadonlyMap<Buffer, string>;
  /** Stores already passed. */
  private readonly done = new Set<Buffer>();

  constructor({ counter }: Loop, stores: readonly Store[]) {
    this.counter = counter;
    this.varying = new Set([counter]);
    this.written = new Map(stores.map(({ buffer, index }) => [buffer, indexKey(index)]));
  }

  /** Whether the statements can be done for all turns at once. */
  block(statements: readonly Statement[], outermost = false): boolean {
    return statements.every((s) => this.statement(s, outermost));
  }

  private statement(s: Statement, outermost: boolean): boolean {
    switch (s.kind) {
      case "const":
        return true;
      case "op":
        if (s.out.lane || s.op === "any") return false;
        this.mark(
          s.out,
          s.args.some((arg) => this.varying.has(arg)),
        );
        return true;
      case "load":
      case "store":
        return this.access(s, outermost);
      case "loop":
        return this.loop(s);
      case "if":
        return this.branch(s);
      default:
        return false;
    }
  }

  private mark(register: Register, varies: boolean): void {
    if (varies) this.varying.add(register);
  }

  private access(s: Statement & { kind: "load" | "store" }, outermost: boolean): boolean {
    const { buffer, index } = s;
    if (buffer.lane || registerOf(s).lane || (s.kind === "store" && !outermost)) return false;
    const known = this.written.get(buffer);
    // What is written is read before, at the same place, or not at all.
    if (known !== undefined && (!outermost || known !== indexKey(index) || this.done.has(buffer))) return false;
    const varies = index.terms.some(({ register }) => this.varying.has(register));
    if (s.kind === "load") {
      this.mark(s.out, varies);
      return true;
    }
    this.done.add(buffer);
    const others = index.terms.some(({ register }) => register !== this.counter && this.varying.has(register));
    return strideOf(index, this.counter) === 1 && !others;
  }

  /** What is carried varies if its first value does, or becomes so. */
  private loop({ count, phis, body }: Loop): boolean {
    if (typeof count !== "number" && this.varying.has(count)) return false;
    if (phis.some(({ register }) => register.lane)) return false;
    for (const { register, init } of phis) this.mark(register, this.varying.has(init));
    for (;;) {
      const before = this.varying.size;
      if (!this.block(body)) return false;
      for (const { register, next } of phis) this.mark(register, this.varying.has(next));
      if (this.varying.size === before) return true;
    }
  }

  /** Where turns disagree, both ways must be open to all: only what is there already is taken otherwise. */
  private branch({ condition, then, otherwise, merges }: Statement & { kind: "if" }): boolean {
    const differs = this.varying.has(condition);
    if (condition.lane || merges.some(({ register }) => register.lane)) return false;
    if ((differs && otherwise.length > 0) || !this.block(then) || !this.block(otherwise)) return false;
    for (const m of merges) this.mark(m.register, differs || this.varying.has(m.then) || this.varying.has(m.otherwise));
    return true;
  }
}
