/** Runs one file that imports "lanewise", with the built library. In: its path. */

import { createJiti } from "jiti";
import * as lanewise from "../../dist/index.js";
import * as report from "../../dist/report.js";

const virtualModules = { lanewise, "lanewise/report": report };

await createJiti(import.meta.url, { virtualModules, fsCache: false }).import(process.argv[2]);
