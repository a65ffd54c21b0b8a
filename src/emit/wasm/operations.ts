/** Op statements: the recipe of the tables, applied to where the operands live. */

import type { Kernel, Register, Statement } from "../../kernel/kernel.ts";
import type { OpName } from "../../op/table.ts";
import { type Code, op } from "./code.ts";
import { shiftByUniform, type Vector } from "./lane.ts";
import { isLogic, takesWide } from "./masks.ts";
import { laneRecipe, uniformRecipe } from "./ops.ts";
import type { Registers } from "./registers.ts";
import { isShift } from "./uses.ts";

type OpStatement = Statement & { kind: "op" };

export class Operations {
  private readonly groups: number;
  private readonly registers: Registers;

  constructor(kernel: Kernel, registers: Registers) {
    this.groups = kernel.groups;
    this.registers = registers;
  }

  /** An op with a uniform result, or the same one for all groups. */
  uniform({ out, op: name, args }: OpStatement): void {
    const registers = this.registers;
    if (name === "any") registers.setUniform(out, this.any(args[0] as Register));
    else if (name === "splat") registers.setSame(out, registers.splat(args[0] as Register));
    else {
      const recipe = uniformRecipe(name, (args.at(-1) as Register).dtype, out.dtype);
      registers.setUniform(out, recipe(...args.map((arg) => registers.scalar(arg))));
    }
  }

  private any(register: Register): Code {
    const { narrow, wide } = this.registers.wants(register);
    const vectors = this.eachGroup((g) => this.registers.operand(register, g, wide && !narrow)).flat();
    return op(
      "v128.any_true",
      vectors.reduce((a, b) => op("v128.or", a, b)),
    );
  }

  /** A lane op for one group; its register was opened before. */
  lane(statement: OpStatement, group: number): void {
    this.registers.setGroup(statement.out, group, this.laneResult(statement, group));
  }

  private laneResult(statement: OpStatement, group: number): Vector {
    const { out, op: name, args } = statement;
    const registers = this.registers;
    const count = args[1];
    if (isShift(name) && count && !count.lane) {
      const by = registers.scalar(count);
      return registers
        .operand(args[0] as Register, group, false)
        .map((x) => shiftByUniform[name as OpName]?.[out.dtype]?.(x, by) as Code);
    }
    const wants = registers.wants(out);
    const wide = takesWide(statement) || (isLogic(statement) && wants.wide && !wants.narrow);
    const recipe = laneRecipe(name, (args.at(-1) as Register).dtype, out.dtype);
    return recipe(...args.map((arg) => registers.operand(arg, group, wide)));
  }

  private eachGroup<T>(f: (group: number) => T): T[] {
    return Array.from({ length: this.groups }, (_, g) => f(g));
  }
}
