/** Writes kernels: statements into nested blocks, each value computed once per block it is visible in. */

import type { DType } from "../base/dtype.ts";
import type { Buffer, Index, KernelOp, Merge, Phi, Register, Statement } from "./kernel.ts";
import { indexKey } from "./place.ts";

export interface Block {
  readonly statements: Statement[];
  /** Values computed in this block, by what computes them. */
  readonly known: Map<string, Register>;
  /** Loads of buffers that are written to: gone when the buffer is. */
  readonly loaded: Map<string, { readonly buffer: Buffer; readonly register: Register }>;
  /** Statements that it may have. */
  readonly most: number;
}

export const openBlock = (most = Number.POSITIVE_INFINITY): Block => {
  return { statements: [], known: new Map(), loaded: new Map(), most };
};

/** A block got longer than it may. */
export class TooLong extends Error {}

export class Writer {
  readonly buffers: Buffer[] = [];
  /** Statements that blocks may have which are opened from now on; more throw `TooLong`. */
  most = Number.POSITIVE_INFINITY;
  private readonly blocks: Block[] = [];
  private nextRegister = 0;

  /** The block now being written. */
  get block(): Block {
    return this.blocks[this.blocks.length - 1] as Block;
  }

  register(dtype: DType, lane: boolean): Register {
    return { id: this.nextRegister++, dtype, lane };
  }

  buffer(draft: Omit<Buffer, "id">): Buffer {
    const buffer = { id: this.buffers.length, ...draft };
    this.buffers.push(buffer);
    return buffer;
  }

  private push(statement: Statement): void {
    const { statements, most } = this.block;
    if (statements.push(statement) > most) throw new TooLong();
  }

  /** Writes a block; what it computes is visible inside of it alone. */
  nested(write: () => void): Statement[] {
    return this.within(openBlock(this.most), write);
  }

  /** Writes the body's outermost block on top of the prologue's, whose registers it sees. */
  within(block: Block, write: () => void): Statement[] {
    this.blocks.push(block);
    try {
      write();
    } finally {
      this.blocks.pop();
    }
    return block.statements;
  }

  /** Appends to a block that is still open around the present one: before the statement now being written. */
  inBlock(block: Block, write: () => void): void {
    const depth = this.blocks.indexOf(block);
    const inner = this.blocks.splice(depth + 1);
    write();
    this.blocks.push(...inner);
  }

  constant(value: number, dtype: DType): Register {
    const key = `const ${dtype} ${Object.is(value, -0) ? "-0" : value}`;
    return this.once(key, () => {
      const out = this.register(dtype, false);
      this.push({ kind: "const", out, value });
      return out;
    });
  }

  /** An elementwise op; the result is per lane if an operand is. */
  op(op: KernelOp, args: readonly Register[], dtype: DType): Register {
    const key = `${op} ${dtype} ${args.map((a) => a.id).join()}`;
    return this.once(key, () => {
      const lane = op === "splat" || (op !== "any" && args.some((a) => a.lane));
      const out = this.register(dtype, lane);
      this.push({ kind: "op", out, op, args });
      return out;
    });
  }

  load(buffer: Buffer, index: Index): Register {
    return this.read(buffer, `${buffer.id} ${indexKey(index)}`, buffer.lane, (out) => ({
      kind: "load",
      out,
      buffer,
      index,
    }));
  }

  gather(buffer: Buffer, index: Index, lane: Register, stride: number): Register {
    const key = `${buffer.id} ${indexKey(index)} ${lane.id}*${stride}`;
    return this.read(buffer, key, true, (out) => ({ kind: "gather", out, buffer, index, lane, stride }));
  }

  store(buffer: Buffer, index: Index, value: Register): void {
    this.push({ kind: "store", buffer, index, value });
    for (const block of this.blocks) {
      for (const [key, load] of block.loaded) if (load.buffer === buffer) block.loaded.delete(key);
    }
  }

