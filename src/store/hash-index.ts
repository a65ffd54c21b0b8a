/** Hash → places, as numbers in typed arrays: a hundred million points fit where a Map would hold a few. */

const EMPTY = -1;

/** Places of one hash that are kept: points that are alike need not all be known. */
const ALIKE = 8;

export class HashIndex {
  private hashes = new Uint32Array(1024);
  private entries = new Int32Array(1024).fill(EMPTY);
  private rows = new Uint32Array(1024);
  private size = 0;

  /** Several places may have one hash, but not many. */
  add(hash: number, entry: number, row: number): void {
    let alike = 0;
    this.each(hash, () => void alike++);
    if (alike >= ALIKE) return;
    if (this.size * 2 >= this.entries.length) this.grow();
    this.place(hash, entry, row);
    this.size++;
  }

  /** Calls back for each place of a hash. */
  each(hash: number, visit: (entry: number, row: number) => void): void {
    const mask = this.entries.length - 1;
    for (let at = spread(hash) & mask; this.entries[at] !== EMPTY; at = (at + 1) & mask) {
      if (this.hashes[at] === hash) visit(this.entries[at] as number, this.rows[at] as number);
    }
  }

  private place(hash: number, entry: number, row: number): void {
    const mask = this.entries.length - 1;
    let at = spread(hash) & mask;
    while (this.entries[at] !== EMPTY) at = (at + 1) & mask;
    this.hashes[at] = hash;
    this.entries[at] = entry;
    this.rows[at] = row;
  }

  private grow(): void {
    const { hashes, entries, rows } = this;
    const length = entries.length * 2;
    this.hashes = new Uint32Array(length);
    this.entries = new Int32Array(length).fill(EMPTY);
    this.rows = new Uint32Array(length);
    entries.forEach((entry, at) => {
      if (entry !== EMPTY) this.place(hashes[at] as number, entry, rows[at] as number);
    });
  }
}

/** Mixes the upper bits into the lower ones, of which the place is made (the finaliser of MurmurHash3). */
function spread(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
