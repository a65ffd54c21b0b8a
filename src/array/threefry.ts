/** The random bits of one element, for arrays; the arithmetic lives below, where spaces and devices reach it too. */

export { type KeyData, splitAt, threefry2x32, uniformAt } from "../base/threefry.ts";
