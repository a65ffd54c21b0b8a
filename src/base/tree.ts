/**
 * Nested plain objects and arrays as one value: flattened in a fixed order (keys sorted, arrays by position)
 * with a path name for every leaf. Everything that is not a plain object or an array is a leaf.
 */

/** The shape of a tree without its leaves. */
export type Structure =
  | { readonly kind: "leaf" }
  | { readonly kind: "list"; readonly items: readonly Structure[] }
  | { readonly kind: "record"; readonly keys: readonly string[]; readonly items: readonly Structure[] };

export interface FlatTree<Leaf = unknown> {
  readonly leaves: Leaf[];
  /** Path of each leaf: `coupling.G`, `[0].rate`; the empty string for a bare root. */
  readonly paths: string[];
  readonly structure: Structure;
}

export type IsLeaf = (value: unknown) => boolean;

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A non-empty, possibly nested array of numbers and booleans: written data rather than a list of leaves. */
export const isNumberArray = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((x) => typeof x === "number" || typeof x === "boolean" || isNumberArray(x));

/** `isLeaf` may stop the descent early, e.g. at number arrays. */
export function flatten<Leaf = unknown>(tree: unknown, isLeaf: IsLeaf = () => false): FlatTree<Leaf> {
  const leaves: Leaf[] = [];
  const paths: string[] = [];
  const visit = (value: unknown, path: string): Structure => {
    if (!isLeaf(value) && Array.isArray(value)) {
      return { kind: "list", items: value.map((item, i) => visit(item, `${path}[${i}]`)) };
    }
    if (!isLeaf(value) && isPlainObject(value)) {
      const keys = Object.keys(value).sort();
      return {
        kind: "record",
        keys,
        items: keys.map((key) => visit(value[key], path === "" ? key : `${path}.${key}`)),
      };
    }
    leaves.push(value as Leaf);
    paths.push(path);
    return { kind: "leaf" };
  };
  return { structure: visit(tree, ""), leaves, paths };
}

/** The tree of this structure with these leaves, in flat order. */
export function unflatten(structure: Structure, leaves: readonly unknown[]): unknown {
  let next = 0;
  const build = (s: Structure): unknown => {
    if (s.kind === "leaf") return leaves[next++];
    if (s.kind === "list") return s.items.map(build);
    return Object.fromEntries(s.keys.map((key, i) => [key, build(s.items[i] as Structure)]));
  };
  return build(structure);
}

export const sameStructure = (a: Structure, b: Structure): boolean => JSON.stringify(a) === JSON.stringify(b);
