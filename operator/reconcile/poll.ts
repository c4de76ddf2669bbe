const SOONEST = 300;
const LATEST = 5_000;

/** Milliseconds until it is seen what a run makes of what it was told. */
export const TOLD = SOONEST;

/** Milliseconds until a run's progress is asked again: often while it is young, every 5 s later. */
export function pollDelay(startTime: string, now: Date): number {
  const age = now.getTime() - Date.parse(startTime);
  return Math.max(SOONEST, Math.min(LATEST, age / 4));
}
