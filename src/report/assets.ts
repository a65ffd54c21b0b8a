/** Script and style of a report's page, as text: built from page/ beside the library's own files. */

export interface PageAssets {
  /** A classic script without imports. */
  readonly script: string;
  readonly style: string;
}

/** Loaded when the first report is made: the plots are larger than the library. */
export async function pageAssets(): Promise<PageAssets> {
  // From the sources, the built page serves too.
  const file = import.meta.url.endsWith(".ts") ? "../../dist/report-page.js" : "./report-page.js";
  return (await import(/* @vite-ignore */ new URL(file, import.meta.url).href)) as PageAssets;
}
