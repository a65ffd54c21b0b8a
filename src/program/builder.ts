/**
 * Writes programs. Equal nodes are one node: the same op on the same operands with the same attrs is made once.
 * A node's region follows from its operands; an operand of a region that is closed, or of another builder,
 * has escaped from its trace.
 */

import type { DType } from "../base/dtype.ts";
import { LanewiseError } from "../base/errors.ts";
import { sizeOf } from "../base/shape.ts";
import { scalar, type Type, type Value } from "../base/value.ts";
import type { Arithmetic } from "../op/arithmetic.ts";
import type { Attrs } from "../op/record.ts";
import { type OpName, resultType } from "../op/table.ts";
import { type ControlName, makeNode, type Node, type NodeDraft, type Region, typeOf } from "./program.ts";

interface OpenRegion extends Region {
  parameters: readonly Node[];
  results: readonly Node[];
  closed: boolean;
}

export class Builder implements Arithmetic<Node> {
  readonly root: Region;
  private readonly known = new Map<string, Node>();
  private readonly regions = new Set<Region>();
  private current: OpenRegion;
  private nextId = 0;

  constructor(inputs: readonly Type[]) {
    this.current = this.open(undefined, inputs);
    this.root = this.current;
  }

  /** The region now being written. */
  get region(): Region {
    return this.current;
  }

  /** The id that the next new node gets: nodes made from now on have this one or a higher. */
  get nextNode(): number {
    return this.nextId;
  }

  apply(op: OpName, operands: readonly Node[], attrs: Attrs = {}): Node {
    const types = [resultType(op, operands.map(typeOf), attrs)];
    return this.node({ op, operands, attrs, types });
  }

  constant(value: number, dtype: DType): Node {
    return this.value(scalar(dtype, value));
  }

  /** An array constant; one that holds the same bits everywhere becomes a broadcast scalar. */
  value(value: Value): Node {
    if (value.shape.length > 0 && isUniform(value)) {
      const one = this.value({ dtype: value.dtype, shape: [], data: value.data.slice(0, 1) });
      return this.apply("broadcast", [one], { shape: value.shape, axes: [] });
    }
    return this.node({
      op: "constant",
      operands: [],
      attrs: {},
      types: [{ dtype: value.dtype, shape: value.shape }],
      value,
    });
  }

  dtype(node: Node): DType {
    return typeOf(node).dtype;
  }

  /** Writes a body: `write` gets its parameters and gives its results. */
  body(parameters: readonly Type[], write: (parameters: readonly Node[]) => readonly Node[]): Region {
    const outer = this.current;
    const region = this.open(outer, parameters);
    this.current = region;
    try {
      region.results = write(region.parameters);
      for (const node of region.results) this.assertInScope(node);
      return region;
    } finally {
      region.closed = true;
      this.current = outer;
    }
  }

  /** A control-flow node; take its results with `results`. */
  control(
    op: ControlName,
    operands: readonly Node[],
    regions: readonly Region[],
    attrs: Attrs,
    types: readonly Type[],
  ): Node {
    return this.node({ op, operands, attrs, types, regions });
  }

  /** The results of a control-flow node, one node each. */
  results(node: Node): Node[] {
    return node.types.map((type, index) =>
      this.node({ op: "result", operands: [node], attrs: { index }, types: [type] }),
    );
  }

  /** Sets the root's results and closes the program's root. */
  finish(results: readonly Node[]): Region {
    for (const node of results) this.assertInScope(node);
    this.current.results = results;
    this.current.closed = true;
    return this.root;
  }

  private open(parent: OpenRegion | undefined, types: readonly Type[]): OpenRegion {
    const region: OpenRegion = {
      id: this.regions.size,
      parent,
      depth: (parent?.depth ?? -1) + 1,
      parameters: [],
      results: [],
      closed: false,
    };
    this.regions.add(region);
    region.parameters = types.map((type, index): Node => {
      return makeNode(this.nextId++, { op: "parameter", operands: [], attrs: { index }, types: [type] }, region);
    });
    return region;
  }

  private node(draft: NodeDraft): Node {
    const key = keyOf(draft);
    const found = this.known.get(key);
    if (found) return found;
    for (const operand of draft.operands) this.assertInScope(operand);
    const region = this.innermost(draft);
    const node = makeNode(this.nextId++, draft, region);
    this.known.set(key, node);
    return node;
  }

  /** Where a node belongs: the deepest region among those of its operands and of what its bodies use. */
  private innermost(draft: NodeDraft): Region {
    let deepest: Region = this.root;
    for (const { region } of draft.operands) if (region.depth > deepest.depth) deepest = region;
    for (const body of draft.regions ?? []) {
      for (const { region } of freeNodes(body)) if (region.depth > deepest.depth) deepest = region;
    }
    return deepest;
  }

  private assertInScope(node: Node): void {
    const region = node.region as OpenRegion;
    if (this.regions.has(region) && !region.closed) return;
    throw new LanewiseError(
      "trace",
      "a traced value is used outside the function that made it: expected a value of this trace, got one that has " +
        "escaped from another or from a loop body that is finished; return it from the model or carry it through the loop",
    );
  }
}

const free = new WeakMap<Region, ReadonlySet<Node>>();

/** Nodes of surrounding regions that a body uses. The region must be finished: it is looked through once. */
export function freeNodes(region: Region): ReadonlySet<Node> {
  const found = free.get(region) ?? findFree(region);
  free.set(region, found);
  return found;
}

/** The same, looked up anew: for programs that may be damaged. */
export function findFree(region: Region): ReadonlySet<Node> {
  const found = new Set<Node>();
  const seen = new Set<Node>();
  const within = (inner: Region | undefined): boolean => {
    for (let r = inner; r; r = r.parent) if (r === region) return true;
    return false;
  };
  const pending = [...region.results];
  while (pending.length > 0) {
    const node = pending.pop() as Node;
    if (seen.has(node)) continue;
    seen.add(node);
    if (within(node.region)) pending.push(...node.operands, ...node.regions.flatMap((inner) => inner.results));
    else found.add(node);
  }
  return found;
}

/** The same bits everywhere: then the array is a broadcast scalar. -0 and 0 differ. */
function isUniform({ data, shape }: Value): boolean {
  if (sizeOf(shape) === 0) return false;
  const first = data[0] as number;
  return data.every((x) => Object.is(x, first));
}

function keyOf({ op, operands, attrs, regions, value }: NodeDraft): string {
  let key: string = op;
  for (const { id } of operands) key += ` ${id}`;
  for (const name in attrs) key += ` ${name}=${attrs[name]}`;
  if (regions) for (const { id } of regions) key += ` r${id}`;
  return value ? `${key} ${value.dtype}[${value.shape}]${contentKey(value)}` : key;
}

/** Distinguishes -0 from 0; large arrays are told apart by identity, since comparing them costs more than it saves. */
const identities = new WeakMap<object, number>();
let nextIdentity = 0;

function contentKey({ data }: Value): string {
  if (data.length <= 64) return Array.from(data, (x) => (Object.is(x, -0) ? "-0" : String(x))).join();
  let identity = identities.get(data);
  if (identity === undefined) {
    identity = nextIdentity++;
    identities.set(data, identity);
  }
  return `#${identity}`;
}
