/** Numbers for locals: given back when their register dies, so that even long kernels stay far below the engines' limit. */

import { LanewiseError } from "../../base/errors.ts";
import type { ValueType } from "./encoder.ts";

/** What browsers and Node agreed on. */
const MAX_LOCALS = 50_000;

export class Locals {
  /** Types of all locals after the parameters. */
  readonly types: ValueType[] = [];
  private readonly free = new Map<ValueType, number[]>();
  private readonly parameters: readonly ValueType[];

  constructor(parameters: readonly ValueType[]) {
    this.parameters = parameters;
  }

  take(type: ValueType): number {
    return this.free.get(type)?.pop() ?? this.fresh(type);
  }

  /** One never used before: for code that is placed before code written already. */
  fresh(type: ValueType): number {
    this.types.push(type);
    const count = this.parameters.length + this.types.length;
    if (count > MAX_LOCALS) {
      throw new LanewiseError(
        "program",
        `emitWasm: expected a kernel of at most ${MAX_LOCALS} live values, got more; use loops, or fewer lane groups`,
      );
    }
    return count - 1;
  }

  release(local: number): void {
    const type = this.types[local - this.parameters.length] as ValueType;
    const list = this.free.get(type);
    if (list) list.push(local);
    else this.free.set(type, [local]);
  }
}
