/** Builds dist/ as tsdown.config.ts says; prints errors alone. Under Node 20 tsdown's own command would print a warning. */

import { build } from "tsdown";

await build({ logLevel: "error" });
