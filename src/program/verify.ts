/**
 * The grammar of programs (see program.ts), executed. In: any program, however damaged. Out: nothing, or a
 * LanewiseError of kind "program" that names the printed node.
 */

import { allocate } from "../base/dtype.ts";
import { isLanewiseError } from "../base/errors.ts";
import { sizeOf } from "../base/shape.ts";
import { formatType, type Type, type Value } from "../base/value.ts";
import { counted } from "../op/check.ts";
import { isOpName, resultType } from "../op/table.ts";
import { findFree } from "./builder.ts";
import { controlRules, isControlName } from "./control.ts";
import { type Fail, failAt, formatTypes, isConstant, isType } from "./grammar.ts";
import { findSchedule } from "./order.ts";
import { numberNodes, printNode } from "./print.ts";
import { type Node, type Program, type Region, typeOf } from "./program.ts";

const MOST_ELEMENTS = 2 ** 31 - 1;

export function verify(program: Program): void {
  verifyInterface(program);
  const order = findSchedule(program.root);
  const names = numberNodes(program, order);
  const ids = new Set<number>();
  const owners = new Map<Region, Node>();
  // Inner regions first: a fault is named where it is, not where it is noticed.
  const regions = [...order].sort(([a], [b]) => b.depth - a.depth);
  const nodes = regions.flatMap(([region, list]) => [...region.parameters, ...list]);
  for (const node of nodes) {
    const fail = failAt(printNode(node, names));
    if (!Number.isSafeInteger(node.id) || node.id < 0) fail("an id of at least 0", `${node.id}`);
    if (ids.has(node.id)) fail("an id of its own", `${node.id}, which another node has`);
    ids.add(node.id);
    node.types.forEach((type) => {
      verifySize(type, fail);
    });
    verifyNode(node, program.root, owners, fail);
  }
}

function verifyInterface({ inputs, outputs, root }: Program): void {
  const fail = failAt("program");
  if (root.parent !== undefined || root.depth !== 0) fail("a root that nothing surrounds", "an inner region");
  if (inputs.length !== root.parameters.length) {
    fail(`a parameter for each of ${counted(inputs.length, "input")}`, `${root.parameters.length}`);
  }
  if (outputs.length !== root.results.length) {
    fail(`a result for each of ${counted(outputs.length, "output")}`, `${root.results.length}`);
  }
  inputs.forEach(({ name, role, type }, i) => {
    const parameter = root.parameters[i] as Node;
    const failInput = failAt(`input ${name}`);
    if (role !== "point" && role !== "shared") failInput("the role point or shared", String(role));
    if (!isType(parameter.types, [type])) failInput(`a parameter of ${formatType(type)}`, formatTypes(parameter.types));
  });
  verifyRegion(root, fail);
}

/** Elements are counted in 32 bits with a sign. */
function verifySize(type: Type, fail: Fail): void {
  const most = Math.max(sizeOf(type.shape), ...type.shape);
  if (most > MOST_ELEMENTS) fail("arrays of at most 2^31 - 1 elements", formatType(type));
}

/** Parameters in order, results that can be seen. */
function verifyRegion(region: Region, fail: Fail): void {
  region.parameters.forEach((node, i) => {
    const own = node.op === "parameter" && node.attrs.index === i && node.region === region && node.types.length === 1;
    if (!own) fail(`parameter ${i} of that region`, `${node.op} ${node.attrs.index}`);
  });
  for (const node of region.results) {
    if (!isAround(node.region, region)) fail("results that the region can see", `${node.op} of another region`);
    verifyUse(node, fail);
  }
}

