/** Elements by one call; text always becomes text nodes, so names from the data cannot become markup. */

type Attributes = { readonly [name: string]: string | number | boolean | undefined };

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}

export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** A labelled list to choose from. */
export function chooser(label: string, choices: readonly Choice[], value: string, chosen: (value: string) => void) {
  const select = h("select", {}, ...choices.map((choice) => h("option", { value: choice.value }, choice.label)));
  select.value = value;
  select.addEventListener("change", () => chosen(select.value));
  return { element: h("label", { class: "field" }, h("span", {}, label), select), select };
}

/** A labelled box to tick. */
export function tick(label: string, checked: boolean, changed: (checked: boolean) => void) {
  const input = h("input", { type: "checkbox" });
  const text = h("span", {}, label);
  input.checked = checked;
  input.addEventListener("change", () => changed(input.checked));
  return { element: h("label", { class: "tick" }, input, text), input, text };
}

/** What a canvas is drawn with: sharp on every screen, in units of the page. */
export function fitCanvas(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  const ratio = Math.min(devicePixelRatio, 2);
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("canvas: expected a 2d context, got none");
  context.scale(ratio, ratio);
  return context;
}
