/** The file that a host device's thread runs in a browser. */

import { createRunner } from "./makers.ts";
import { serve } from "./serve.ts";

serve(createRunner);
