/** What of cli-progress is used; the package brings no types. */
declare module "cli-progress" {
  interface Options {
    readonly stream?: NodeJS.WriteStream;
    readonly format?: string;
    readonly barCompleteChar?: string;
    readonly barIncompleteChar?: string;
    readonly barsize?: number;
    readonly hideCursor?: boolean;
    readonly gracefulExit?: boolean;
  }
  type Payload = { readonly [name: string]: string };
  class SingleBar {
    constructor(options: Options);
    start(total: number, value: number, payload: Payload): void;
    update(value: number, payload: Payload): void;
    stop(): void;
  }
  const progress: { readonly SingleBar: typeof SingleBar };
  export default progress;
}
