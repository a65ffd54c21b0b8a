/** What one seed of each kind is: a random program, kernel or damaged file, run on every target beside guard pages. */

import { runInThisContext } from "node:vm";
import type { TypedArray } from "../../src/base/dtype.ts";
import { isLanewiseError } from "../../src/base/errors.ts";
import type { Value } from "../../src/base/value.ts";
import { contract } from "../../src/kernel/contract.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { layoutOf } from "../../src/kernel/layout.ts";
import { printKernel } from "../../src/kernel/print.ts";
import { verifyKernel } from "../../src/kernel/verify.ts";
import { deserialise } from "../../src/program/deserialise.ts";
import { usesOp } from "../../src/program/order.ts";
import { printProgram } from "../../src/program/print.ts";
import type { Program } from "../../src/program/program.ts";
import { serialise } from "../../src/program/serialise.ts";
import { type KernelKind, randomKernel } from "../emit/random-kernel.ts";
import { type Backend, wasm } from "../helpers/backends.ts";
import { compareKernel } from "../helpers/compare-kernel.ts";
import { type Guard, placeKernel } from "../helpers/place-kernel.ts";
import { edges, rngOf } from "../helpers/random.ts";
import { type RandomOptions, randomInputs, randomProgram } from "../helpers/random-program.ts";
import { type KernelOptions, kernelOf, runInterpreter, runKernel } from "../helpers/run-kernel.ts";
import { type Counts, count, most } from "./counts.ts";
import { guardedX64 } from "./guarded.ts";
import { smallestKernel, smallestProgram } from "./minimise.ts";
import { mutate } from "./mutate.ts";
import { profile } from "./profile.ts";
import { programWork } from "./work.ts";

/** What went wrong, or nothing. */
type Found = string | undefined;
type Case = (seed: number, counts: Counts) => Found;

const targets: readonly Backend[] = [wasm, guardedX64].filter((backend) => backend.canRun);
const guardOf = (seed: number): Guard => (seed % 2 === 0 ? "behind" : "before");
/** Kernels looked at closely: each so-manieth. */
const LOOK = 7;

interface Setting extends KernelOptions {
  readonly guard: Guard;
}

function settingOf(seed: number): Setting {
  const rng = rngOf(seed + 5);
  const [groups, unrolled] = [rng.pick([1, 1, 2, 2, 3, 4]), rng.pick([1, 4, 32])];
  // Where lanes are elements, arrays that are long enough for them must not be unrolled.
  const elements = rng.chance(0.25);
  if (elements) return { groups, unrolled: Math.min(unrolled, 15), guard: guardOf(seed), across: "elements" };
  return { groups, unrolled, guard: guardOf(seed) };
}

/** One chunk or several, the last one never full. */
const pointsOf = (program: Program, seed: number): Value[][] =>
  Array.from({ length: 5 + 8 * (seed % 3) }, (_, p) => randomInputs(program, seed, p));

/** NaN equals NaN, -0 is not 0. */
function difference(got: readonly TypedArray[], wanted: readonly TypedArray[]): Found {
  for (const [r, column] of wanted.entries()) {
    const i = column.findIndex((x, at) => !Object.is(x, got[r]?.[at]));
    if (i >= 0) return `result ${r} value ${i}: ${got[r]?.[i]}, interpreter ${column[i]}`;
  }
  return undefined;
}

/** Runs on every target; `looked` also counts what the kernels have in them. */
function onTargets(program: Program, seed: number, wanted: TypedArray[], points: Value[][], looked?: Counts): Found {
  const setting = settingOf(seed);
  for (const backend of targets) {
    const kernel = kernelOf(program, setting, backend.target);
    verifyKernel(kernel);
    if (looked) profile(kernel, looked);
    const found = difference(runKernel(backend, program, kernel, points, setting.guard), wanted);
    if (found) return `${backend.target.name}: ${found}`;
  }
  return undefined;
}

/** Mostly of all sorts; some of few dtypes, some large. */
function optionsOf(seed: number): RandomOptions {
  if (seed % 50 === 7) return { size: 150 };
  if (seed % 10 === 3) return { dtypes: ["float64", "bool", "int32"], size: 15 };
  if (seed % 10 === 6) return { dtypes: ["float32"], arrays: false };
  return seed % 3 === 0 ? {} : { size: 10 };
}

const programFails = (program: Program, seed: number): Found => {
  const points = pointsOf(program, seed);
  return onTargets(program, seed, runInterpreter(program, points), points);
};

const programs: Case = (seed, counts) => {
  const program = randomProgram(seed, optionsOf(seed));
  const points = pointsOf(program, seed);
  count(counts, "programs");
  return onTargets(program, seed, runInterpreter(program, points), points, seed % LOOK === 0 ? counts : undefined);
};

const kindOf = (seed: number): KernelKind =>
  seed % 100 === 51 ? "long" : seed % 10 === 3 ? "deep" : seed % 10 === 7 ? "wide" : "mixed";

function kernelFails(backend: Backend, kernel: Kernel, seed: number): Found {
  const rng = rngOf(seed + 1);
  const fill = (buffer: { dtype: keyof typeof edges }) => rng.pick(edges[buffer.dtype]);
  return compareKernel(backend, kernel, fill, { guard: guardOf(seed) })[0];
}

/** Every other one with fused products, where the target has them. */
function kernelFor({ target }: Backend, seed: number): Kernel {
  const kernel = { ...randomKernel(seed, kindOf(seed)), lanes: target.lanes };
  return seed % 2 === 0 && target.native.has("fusedAdd") ? contract(kernel) : kernel;
}

