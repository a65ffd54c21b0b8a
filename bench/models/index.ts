/** All workloads, in the order in which they are shown. */

import { workloads as flights } from "./flights.ts";
import { workloads as gbm } from "./gbm.ts";
import { workloads as jansenRit } from "./jansen-rit.ts";
import { workloads as kuramoto } from "./kuramoto.ts";
import { workloads as lorenz } from "./lorenz.ts";
import { workloads as montbrio } from "./montbrio.ts";
import { workloads as wongWang } from "./wong-wang.ts";
import type { Workload } from "./workload.ts";

export const workloads: readonly Workload[] = [
  ...lorenz,
  ...gbm,
  ...montbrio,
  ...wongWang,
  ...jansenRit,
  ...kuramoto,
  ...flights,
];
