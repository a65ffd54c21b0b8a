/** Statements taken apart: what they read, the blocks inside them, what those give back. */

import type { Register, Statement } from "./kernel.ts";

const NONE: readonly never[] = [];

/** Registers that a statement reads, without those of nested blocks. */
export function operandsOf(s: Statement): readonly Register[] {
  switch (s.kind) {
    case "op":
      return s.args;
    case "const":
      return NONE;
    case "load":
      return s.index.terms.length === 0 ? NONE : s.index.terms.map((t) => t.register);
    case "gather":
      return [s.lane, ...s.index.terms.map((t) => t.register)];
    case "store":
      return [s.value, ...s.index.terms.map((t) => t.register)];
    case "loop":
      return [...s.phis.map((p) => p.init), ...(typeof s.count === "number" ? [] : [s.count])];
    case "while":
      return s.phis.map((p) => p.init);
    case "if":
      return [s.condition];
  }
}

export function blocksOf(s: Statement): readonly (readonly Statement[])[] {
  if (s.kind === "loop") return [s.body];
  if (s.kind === "while") return [s.test, s.body];
  return s.kind === "if" ? [s.then, s.otherwise] : NONE;
}

/** Registers that nested blocks give to the statement around them. */
export function yieldsOf(s: Statement): readonly Register[] {
  if (s.kind === "loop") return s.phis.map((p) => p.next);
  if (s.kind === "while") return [...s.phis.map((p) => p.next), s.condition];
  return s.kind === "if" ? s.merges.flatMap((m) => [m.then, m.otherwise]) : NONE;
}

export type Access = Statement & { kind: "load" | "gather" | "store" };

/** What an access to memory reads or writes. */
export const registerOf = (s: Access): Register => (s.kind === "store" ? s.value : s.out);

/** Whether lanes are consecutive elements of what all points share. */
export const isWide = (s: Access): boolean => s.kind !== "gather" && !s.buffer.lane && registerOf(s).lane;

/** The statement with its blocks made anew. */
export function withBlocks(s: Statement, f: (block: readonly Statement[]) => Statement[]): Statement {
  if (s.kind === "loop") return { ...s, body: f(s.body) };
  if (s.kind === "while") return { ...s, test: f(s.test), body: f(s.body) };
  return s.kind === "if" ? { ...s, then: f(s.then), otherwise: f(s.otherwise) } : s;
}
