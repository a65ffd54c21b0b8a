/** Which devices there are. */

import { hostDeviceCount } from "./host.ts";
import { defaultTarget, type TargetName, whyTarget } from "./table.ts";

/** One device, as `devices()` lists it. */
export interface DeviceInfo {
  /** `host`: a worker thread of this machine. */
  readonly kind: "host";
  /** Position among the devices of its kind. */
  readonly index: number;
  /** What programs are compiled to for it, unless the execution's `target` says otherwise. */
  readonly target: TargetName;
  /** Why this target, and why none that is faster. */
  readonly why: string;
}

/**
 * Number of devices that an execution can use: one per core, unless `setHostDeviceCount` or the environment variable
 * `LANEWISE_HOST_DEVICES` says otherwise.
 */
export const deviceCount = (): number => hostDeviceCount();

/** The devices that an execution can use, in the order in which `nPmap` takes them. */
export function devices(): readonly DeviceInfo[] {
  const target = defaultTarget();
  const why = whyTarget(target);
  return Array.from({ length: hostDeviceCount() }, (_, index) => Object.freeze({ kind: "host", index, target, why }));
}
