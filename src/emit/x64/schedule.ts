/** In which order statements are written when each is written once for every lane group. */

import type { Buffer, Register, Statement } from "../../kernel/kernel.ts";

/** So many statements are written for one group before the next group's turn. */
const RUN = 4;

const isNested = ({ kind }: Statement): boolean => kind === "loop" || kind === "while" || kind === "if";

/** Written for every group; all others are the same for all points. */
export const isPerGroup = (s: Statement): boolean => {
  if (s.kind === "store") return s.buffer.lane || s.value.lane;
  return "out" in s && s.out.lane && !(s.kind === "op" && s.op === "splat");
};

/**
 * The statements from `start` on that may be written group by group: none where a nested one begins. `any` needs all
 * groups before it. A store to what all points share waits for the groups that still read there, and whoever reads there
 * for the groups that still write.
 */
export function simpleRun(statements: readonly Statement[], start: number): Statement[] {
  const run: Statement[] = [];
  const touched = new Set<Buffer>();
  const written = new Set<Buffer>();
  let work = 0;
  for (let at = start; work < RUN; at++) {
    const statement = statements[at];
    if (!statement || isNested(statement)) break;
    const isAny = statement.kind === "op" && statement.op === "any";
    if (isAny && run.length > 0) break;
    if ("buffer" in statement && !statement.buffer.lane) {
      const { buffer, kind } = statement;
      if (written.has(buffer) || (kind === "store" && touched.has(buffer))) break;
      if (isPerGroup(statement)) (kind === "store" ? written : touched).add(buffer);
    }
    run.push(statement);
    if (isAny) break;
    if (isPerGroup(statement)) work++;
  }
  return run;
}

/** Registers used otherwise than to branch on. */
export function registersAsValues(statements: readonly Statement[], found = new Set<Register>()): Set<Register> {
  for (const s of statements) {
    if (s.kind === "op") for (const arg of s.args) found.add(arg);
    else if (s.kind === "store") found.add(s.value);
    else if (s.kind === "loop" || s.kind === "while") {
      for (const { init, next } of s.phis) found.add(init).add(next);
      registersAsValues(s.body, found);
      if (s.kind === "while") registersAsValues(s.test, found);
    } else if (s.kind === "if") {
      for (const merge of s.merges) found.add(merge.then).add(merge.otherwise);
      registersAsValues(s.then, found);
      registersAsValues(s.otherwise, found);
    }
  }
  return found;
}
