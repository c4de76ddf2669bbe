import { duration } from './durations.ts';

/** What is known of a run. */
export interface RunSample {
  /** ISO 8601. */
  startedAt: string;
  chunksDone: number;
  chunksTotal: number;
  bytesRead: number;
}

export interface Pace {
  /** Of the source, since the run began. */
  bytesPerSecond?: number;
  /** If the chunks that are left take as long as those that are done. */
  secondsLeft?: number;
}

/** How fast a run that goes on is on average, as far as there is anything to tell it by. */
export function paceOf({ startedAt, chunksDone, chunksTotal, bytesRead }: RunSample, now: Date): Pace {
  const elapsed = (now.getTime() - Date.parse(startedAt)) / 1000;
  // clocks differ
  if (!(elapsed > 0)) return {};
  return {
    ...(bytesRead > 0 && { bytesPerSecond: bytesRead / elapsed }),
    ...(chunksDone > 0 &&
      chunksDone < chunksTotal && { secondsLeft: (elapsed * (chunksTotal - chunksDone)) / chunksDone }),
  };
}

/** e.g. `[#####---------------] 25 %` */
export function bar(percent: number, width = 20): string {
  const full = Math.floor((Math.min(100, Math.max(0, percent)) * width) / 100);
  return `[${'#'.repeat(full)}${'-'.repeat(width - full)}] ${percent} %`;
}

/** e.g. `999 bytes`, `61.2 MB`; in units of 1,000. */
export function size(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let value = Math.round(bytes);
  let unit = 0;
  // 999.95 would be shown as 1000.0
  while (value >= (unit === 0 ? 1_000 : 999.95) && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** e.g. `61.2 MB/s, about 12s left`; empty when nothing is known. */
export function paceText({ bytesPerSecond, secondsLeft }: Pace): string {
  return [
    ...(bytesPerSecond === undefined ? [] : [`${size(bytesPerSecond)}/s`]),
    ...(secondsLeft === undefined ? [] : [`about ${duration(secondsLeft)} left`]),
  ].join(', ');
}
