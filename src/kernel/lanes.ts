/** Which values differ by point. All others are computed once for all lanes. */

import { nodesOf } from "../program/order.ts";
import type { Node, Program, Region } from "../program/program.ts";

export type IsLane = (node: Node) => boolean;

export function findLanes(program: Program): IsLane {
  const lanes = new Map<Node, boolean>();
  /** Which results of a control node are per lane. */
  const parts = new Map<Node, readonly boolean[]>();
  const isLane: IsLane = (node) => lanes.get(node) ?? false;

  const visit = (region: Region): void => {
    for (const node of nodesOf(region)) {
      if (node.op === "parameter") continue;
      if (node.op === "result")
        lanes.set(node, parts.get(node.operands[0] as Node)?.[node.attrs.index as number] ?? false);
      else if (node.regions.length > 0) visitControl(node);
      else lanes.set(node, node.operands.some(isLane));
    }
  };

  const visitControl = (node: Node): void => {
    const results = control[node.op as keyof typeof control](node);
    parts.set(node, results);
    lanes.set(node, results.includes(true));
  };

  const enter = (region: Region, parameters: readonly boolean[]): boolean[] => {
    region.parameters.forEach((parameter, i) => {
      lanes.set(parameter, parameters[i] ?? false);
    });
    visit(region);
    return region.results.map(isLane);
  };

  /** Carries widen until they are stable: one that becomes per lane in the body is so from the start. */
  const settle = (carries: boolean[], turn: (carries: readonly boolean[]) => readonly boolean[]): boolean[] => {
    for (;;) {
      const next = turn(carries);
      const wider = carries.map((lane, i) => lane || (next[i] ?? false));
      if (wider.every((lane, i) => lane === carries[i])) return carries;
      carries = wider;
    }
  };

  const control = {
    loop: (node: Node): boolean[] => {
      const [body] = node.regions as readonly [Region];
      const count = node.attrs.carries as number;
      const operands = node.operands.map(isLane);
      const turn = (carries: readonly boolean[]): boolean[] =>
        enter(body, [false, ...carries, ...operands.slice(count)]);
      const carries = settle(operands.slice(0, count), (c) => turn(c).slice(0, count));
      return [...carries, ...turn(carries).slice(count)];
    },
    while: (node: Node): boolean[] => {
      const [test, body] = node.regions as readonly [Region, Region];
      return settle(node.operands.map(isLane), (carries) => {
        const [ends] = enter(test, carries);
        return enter(body, carries).map((lane) => lane || (ends ?? false));
      });
    },
    switch: (node: Node): boolean[] => {
      const [index, ...operands] = node.operands.map(isLane);
      const branches = node.regions.map((region) => enter(region, operands));
      return node.types.map((_, r) => Boolean(index) || branches.some((results) => results[r]));
    },
  };

  enter(
    program.root,
    program.inputs.map((input) => input.role === "point"),
  );
  return isLane;
}
