/** What is being written at the moment: the one module-level variable of the library. */

import type { FloatDType } from "../base/dtype.ts";
import type { Builder } from "../program/builder.ts";

export interface Context {
  /** Where ops on traced arrays are written; `undefined` outside of a trace. */
  readonly builder: Builder | undefined;
  /** What plain JavaScript numbers become. */
  readonly float: FloatDType;
  /** Outside of a trace: told when a loop reaches its step limit. */
  readonly onLimit?: () => void;
}

let active: Context = { builder: undefined, float: "float32" };

export const context = (): Context => active;

/** Runs `f` with another context; the old one is back afterwards, whatever happens. */
export function within<T>(next: Context, f: () => T): T {
  const outer = active;
  active = next;
  try {
    return f();
  } finally {
    active = outer;
  }
}
