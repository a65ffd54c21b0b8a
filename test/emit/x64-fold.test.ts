import { describe, expect, it } from "vitest";
import { gpr, type Memory } from "../../src/emit/x64/encoder.ts";
import { foldLoads } from "../../src/emit/x64/fold.ts";
import { Machine, type Step, type Vector } from "../../src/emit/x64/machine.ts";

const memory: Memory = { base: gpr.rdi, index: gpr.rax, scale: 1, offset: 64 };

/** A load, what stands between, and a use; the steps afterwards. */
function around(between: (m: Machine, loaded: Vector, other: Vector) => void, use: typeof between): readonly Step[] {
  const machine = new Machine();
  const other = machine.op("vmovups", { base: gpr.rsp });
  machine.emit("vmovups.store", { base: gpr.rsp, offset: 32 }, other);
  const loaded = machine.op("vmovups", memory);
  between(machine, loaded, other);
  use(machine, loaded, other);
  return foldLoads(machine).slice(2);
}

const nothing = (): void => {};
const add = (m: Machine, loaded: Vector, other: Vector): void => void m.op("vaddps", other, loaded);

describe("a load that one instruction reads", () => {
  it("becomes its operand", () => {
    const [step, ...rest] = around(nothing, add);
    expect(rest).toEqual([]);
    expect(step).toMatchObject({ name: "vaddps", operands: [{}, { vector: 0 }, memory] });
  });

  it("becomes its last operand, where the two may change places", () => {
    const [step] = around(nothing, (m, loaded, other) => void m.op("vmulps", loaded, other));
    expect(step).toMatchObject({ name: "vmulps", operands: [{}, { vector: 0 }, memory] });
    expect(around(nothing, (m, loaded, other) => void m.op("vsubps", loaded, other))).toHaveLength(2);
  });

  it("becomes a factor or the term of a fused product", () => {
    const fused = (m: Machine, a: Vector, b: Vector, c: Vector): void => void m.fuse("vfmadd", "ps", [a, b], c);
    expect(around(nothing, (m, l, o) => fused(m, l, o, o))).toMatchObject([{ factors: [{ vector: 0 }, memory] }]);
    expect(around(nothing, (m, l, o) => fused(m, o, o, l))).toMatchObject([{ term: memory }]);
    expect(around(nothing, (m, l, o) => fused(m, l, l, o))).toHaveLength(2);
  });

  it("stays where it is when the memory, its address or the way there changes in between", () => {
    const store = (m: Machine, _: Vector, other: Vector): void => m.emit("vmovups.store", { base: gpr.rdx }, other);
    expect(around(store, add)).toHaveLength(3);
    expect(around((m) => m.emit("add.i", gpr.rax, 32), add)).toHaveLength(3);
    expect(around((m) => m.emit("add.i", gpr.rdi, 32), add)).toHaveLength(3);
    expect(around((m) => m.emit("add.i", gpr.rcx, 32), add)).toHaveLength(2);
    expect(around((m) => m.steps.push({ kind: "loop", phis: [] }), add)).toHaveLength(3);
  });

  it("stays for two who read it, and where an instruction reads no memory", () => {
    expect(around(add, add)).toHaveLength(3);
    expect(around(nothing, (m, loaded) => void m.op("vpsrld", loaded, 1))).toHaveLength(2);
  });
});
