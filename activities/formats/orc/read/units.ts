import { KIND } from '../messages.ts';
import type { ColumnStatistics } from '../messages.ts';
import type { OrcFile } from './file.ts';
import { MAX_SECONDS } from './timestamps.ts';
import type { TimestampUnit } from './timestamps.ts';
import type { TimestampUnits } from './parquet-schema.ts';
import { withNested } from './types.ts';

/** Statistics are rounded, and some writers' are off by their time zone. Seconds. */
const MARGIN = 2 * 86_400;

/**
 * ORC counts nanoseconds over all years; the engine's nanoseconds end in 1677 and 2262. A timestamp column
 * keeps them where the file's statistics show that its values lie between; else they are cut to
 * microseconds, as those of timestamps with local time zone always are, for the engine has no others.
 */
export function timestampUnits({ footer, columns }: OrcFile): TimestampUnits {
  const units = new Map<number, TimestampUnit>();
  for (const { id, kind } of withNested(columns)) {
    const fits = kind === KIND.timestamp && withinNanoseconds(footer.statistics[id]);
    units.set(id, fits ? 'nanos' : 'micros');
  }
  return (id) => units.get(id)!;
}

function withinNanoseconds(statistics: ColumnStatistics | undefined): boolean {
  if (statistics?.numberOfValues === 0n) return true;
  const { minimum, maximum, minimumUtc, maximumUtc } = statistics?.timestampStatistics ?? {};
  const [from, to] = [minimumUtc ?? minimum, maximumUtc ?? maximum];
  if (from === undefined || to === undefined) return false;
  const limit = (MAX_SECONDS.nanos - MARGIN) * 1000;
  return Number(from) > -limit && Number(to) < limit;
}
