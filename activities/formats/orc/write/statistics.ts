import type { ColumnStatistics } from '../messages.ts';
import { decimalText, unscaledOf } from './decimal-text.ts';

/** The blocks for types, without what every column has. */
type Blocks = Required<Omit<ColumnStatistics, 'numberOfValues' | 'hasNull' | 'bytesOnDisk'>>;
type Merge<Block> = (a: Block, b: Block) => Block | undefined;

const isLess = <T extends bigint | number>(a: T, b: T): boolean => a < b;
const isLessText = (a: string, b: string): boolean => Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
const isLessDecimal = (a: string, b: string): boolean => unscaledOf(a) < unscaledOf(b);

/** How two blocks of a kind become one; undefined where the result would be wrong. */
const MERGE: { [Name in keyof Blocks]: Merge<Blocks[Name]> } = {
  intStatistics(a, b) {
    const sum = (a.sum ?? 0n) + (b.sum ?? 0n);
    const known = a.sum !== undefined && b.sum !== undefined && BigInt.asIntN(64, sum) === sum;
    return { ...bounds(a, b, isLess), ...(known ? { sum } : {}) };
  },
  doubleStatistics(a, b) {
    const sum = (a.sum ?? NaN) + (b.sum ?? NaN);
    return Number.isFinite(sum) ? { ...bounds(a, b, isLess), sum } : undefined;
  },
  stringStatistics: (a, b) => ({ ...bounds(a, b, isLessText), sum: total(a.sum, b.sum) }),
  bucketStatistics: (a, b) => ({ count: [total(a.count[0], b.count[0])] }),
  decimalStatistics: (a, b) => ({ ...bounds(a, b, isLessDecimal), sum: decimalTotal(a.sum, b.sum) }),
  dateStatistics: (a, b) => bounds(a, b, isLess),
  binaryStatistics: (a, b) => ({ sum: total(a.sum, b.sum) }),
  timestampStatistics(a, b) {
    const { minimum, maximum } = bounds(
      { minimum: a.minimumUtc, maximum: a.maximumUtc },
      { minimum: b.minimumUtc, maximum: b.maximumUtc },
      isLess,
    );
    return { ...(minimum === undefined ? {} : { minimumUtc: minimum, maximumUtc: maximum! }) };
  },
  collectionStatistics(a, b) {
    const { minimum, maximum } = bounds(
      { minimum: a.minChildren, maximum: a.maxChildren },
      { minimum: b.minChildren, maximum: b.maxChildren },
      isLess,
    );
    return {
      minChildren: minimum!,
      maxChildren: maximum!,
      totalChildren: total(a.totalChildren, b.totalChildren),
    };
  },
};

/**
 * Statistics of one column over several stripes or chunks. A block that one of them lacks though it has values is
 * left out: its bounds would be wrong.
 */
export function mergeStatistics(all: readonly ColumnStatistics[]): ColumnStatistics {
  const [first, ...others] = all.filter(({ numberOfValues }) => (numberOfValues ?? 0n) > 0n);
  return {
    ...(first === undefined ? {} : others.reduce<ColumnStatistics>(mergeBlocks, first)),
    numberOfValues: all.reduce((sum, { numberOfValues }) => total(sum, numberOfValues), 0n),
    hasNull: all.some(({ hasNull }) => hasNull === true),
  };
}

function mergeBlocks(a: ColumnStatistics, b: ColumnStatistics): ColumnStatistics {
  const merged: ColumnStatistics = {};
  for (const name of Object.keys(MERGE) as (keyof Blocks)[]) {
    const merge = MERGE[name] as Merge<unknown>;
    const result = a[name] && b[name] && merge(a[name], b[name]);
    if (result !== undefined) Object.assign(merged, { [name]: result });
  }
  return merged;
}

interface Bounds<T> {
  minimum?: T | undefined;
  maximum?: T | undefined;
}

function bounds<T>(a: Bounds<T>, b: Bounds<T>, less: (a: T, b: T) => boolean): Bounds<T> {
  const { minimum, maximum } = a;
  if (minimum === undefined || maximum === undefined) return {};
  if (b.minimum === undefined || b.maximum === undefined) return {};
  return {
    minimum: less(b.minimum, minimum) ? b.minimum : minimum,
    maximum: less(maximum, b.maximum) ? b.maximum : maximum,
  };
}

const total = (a: bigint | undefined, b: bigint | undefined): bigint => (a ?? 0n) + (b ?? 0n);

/** Both have as many digits behind the point: the column's scale. */
function decimalTotal(a = '0', b = '0'): string {
  const scale = a.includes('.') ? a.length - a.indexOf('.') - 1 : 0;
  return decimalText(unscaledOf(a) + unscaledOf(b), scale);
}