function verifyNode(node: Node, root: Region, owners: Map<Region, Node>, fail: Fail): void {
  for (const operand of node.operands) {
    if (operand.id >= node.id) fail("operands made before it", `ids ${operand.id} and then ${node.id}`);
    if (!isAround(operand.region, node.region)) fail("operands of its region or those around it", operand.op);
    if (node.op !== "result") verifyUse(operand, fail);
  }
  if (node.op !== "constant" && node.value) fail("a value for constants alone", "one");
  if (isControlName(node.op)) {
    for (const body of node.regions) verifyBody(node, body, owners, fail);
    controlRules[node.op](node, fail);
  } else {
    if (node.regions.length > 0) fail("bodies for control flow alone", `${node.regions.length}`);
    if (node.op !== "parameter") verifySimple(node, fail);
  }
  if (node.op !== "parameter") verifyPlace(node, root, fail);
}

/** What may be an operand or a result: one value. */
function verifyUse(node: Node, fail: Fail): void {
  if (node.regions.length > 0) fail("a result of control flow, taken by its index", node.op);
  if (node.op === "parameter" && node.region.parameters[node.attrs.index as number] !== node) {
    fail("a parameter that its region has", `parameter ${node.attrs.index}`);
  }
}

function verifyBody(node: Node, body: Region, owners: Map<Region, Node>, fail: Fail): void {
  if (owners.has(body)) fail("bodies of its own", "a body that another node has too");
  owners.set(body, node);
  const inside = body !== node.region && isAround(node.region, body);
  if (!inside || body.depth !== (body.parent?.depth ?? 0) + 1) fail("bodies inside its region", "one elsewhere");
  verifyRegion(body, fail);
  for (const free of findFree(body)) {
    if (free.id >= node.id) fail("bodies that use what was made before", `id ${free.id} and then ${node.id}`);
  }
}

/** Everything without bodies: its type follows from its op, operands and attrs. */
function verifySimple(node: Node, fail: Fail): void {
  const type = derivedType(node, fail);
  if (!isType(node.types, [type])) fail(`type ${formatType(type)}`, formatTypes(node.types));
  if (node.op === "scatterAdd" && !isConstant(node.operands[1] as Node)) {
    fail("constant indices", (node.operands[1] as Node).op);
  }
}

function derivedType(node: Node, fail: Fail): Type {
  if (node.op === "constant") return constantType(node, fail);
  if (node.op === "result") {
    const [source] = node.operands;
    if (node.operands.length !== 1 || !source?.regions.length)
      return fail("one control-flow operand", node.operands.map((operand) => operand.op).join(", "));
    const type = source.types[node.attrs.index as number];
    return type ?? fail(`an index from 0 to ${source.types.length - 1}`, String(node.attrs.index));
  }
  if (!isOpName(node.op)) return fail("an op of the table", node.op);
  try {
    return resultType(node.op, node.operands.map(typeOf), node.attrs);
  } catch (error) {
    if (!isLanewiseError(error)) throw error;
    return fail("operands and attrs that fit the op", error.message, error);
  }
}

function constantType(node: Node, fail: Fail): Type {
  const value: Value = node.value ?? fail("a value", "none");
  if (node.operands.length > 0) fail("no operands", `${node.operands.length}`);
  const { data } = value;
  if (
    data.length !== sizeOf(value.shape) ||
    Object.getPrototypeOf(data) !== Object.getPrototypeOf(allocate(value.dtype, 0))
  ) {
    fail(`elements for ${formatType(value)}`, `${data.length} in a ${data.constructor.name}`);
  }
  return value;
}

/** A node belongs to the innermost region among those of its operands and of what its bodies use. */
function verifyPlace(node: Node, root: Region, fail: Fail): void {
  let innermost = root;
  for (const used of [...node.operands, ...node.regions.flatMap((body) => [...findFree(body)])]) {
    if (used.region.depth > innermost.depth) innermost = used.region;
  }
  if (node.region !== innermost) fail(`region ${innermost.id}, the innermost it uses`, `region ${node.region.id}`);
}

/** `outer` is the region or one around it. */
function isAround(outer: Region, region: Region): boolean {
  for (let r: Region | undefined = region; r; r = r.parent) if (r === outer) return true;
  return false;
}
