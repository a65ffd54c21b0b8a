/**
 * Runs a program on values, node by node: the definition that every target must meet bit for bit.
 * In: a verified program, one value per input (of one point). Out: one value per result.
 */

import { LanewiseError } from "../base/errors.ts";
import { sameShape, sizeOf } from "../base/shape.ts";
import { formatType, type Type, type Value, zerosOf } from "../base/value.ts";
import { counted } from "../op/check.ts";
import type { OpName } from "../op/table.ts";
import { evaluateOp } from "./evaluate.ts";
import { type Schedule, schedule } from "./order.ts";
import type { ControlName, Node, Program, Region } from "./program.ts";

/** Throws a LanewiseError of kind "type" when the values are not those the inputs ask for. */
export function interpret(program: Program, inputs: readonly Value[]): Value[] {
  checkInputs(program, inputs);
  return new Run(schedule(program.root)).region(program.root, inputs);
}

function checkInputs({ inputs }: Program, values: readonly Value[]): void {
  if (values.length !== inputs.length) {
    const message = `interpret: expected ${counted(inputs.length, "input")}, got ${values.length}; give one value for each`;
    throw new LanewiseError("type", message);
  }
  inputs.forEach(({ name, type }, i) => {
    const value = values[i] as Value;
    const fits = value.dtype === type.dtype && sameShape(value.shape, type.shape);
    if (fits && value.data.length === sizeOf(type.shape)) return;
    const got = `${formatType(value)} of ${counted(value.data.length, "element")}`;
    throw new LanewiseError("type", `input ${name}: expected ${formatType(type)}, got ${got}; convert it first`);
  });
}

/** Row `i` of an array; it shares the elements. */
function row(value: Value, i: number): Value {
  const shape = value.shape.slice(1);
  const size = sizeOf(shape);
  return { dtype: value.dtype, shape, data: value.data.subarray(i * size, (i + 1) * size) };
}

class Run {
  private readonly order: Schedule;
  /** By node id: what the latest turn of the node's region gave. */
  private readonly values: (readonly Value[])[] = [];

  constructor(order: Schedule) {
    this.order = order;
  }

  /** Computes a region's own nodes; those of the regions around it have been computed. */
  region(region: Region, inputs: readonly Value[]): Value[] {
    region.parameters.forEach((node, i) => {
      this.values[node.id] = [inputs[i] as Value];
    });
    for (const node of this.order.get(region) ?? []) this.values[node.id] = this.node(node);
    return region.results.map((node) => this.valueOf(node));
  }

  private valueOf(node: Node): Value {
    return (this.values[node.id] as readonly Value[])[0] as Value;
  }

  private node(node: Node): readonly Value[] {
    if (node.value) return [node.value];
    if (node.op === "result") {
      const parts = this.values[(node.operands[0] as Node).id] as readonly Value[];
      return [parts[node.attrs.index as number] as Value];
    }
    const operands = node.operands.map((operand) => this.valueOf(operand));
    if (node.regions.length > 0) return this.control[node.op as ControlName](node, operands);
    return [evaluateOp(node.op as OpName, operands, node.attrs)];
  }

  private readonly control: { readonly [C in ControlName]: (node: Node, operands: readonly Value[]) => Value[] } = {
    loop: (node, operands) => {
      const { length, reverse, carries: count } = node.attrs as { length: number; reverse: boolean; carries: number };
      const body = node.regions[0] as Region;
      let carries = operands.slice(0, count);
      const xs = operands.slice(count);
      const ys = node.types.slice(count).map((type: Type) => zerosOf(type));
      for (let turn = 0; turn < length; turn++) {
        const i = reverse ? length - 1 - turn : turn;
        const counter: Value = { dtype: "int32", shape: [], data: Int32Array.of(i) };
        const results = this.region(body, [counter, ...carries, ...xs.map((x) => row(x, i))]);
        carries = results.slice(0, count);
        ys.forEach((y, k) => {
          const part = (results[count + k] as Value).data;
          y.data.set(part, i * part.length);
        });
      }
      return [...carries, ...ys];
    },
    while: (node, operands) => {
      const [test, body] = node.regions as readonly [Region, Region];
      const { maxSteps = Number.POSITIVE_INFINITY } = node.attrs as { maxSteps?: number };
      let carries = [...operands];
      for (let steps = 0; steps < maxSteps; steps++) {
        if ((this.region(test, carries)[0] as Value).data[0] === 0) break;
        carries = this.region(body, carries);
      }
      return carries;
    },
    switch: (node, operands) => {
      const [index, ...values] = operands as readonly [Value, ...Value[]];
      const branch = Math.max(0, Math.min(node.regions.length - 1, index.data[0] as number));
      return this.region(node.regions[branch] as Region, values);
    },
  };
}
