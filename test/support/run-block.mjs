/** Runs one file that imports "lanewise", with the built library. In: its path. */

import { createJiti } from "jiti";
import * as lanewise from "../../dist/index.js";

await createJiti(import.meta.url, { virtualModules: { lanewise }, fsCache: false }).import(process.argv[2]);
