import { footerBytes } from '../../parquet/footer.ts';
import { TYPE } from '../../parquet/thrift.ts';
import type { Struct, Value } from '../../parquet/thrift.ts';
import { KIND } from '../messages.ts';
import { OrcError } from '../proto.ts';
import { struct } from './parquet-pages.ts';
import type { TimestampUnit } from './timestamps.ts';
import type { OrcType } from './types.ts';

/** Numbers of parquet.thrift. */
const PHYSICAL = {
  boolean: 0,
  int32: 1,
  int64: 2,
  float: 4,
  double: 5,
  bytes: 6,
  fixedBytes: 7,
} as const;
const REPETITION = { required: 0, optional: 1, repeated: 2 } as const;
const CONVERTED = { utf8: 0, map: 1, list: 3, decimal: 5, date: 6, int8: 15, int16: 16 } as const;
const LOGICAL_TIMESTAMP = 8;
const UNIT = { micros: 2, nanos: 3 } as const;

/** Decimals of more digits do not fit 64 bits. */
export const MAX_LONG_DIGITS = 18;

/** Which unit a timestamp column has, by its number. */
export type TimestampUnits = (id: number) => TimestampUnit;

interface Physical {
  type: number;
  converted?: number;
  /** Bytes of a value of fixed length. */
  length?: number;
}

/** The schema of the local file: all columns, and what is nested in them, in Parquet's order. */
function schemaElements(columns: readonly OrcType[], units: TimestampUnits): Struct[] {
  const root = struct([4, TYPE.binary, Buffer.from('root')], [5, TYPE.i32, columns.length]);
  return [root, ...columns.flatMap((column) => elements(column, REPETITION.optional, units))];
}

function elements(type: OrcType, repetition: number, units: TimestampUnits): Struct[] {
  const { name, kind, children } = type;
  const nested = (of: readonly OrcType[]): Struct[] =>
    of.flatMap((child, index) =>
      elements(child, kind === KIND.map && index === 0 ? REPETITION.required : REPETITION.optional, units),
    );
  switch (kind) {
    case KIND.list:
      return [
        group(name, repetition, 1, CONVERTED.list),
        group('list', REPETITION.repeated, 1),
        ...nested(children),
      ];
    case KIND.map:
      return [
        group(name, repetition, 1, CONVERTED.map),
        group('key_value', REPETITION.repeated, 2),
        ...nested(children),
      ];
    case KIND.struct:
      return [group(name, repetition, children.length), ...nested(children)];
    default:
      return [leaf(type, repetition, units)];
  }
}

function group(name: string, repetition: number, children: number, converted?: number): Struct {
  const fields: [number, number, Value][] = [
    [3, TYPE.i32, repetition],
    [4, TYPE.binary, Buffer.from(name)],
    [5, TYPE.i32, children],
  ];
  if (converted !== undefined) fields.push([6, TYPE.i32, converted]);
  return struct(...fields);
}

function leaf(type: OrcType, repetition: number, units: TimestampUnits): Struct {
  const physical = physicalType(type);
  const fields: [number, number, Value][] = [[1, TYPE.i32, physical.type]];
  if (physical.length !== undefined) fields.push([2, TYPE.i32, physical.length]);
  fields.push([3, TYPE.i32, repetition], [4, TYPE.binary, Buffer.from(type.name)]);
  if (physical.converted !== undefined) fields.push([6, TYPE.i32, physical.converted]);
  if (type.kind === KIND.decimal) fields.push([7, TYPE.i32, type.scale], [8, TYPE.i32, type.precision]);
  if (type.kind === KIND.timestamp || type.kind === KIND.timestampInstant) {
    const utc = type.kind === KIND.timestampInstant;
    const unit = struct([UNIT[units(type.id)], TYPE.struct, struct()]);
    const timestamp = struct([1, utc ? TYPE.true : TYPE.false, utc], [2, TYPE.struct, unit]);
    fields.push([10, TYPE.struct, struct([LOGICAL_TIMESTAMP, TYPE.struct, timestamp])]);
  }
  return struct(...fields);
}

/** How values of a type that nests no other are stored. */
export function physicalType({ kind, precision }: OrcType): Physical {
  switch (kind) {
    case KIND.boolean:
      return { type: PHYSICAL.boolean };
    case KIND.tinyint:
      return { type: PHYSICAL.int32, converted: CONVERTED.int8 };
    case KIND.smallint:
      return { type: PHYSICAL.int32, converted: CONVERTED.int16 };
    case KIND.int:
      return { type: PHYSICAL.int32 };
    case KIND.date:
      return { type: PHYSICAL.int32, converted: CONVERTED.date };
    case KIND.bigint:
    case KIND.timestamp:
    case KIND.timestampInstant:
      return { type: PHYSICAL.int64 };
    case KIND.float:
      return { type: PHYSICAL.float };
    case KIND.double:
      return { type: PHYSICAL.double };
    case KIND.binary:
      return { type: PHYSICAL.bytes };
    case KIND.string:
    case KIND.varchar:
    case KIND.char:
      return { type: PHYSICAL.bytes, converted: CONVERTED.utf8 };
    case KIND.decimal:
      return precision <= MAX_LONG_DIGITS
        ? { type: PHYSICAL.int64, converted: CONVERTED.decimal }
        : { type: PHYSICAL.fixedBytes, length: 16, converted: CONVERTED.decimal };
  }
  throw new OrcError(`type number ${kind} holds no values`);
}

/** Footer, its length and magic of a local file with these columns. */
export function parquetFooter(
  columns: readonly OrcType[],
  units: TimestampUnits,
  rowGroups: Struct[],
  rows: number,
): Buffer {
  return footerBytes(
    struct(
      [1, TYPE.i32, 1],
      [2, TYPE.list, { of: TYPE.struct, items: schemaElements(columns, units) }],
      [3, TYPE.i64, BigInt(rows)],
      [4, TYPE.list, { of: TYPE.struct, items: rowGroups }],
    ),
  );
}