  /** Counted loop: `body` gets the counter and the carried registers and gives their next values. */
  loop(
    count: number | Register,
    inits: readonly Register[],
    body: (counter: Register, carried: readonly Register[]) => readonly Register[],
    lanes: readonly boolean[] = inits.map((init) => init.lane),
  ): Register[] {
    const counter = this.register("int32", false);
    const carried = inits.map((init, i) => this.register(init.dtype, lanes[i] as boolean));
    const starts = inits.map((init, i) => this.toLane(init, lanes[i] as boolean));
    let nexts: readonly Register[] = [];
    const statements = this.nested(() => {
      nexts = body(counter, carried).map((next, i) => this.toLane(next, lanes[i] as boolean));
    });
    const phis = phisOf(carried, starts, nexts);
    this.push({ kind: "loop", counter, count, phis, body: statements });
    return carried;
  }

  while(
    inits: readonly Register[],
    lanes: readonly boolean[],
    test: (carried: readonly Register[]) => Register,
    body: (carried: readonly Register[]) => readonly Register[],
  ): Register[] {
    const carried = inits.map((init, i) => this.register(init.dtype, lanes[i] as boolean));
    const starts = inits.map((init, i) => this.toLane(init, lanes[i] as boolean));
    let nexts: readonly Register[] = [];
    const testBlock = openBlock(this.most);
    let condition: Register | undefined;
    let bodyStatements: Statement[] = [];
    // The body is inside of the test's scope: it sees what the test computed.
    const testStatements = this.within(testBlock, () => {
      condition = test(carried);
      bodyStatements = this.nested(() => {
        nexts = body(carried).map((next, i) => this.toLane(next, lanes[i] as boolean));
      });
    });
    const phis = phisOf(carried, starts, nexts);
    const statement = {
      kind: "while",
      phis,
      test: testStatements,
      condition: condition as Register,
      body: bodyStatements,
    } as const;
    this.push(statement);
    return carried;
  }

  /** Both blocks give the same number of values of the same dtypes; a value is per lane if it is in one of them. */
  if(condition: Register, then: () => readonly Register[], otherwise: () => readonly Register[]): Register[] {
    const sides = [then, otherwise].map((write) => {
      const block = openBlock(this.most);
      let values: readonly Register[] = [];
      this.within(block, () => {
        values = write();
      });
      return { block, values };
    }) as [Side, Side];
    const merges = sides[0].values.map((a, i) => this.merge(a, sides[1].values[i] as Register, sides));
    const [thenBlock, otherwiseBlock] = sides.map((side) => side.block.statements) as [Statement[], Statement[]];
    this.push({ kind: "if", condition, then: thenBlock, otherwise: otherwiseBlock, merges });
    return merges.map((m) => m.register);
  }

  private merge(a: Register, b: Register, [x, y]: readonly [Side, Side]): Merge {
    const lane = a.lane || b.lane;
    const widen = (value: Register, side: Side): Register => {
      let out = value;
      this.within(side.block, () => {
        out = this.toLane(value, lane);
      });
      return out;
    };
    return { register: this.register(a.dtype, lane), then: widen(a, x), otherwise: widen(b, y) };
  }

  toLane(register: Register, lane: boolean): Register {
    return lane && !register.lane ? this.op("splat", [register], register.dtype) : register;
  }

  /** The register known by this key where the code is, or what `write` makes of it. */
  once(key: string, write: () => Register): Register {
    for (const block of this.blocks) {
      const found = block.known.get(key);
      if (found) return found;
    }
    const register = write();
    this.block.known.set(key, register);
    return register;
  }

  private read(buffer: Buffer, key: string, lane: boolean, statement: (out: Register) => Statement): Register {
    const write = (): Register => {
      const out = this.register(buffer.dtype, lane);
      this.push(statement(out));
      return out;
    };
    if (buffer.kind !== "scratch" && buffer.kind !== "output") return this.once(`load ${key}`, write);
    const found = this.block.loaded.get(key);
    if (found) return found.register;
    const register = write();
    this.block.loaded.set(key, { buffer, register });
    return register;
  }
}

interface Side {
  readonly block: Block;
  readonly values: readonly Register[];
}

const phisOf = (carried: readonly Register[], inits: readonly Register[], nexts: readonly Register[]): Phi[] =>
  carried.map((register, i) => ({ register, init: inits[i] as Register, next: nexts[i] as Register }));
