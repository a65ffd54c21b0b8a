/** `lanewise devices`: what an execution can run on. */

import { devices } from "../index.ts";
import { formatTable } from "./format.ts";

export const devicesText = (): string =>
  formatTable(
    ["device", "target", "why"],
    devices().map(({ kind, index, target, why }) => [`${kind} ${index}`, target, why]),
  );
