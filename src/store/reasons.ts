/**
 * Why points of a chunk failed. In: sentences; out: a file beside the arrays, `.lanewise/failed-CHUNK.json`, that is
 * there before the status of the chunk is. It is for people: a chunk counts without it, and other readers never see it.
 */

import type { Store } from "./commit.ts";
import { putOver, TEMPORARY } from "./files.ts";

/** Points that no device could compute, by their index. */
export interface PointFault {
  readonly first: number;
  readonly count: number;
  /** What the model threw, or what became of the device: "it …". */
  readonly reason: string;
}

/** Its path in the store. */
export const reasonsFile = (chunk: number): string => `${TEMPORARY}/failed-${chunk}.json`;

export const isReasonsFile = (name: string): boolean => /^failed-\d+\.json$/.test(name);

/** To be called before the chunk is committed, wherever one of its points failed. */
export const putReasons = ({ files, writer }: Store, chunk: number, faults: readonly PointFault[]): Promise<void> =>
  putOver(files, writer, reasonsFile(chunk), [new TextEncoder().encode(`${JSON.stringify(faults)}\n`)]);

/** What a file says; nothing where there is none, or a damaged one. */
export function readReasons(bytes: Uint8Array | undefined): readonly PointFault[] {
  try {
    const read: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return Array.isArray(read) ? read.filter(isFault) : [];
  } catch {
    return [];
  }
}

const isFault = (fault: Partial<PointFault> | null): fault is PointFault =>
  typeof fault?.first === "number" && typeof fault.count === "number" && typeof fault.reason === "string";
