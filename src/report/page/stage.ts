/** The part of a picture that is pointed at, and reached by the keyboard. In: which points are meant; out: its element. */

import { h } from "./dom.ts";
import type { Scene } from "./scene.ts";

export interface Pointing {
  /** What is shown now. */
  scene(): Scene | undefined;
  /** The point under the pointer. */
  rowAt(event: MouseEvent): number | undefined;
  /** Where a key leads from the selected point, with Shift `far` times as far; undefined for keys that mean nothing here. */
  step(key: string, far: number, scene: Scene): number | undefined;
}

/** `kind`: what assistive technology calls the picture. */
export function stageOf(kind: string, { scene, rowAt, step }: Pointing): HTMLElement {
  const stage = h("div", {
    class: "stage",
    id: "map",
    tabindex: 0,
    role: "application",
    "aria-roledescription": kind,
    "aria-describedby": "map-help",
  });
  const select = (row: number | undefined): void => {
    if (row !== undefined) scene()?.store.set({ selected: row, hovered: undefined });
  };
  stage.addEventListener("pointermove", (event) => scene()?.store.set({ hovered: rowAt(event) }));
  stage.addEventListener("pointerleave", () => scene()?.store.set({ hovered: undefined }));
  stage.addEventListener("click", (event) => select(rowAt(event)));
  stage.addEventListener("keydown", (event) => {
    const here = scene();
    const row = here && step(event.key, event.shiftKey ? 10 : 1, here);
    if (row === undefined) return;
    event.preventDefault();
    select(row);
  });
  return stage;
}
