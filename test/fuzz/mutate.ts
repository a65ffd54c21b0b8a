/** Damages the text of a program: bytes anywhere, or numbers, types, ops, attributes and whole parts of its JSON. */

import { dtypes } from "../../src/base/dtype.ts";
import { table } from "../../src/op/table.ts";
import type { Rng } from "../helpers/random.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
/** Where a value stands: it can be read, replaced and taken away. */
interface Spot {
  readonly holder: Json[] | { [key: string]: Json };
  readonly key: string | number;
}

const names = [...Object.keys(table), "loop", "while", "switch", "constant", "parameter", "result", "toString"];
const numbers = [
  0,
  1,
  2,
  3,
  7,
  -1,
  -2,
  0.5,
  100,
  1e6,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32,
  2 ** 40,
  2 ** 53,
  -(2 ** 31),
  1e300,
];
const sizes = ["0", "1", "2", "3", "5", "60", "1000", "65536", "2147483647", "2147483648", "9007199254740991", "1e9"];
const junk: readonly Json[] = [null, true, "x", -1, 4, [], [0], {}, { op: "add", operands: [0, 0] }];

function* spots(value: Json): Generator<Spot> {
  if (Array.isArray(value)) {
    for (const [key, item] of value.entries()) {
      yield { holder: value, key };
      yield* spots(item);
    }
  } else if (value && typeof value === "object") {
    for (const key of Object.keys(value)) {
      yield { holder: value, key };
      yield* spots(value[key] as Json);
    }
  }
}

const read = ({ holder, key }: Spot): Json => (holder as { [key: string | number]: Json })[key] as Json;
const write = ({ holder, key }: Spot, value: Json): void => {
  (holder as { [key: string | number]: Json })[key] = value;
};

function otherType(rng: Rng, text: string): string {
  const [, dtype, shape] = /^(\w+)\[(.*)\]$/.exec(text) ?? [];
  if (rng.chance(0.4)) return `${rng.pick(dtypes)}[${shape}]`;
  const all = shape ? shape.split(",") : [];
  const at = rng.below(all.length + 1);
  const changed = rng.chance(0.3) ? all.toSpliced(at, 1) : all.toSpliced(at, rng.below(2), rng.pick(sizes));
  return `${dtype}[${changed.join()}]`;
}

function otherBytes(rng: Rng, text: string): string {
  const at = rng.below(text.length + 1);
  const some = String.fromCharCode(32 + rng.below(95));
  return rng.pick([
    () => text.slice(0, at) + some + text.slice(at + 1),
    () => text.slice(0, at) + text.slice(at + 1 + rng.below(8)),
    () => text.slice(0, at) + text.slice(Math.max(0, at - rng.below(30))),
  ])();
}

function otherString(rng: Rng, text: string): string {
  if (/^\w+\[.*\]$/.test(text)) return otherType(rng, text);
  return names.includes(text) && rng.chance(0.9) ? rng.pick(names) : otherBytes(rng, text);
}

function otherNumber(rng: Rng, n: number): number {
  return rng.chance(0.5)
    ? n + rng.pick([-1, 1, 2])
    : rng.chance(0.5)
      ? rng.below(2 * Math.abs(n) + 8)
      : rng.pick(numbers);
}

function damageOnce(rng: Rng, root: Json): void {
  const all = [...spots(root)];
  const spot = rng.pick(all);
  const value = read(spot);
  if (rng.chance(0.06)) write(spot, structuredClone(rng.chance(0.5) ? rng.pick(junk) : read(rng.pick(all))));
  else if (typeof value === "number") write(spot, otherNumber(rng, value));
  else if (typeof value === "string") write(spot, otherString(rng, value));
  else if (typeof value === "boolean") write(spot, !value);
  else if (Array.isArray(value) && value.length > 0) damageList(rng, value);
  else if (value && !Array.isArray(value) && rng.chance(0.1)) delete value[rng.pick(Object.keys(value))];
}

function damageList(rng: Rng, list: Json[]): void {
  const [i, j] = [rng.below(list.length), rng.below(list.length)];
  rng.pick([
    () => void list.splice(i, 1),
    () => void list.splice(i, 0, structuredClone(list[j] as Json)),
    () => void list.splice(i, 1, list[j] as Json),
  ])();
}

/** Most often the text is still JSON, and often still a program. */
export function mutate(rng: Rng, text: string): string {
  if (rng.chance(0.1)) return otherBytes(rng, text);
  const root = JSON.parse(text) as Json;
  for (let times = rng.chance(0.7) ? 1 : 1 + rng.below(4); times > 0; times--) damageOnce(rng, root);
  return JSON.stringify(root);
}
