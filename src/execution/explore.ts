/** What a model file exports: everything that `lanewise run` needs to know. */

import type { AbstractSpace } from "../space/space.ts";
