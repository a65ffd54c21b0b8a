/** Labels of a space's parameters by their paths, and how they are shown. */

import type { Labels } from "./check.ts";

export interface LabelsByPath {
  readonly [path: string]: Labels;
}

/** Labels of what is at a path without what they do not say: a name that is the path says nothing. */
export const labelsAt = (path: string, { name, unit, description }: Labels): Labels => ({
  ...(name !== undefined && name !== path && { name }),
  ...(unit !== undefined && { unit }),
  ...(description !== undefined && { description }),
});

/** Those that say something. */
export const labelsByPath = (labels: readonly (readonly [path: string, labels: Labels])[]): LabelsByPath =>
  Object.fromEntries(
    labels
      .map(([path, given]): [string, Labels] => [path, labelsAt(path, given)])
      .filter(([, said]) => Object.keys(said).length > 0),
  );

/** `delay (ms)`: what stands beside the numbers of a parameter. */
export const withUnit = (path: string, unit: string | undefined): string =>
  unit === undefined ? path : `${path} (${unit})`;
