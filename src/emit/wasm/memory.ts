/** Loads, gathers and stores. */

import type { DType } from "../../base/dtype.ts";
import type { Buffer, Kernel, Register, Statement } from "../../kernel/kernel.ts";
import { bytesInKernel, elementBytes, type Layout } from "../../kernel/layout.ts";
import { type Code, int32x4, localGet, op, opWith, writeCode } from "./code.ts";
import type { Vector } from "./lane.ts";
import type { Locals } from "./locals.ts";
import { type Registers, vectorsOf } from "./registers.ts";
import { type Address, Addresses, type Scope } from "./scope.ts";

type Of<K extends Statement["kind"]> = Statement & { kind: K };

const VECTOR_BYTES = 16;

const scalarAccess = {
  bool: { load: "i32.load", store: "i32.store" },
  int32: { load: "i32.load", store: "i32.store" },
  uint32: { load: "i32.load", store: "i32.store" },
  float32: { load: "f32.load", store: "f32.store" },
  float64: { load: "f64.load", store: "f64.store" },
} as const satisfies { readonly [D in DType]: unknown };

const access32 = { splat: "v128.load32_splat", first: "v128.load32_zero", lane: "v128.load32_lane" } as const;
const access64 = { splat: "v128.load64_splat", first: "v128.load64_zero", lane: "v128.load64_lane" } as const;
const vectorAccess = (dtype: DType) => (dtype === "float64" ? access64 : access32);

/** A bool of a uniform buffer is 0 or 1: negated it is a mask, and the other way round. */
const asMask = (buffer: Buffer, vector: Code): Code =>
  buffer.dtype === "bool" && !buffer.lane ? op("i32x4.neg", vector) : vector;

const plus = (a: Code, b: Code): Code => (a.instruction === "i32.const" && a.immediate === 0 ? b : op("i32.add", a, b));

export class Memory {
  private readonly kernel: Kernel;
  private readonly locals: Locals;
  private readonly scopes: readonly Scope[];
  private readonly registers: Registers;
  private readonly addresses: Addresses;

  constructor(kernel: Kernel, layout: Layout, locals: Locals, scopes: readonly Scope[], registers: Registers) {
    this.kernel = kernel;
    this.locals = locals;
    this.scopes = scopes;
    this.registers = registers;
    this.addresses = new Addresses(kernel, layout, locals, scopes, (register) => ({
      depth: registers.depthOf(register),
      code: registers.scalar(register),
    }));
  }

  load({ out, buffer, index }: Of<"load">): void {
    const { base, offset } = this.addresses.of(buffer, index);
    if (out.lane) {
      const results = this.eachVector(buffer, (at) => asMask(buffer, opWith("v128.load", offset + at, base)));
      this.setLane(out, results);
    } else if (this.registers.isScalar(out)) {
      this.registers.setUniform(out, opWith(scalarAccess[buffer.dtype].load, offset, base));
    } else {
      this.registers.setSplat(out, asMask(buffer, opWith(vectorAccess(buffer.dtype).splat, offset, base)));
    }
  }

  store({ buffer, index, value }: Of<"store">): void {
    const { base, offset } = this.addresses.of(buffer, index);
    if (!buffer.lane && !value.lane) {
      this.write(opWith(scalarAccess[buffer.dtype].store, offset, base, this.registers.scalar(value)));
      return;
    }
    const halves = vectorsOf(buffer.dtype);
    for (let g = 0; g < this.kernel.groups; g++) {
      this.registers.operand(value, g, false).forEach((vector, h) => {
        this.write(opWith("v128.store", offset + (g * halves + h) * VECTOR_BYTES, base, asMask(buffer, vector)));
      });
    }
  }

  /** Lane by lane: there is no instruction for it. */
  gather({ out, buffer, index, lane, stride }: Of<"gather">): void {
    const address = this.addresses.of(buffer, index, stride < 0);
    const scale = stride * elementBytes(this.kernel, buffer);
    const scaled = Array.from({ length: this.kernel.groups }, (_, g) => {
      const local = localGet(this.locals.take("v128"));
      this.registers.assign(local, op("i32x4.mul", this.registers.operand(lane, g, false)[0] as Code, int32x4(scale)));
      return local;
    });
    this.setLane(
      out,
      scaled.map((places, g) => this.gathered(buffer, address, places, g)),
    );
    for (const local of scaled) this.locals.release(local.immediate as number);
  }

  private gathered(buffer: Buffer, { base, offset }: Address, places: Code, group: number): Vector {
    const { first, lane: next } = vectorAccess(buffer.dtype);
    const bytes = bytesInKernel(buffer);
    const lanes = VECTOR_BYTES / bytes;
    return Array.from({ length: vectorsOf(buffer.dtype) }, (_, h) => {
      let vector: Code | undefined;
      for (let l = 0; l < lanes; l++) {
        const point = h * lanes + l;
        const from = plus(base, opWith("i32x4.extract_lane", point, places));
        const at = offset + (buffer.lane ? (group * this.kernel.lanes + point) * bytes : 0);
        vector = vector ? opWith(next, [at, l], from, vector) : opWith(first, at, from);
      }
      return asMask(buffer, vector as Code);
    });
  }

  private eachVector(buffer: Buffer, f: (at: number) => Code): Vector[] {
    const halves = vectorsOf(buffer.dtype);
    return Array.from({ length: this.kernel.groups }, (_, g) =>
      Array.from({ length: halves }, (_, h) => f((g * halves + h) * VECTOR_BYTES)),
    );
  }

  private setLane(register: Register, results: readonly Vector[]): void {
    this.registers.openLane(register);
    results.forEach((vector, g) => {
      this.registers.setGroup(register, g, vector);
    });
  }

  private write(code: Code): void {
    writeCode((this.scopes[this.scopes.length - 1] as Scope).code, code);
  }
}
