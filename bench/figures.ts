export interface Figure {
  name: string;
  value: number;
  unit: 'x' | 'MB/s' | 'rec/s' | 'transfers/s' | 's' | 'ms' | 'MiB' | '%';
  /** Absent where a figure only explains others. */
  aim?: { value: number; at: 'most' | 'least' };
}

/** The line that other people's scripts read, for a figure with an aim; one without is a `NOTE`. */
export function figureLine({ name, value, unit, aim }: Figure): string {
  const figure = `name=${name} value=${Number(value.toPrecision(3))} unit=${unit}`;
  if (aim === undefined) return `NOTE ${figure}`;
  const met = aim.at === 'most' ? value <= aim.value : value >= aim.value;
  return `BENCH ${figure} aim=${aim.value} met=${met ? 'yes' : 'no'}`;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The smallest value that at least this share of all do not exceed. @param share 0 to 1 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}
