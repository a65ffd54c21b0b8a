/** What register allocation must know of each instruction, looked up once. */

import { forms, type Instruction, memoryPlace } from "./forms.ts";

export interface Facts {
  /** The first operand, where it is a vector, is the result. */
  readonly writes: boolean;
  /** The operand that may be memory. */
  readonly place: number;
  /** A vector that is read there may be read from memory. */
  readonly foldable: boolean;
  /** The two operands behind the result may change places where that saves a load. */
  readonly commutes: boolean;
}

const commutative: ReadonlySet<Instruction> = new Set([
  "vaddps",
  "vaddpd",
  "vmulps",
  "vmulpd",
  "vandps",
  "vandpd",
  "vorps",
  "vorpd",
  "vxorps",
  "vxorpd",
  "vpaddd",
  "vpmulld",
  "vpand",
  "vpor",
  "vpxor",
  "vpcmpeqd",
  "vpminsd",
  "vpminud",
  "vpmaxsd",
  "vpmaxud",
] as const);

const comparisons: ReadonlySet<Instruction> = new Set(["vptest", "vucomiss", "vucomisd"]);

const known = new Map<Instruction, Facts>();

export function factsOf(name: Instruction): Facts {
  const found = known.get(name);
  if (found) return found;
  const form = forms[name];
  const writes = !comparisons.has(name) && !form.operands[0]?.startsWith("m");
  const place = memoryPlace(form);
  const foldable = (form.operands[place] ?? "").includes("/m") && !(writes && place === 0);
  const facts = { writes, place, foldable, commutes: commutative.has(name) && place === 2 };
  known.set(name, facts);
  return facts;
}
