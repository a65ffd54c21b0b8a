/** In which width each lane bool is wanted: 32 bits a lane, or the 64 that float64 comparisons give and selects take. */

import type { Kernel, Register, Statement } from "../../kernel/kernel.ts";

export interface MaskWidths {
  readonly narrow: ReadonlySet<number>;
  readonly wide: ReadonlySet<number>;
}

type OpStatement = Statement & { kind: "op" };

const isBool = (register: Register): boolean => register.dtype === "bool";

/** bool out of bools alone: as good in either width. */
export const isLogic = ({ out, args }: OpStatement): boolean => isBool(out) && args.every(isBool);

/** Takes a wide mask as its first operand: a select of float64, or a conversion to it. */
export const takesWide = ({ out, args }: OpStatement): boolean =>
  out.dtype === "float64" && args[0] !== undefined && isBool(args[0]);

/** Uses come before definitions, so a logic op knows what its result is wanted for when its operands are asked for. */
export function maskWidths(kernel: Kernel): MaskWidths {
  const narrow = new Set<number>();
  const wide = new Set<number>();
  const isNarrow = (register: Register): void => {
    if (isBool(register)) narrow.add(register.id);
  };
  const visitOp = (statement: OpStatement): void => {
    const { out, op, args } = statement;
    // Both widths answer whether any lane is set.
    if (op === "any") return;
    const asWide = takesWide(statement) || (isLogic(statement) && wide.has(out.id) && !narrow.has(out.id));
    for (const arg of args) {
      if (asWide && isBool(arg)) wide.add(arg.id);
      else isNarrow(arg);
    }
  };
  const visit = (statements: readonly Statement[]): void => {
    for (const statement of statements.toReversed()) {
      if (statement.kind === "op") visitOp(statement);
      else if (statement.kind === "store") isNarrow(statement.value);
      else if (statement.kind === "if") {
        for (const merge of statement.merges) [merge.then, merge.otherwise].forEach(isNarrow);
        visit(statement.otherwise);
        visit(statement.then);
      } else if (statement.kind === "loop" || statement.kind === "while") {
        for (const phi of statement.phis) [phi.init, phi.next].forEach(isNarrow);
        visit(statement.body);
        if (statement.kind === "while") visit(statement.test);
      }
    }
  };
  visit(kernel.body);
  visit(kernel.prologue);
  return { narrow, wide };
}
