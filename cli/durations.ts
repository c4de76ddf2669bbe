const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

/** As kubectl tells ages: two units while they matter, e.g. `45s`, `3m20s`, `5h10m`, `2d4h`, `30d`. */
export function age(from: string, now: Date): string {
  return duration((now.getTime() - Date.parse(from)) / 1000);
}

export function duration(given: number): string {
  const seconds = Math.max(0, Math.floor(given));
  if (seconds < 2 * MINUTE) return `${seconds}s`;
  if (seconds < 10 * MINUTE) return units(seconds, MINUTE, 'm', 1, 's');
  if (seconds < 3 * HOUR) return units(seconds, MINUTE, 'm');
  if (seconds < 8 * HOUR) return units(seconds, HOUR, 'h', MINUTE, 'm');
  if (seconds < 2 * DAY) return units(seconds, HOUR, 'h');
  if (seconds < 8 * DAY) return units(seconds, DAY, 'd', HOUR, 'h');
  return units(seconds, DAY, 'd');
}

function units(seconds: number, large: number, name: string, small = large, smallName = ''): string {
  const rest = Math.floor((seconds % large) / small);
  return `${Math.floor(seconds / large)}${name}${rest > 0 ? `${rest}${smallName}` : ''}`;
}
