/** Task numbers: unique among all executions of this thread, which share their devices. */

let next = 0;

export const nextTaskId = (): number => next++;
