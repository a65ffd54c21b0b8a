/** The epidemics of examples/flights, as they are there. The same operations as c/flights.c. */

import { GridSpace, np } from "lanewise";
import demo, { epidemic } from "../../examples/flights/model.ts";
import { readNetwork } from "../../examples/flights/network.ts";
import { sides, type Workload } from "./workload.ts";

const network = readNetwork(new URL("../../examples/flights/flights-airport.csv", import.meta.url));
const { airports, origin, destination, weight, population } = network;

/** Where the routes to each airport begin in the list, and where the last of them ends. */
const starts = Int32Array.from({ length: airports.length + 1 }, (_, airport) => {
  const first = destination.findIndex((to) => to >= airport);
  return first < 0 ? destination.length : first;
});

export const workloads: Workload[] = [
  {
    name: "flights",
    title: "Epidemics on the flight network, 305 airports",
    size: { points: 64, steps: 730 },
    quick: { points: 16, steps: 730 },
    unit: "node-steps",
    width: airports.length,
    noisy: false,
    c: { source: "flights" },
    build: ({ points }) => {
      const space = new GridSpace(demo.space.state, { n: 1 });
      [space.n.R0, space.n.cancelled] = sides(points);
      return {
        model: epidemic,
        space,
        args: [{ weight: np.asarray(weight), population: np.asarray(population) }],
        shared: [Int32Array.of(airports.length, airports.indexOf("SEA")), origin, starts, weight, population],
      };
    },
  },
];
