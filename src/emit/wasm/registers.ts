/** Where each register of the kernel lives: in locals, or nowhere when it is a constant. */

import type { DType } from "../../base/dtype.ts";
import type { Kernel, Phi, Register } from "../../kernel/kernel.ts";
import { type Code, i32, localGet, op, opWith, splatConst, writeCode, writeInstruction } from "./code.ts";
import type { ValueType } from "./encoder.ts";
import { narrowMask, type Vector, widenMask } from "./lane.ts";
import type { Locals } from "./locals.ts";
import { type MaskWidths, maskWidths } from "./masks.ts";
import type { Scope } from "./scope.ts";
import type { Uses } from "./uses.ts";

const scalarTypes: { readonly [D in DType]: ValueType } = {
  bool: "i32",
  int32: "i32",
  uint32: "i32",
  float32: "f32",
  float64: "f64",
};

const splats = {
  bool: (x: Code) => op("i32x4.splat", op("i32.sub", i32(0), x)),
  int32: (x: Code) => op("i32x4.splat", x),
  uint32: (x: Code) => op("i32x4.splat", x),
  float32: (x: Code) => op("f32x4.splat", x),
  float64: (x: Code) => op("f64x2.splat", x),
} as const;

/** Vectors of one lane group. */
export const vectorsOf = (dtype: DType): number => (dtype === "float64" ? 2 : 1);

/** Per lane group; a bool has one of the widths or both. */
interface LaneValue {
  readonly plain: Vector[];
  readonly wide: Vector[];
}

interface UniformValue {
  readonly scalar?: Code;
  readonly splat?: Code;
}

export class Registers {
  private readonly groups: number;
  private readonly uses: Uses;
  private readonly widths: MaskWidths;
  private readonly locals: Locals;
  private readonly scopes: readonly Scope[];
  private readonly depths = new Map<number, number>();
  private readonly owned = new Map<number, number[]>();
  private readonly lanes = new Map<number, LaneValue>();
  private readonly uniforms = new Map<number, UniformValue>();

  constructor(kernel: Kernel, uses: Uses, locals: Locals, scopes: readonly Scope[]) {
    this.groups = kernel.groups;
    this.uses = uses;
    this.widths = maskWidths(kernel);
    this.locals = locals;
    this.scopes = scopes;
  }

  isUsed(register: Register): boolean {
    return this.isScalar(register) || this.isSplat(register);
  }

  /** Used as a scalar, not by lane registers alone. */
  isScalar(register: Register): boolean {
    return this.uses.asIs.has(register.id);
  }

  /** Uniform and met by lane registers. */
  isSplat(register: Register): boolean {
    return this.uses.asLane.has(register.id);
  }

  depthOf(register: Register): number {
    return this.depths.get(register.id) as number;
  }

  wants(register: Register): { readonly narrow: boolean; readonly wide: boolean } {
    return { narrow: this.widths.narrow.has(register.id), wide: this.widths.wide.has(register.id) };
  }

  scalar(register: Register): Code {
    return this.uniforms.get(register.id)?.scalar as Code;
  }

  splat(register: Register): Code {
    return this.uniforms.get(register.id)?.splat as Code;
  }

  /** A lane operand, of a uniform register its splat; `wide`: a bool as masks of 64 bits. */
  operand(register: Register, group: number, wide: boolean): Vector {
    const pair = register.dtype === "float64" || (register.dtype === "bool" && wide);
    if (!register.lane) return new Array<Code>(pair ? 2 : 1).fill(this.splat(register));
    const value = this.lanes.get(register.id) as LaneValue;
    const plain = value.plain[group];
    const masks = value.wide[group];
    if (register.dtype !== "bool") return plain as Vector;
    if (wide) return masks ?? widenMask((plain as Vector)[0] as Code);
    return plain ?? [narrowMask(masks as Vector)];
  }

  /** Takes locals for a register that is set in several places, a phi or a merge; bools narrow. */
  declare(register: Register): void {
    this.enter(register);
    if (register.lane) this.lanes.set(register.id, { plain: this.takeVectors(register), wide: [] });
    else {
      const scalar = this.take(register, scalarTypes[register.dtype]);
      this.uniforms.set(register.id, { scalar, ...(this.isSplat(register) && { splat: this.take(register, "v128") }) });
    }
  }

  /**
   * The scalar is written where it is used. The vector is set once: engines build one from two 64-bit immediates,
   * and do not find out by themselves that several are equal.
   */
  constant(register: Register, value: number): void {
    const type = scalarTypes[register.dtype];
    const scalar = opWith(`${type as "i32"}.const`, value);
    this.enter(register);
    if (this.isSplat(register)) this.fillSplat(register, splatConst(register.dtype, value));
    this.uniforms.set(register.id, { ...this.uniforms.get(register.id), scalar });
  }

