import { integer, list, nameOf, structs } from './metadata.ts';
import type { Struct } from './thrift.ts';

/** Field ids and numbers of parquet.thrift, as far as they say the type of an element. */
const FILE_SCHEMA = 2;
const ELEMENT = {
  type: 1,
  length: 2,
  children: 5,
  converted: 6,
  scale: 7,
  precision: 8,
  logical: 10,
} as const;
const PHYSICAL = { int96: 3, fixedBytes: 7 } as const;
const CONVERTED = { decimal: 5, timeMillis: 7, timestampMillis: 9 } as const;
const LOGICAL = { decimal: 5, time: 7, timestamp: 8, unknown: 11, float16: 15 } as const;
const DECIMAL = { scale: 1, precision: 2 } as const;
/** Of times and timestamps: whether they are instants, and the unit (a union). */
const TIMED = { utc: 1, unit: 2, millis: 1, nanos: 3 } as const;
/** Digits of the engine's widest decimal; it reads wider ones as doubles. */
const DECIMAL_DIGITS = 38;

/**
 * The columns, nested ones too, whose types the engine does not have, e.g. `at: int96 -> timestamp[us]`. Source:
 * DuckDB's ParquetReader::DeriveLogicalType; a timestamp of nanoseconds without zone keeps them.
 */
export function conversionsOf(file: Struct): string[] {
  const conversions: string[] = [];
  /** Groups around the element, with the children still to come. */
  const around: { name: string; left: number }[] = [];
  for (const element of structs(list(file, FILE_SCHEMA)).slice(1)) {
    const name = nameOf(element);
    const conversion = conversionOf(element);
    if (conversion !== undefined) {
      const path = [...around.map((group) => group.name), name].join('.');
      conversions.push(`${path}: ${conversion}`);
    }
    const children = element.has(ELEMENT.children) ? integer(element, ELEMENT.children) : 0;
    if (around.length > 0) around.at(-1)!.left -= 1;
    if (children > 0) around.push({ name, left: children });
    while (around.at(-1)?.left === 0) around.pop();
  }
  return conversions;
}

function conversionOf(element: Struct): string | undefined {
  const physical = element.get(ELEMENT.type)?.value;
  const converted = element.get(ELEMENT.converted)?.value;
  if (physical === PHYSICAL.int96) return 'int96 -> timestamp[us]';
  const logical = element.get(ELEMENT.logical)?.value;
  const told = logical instanceof Map ? logical : undefined;
  const timestamp = structOf(told, LOGICAL.timestamp);
  if (timestamp !== undefined) return timestampConversion(timestamp);
  const time = structOf(told, LOGICAL.time);
  if (time !== undefined) return timeConversion(unitOf(time));
  if (told === undefined && converted === CONVERTED.timestampMillis) return 'timestamp[ms] -> timestamp[us]';
  if (told === undefined && converted === CONVERTED.timeMillis) return timeConversion(TIMED.millis);
  const decimal = structOf(told, LOGICAL.decimal);
  if (decimal !== undefined) return decimalConversion(decimal, DECIMAL);
  if (converted === CONVERTED.decimal) return decimalConversion(element, ELEMENT);
  if (told?.has(LOGICAL.float16) === true) return 'halffloat -> float';
  if (told?.has(LOGICAL.unknown) === true) return 'null -> int32';
  if (physical === PHYSICAL.fixedBytes && told === undefined && converted === undefined)
    return `fixed_size_binary[${integer(element, ELEMENT.length)}] -> binary`;
  return undefined;
}

function timestampConversion(timestamp: Struct): string | undefined {
  const utc = timestamp.get(TIMED.utc)?.value === true;
  const zone = utc ? ', UTC' : '';
  const unit = unitOf(timestamp);
  if (unit === TIMED.millis) return `timestamp[ms${zone}] -> timestamp[us${zone}]`;
  return unit === TIMED.nanos && utc ? 'timestamp[ns, UTC] -> timestamp[us, UTC]' : undefined;
}

function timeConversion(unit: number | undefined): string | undefined {
  if (unit === TIMED.millis) return 'time32[ms] -> time64[us]';
  return unit === TIMED.nanos ? 'time64[ns] -> time64[us]' : undefined;
}

function decimalConversion(from: Struct, fields: { scale: number; precision: number }): string | undefined {
  const precision = from.has(fields.precision) ? integer(from, fields.precision) : 0;
  const scale = from.has(fields.scale) ? integer(from, fields.scale) : 0;
  return precision > DECIMAL_DIGITS ? `decimal256(${precision}, ${scale}) -> double` : undefined;
}

function unitOf(timed: Struct): number | undefined {
  return [...(structOf(timed, TIMED.unit)?.keys() ?? [])][0];
}

function structOf(from: Struct | undefined, id: number): Struct | undefined {
  const value = from?.get(id)?.value;
  return value instanceof Map ? value : undefined;
}
