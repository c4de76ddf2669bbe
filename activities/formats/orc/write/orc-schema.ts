import { TransferError } from '../../../failures.ts';
import type { SchemaNode } from '../../columnar/schema.ts';
import { PHYSICAL } from '../../columnar/schema.ts';
import type { Type } from '../messages.ts';
import { KIND } from '../messages.ts';

/** Converted types of parquet.thrift. */
const CONVERTED = {
  utf8: 0,
  map: 1,
  list: 3,
  decimal: 5,
  date: 6,
  int8: 15,
  int16: 16,
  int32: 17,
  int64: 18,
  json: 19,
} as const;
/** Field ids of LogicalType and of the TimestampType in it. */
const LOGICAL = { timestamp: 8, utc: 1, unit: 2, micros: 2, nanos: 3 } as const;

/** A column of the ORC file and where its values and levels are in the Parquet file. */
export interface OrcColumn {
  /** Place in the footer's list of types. */
  id: number;
  type: Type;
  /** For messages. */
  path: string;
  children: OrcColumn[];
  /** The first leaf at or below it. */
  leaf: number;
  /** Definition level from which its parent has a place for it. */
  slot: number;
  /** Definition level from which it is not NULL. */
  present: number;
  /** Repetition level of the lists around it. */
  repetition: number;
  /** Of lists and maps: definition level from which there are elements. */
  elements?: number;
  /** Of leaves: bytes of a value, 0 where they differ. */
  width: number;
  /** Of timestamps: units a second. */
  perSecond: number;
}

/** The columns of the ORC file below its root, which is column 0. */
export function orcColumns(schema: readonly SchemaNode[]): OrcColumn[] {
  let next = 1;
  const map = (node: SchemaNode, slot: number): OrcColumn => {
    const { type, elements, perSecond } = typeOf(node);
    const column: OrcColumn = {
      id: next++,
      type,
      path: node.path,
      children: [],
      leaf: node.leaf,
      slot,
      present: node.definition,
      repetition: node.repetition,
      width: widthOf(node),
      perSecond,
      ...(elements === undefined ? {} : { elements: elements.definition }),
    };
    const inside = elements ?? node;
    column.children = inside.children.map((child) => map(child, inside.definition));
    type.subtypes = column.children.map(({ id }) => id);
    return column;
  };
  return schema.map((node) => map(node, 0));
}

/** All types in the order of their ids, as the footer lists them. */
export function listTypes(columns: readonly OrcColumn[]): Type[] {
  const root = newType(KIND.struct, {
    subtypes: columns.map(({ id }) => id),
    fieldNames: columns.map(({ path }) => path),
  });
  const below = ({ type, children }: OrcColumn): Type[] => [type, ...children.flatMap(below)];
  return [root, ...columns.flatMap(below)];
}

interface Mapped {
  type: Type;
  /** Of lists and maps: the repeated group. */
  elements?: SchemaNode;
  perSecond: number;
}

function typeOf(node: SchemaNode): Mapped {
  const { converted } = node;
  const [only] = node.children;
  const elements = only?.repeated === true && node.children.length === 1 ? only : undefined;
  if (elements !== undefined && converted === CONVERTED.list)
    return { type: newType(KIND.list), elements, perSecond: 0 };
  if (elements !== undefined && converted === CONVERTED.map)
    return { type: newType(KIND.map), elements, perSecond: 0 };
  if (node.children.length > 0 && !node.repeated) {
    const fieldNames = node.children.map(({ name }) => name);
    return { type: newType(KIND.struct, { fieldNames }), perSecond: 0 };
  }
  const leaf = leafType(node);
  if (leaf === undefined || node.repeated) {
    throw new TransferError(
      'Unsupported',
      `column ${JSON.stringify(node.path)} has a type that ORC cannot hold`,
    );
  }
  return leaf;
}

function leafType(node: SchemaNode): Mapped | undefined {
  const { physical, converted, precision, scale } = node;
  const of = (kind: number): Mapped => ({ type: newType(kind), perSecond: 0 });
  if (converted === CONVERTED.decimal)
    return { type: newType(KIND.decimal, { precision, scale }), perSecond: 0 };
  switch (physical) {
    case PHYSICAL.boolean:
      return of(KIND.boolean);
    case PHYSICAL.int32:
      if (converted === CONVERTED.int8) return of(KIND.tinyint);
      if (converted === CONVERTED.int16) return of(KIND.smallint);
      if (converted === CONVERTED.int32) return of(KIND.int);
      return converted === CONVERTED.date ? of(KIND.date) : undefined;
    case PHYSICAL.int64:
      return converted === CONVERTED.int64 ? of(KIND.bigint) : timestampType(node);
    case PHYSICAL.float:
      return of(KIND.float);
    case PHYSICAL.double:
      return of(KIND.double);
    case PHYSICAL.bytes:
      if (converted === undefined) return of(KIND.binary);
      return converted === CONVERTED.utf8 || converted === CONVERTED.json ? of(KIND.string) : undefined;
    default:
      return undefined;
  }
}

function timestampType({ logical }: SchemaNode): Mapped | undefined {
  const timestamp = logical?.get(LOGICAL.timestamp)?.value;
  if (!(timestamp instanceof Map)) return undefined;
  const unit = timestamp.get(LOGICAL.unit)?.value;
  if (!(unit instanceof Map)) return undefined;
  const instant = timestamp.get(LOGICAL.utc)?.value === true;
  const perSecond = unit.has(LOGICAL.nanos) ? 1e9 : unit.has(LOGICAL.micros) ? 1e6 : undefined;
  if (perSecond === undefined) return undefined;
  return { type: newType(instant ? KIND.timestampInstant : KIND.timestamp), perSecond };
}

function widthOf({ physical, width }: SchemaNode): number {
  switch (physical) {
    case PHYSICAL.int32:
    case PHYSICAL.float:
      return 4;
    case PHYSICAL.int64:
    case PHYSICAL.double:
      return 8;
    default:
      return width;
  }
}

function newType(kind: number, more: Partial<Type> = {}): Type {
  return { kind, subtypes: [], fieldNames: [], attributes: [], ...more };
}
