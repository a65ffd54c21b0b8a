/** A block being written, and the addresses known in it. Addresses are computed in the outermost block that can. */

import type { Buffer, Index, Kernel, Register } from "../../kernel/kernel.ts";
import { elementBytes, type Layout } from "../../kernel/layout.ts";
import { type Code, i32, localGet, op, writeCode, writeInstruction } from "./code.ts";
import { ByteWriter } from "./encoder.ts";
import type { Locals } from "./locals.ts";

export interface Scope {
  readonly code: ByteWriter;
  /** Sums of terms → the local that holds them. */
  readonly addresses: Map<string, number>;
  /** Registers defined here. */
  readonly registers: Register[];
  /** Locals to give back with the scope. */
  readonly scratch: number[];
  /** Of a counted loop's body. */
  readonly counter?: Register;
  /** Addresses that advance with the counter instead of being multiplied out each turn. */
  readonly pointers: { readonly local: number; readonly stride: number }[];
}

export const openScope = (counter?: Register): Scope => ({
  code: new ByteWriter(),
  addresses: new Map(),
  registers: [],
  scratch: [],
  pointers: [],
  ...(counter && { counter }),
});

/** More pointers than this in one loop, and keeping them costs more than a multiplication. */
const MAX_POINTERS = 6;

/** Parameters of `run`. */
export const parameter = { chunks: 0, inputs: 1, outputs: 2 } as const;
/** The block in which inputs and outputs have a fixed place: the chunk's. */
export const CHUNK_DEPTH = 1;

export interface Address {
  readonly base: Code;
  /** Bytes, not negative: to be the instruction's own offset. */
  readonly offset: number;
}

interface Term {
  readonly key: string;
  readonly depth: number;
  readonly code: Code;
  readonly stride: number;
  readonly register?: Register;
}

/** What is known so far of a sum over the terms of outer blocks. */
interface Sum {
  readonly key: string;
  readonly code: Code | undefined;
}

export class Addresses {
  private readonly kernel: Kernel;
  private readonly layout: Layout;
  private readonly locals: Locals;
  private readonly scopes: readonly Scope[];
  private readonly locate: (register: Register) => { readonly depth: number; readonly code: Code };

  constructor(
    kernel: Kernel,
    layout: Layout,
    locals: Locals,
    scopes: readonly Scope[],
    locate: (register: Register) => { readonly depth: number; readonly code: Code },
  ) {
    this.kernel = kernel;
    this.layout = layout;
    this.locals = locals;
    this.scopes = scopes;
    this.locate = locate;
  }

  /** `wraps`: something negative will be added to the base, so that it has to hold the whole sum. */
  of(buffer: Buffer, index: Index, wraps = false): Address {
    const bytes = elementBytes(this.kernel, buffer);
    const offset = (this.layout.offsets.get(buffer.id) as number) + index.offset * bytes;
    const terms = index.terms.map(({ register, stride }): Term => {
      const { depth, code } = this.locate(register);
      return { key: `${register.id}*${stride * bytes}`, depth, code, stride: stride * bytes, register };
    });
    if (buffer.kind === "input" || buffer.kind === "output") {
      const code = localGet(buffer.kind === "input" ? parameter.inputs : parameter.outputs);
      terms.push({ key: buffer.kind, depth: CHUNK_DEPTH, code, stride: 1 });
    }
    // The machine adds the offset without wrapping around, so a sum that dips below zero must contain it.
    const inBase = wraps || offset < 0 || terms.some((t) => t.stride < 0);
    const start: Sum = inBase ? { key: `${offset}`, code: i32(offset) } : { key: "", code: undefined };
    const base = this.sum(start, terms).code ?? i32(0);
    return { base, offset: inBase ? 0 : offset };
  }

  private sum(start: Sum, terms: readonly Term[]): Sum {
    const depths = [...new Set(terms.map((t) => t.depth))].sort((a, b) => a - b);
    let sum = start;
    for (const depth of depths) {
      const counter = this.scopes[depth]?.counter;
      const here = terms.filter((t) => t.depth === depth);
      const counted = here.filter((t) => counter && t.register === counter);
      for (const term of counted) sum = this.advance(sum, term);
      sum = this.add(
        sum,
        here.filter((t) => !counted.includes(t)),
      );
    }
    return sum;
  }

  /** A pointer of the loop around: set before it, moved on at the end of each turn. */
  private advance(sum: Sum, term: Term): Sum {
    const scope = this.scopes[term.depth] as Scope;
    const key = `${sum.key}+${term.key}`;
    const known = scope.addresses.get(key);
    if (known !== undefined) return { key, code: localGet(known) };
    if (scope.pointers.length === MAX_POINTERS) return this.add(sum, [term]);
    const local = this.place(scope, key);
    this.write(this.scopes[term.depth - 1] as Scope, local, sum.code ?? i32(0));
    scope.pointers.push({ local, stride: term.stride });
    return { key, code: localGet(local) };
  }

  private add(sum: Sum, terms: readonly Term[]): Sum {
    const [first, ...rest] = terms;
    if (!first) return sum;
    const key = [sum.key, ...terms.map((t) => t.key).sort()].join("+");
    if (!sum.code && rest.length === 0 && first.stride === 1) return { key, code: first.code };
    const scope = this.scopes[first.depth] as Scope;
    const known = scope.addresses.get(key);
    if (known !== undefined) return { key, code: localGet(known) };
    const local = this.place(scope, key);
    const summands = terms.map(scaled);
    const total = (sum.code ? [sum.code, ...summands] : summands).reduce((a, b) => op("i32.add", a, b));
    this.write(scope, local, total);
    return { key, code: localGet(local) };
  }

  private place(scope: Scope, key: string): number {
    const local = this.locals.fresh("i32");
    scope.addresses.set(key, local);
    scope.scratch.push(local);
    return local;
  }

  private write(scope: Scope, local: number, code: Code): void {
    writeCode(scope.code, code);
    writeInstruction(scope.code, "local.set", local);
  }
}

function scaled({ code, stride }: Term): Code {
  if (stride === 1) return code;
  const log = Math.log2(stride);
  return Number.isInteger(log) ? op("i32.shl", code, i32(log)) : op("i32.mul", code, i32(stride));
}
