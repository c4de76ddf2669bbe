/** Most copies are over by then, and their end is told: each look costs as much as a tenth of a small copy. */
export const SOONEST = 1_000;
const LATEST = 5_000;

/** Milliseconds until it is seen what a run makes of what it was told. */
export const TOLD = 300;

/** Milliseconds until a run's progress is asked again: every second while it is young, every 5 s later. */
export function pollDelay(startTime: string, now: Date): number {
  const age = now.getTime() - Date.parse(startTime);
  return Math.max(SOONEST, Math.min(LATEST, age / 4));
}
