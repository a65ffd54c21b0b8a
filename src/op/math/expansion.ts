/** The form of every formula of this folder: operands of one dtype in, the result's value out. */

import type { Algebra } from "./algebra.ts";

export type Expansion = <V>(a: Algebra<V>, ...operands: V[]) => V;
