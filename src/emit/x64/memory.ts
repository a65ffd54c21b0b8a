/** Loads, gathers and stores of one lane group, or of a uniform value. */

import type { Buffer, Kernel, Register, Statement } from "../../kernel/kernel.ts";
import { elementBytes } from "../../kernel/layout.ts";
import type { Addresses } from "./address.ts";
import type { Memory } from "./encoder.ts";
import { gatherElements } from "./gather.ts";
import type { Lanes } from "./lane.ts";
import type { Machine, Vector } from "./machine.ts";

type Of<K extends Statement["kind"]> = Statement & { kind: K };

const VECTOR_BYTES = 32;
const SIGN_BIT = 31;

const moved = (memory: Memory, bytes: number): Memory => ({ ...memory, offset: (memory.offset ?? 0) + bytes });
const isWide = ({ dtype }: Buffer): boolean => dtype === "float64";

export class Access {
  private readonly kernel: Kernel;
  private readonly machine: Machine;
  private readonly addresses: Addresses;
  private readonly operand: (register: Register, group: number) => Lanes;

  constructor(
    kernel: Kernel,
    machine: Machine,
    addresses: Addresses,
    operand: (register: Register, group: number) => Lanes,
  ) {
    this.kernel = kernel;
    this.machine = machine;
    this.addresses = addresses;
    this.operand = operand;
  }

  load({ buffer, index, out }: Of<"load">, group: number): Lanes {
    const memory = this.addresses.of(buffer, index);
    if (out.lane) {
      return this.places(buffer, memory, group).map((place) => this.asMask(buffer, this.machine.op("vmovups", place)));
    }
    return [this.asMask(buffer, this.machine.op(isWide(buffer) ? "vbroadcastsd" : "vbroadcastss", memory))];
  }

  store({ buffer, index, value }: Of<"store">, group: number): void {
    const memory = this.addresses.of(buffer, index);
    const lanes = this.operand(value, group);
    if (buffer.lane || value.lane) {
      this.places(buffer, memory, group).forEach((place, i) => {
        this.machine.emit("vmovups.store", place, this.asStored(buffer, lanes[i] as Vector));
      });
      return;
    }
    const one = lanes[0] as Vector;
    this.machine.emit(isWide(buffer) ? "vmovsd.store" : "vmovss.store", memory, this.asStored(buffer, one));
  }

  gather({ buffer, index, lane, stride }: Of<"gather">, group: number): Lanes {
    const width = isWide(buffer) ? 8 : 4;
    const apart = buffer.lane ? width : 0;
    const start = moved(this.addresses.of(buffer, index, true), group * this.kernel.lanes * apart);
    const bytes = stride * elementBytes(this.kernel, buffer);
    const places = this.operand(lane, group)[0] as Vector;
    const lanes = gatherElements(this.machine, places, start, { width, stride: bytes, apart });
    return lanes.map((vector) => this.asMask(buffer, vector));
  }

  private places(buffer: Buffer, memory: Memory, group: number): Memory[] {
    const count = isWide(buffer) ? 2 : 1;
    return Array.from({ length: count }, (_, i) => moved(memory, (group * count + i) * VECTOR_BYTES));
  }

  private asStored(buffer: Buffer, vector: Vector): Vector {
    return buffer.dtype === "bool" && !buffer.lane ? this.machine.op("vpsrld", vector, SIGN_BIT) : vector;
  }

  /** A bool of a uniform buffer is 0 or 1. */
  private asMask(buffer: Buffer, vector: Vector): Vector {
    if (buffer.dtype !== "bool" || buffer.lane) return vector;
    return this.machine.op("vpsubd", this.machine.words(0), vector);
  }
}
