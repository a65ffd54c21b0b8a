/** Affine arithmetic on indices: constants, loop counters, sums and multiples. */

import type { Index, Register } from "./kernel.ts";

/** An index along one dimension; `lane` adds a multiple of what differs by point. */
export interface Place extends Index {
  readonly lane?: { readonly register: Register; readonly stride: number };
}

export const at = (offset: number): Place => ({ offset, terms: [] });

export const ofRegister = (register: Register): Place =>
  register.lane
    ? { offset: 0, terms: [], lane: { register, stride: 1 } }
    : { offset: 0, terms: [{ register, stride: 1 }] };

/** The number, when no register takes part. */
export const constantPlace = (place: Place): number | undefined =>
  place.terms.length === 0 && !place.lane ? place.offset : undefined;

export const areConstant = (places: readonly Place[]): boolean => places.every((p) => constantPlace(p) !== undefined);

/** Uniform indices alone; `a.lane` must be absent on both. */
export function addIndex(a: Index, b: Index): Index {
  const terms = new Map(a.terms.map((t) => [t.register, t.stride]));
  for (const { register, stride } of b.terms) terms.set(register, (terms.get(register) ?? 0) + stride);
  const kept = [...terms].filter(([, stride]) => stride !== 0);
  return { offset: a.offset + b.offset, terms: kept.map(([register, stride]) => ({ register, stride })) };
}

export const scaleIndex = (a: Index, factor: number): Index =>
  factor === 0
    ? at(0)
    : { offset: a.offset * factor, terms: a.terms.map((t) => ({ register: t.register, stride: t.stride * factor })) };

/** One of them at most may differ by point. */
export const addPlaces = (a: Place, b: Place): Place => {
  const lane = a.lane ?? b.lane;
  return lane ? { ...addIndex(a, b), lane } : addIndex(a, b);
};

export const scalePlace = (a: Place, factor: number): Place => {
  const scaled = scaleIndex(a, factor);
  return a.lane && factor !== 0 ? { ...scaled, lane: { ...a.lane, stride: a.lane.stride * factor } } : scaled;
};

export const indexKey = ({ offset, terms }: Index): string =>
  [offset, ...terms.map((t) => `${t.register.id}*${t.stride}`)].join("+");

export const placesKey = (places: readonly Place[]): string =>
  places.map((p) => (p.lane ? `${indexKey(p)}~${p.lane.register.id}*${p.lane.stride}` : indexKey(p))).join();
