/** A script that lets its devices never go: it must end all the same, and not before its run is over. */

import { ramp, run, slow } from "./programs.ts";

run(slow(1000), [ramp(8)], 10_000, { devices: 2, holder: {} }).then(() => console.log("done"));
