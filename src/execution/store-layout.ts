/** What a run's store looks like: in, a space and what a model returns over it; out, the store's layout. */

import { dtypeInfo } from "../base/dtype.ts";
import { type Shape, sizeOf } from "../base/shape.ts";
import type { Type } from "../base/value.ts";
import type { AbstractSpace } from "../space/space.ts";
import { defaultChunk, gridOf } from "../store/grid.ts";
import { type Attributes, type AxisArray, type Layout, POINT, type PointArray, pathsOf } from "../store/layout.ts";
import type { Outputs } from "./assemble.ts";
import type { ParameterColumn } from "./store-columns.ts";
import { resultNames } from "./table.ts";

/** What a run may say of the store that it makes. */
export interface LayoutOptions {
  /** Most points of a chunk. */
  readonly chunk?: number | undefined;
  /** Names of the dimensions of results, by the names that results have in tables. */
  readonly dims?: { readonly [result: string]: readonly string[] } | undefined;
  readonly title?: string | undefined;
  /** The result that is shown first. */
  readonly show?: string | undefined;
}

/** Names dimensions so that those of one name have one size, as xarray demands. */
class Dimensions {
  private readonly sizes = new Map<string, number>();

  constructor(taken: readonly string[], sizes: readonly number[]) {
    taken.forEach((name, i) => void this.sizes.set(name, sizes[i] as number));
  }

  of(array: string, shape: Shape, given: readonly string[] | undefined): string[] {
    if (given) return this.given(array, shape, given);
    return shape.map((size, i) => {
      let name = `dim_${i}`;
      if ((this.sizes.get(name) ?? size) !== size) name = `${array}_dim_${i}`;
      while ((this.sizes.get(name) ?? size) !== size) name = `${name}_`;
      this.sizes.set(name, size);
      return name;
    });
  }

  private given(array: string, shape: Shape, names: readonly string[]): string[] {
    const wanted = `dims: expected ${shape.length} different names for the dimensions of ${array} [${shape.join(", ")}]`;
    if (names.length !== shape.length || new Set(names).size !== names.length) {
      throw new TypeError(`${wanted}, got ${JSON.stringify(names)}; give one for each`);
    }
    names.forEach((name, i) => {
      const size = shape[i] as number;
      const known = this.sizes.get(name) ?? size;
      if (known !== size) {
        throw new TypeError(
          `${wanted}, of one size wherever they occur, got ${name} of size ${size} and of size ${known}; rename one`,
        );
      }
      this.sizes.set(name, size);
    });
    return [...names];
  }
}

export function layoutOf(
  space: AbstractSpace<unknown, unknown>,
  { paths: outputs, outputs: types }: Outputs,
  parameters: readonly ParameterColumn[],
  options: LayoutOptions,
): Layout {
  const axes = space.axes();
  const sizes = axes?.map(({ size }) => size) ?? [space.N];
  const names = parameters.map(({ name }) => name);
  const results = resultNames(outputs, names);
  checkNames("dims", Object.keys(options.dims ?? {}), results);
  checkNames("show", options.show === undefined ? [] : [options.show], results);
  const paths = pathsOf([...names, ...results]);
  const pathOfName = new Map([...names, ...results].map((name, i) => [name, paths[i] as string]));
  // An axis of one parameter is called as its array, so that readers find its values.
  const dims = axes?.map(({ name }) => pathOfName.get(name) ?? pathsOf([name], new Set(paths))[0] ?? name) ?? [POINT];
  const dimensions = new Dimensions(dims, sizes);
  const arrayOf = (
    name: string,
    { dtype, shape }: Type,
    attributes: Attributes,
    given?: readonly string[],
  ): PointArray => {
    const path = pathOfName.get(name) as string;
    return { name, path, dtype, shape, dims: dimensions.of(path, shape, given), attributes };
  };
  const columns = parameters.map(({ name, source, attributes }) => arrayOf(name, source, attributes));
  const found = results.map((name, i) => arrayOf(name, types[i] as Type, { long_name: name }, options.dims?.[name]));
  const overPoints = axes ? found : [...columns, ...found];
  const bytes = Math.max(1, ...overPoints.map(({ dtype, shape }) => dtypeInfo[dtype].bytes * sizeOf(shape)));
  return {
    grid: gridOf(sizes, options.chunk ?? defaultChunk(space.N, bytes)),
    dims,
    axisNames: axes?.map(({ name }) => name) ?? [],
    results: found,
    parameters: axes ? [] : columns,
    axes: columns.flatMap((column): AxisArray[] => {
      const axis = axes?.findIndex((candidate) => candidate.columns.some(({ path }) => path === column.name)) ?? -1;
      return axis < 0 ? [] : [{ ...column, axis }];
    }),
    attributes: {
      ...(options.title !== undefined && { title: options.title }),
      ...(options.show !== undefined && { show: options.show }),
      Conventions: "CF-1.11",
    },
  };
}

function checkNames(option: string, names: readonly string[], results: readonly string[]): void {
  const wrong = names.find((name) => !results.includes(name));
  if (wrong === undefined) return;
  throw new TypeError(`${option}: expected results among ${results.join(", ")}, got ${wrong}; correct or drop it`);
}
