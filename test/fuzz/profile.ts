/** What kernels have in them, counted: proof that a fuzz came to what it is for. */

import { allocate } from "../../src/emit/x64/allocate.ts";
import { stepsOf } from "../../src/emit/x64/emit.ts";
import { SPARE } from "../../src/emit/x64/final.ts";
import { x64Target } from "../../src/emit/x64/target.ts";
import type { Kernel, Phi, Register, Statement } from "../../src/kernel/kernel.ts";
import { layoutOf } from "../../src/kernel/layout.ts";
import { blocksOf, operandsOf } from "../../src/kernel/statement.ts";
import { type Counts, count, most } from "./counts.ts";

const PAGE = 4096;
const VECTOR = 32;
const MANY = 1000;

export function profile(kernel: Kernel, counts: Counts): void {
  const made = new Map<Register, Statement>();
  let statements = 0;
  const visit = (block: readonly Statement[], depth: number): void => {
    statements += block.length;
    for (const s of block) {
      if ("out" in s) made.set(s.out, s);
      note(s, made, counts);
      const inside = s.kind === "loop" || s.kind === "while" ? depth + 1 : depth;
      most(counts, "loops inside each other", inside);
      for (const inner of blocksOf(s)) visit(inner, inside);
    }
  };
  visit(kernel.prologue, 0);
  visit(kernel.body, 0);
  most(counts, "statements", statements);
  if (kernel.across === "elements") count(counts, "kernels with elements in the lanes");
  if (statements > MANY) count(counts, "kernels of more than 1000 statements");
  if (kernel.lanes === x64Target.lanes) profileCode(kernel, counts);
}

function note(s: Statement, made: ReadonlyMap<Register, Statement>, counts: Counts): void {
  for (const { dtype } of operandsOf(s)) if (dtype === "float64" || dtype === "bool") count(counts, `uses of ${dtype}`);
  if (s.kind === "gather") {
    count(counts, `gathers of ${s.buffer.dtype} from ${s.buffer.lane ? "lane" : "uniform"} buffers`);
  }
  if (s.kind === "loop") {
    if (s.count === 0) count(counts, "loops of no turn");
    if (typeof s.count !== "number") count(counts, "loops of a computed count");
  }
  if (s.kind === "loop" || s.kind === "while") if (turnsInCircles(s.phis)) count(counts, "phis that change places");
  if (s.kind === "while" && endsByLanes(s, made)) count(counts, "while loops until the last lane stops");
}

/** A phi's next value is another phi, whose next value leads back. */
function turnsInCircles(phis: readonly Phi[]): boolean {
  const next = new Map(phis.map((phi) => [phi.register, phi.next]));
  return phis.some(({ register }) => {
    let at = next.get(register);
    for (let steps = 0; at && at !== register && steps < phis.length; steps++) at = next.get(at);
    return at === register && next.get(register) !== register;
  });
}

function endsByLanes(s: Statement & { kind: "while" }, made: ReadonlyMap<Register, Statement>): boolean {
  const inTest = new Map(s.test.flatMap((t) => ("out" in t ? [[t.out, t] as const] : [])));
  const seen = new Set<Register>();
  const reaches = (register: Register): boolean => {
    if (seen.has(register)) return false;
    seen.add(register);
    const from = inTest.get(register) ?? made.get(register);
    if (from?.kind !== "op") return false;
    return from.op === "any" || from.args.some((arg) => !arg.lane && reaches(arg));
  };
  return reaches(s.condition);
}

function profileCode(kernel: Kernel, counts: Counts): void {
  const { machine, stackCounters } = stepsOf(kernel, layoutOf(kernel));
  if (stackCounters > 0) count(counts, "kernels with counters on the stack");
  const { code, slotCount } = allocate(machine);
  const spare = code.filter(
    (f) => f.kind === "instruction" && f.operands.some((o) => typeof o === "object" && "home" in o && o.home === SPARE),
  );
  if (spare.length > 0) count(counts, "circles of moves at joins", spare.length / 2);
  most(counts, "bytes of a frame", slotCount * VECTOR);
  if (slotCount * VECTOR > PAGE) count(counts, "frames of more than a page");
}