  /** What is needed of a uniform value: the scalar, its splat, or both. */
  setUniform(register: Register, code: Code): void {
    this.enter(register);
    if (!this.isScalar(register)) {
      this.fillSplat(register, splats[register.dtype](code));
      return;
    }
    const scalar = this.take(register, scalarTypes[register.dtype]);
    this.assign(scalar, code);
    if (this.isSplat(register)) this.fillSplat(register, splats[register.dtype](scalar));
    this.uniforms.set(register.id, { ...this.uniforms.get(register.id), scalar });
  }

  /** A uniform value needed in vectors alone. */
  setSplat(register: Register, code: Code): void {
    this.enter(register);
    this.fillSplat(register, code);
  }

  /** The splats of phis and merges, after their scalars have changed. */
  splatAgain(registers: readonly Register[]): void {
    for (const register of registers) {
      const { scalar, splat } = this.uniforms.get(register.id) ?? {};
      if (scalar && splat) this.assign(splat, splats[register.dtype](scalar));
    }
  }

  /** The same splat for every group. */
  setSame(register: Register, code: Code): void {
    this.enter(register);
    const local = this.take(register, "v128");
    this.assign(local, code);
    const vector = new Array<Code>(vectorsOf(register.dtype)).fill(local);
    this.lanes.set(register.id, { plain: new Array<Vector>(this.groups).fill(vector), wide: [] });
  }

  /** Begins a lane register, to be given its value group by group. */
  openLane(register: Register): void {
    this.enter(register);
    this.lanes.set(register.id, { plain: [], wide: [] });
  }

  /** A bool comes in the width its op gives, and is kept in those it is wanted in. */
  setGroup(register: Register, group: number, result: Vector): void {
    const { plain, wide } = this.lanes.get(register.id) as LaneValue;
    if (register.dtype !== "bool") {
      plain[group] = this.keep(register, result);
      return;
    }
    const wants = this.wants(register);
    if (result.length === 1) {
      const masks = this.keep(register, result);
      plain[group] = masks;
      if (wants.wide) wide[group] = this.keep(register, widenMask(masks[0] as Code));
      return;
    }
    const masks = wants.wide || !wants.narrow ? this.keep(register, result) : result;
    if (masks !== result) wide[group] = masks;
    if (wants.narrow) plain[group] = this.keep(register, [narrowMask(masks)]);
  }

  /** All next values are read before the first phi is set, so that phis may pass values on to each other. */
  assignParallel(pairs: readonly { readonly to: Register; readonly from: Register }[]): void {
    const moves = pairs
      .filter((p) => p.to !== p.from)
      .flatMap(({ to, from }) => {
        const sources = this.machine(from);
        return this.machine(to).map((target, i) => ({ target, source: sources[i] as Code }));
      });
    const code = this.code;
    for (const { source } of moves) writeCode(code, source);
    for (const { target } of moves.toReversed()) writeInstruction(code, "local.set", target.immediate);
  }

  /** The block in which a register changes: addresses made of it cannot leave it. A phi's is its loop's, while in it. */
  move(registers: readonly Register[], deeper: number): void {
    for (const { id } of registers) this.depths.set(id, (this.depths.get(id) as number) + deeper);
  }

  startPhis(phis: readonly Phi[]): void {
    for (const { register } of phis) this.declare(register);
    this.assignParallel(phis.map(({ register, init }) => ({ to: register, from: init })));
  }

  release(register: Register): void {
    for (const local of this.owned.get(register.id) ?? []) this.locals.release(local);
    this.owned.delete(register.id);
  }

  assign(local: Code, code: Code): void {
    writeCode(this.code, code);
    writeInstruction(this.code, "local.set", local.immediate);
  }

  private get code() {
    return (this.scopes[this.scopes.length - 1] as Scope).code;
  }

  /** The values that a phi or merge of this register carries. */
  private machine(register: Register): Code[] {
    if (!register.lane) return [this.scalar(register)];
    return Array.from({ length: this.groups }, (_, g) => this.operand(register, g, false)).flat();
  }

  private enter(register: Register): void {
    const scope = this.scopes[this.scopes.length - 1] as Scope;
    scope.registers.push(register);
    this.depths.set(register.id, this.scopes.length - 1);
  }

  private take(register: Register, type: ValueType): Code {
    const local = this.locals.take(type);
    const list = this.owned.get(register.id);
    if (list) list.push(local);
    else this.owned.set(register.id, [local]);
    return localGet(local);
  }

  private takeVectors(register: Register): Vector[] {
    const vector = () => Array.from({ length: vectorsOf(register.dtype) }, () => this.take(register, "v128"));
    return Array.from({ length: this.groups }, vector);
  }

  private fillSplat(register: Register, code: Code): void {
    const splat = this.take(register, "v128");
    this.assign(splat, code);
    this.uniforms.set(register.id, { splat });
  }

  private keep(register: Register, vector: Vector): Vector {
    return vector.map((code) => {
      const local = this.take(register, "v128");
      this.assign(local, code);
      return local;
    });
  }
}
