/** How a run is cut up: points at one go, points of a batch. Speed alone hangs on it, never a result. */

import type { BatchRule, Code } from "../device/protocol.ts";

/** A batch's inputs and outputs should stay in a core's own cache. */
const CACHE_BYTES = 2 ** 18;

/** Beyond this a longer batch saves nothing. */
const MOST_POINTS = 2 ** 14;

/** The most points that a device has at hand at one go. */
export const pointsAtHand = (nVmap: number | "auto", total: number, devices: number): number =>
  Math.max(1, Math.min(nVmap === "auto" ? Number.POSITIVE_INFINITY : nVmap, Math.ceil(total / devices)));

/** Points per batch: `nVmap` itself, or as many chunks as the cache holds while every device gets several batches. */
export function batchRule(nVmap: number | "auto", code: Code, total: number, devices: number): BatchRule {
  if (nVmap !== "auto") return { batch: nVmap, least: nVmap };
  if (code.kind === "interpreter") return { batch: 1, least: 1 };
  const { points, inputBytes, outputBytes } = code;
  const fitting = Math.min(
    CACHE_BYTES / (inputBytes + outputBytes),
    MOST_POINTS / points,
    total / (8 * devices * points),
  );
  return { batch: points * Math.max(1, Math.floor(fitting)), least: points };
}
