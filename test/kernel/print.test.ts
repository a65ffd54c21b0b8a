import { expect, it } from "vitest";
import type { Kernel, Register } from "../../src/kernel/kernel.ts";
import { printKernel } from "../../src/kernel/print.ts";
import { openBlock, Writer } from "../../src/kernel/writer.ts";

function sample(shift: number): Kernel {
  const writer = new Writer();
  for (let k = 0; k < shift; k++) writer.register("bool", false);
  const data = Float32Array.from({ length: 9 }, (_, k) => k / 2);
  const weights = writer.buffer({ name: "w", kind: "constant", dtype: "float32", lane: false, elements: 9, data });
  const x = writer.buffer({ name: "x", kind: "input", dtype: "float32", lane: true, elements: 3 });
  const y = writer.buffer({ name: "y", kind: "output", dtype: "float32", lane: true, elements: 1 });
  const zero = { offset: 0, terms: [] };
  const [prologue, body] = [openBlock(), openBlock()];
  writer.within(prologue, () => {
    const tenth = writer.constant(0.1, "float32");
    writer.within(body, () => {
      const start = writer.load(x, zero);
      const [sum] = writer.loop(3, [start], (counter, [carried]) => {
        const at = (stride: number) => ({ offset: 0, terms: [{ register: counter, stride }] });
        const product = writer.op("mul", [writer.load(weights, at(3)), writer.load(x, at(1))], "float32");
        return [writer.op("add", [carried!, product], "float32")];
      });
      const small = writer.op("lt", [sum!, tenth], "bool");
      const one = writer.constant(1, "int32");
      const [halved] = writer.while(
        [sum!],
        [true],
        ([v]) => writer.op("any", [writer.op("lt", [tenth, v!], "bool")], "bool"),
        ([v]) => [writer.op("mul", [v!, tenth], "float32")],
      );
      const gathered = (): Register[] => [
        writer.gather(weights, { offset: 1, terms: [] }, writer.op("convert", [small], "int32"), 2),
      ];
      const [chosen] = writer.if(writer.op("eq", [one, one], "bool"), gathered, () => [halved!]);
      writer.store(y, zero, chosen!);
    });
  });
  return { lanes: 4, groups: 2, buffers: writer.buffers, prologue: prologue.statements, body: body.statements };
}

it("a kernel prints one line a statement, blocks indented", () => {
  expect(printKernel(sample(0))).toMatchInlineSnapshot(`
    "kernel: 2 × 4 points a chunk
    constant w#0: float32[9] = 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, …
    input x#1: lane float32[3]
    output y#2: lane float32[1]
    prologue
      %0: float32 = 0.1
    body
      %1: lane float32 = x#1[0]
      loop %3 < 3
        phi %2: lane float32 = %1
        %4: float32 = w#0[3·%3]
        %5: lane float32 = x#1[%3]
        %6: lane float32 = mul %4, %5
        %7: lane float32 = add %2, %6
        next %2 = %7
      %8: lane bool = lt %2, %0
      %9: int32 = 1
      loop
        phi %10: lane float32 = %2
        %11: lane bool = lt %0, %10
        %12: bool = any %11
        while %12
        %13: lane float32 = mul %10, %0
        next %10 = %13
      %14: bool = eq %9, %9
      if %14
        %15: lane int32 = convert %8
        %16: lane float32 = gather w#0[1 + 2·%15]
      %17: lane float32 = merge %16, %10
      y#2[0] = %17"
  `);
});

it("the text does not depend on the registers' ids", () => {
  expect(printKernel(sample(5))).toBe(printKernel(sample(0)));
});
