/**
 * Milliseconds to wait before attempt `failures + 1`: full jitter (uniform between 0 and the exponential bound), so
 * that many who failed together do not return together.
 */
export function fullJitter(failures: number, base: number, max: number, random: () => number): number {
  return random() * exponential(failures, base, max);
}

/** Milliseconds: base, 2 base, 4 base ... at most max; `failures` counts from 1. */
export function exponential(failures: number, base: number, max: number): number {
  return Math.min(max, base * 2 ** Math.min(failures - 1, 40));
}
