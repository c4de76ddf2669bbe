const UNITS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a duration in one unit: `30s`, `10m`, `1h`, `2d`; undefined for other text. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,9})([smhd])$/.exec(text);
  return match === null ? undefined : Number(match[1]) * UNITS[match[2]!]!;
}

/** For a duration between two bounds, spelled as the same. */
export function durationProblems(least: string, most: string): (text: string) => string[] {
  return (text) => {
    const milliseconds = parseDuration(text);
    return milliseconds !== undefined &&
      milliseconds >= parseDuration(least)! &&
      milliseconds <= parseDuration(most)!
      ? []
      : [`must be a duration of ${least} to ${most}, in seconds (s), minutes (m), hours (h) or days (d)`];
  };
}
