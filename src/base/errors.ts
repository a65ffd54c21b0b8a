/**
 * The tagged error of the library. Messages read *where: what was expected, what was got; what to do*.
 * Arguments out of range throw the platform's RangeError and TypeError with the same formula.
 */

export type ErrorKind =
  /** The model did something that cannot be traced. */
  | "trace"
  /** Shapes or dtypes that do not fit together. */
  | "type"
  /** A program or kernel that breaks its grammar: a damaged file, or a fault of the library. */
  | "program"
  /** A device that died, or a target that cannot run here. */
  | "device"
  /** An optional package that is not installed. */
  | "package"
  /** Results larger than the memory budget, or arrays for which there is no room. */
  | "memory"
  /** Points that did not go well, in a run that is to end then. */
  | "point"
  /** A store that cannot be written or read, is in use, damaged, or of another run. */
  | "store";

/** What the library throws when a model, a device or the memory is at fault: `kind` says which, the message what to do. */
export class LanewiseError extends Error {
  override readonly name = "LanewiseError";
  /** What is at fault. */
  readonly kind: ErrorKind;

  constructor(kind: ErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** Narrows an unknown error; with `kind`, to that kind alone. */
export const isLanewiseError = (error: unknown, kind?: ErrorKind): error is LanewiseError =>
  error instanceof LanewiseError && (kind === undefined || error.kind === kind);
