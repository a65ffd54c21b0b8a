/** Memory that cannot be had. In: what is to be allocated; out: that, or a sentence instead of the engine's RangeError. */

import { LanewiseError } from "./errors.ts";

/** 1.5 GB, 340 KB */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "KB", "MB", "GB", "TB", "PB", "EB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return power === 0 ? `${bytes} bytes` : `${(bytes / 1000 ** power).toPrecision(3)} ${units[power]}`;
}

/** What `make` allocates; throws a LanewiseError of kind "memory" where there is no room. */
export function roomFor<T>(where: string, bytes: number, remedy: string, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    const message = `${where}: expected room for ${bytes} bytes (${formatBytes(bytes)}), but it cannot be had; ${remedy}`;
    throw new LanewiseError("memory", message, { cause });
  }
}
