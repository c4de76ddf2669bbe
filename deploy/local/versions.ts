/** Versions v with from <= v < below. */
export interface VersionRange {
  from: string;
  below: string;
}

/**
 * The first version number `X.Y.Z` in what a program prints about itself, or its date as one (`RELEASE.2026-02-12T...`:
 * 2026.2.12); undefined when there is none.
 */
export function findVersion(output: string): string | undefined {
  const release = /\bRELEASE\.(\d{4})-(\d\d)-(\d\d)T/.exec(output);
  if (release) return release.slice(1).map(Number).join('.');
  return /(?<![\d.])v?(\d+\.\d+\.\d+)/.exec(output)?.[1];
}

export function isWithin(version: string, range: VersionRange): boolean {
  return compare(version, range.from) >= 0 && compare(version, range.below) < 0;
}

export function describeRange(range: VersionRange): string {
  return `${range.from} or newer, below ${range.below}`;
}

function compare(a: string, b: string): number {
  const right = b.split('.').map(Number);
  for (const [index, part] of a.split('.').map(Number).entries()) {
    const difference = part - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
