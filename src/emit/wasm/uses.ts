/** How a kernel's registers are used: when the last time, and whether a uniform one is needed in vectors. */

import type { Kernel, Register, Statement } from "../../kernel/kernel.ts";

export interface Uses {
  /** Uniform registers that meet lane registers. */
  readonly asLane: ReadonlySet<number>;
  /** Registers used as what they are. */
  readonly asIs: ReadonlySet<number>;
  /** Registers of the statement's own block that nothing after it uses. */
  readonly lastAt: ReadonlyMap<Statement, readonly Register[]>;
}

/** Shift counts that all lanes share stay scalars. */
export const isShift = (op: string): boolean => op === "shl" || op === "shr" || op === "rotl";

export function usesOf(kernel: Kernel): Uses {
  const walk = new Walk();
  walk.block(kernel.prologue, 0);
  walk.block(kernel.body, 1);
  return walk.result();
}

class Walk {
  private readonly asLane = new Set<number>();
  private readonly asIs = new Set<number>();
  private readonly depths = new Map<number, number>();
  /** The statement being walked at each depth; none at a block's end, when registers live on to the next turn. */
  private readonly current: (Statement | undefined)[] = [];
  private readonly last = new Map<Register, Statement | undefined>();

  result(): Uses {
    const lastAt = new Map<Statement, Register[]>();
    for (const [register, statement] of this.last) {
      if (!statement) continue;
      const list = lastAt.get(statement);
      if (list) list.push(register);
      else lastAt.set(statement, [register]);
    }
    return { asLane: this.asLane, asIs: this.asIs, lastAt };
  }

  block(statements: readonly Statement[], depth: number): void {
    for (const statement of statements) {
      this.current[depth] = statement;
      this.statement(statement, depth);
    }
    this.current[depth] = undefined;
  }

  private define(register: Register, depth: number): void {
    this.depths.set(register.id, depth);
    this.last.set(register, this.current[depth]);
  }

  private use(register: Register, lane = register.lane): void {
    (lane && !register.lane ? this.asLane : this.asIs).add(register.id);
    this.last.set(register, this.current[this.depths.get(register.id) ?? 0]);
  }

  private statement(statement: Statement, depth: number): void {
    if (statement.kind === "loop" || statement.kind === "while" || statement.kind === "if") {
      this.nested(statement, depth);
      return;
    }
    if (statement.kind === "op") {
      const { op, args, out } = statement;
      args.forEach((arg, i) => {
        this.use(arg, out.lane && !(i === 1 && isShift(op)));
      });
    } else if (statement.kind === "gather") this.use(statement.lane);
    else if (statement.kind === "store") this.use(statement.value, statement.buffer.lane || statement.value.lane);
    if (statement.kind === "load" || statement.kind === "gather" || statement.kind === "store") {
      for (const term of statement.index.terms) this.use(term.register);
    }
    if (statement.kind !== "store") this.define(statement.out, depth);
  }

  private nested(statement: Statement & { kind: "loop" | "while" | "if" }, depth: number): void {
    if (statement.kind === "if") {
      this.use(statement.condition);
      for (const side of ["then", "otherwise"] as const) {
        this.block(statement[side], depth + 1);
        for (const merge of statement.merges) this.use(merge[side]);
      }
      for (const merge of statement.merges) this.define(merge.register, depth);
      return;
    }
    for (const phi of statement.phis) {
      this.use(phi.init);
      this.define(phi.register, depth);
    }
    if (statement.kind === "loop") {
      if (typeof statement.count !== "number") this.use(statement.count);
      this.define(statement.counter, depth + 1);
      this.block(statement.body, depth + 1);
      // The turn's end counts it on.
      this.last.set(statement.counter, undefined);
    } else {
      this.block(statement.test, depth + 1);
      this.use(statement.condition);
      this.block(statement.body, depth + 2);
    }
    for (const phi of statement.phis) this.use(phi.next);
  }
}
