/** Two loops inside each other that walk along memory without gaps are one loop. */

import type { Index, Register, Statement } from "./kernel.ts";
import { blocksOf, operandsOf, withBlocks, yieldsOf } from "./statement.ts";
import { type Loop, strideOf } from "./vary.ts";

type Access = Statement & { kind: "load" | "store" };

const isAccess = (s: Statement): s is Access => s.kind === "load" || s.kind === "store";

/** Statements of a block and of its branches. */
const allOf = (block: readonly Statement[]): Statement[] => block.flatMap((s) => [s, ...blocksOf(s).flatMap(allOf)]);

/** Whether the counter is needed for places alone. */
const onlyIndexes = (counter: Register, statements: readonly Statement[]): boolean =>
  statements.every((s) => {
    if (isAccess(s)) return s.kind === "load" || s.value !== counter;
    return !operandsOf(s).includes(counter) && !yieldsOf(s).includes(counter);
  });

/** The loop, or one loop instead of it and the only one inside it. */
export function collapsed(outer: Loop): Loop {
  const [inner, ...others] = outer.body.filter((s) => s.kind !== "const");
  if (inner?.kind !== "loop" || others.length > 0 || outer.phis.length > 0 || inner.phis.length > 0) return outer;
  const { count } = inner;
  if (typeof outer.count !== "number" || typeof count !== "number") return outer;
  const statements = allOf(inner.body);
  if (statements.some(({ kind }) => kind === "loop" || kind === "while" || kind === "gather")) return outer;
  if (!onlyIndexes(outer.counter, statements) || !onlyIndexes(inner.counter, statements)) return outer;
  const gapless = statements
    .filter(isAccess)
    .every(({ index }) => strideOf(index, outer.counter) === count * strideOf(index, inner.counter));
  if (!gapless) return outer;
  const without = (index: Index): Index => ({
    ...index,
    terms: index.terms.filter(({ register }) => register !== outer.counter),
  });
  const rewrite = (block: readonly Statement[]): Statement[] =>
    block.map((s) => (isAccess(s) ? { ...s, index: without(s.index) } : withBlocks(s, rewrite)));
  const constants = outer.body.filter((s) => s.kind === "const");
  return { ...inner, count: outer.count * count, body: [...constants, ...rewrite(inner.body)] };
}
