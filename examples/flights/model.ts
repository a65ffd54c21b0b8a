/**
 * An epidemic that travels by air: susceptible, infected and recovered people at each of 305 airports, one year,
 * classical RK4 with half a day a step. Ten thousand of them: R0 against the fraction of flights that is cancelled.
 *
 * With prevalence i_a (infected share of the people of airport a) and flights F_ab from b to a, somebody at a meets
 * infected people at the rate
 *
 *   β · [ (1 − m) · i_a + m · (1 − cancelled) · Σ_b F_ab · i_b / Σ_b F_ab ],   β = R0 · recovery
 *
 * where m is the share of meetings that is with people from linked airports: with a cancelled flight they do not take
 * place (the metapopulation model of Rvachev & Longini 1985, doi:10.1016/0025-5564(85)90064-1, in its simplest form).
 */

import { defineExploration, GridSpace, lax, type NdArray, np, Parameter } from "lanewise";
import { readNetwork } from "./network.ts";

const { airports, origin, destination, weight, population } = readNetwork(
  new URL("flights-airport.csv", import.meta.url),
);

const days = 365;
const dt = 0.5;

export interface State {
  /** People that one infected person infects where nobody is immune and all flights go. */
  R0: NdArray;
  /** Fraction of all flights that does not take place. */
  cancelled: NdArray;
  /** 1/days: five days ill on average. */
  recovery: number;
  /** Share of meetings that is with people from linked airports while all flights go. */
  mixing: number;
  /** Infected share of the people at the first airport, on the first day. */
  seed: number;
  /** IATA code of the airport where it starts. */
  firstCase: string;
}

interface People {
  susceptible: NdArray;
  infected: NdArray;
}

export function epidemic(state: State, network: { weight: NdArray; population: NdArray }) {
  const { R0, cancelled, recovery, mixing, seed, firstCase } = state;
  const first = airports.indexOf(firstCase);
  if (first < 0) throw new Error(`firstCase: expected an IATA code of the flight table, got ${firstCase}`);
  const beta = np.mul(R0, recovery);
  const away = np.mul(np.sub(1, cancelled), mixing);
  const home = np.sub(1, mixing);

  const slope = ({ susceptible, infected }: People): People => {
    const met = np.segmentSum(infected.take(origin).mul(network.weight), destination, airports.length);
    const exposure = infected.mul(home).add(met.mul(away));
    const infections = susceptible.mul(exposure).mul(beta);
    return { susceptible: infections.neg(), infected: infections.sub(infected.mul(recovery)) };
  };
  const along = (y: People, h: number, k: People): People => ({
    susceptible: y.susceptible.add(k.susceptible.mul(h)),
    infected: y.infected.add(k.infected.mul(h)),
  });
  const step = (y: People): People => {
    const k1 = slope(y);
    const k2 = slope(along(y, dt / 2, k1));
    const k3 = slope(along(y, dt / 2, k2));
    const k4 = slope(along(y, dt, k3));
    return along(along(along(along(y, dt / 6, k1), dt / 3, k2), dt / 3, k3), dt / 6, k4);
  };

  const here = np.asarray(Float32Array.from(airports, (_, i) => (i === first ? 1 : 0)));
  const start = { susceptible: np.sub(1, here.mul(seed)), infected: here.mul(seed) };
  const { y, peakDay } = lax.foriLoop(
    0,
    days / dt,
    (t, { y, peak, peakDay }) => {
      const next = step(y);
      const total = next.infected.mul(network.population).sum();
      const higher = total.greater(peak);
      return { y: next, peak: np.maximum(total, peak), peakDay: np.where(higher, t.add(1).mul(dt), peakDay) };
    },
    { y: start, peak: np.zeros([]), peakDay: np.zeros([]) },
  );

  const infectedEver = np.sub(1, y.susceptible);
  return {
    /** Share of all people who were infected. */
    attackRate: infectedEver.mul(network.population).sum(),
    /** Day with most infected people. */
    peakDay,
    /** Airports where one person in a hundred was infected. */
    airportsReached: np.where(infectedEver.greater(0.01), 1, 0).sum(),
  };
}

const space = new GridSpace(
  {
    R0: new Parameter("R0", 1.5, { low: 1, high: 2.5, free: true }),
    cancelled: new Parameter("cancelled", 0, { low: 0, high: 1, free: true }),
    recovery: 1 / 5,
    mixing: 0.3,
    seed: 1e-5,
    firstCase: "SEA",
  },
  { n: 100 },
);

export default defineExploration({
  model: epidemic,
  space,
  args: [{ weight: np.asarray(weight), population: np.asarray(population) }],
  title: "Ten thousand epidemics on the US flight network",
  show: "attackRate",
});
