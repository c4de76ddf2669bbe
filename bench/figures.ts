export interface Figure {
  name: string;
  value: number;
  unit: 'x' | 'MB/s' | 'rec/s' | 's' | 'MiB';
  /** Absent when there is nothing to be met. */
  aim?: { value: number; at: 'most' | 'least' };
}

/** The line that other people's scripts read. */
export function benchLine({ name, value, unit, aim }: Figure): string {
  const met = aim === undefined || (aim.at === 'most' ? value <= aim.value : value >= aim.value);
  const wanted = aim === undefined ? '-' : String(aim.value);
  return `BENCH name=${name} value=${Number(value.toPrecision(3))} unit=${unit} aim=${wanted} met=${met ? 'yes' : 'no'}`;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
