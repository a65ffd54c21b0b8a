/** `lanewise show FILE`: what becomes of a model, stage by stage. */

import { wasm } from "../emit/wasm/target.ts";
import { loadExploration } from "./load.ts";

export interface ShowOptions {
  readonly program?: boolean;
  readonly kernel?: boolean;
  readonly wasm?: boolean;
}
