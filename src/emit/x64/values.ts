/** Which vectors a kernel's registers are. */

import type { Kernel, Register } from "../../kernel/kernel.ts";
import type { Lanes } from "./lane.ts";
import type { Machine, Vector } from "./machine.ts";

export class Values {
  /** Per group, one vector or two; a uniform register has one vector in all. */
  private readonly known = new Map<number, Lanes[]>();
  private readonly groups: number;
  private readonly machine: Machine;

  constructor(kernel: Kernel, machine: Machine) {
    this.groups = kernel.groups;
    this.machine = machine;
  }

  /** As a lane operand; both halves of a uniform float64 are the same. */
  get(register: Register, group: number): Lanes {
    const lanes = (this.known.get(register.id) as Lanes[])[register.lane ? group : 0] as Lanes;
    return register.dtype === "float64" && lanes.length === 1 ? [lanes[0] as Vector, lanes[0] as Vector] : lanes;
  }

  /** The only vector of a register that is no lane float64, or its first. */
  first(register: Register, group = 0): Vector {
    return this.get(register, group)[0] as Vector;
  }

  set(register: Register, group: number, lanes: Lanes): void {
    const values = this.known.get(register.id) ?? [];
    values[group] = register.lane ? lanes : lanes.slice(0, 1);
    this.known.set(register.id, values);
  }

  /** Vectors for a register that is set in several places. */
  open(register: Register): Vector[] {
    const halves = register.lane && register.dtype === "float64" ? 2 : 1;
    for (let group = 0; group < (register.lane ? this.groups : 1); group++) {
      const vectors = Array.from({ length: halves }, () => this.machine.vector());
      this.set(register, group, vectors);
    }
    return this.all(register);
  }

  /** Of every group, each once. */
  all(register: Register): Vector[] {
    if (!register.lane) return [this.first(register)];
    return Array.from({ length: this.groups }, (_, group) => this.get(register, group)).flat();
  }
}
