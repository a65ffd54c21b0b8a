/**
 * The passes, in order. Each takes a program and gives one with the same meaning, bit for bit unless other roundings are
 * allowed; the first adds a result where loops have step limits.
 */

import type { OpName } from "../op/table.ts";
import type { Program } from "../program/program.ts";
import { ahead } from "./ahead.ts";
import { cumulate } from "./cumulate.ts";
import { divide } from "./divide.ts";
import { expand } from "./expand.ts";
import { flatten } from "./flatten.ts";
import { limit } from "./limit.ts";
import { prune } from "./prune.ts";
import { segment } from "./segment.ts";
import { simplify } from "./simplify.ts";
import { stream } from "./stream.ts";
import { zeros } from "./zeros.ts";

export interface PassOptions {
  /** Ops that the target computes itself; all others are expanded. */
  readonly native: ReadonlySet<OpName>;
  /** Arrays of up to this many elements are unrolled by the lowering. */
  readonly unrolled: number;
  /** Other roundings are allowed. */
  readonly fastMath?: boolean;
}

/** Targets that cannot fuse products into sums compute what they do without fastMath. */
const isFast = ({ native, fastMath = false }: PassOptions): boolean => fastMath && native.has("fusedAdd");

export interface Pass {
  readonly name: string;
  readonly run: (program: Program, options: PassOptions) => Program;
}

export const passes: readonly Pass[] = [
  // Before all others: which loops a point's results use does not hang on what the others find out.
  { name: "limit", run: limit },
  // First, while ops are few: constants and identities are found before expansions multiply them.
  { name: "simplify", run: simplify },
  // While reductions are still ops, and nothing has been made of them that looks at a stack.
  { name: "stream", run: (program, { unrolled }) => stream(program, unrolled) },
  { name: "prune", run: prune },
  // When it is known what is carried.
  { name: "ahead", run: (program, { unrolled }) => ahead(program, unrolled) },
  // Before expansion: what it makes of a switch may be expanded with the rest.
  { name: "flatten", run: flatten },
  { name: "segment", run: segment },
  { name: "cumulate", run: (program, { unrolled }) => cumulate(program, unrolled) },
  // Before expansion, whose formulas count on the rounding of their quotients and on the sign of zeros.
  { name: "zeros", run: (program, options) => (isFast(options) ? zeros(program) : program) },
  { name: "divide", run: (program, options) => (isFast(options) ? divide(program) : program) },
  { name: "expand", run: (program, options) => expand(program, options.native, isFast(options)) },
  // Again: expansions of constants, and selects whose condition is known.
  { name: "simplify", run: simplify },
];

/** Runs all passes; `after` sees every intermediate program (the verifier in tests, printing in the CLI). */
export function optimise(
  program: Program,
  options: PassOptions,
  after: (program: Program, pass: Pass) => void = () => undefined,
): Program {
  let current = program;
  for (const pass of passes) {
    current = pass.run(current, options);
    after(current, pass);
  }
  return current;
}
