/** Makes what fails smaller for as long as it fails. */

import type { Kernel, Statement } from "../../src/kernel/kernel.ts";
import { blocksOf, withBlocks } from "../../src/kernel/statement.ts";
import { verifyKernel } from "../../src/kernel/verify.ts";
import { deserialise } from "../../src/program/deserialise.ts";
import type { ProgramText } from "../../src/program/format.ts";
import { nodesOf } from "../../src/program/order.ts";
import { numberNodes } from "../../src/program/print.ts";
import type { Node, Program } from "../../src/program/program.ts";
import { serialise } from "../../src/program/serialise.ts";

/** Statements of all blocks, each before those inside it. */
const statementsOf = (block: readonly Statement[]): Statement[] =>
  block.flatMap((s) => [s, ...blocksOf(s).flatMap(statementsOf)]);

const without = (block: readonly Statement[], gone: ReadonlySet<Statement>): Statement[] =>
  block.filter((s) => !gone.has(s)).map((s) => withBlocks(s, (inner) => without(inner, gone)));

const isWhole = (kernel: Kernel): boolean => {
  try {
    verifyKernel(kernel);
    return true;
  } catch {
    return false;
  }
};

/** Tries to leave out runs of statements, long ones first, the last ones first. `seconds`: when to be content. */
export function smallestKernel(kernel: Kernel, fails: (kernel: Kernel) => boolean, seconds = 60): Kernel {
  const end = performance.now() + 1000 * seconds;
  let best = kernel;
  for (
    let size = 2 ** Math.floor(Math.log2(statementsOf(kernel.body).length));
    size >= 1;
    size = Math.floor(size / 2)
  ) {
    for (let again = true; again && performance.now() < end; ) {
      again = false;
      const all = statementsOf(best.body);
      for (let from = all.length - size; from > -size; from -= size) {
        const gone = new Set(all.slice(Math.max(from, 0), from + size));
        const next = { ...best, body: without(best.body, gone) };
        if (performance.now() > end || !isWhole(next) || !fails(next)) continue;
        best = next;
        again = size === 1;
        if (again) break;
      }
    }
  }
  return best;
}

/** The program with one of its root's values as its only result: the first that fails, or the program itself. */
export function smallestProgram(program: Program, fails: (program: Program) => boolean): Program {
  const names = numberNodes(program);
  const file = JSON.parse(serialise(program)) as ProgramText;
  const only = (node: Node): Program =>
    deserialise(serialise(deserialise(JSON.stringify({ ...file, outputs: ["out"], results: [names.get(node)] }))));
  for (const node of nodesOf(program.root)) {
    if (node.regions.length > 0 || node.op === "constant") continue;
    const small = only(node);
    if (fails(small)) return small;
  }
  return program;
}
