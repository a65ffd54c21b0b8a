/**
 * Which points are reduced together, and in which order. Points are grouped in cells of equal size, one after the other
 * (a cell is a point of the result). A block is some whole cells or, where a cell is larger, a part of one:
 *
 *   cell 0         cell 1         cell 2        …          small cells: several in a block
 *   cell 0: block 0, block 1, …, the rest;  cell 1: …      large cells: blocks of `most` points and a rest
 *
 * Blocks follow from the numbers of points and the size of a result alone, never from batches or devices, so neither
 * does the order in which numbers are added.
 */

export interface Blocks {
  readonly cells: number;
  /** Points in a cell. */
  readonly points: number;
  /** Most points in a block. */
  readonly most: number;
}

/** Points of one block. */
export interface Block {
  readonly start: number;
  readonly count: number;
  /** Its cells, or the one that it is part of. */
  readonly cell: number;
  readonly cells: number;
  /** Whether the last of its cells is complete with it. */
  readonly complete: boolean;
}

/** Longer blocks would save nothing. */
const MOST_POINTS = 2 ** 14;

/** Results of a block should stay in a core's own cache. */
const MOST_BYTES = 2 ** 20;

/** Fewer blocks could not be spread evenly over many devices. */
const LEAST_BLOCKS = 256;

/** Shorter blocks would leave lanes empty. */
const LEAST_POINTS = 16;

/** `bytes`: of one point's results. */
export function blocksOf(cells: number, points: number, bytes: number): Blocks {
  const share = Math.max(LEAST_POINTS, (cells * points) / LEAST_BLOCKS);
  const wanted = Math.max(1, Math.min(MOST_POINTS, MOST_BYTES / Math.max(1, bytes), share));
  return { cells, points, most: 2 ** Math.floor(Math.log2(wanted)) };
}

export function blockCount({ cells, points, most }: Blocks): number {
  if (points === 0) return 0;
  return points <= most ? Math.ceil(cells / Math.floor(most / points)) : cells * Math.ceil(points / most);
}

export function blockAt({ cells, points, most }: Blocks, k: number): Block {
  if (points <= most) {
    const whole = Math.floor(most / points);
    const cell = k * whole;
    const count = Math.min(whole, cells - cell);
    return { start: cell * points, count: count * points, cell, cells: count, complete: true };
  }
  const parts = Math.ceil(points / most);
  const cell = Math.floor(k / parts);
  const within = (k % parts) * most;
  const count = Math.min(most, points - within);
  return { start: cell * points + within, count, cell, cells: 1, complete: within + count === points };
}

/** Points of `count` blocks from number `first` on. */
export function pointsOf(blocks: Blocks, first: number, count: number): number {
  const last = blockAt(blocks, first + count - 1);
  return last.start + last.count - blockAt(blocks, first).start;
}
