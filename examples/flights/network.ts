/** flights-airport.csv → airports, routes, and the weights with which people meet. */

import { readFileSync } from "node:fs";

export interface Network {
  /** IATA codes, sorted. */
  readonly airports: readonly string[];
  /** Airports of each route, as positions in `airports`; sorted by destination. [routes] */
  readonly origin: Int32Array;
  readonly destination: Int32Array;
  /** Share of a destination's arrivals that a route brings; 1 in sum over the routes to it. [routes] */
  readonly weight: Float32Array;
  /** Share of all people who live at an airport: its share of the traffic. [airports] */
  readonly population: Float32Array;
}

export function readNetwork(file: URL | string): Network {
  const routes = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => {
      const [from = "", to = "", count = ""] = line.split(",");
      return { from, to, flights: Number(count) };
    });
  const airports = [...new Set(routes.flatMap((route) => [route.from, route.to]))].sort();
  const position = new Map(airports.map((code, i) => [code, i]));
  const at = (code: string): number => position.get(code) as number;
  routes.sort((a, b) => at(a.to) - at(b.to) || at(a.from) - at(b.from));

  const arrivals = new Float64Array(airports.length);
  const traffic = new Float64Array(airports.length);
  for (const { from, to, flights } of routes) {
    arrivals[at(to)] = (arrivals[at(to)] as number) + flights;
    for (const code of [from, to]) traffic[at(code)] = (traffic[at(code)] as number) + flights;
  }
  const all = traffic.reduce((sum, x) => sum + x, 0);
  return {
    airports,
    origin: Int32Array.from(routes, (route) => at(route.from)),
    destination: Int32Array.from(routes, (route) => at(route.to)),
    weight: Float32Array.from(routes, (route) => route.flights / (arrivals[at(route.to)] as number)),
    population: Float32Array.from(traffic, (x) => x / all),
  };
}