const kernels: Case = (seed, counts) => {
  count(counts, "kernels");
  for (const backend of targets) {
    const kernel = kernelFor(backend, seed);
    if (seed % LOOK === 2 || kindOf(seed) === "long") profile(kernel, counts);
    const found = kernelFails(backend, kernel, seed);
    if (found) return `${backend.target.name}: ${found}`;
  }
  return undefined;
};

/** Elements computed for a point, and for the compilation of what is not run. */
const MOST_WORK = 3e4;
/** Of these, lists of places alone take gigabytes. */
const MOST_ELEMENTS = 2 ** 28;
const COMPILE_MS = 60_000;
const RUN_MS = 5_000;

/** Calls `f`; gives undefined when it takes longer. */
function within<T>(ms: number, f: () => T): { value: T } | undefined {
  const shared = globalThis as { fuzzed?: () => T };
  shared.fuzzed = f;
  try {
    return { value: runInThisContext("fuzzed()", { timeout: ms }) as T };
  } catch (error) {
    if ((error as { code?: string }).code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return undefined;
    throw error;
  } finally {
    delete shared.fuzzed;
  }
}

/** The sign and payload of a NaN are the target's own business; these show them. */
const showsNaN = (program: Program): boolean => usesOp(program.root, "bitcast", "mantissaOf");

export const mutant = (seed: number): string => {
  const rng = rngOf(seed + 3);
  const options: RandomOptions = rng.chance(0.7) ? { size: 4 + rng.below(8) } : { size: 20 };
  return mutate(rng, serialise(randomProgram(rng.below(2 ** 30), options)));
};

/** What is refused is refused as a program, or for its size; anything else it throws is a fault. */
function refused<T>(f: () => T, counts: Counts, where: string): { value: T } | undefined {
  try {
    return { value: f() };
  } catch (error) {
    if (!isLanewiseError(error, "program") && !isLanewiseError(error, "memory")) throw error;
    count(counts, `mutants refused ${where}`);
    return undefined;
  }
}

function compileOnly(program: Program, setting: Setting): void {
  for (const { target, emit } of targets) {
    const kernel = kernelOf(program, setting, target);
    emit(kernel, layoutOf(kernel));
  }
}

const mutants: Case = (seed, counts) => {
  count(counts, "mutants");
  const read = within(COMPILE_MS, () => refused(() => deserialise(mutant(seed)), counts, "when read"));
  if (!read) return "reading takes too long";
  if (!read.value) return undefined;
  const program = read.value.value;
  const setting = settingOf(seed);
  const work = programWork(program);
  if (work > MOST_ELEMENTS) {
    count(counts, "mutants too large to compile");
    return undefined;
  }
  if (work > MOST_WORK) {
    count(counts, "mutants too large to run");
    const compiled = within(COMPILE_MS, () => refused(() => compileOnly(program, setting), counts, "by a target"));
    return compiled ? undefined : "compiling takes too long";
  }
  const points = pointsOf(program, seed);
  const wanted = within(RUN_MS, () => runInterpreter(program, points));
  // A `while` without an end, or a machine that is busy otherwise: the work itself is bounded.
  if (!wanted) {
    count(counts, "mutants that run for ever");
    return undefined;
  }
  const found = within(COMPILE_MS, () =>
    refused(() => onTargets(program, seed, wanted.value, points), counts, "by a target"),
  );
  if (!found) return "compiling or running takes too long";
  if (found.value) count(counts, "mutants that run");
  most(counts, "work of a mutant", work);
  return showsNaN(program) ? undefined : found.value?.value;
};

/** Reads one element behind a buffer, or before it: what the guard pages are to catch. */
const outside: Case = (seed) => {
  const guard = guardOf(seed);
  const common = { dtype: "float32", lane: true, elements: 3 } as const;
  const input = { ...common, id: 0, name: "in", kind: "input" } as const;
  const output = { ...common, id: 1, name: "out", kind: "output" } as const;
  const value = { id: 0, dtype: "float32", lane: true } as const;
  const index = { offset: guard === "behind" ? input.elements : -1, terms: [] };
  const body = [
    { kind: "load", out: value, buffer: input, index },
    { kind: "store", buffer: output, index: { offset: 0, terms: [] }, value },
  ] as const;
  const kernel: Kernel = { lanes: guardedX64.target.lanes, groups: 1, buffers: [input, output], prologue: [], body };
  guardedX64.load(placeKernel(kernel, 1, guard)).run();
  return undefined;
};

export const cases = { programs, kernels, mutants, outside } as const;
export type Kind = keyof typeof cases;
export const isKind = (name: string): name is Kind => Object.hasOwn(cases, name);

/** What fails for a seed, as small as may be, as text; `trying` is told of each program before it is run. */
export const smallest: { readonly [K in Kind]: (seed: number, trying: (text: string) => void) => string } = {
  programs: (seed, trying) => {
    const small = smallestProgram(randomProgram(seed, optionsOf(seed)), (program) => {
      trying(printProgram(program));
      return programFails(program, seed) !== undefined;
    });
    return `${JSON.stringify(settingOf(seed))}\n${printProgram(small)}`;
  },
  kernels: (seed) => {
    const fails = (backend: Backend) => (kernel: Kernel) => kernelFails(backend, kernel, seed) !== undefined;
    for (const backend of targets) {
      const kernel = kernelFor(backend, seed);
      if (fails(backend)(kernel)) return printKernel(smallestKernel(kernel, fails(backend)));
    }
    return "fails no more";
  },
  mutants: (seed) => mutant(seed),
  outside: () => "",
};
