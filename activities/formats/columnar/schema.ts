import { integer, list, nameOf, structs } from '../parquet/metadata.ts';
import { ThriftError } from '../parquet/thrift.ts';
import type { Struct } from '../parquet/thrift.ts';

/** Field ids of SchemaElement, https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift */
const ELEMENT = {
  type: 1,
  width: 2,
  repetition: 3,
  children: 5,
  converted: 6,
  scale: 7,
  precision: 8,
} as const;
const LOGICAL_TYPE = 10;
const FILE_SCHEMA = 2;
const REPETITION = { required: 0, repeated: 2 } as const;

/** Physical types. */
export const PHYSICAL = {
  boolean: 0,
  int32: 1,
  int64: 2,
  float: 4,
  double: 5,
  bytes: 6,
  fixedBytes: 7,
} as const;

/** One element of a Parquet schema with the levels that tell whether it is there. */
export interface SchemaNode {
  name: string;
  /** Names from the top, joined by dots; for messages. */
  path: string;
  /** Of leaves; absent for groups. */
  physical?: number;
  /** Bytes of a fixed-width byte array. */
  width: number;
  converted?: number;
  logical?: Struct;
  scale: number;
  precision: number;
  children: SchemaNode[];
  /** Definition level from which it is there. */
  definition: number;
  /** Repetition level of its repetition, or of the innermost one around it. */
  repetition: number;
  repeated: boolean;
  /** Number of the first leaf at or below it: the column chunk whose levels tell of it. */
  leaf: number;
}

/** The table's columns as trees. Throws ThriftError when the schema makes no sense. */
export function schemaTree(file: Struct): SchemaNode[] {
  const elements = structs(list(file, FILE_SCHEMA));
  let next = 0;
  let leaves = 0;

  const read = (parent: { path: string; definition: number; repetition: number }): SchemaNode => {
    const element = elements[next++];
    if (element === undefined) throw new ThriftError('the schema ends too early');
    const kind = optional(element, ELEMENT.repetition) ?? REPETITION.required;
    const repeated = kind === REPETITION.repeated;
    const name = nameOf(element);
    const logical = element.get(LOGICAL_TYPE)?.value;
    const node: SchemaNode = {
      name,
      path: parent.path === '' ? name : `${parent.path}.${name}`,
      width: optional(element, ELEMENT.width) ?? 0,
      scale: optional(element, ELEMENT.scale) ?? 0,
      precision: optional(element, ELEMENT.precision) ?? 0,
      children: [],
      definition: parent.definition + (kind === REPETITION.required ? 0 : 1),
      repetition: parent.repetition + (repeated ? 1 : 0),
      repeated,
      leaf: leaves,
      ...given('physical', optional(element, ELEMENT.type)),
      ...given('converted', optional(element, ELEMENT.converted)),
      ...given('logical', logical instanceof Map ? logical : undefined),
    };
    const children = optional(element, ELEMENT.children) ?? 0;
    for (let i = 0; i < children; i++) node.children.push(read(node));
    if (children === 0) leaves++;
    return node;
  };

  const root = elements[next++];
  if (root === undefined) throw new ThriftError('it has no schema');
  return Array.from({ length: integer(root, ELEMENT.children) }, () =>
    read({ path: '', definition: 0, repetition: 0 }),
  );
}

function optional(struct: Struct, id: number): number | undefined {
  return struct.has(id) ? integer(struct, id) : undefined;
}

function given<K extends string, T>(key: K, value: T | undefined): Partial<Record<K, T>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, T>);
}
