import { identifier } from '../engine/engine.ts';
import { TransferError } from '../failures.ts';
import { arrowType } from './arrow-types.ts';
import { parseEngineType } from './engine-type.ts';
import type { EngineType } from './engine-type.ts';

/** What a format makes of a column that is written. */
export interface HeldType {
  /** The engine's type to which the column must be cast before it is written: its own where the writer takes it. */
  type: string;
  /** Arrow's name of the type that readers of the result find. */
  arrow: string;
}

/** What one type becomes, as a type of the engine; undefined: what its parts become, or refused if it has none. */
type Rule = (type: EngineType) => string | undefined;

/** The type made of what `rule` says of it or of its parts; undefined when something in it has no type. */
function mapType(type: EngineType, rule: Rule): string | undefined {
  const own = rule(type);
  if (own !== undefined) return own;
  switch (type.kind) {
    case 'list':
    case 'array': {
      const item = mapType(type.item, rule);
      return item === undefined ? undefined : `${item}[]`;
    }
    case 'map': {
      const [key, value] = [mapType(type.key, rule), mapType(type.value, rule)];
      return key === undefined || value === undefined ? undefined : `MAP(${key}, ${value})`;
    }
    case 'struct': {
      const members = type.members.map(({ name, type: inner }) => ({
        name: identifier(name),
        type: mapType(inner, rule),
      }));
      if (members.some((member) => member.type === undefined)) return undefined;
      return `STRUCT(${members.map(({ name, type: inner }) => `${name} ${inner}`).join(', ')})`;
    }
    default:
      return undefined;
  }
}

/**
 * For formats with types: the one in which `format` holds values of the engine's type `duckdbType`, also within lists,
 * structs and maps. Throws a fatal TransferError that names the column when there is none.
 */
export function castTo(format: string, duckdbType: string, column: string, rule: Rule): HeldType {
  const parsed = parseEngineType(duckdbType);
  const type = mapType(parsed, rule);
  if (type !== undefined && type === mapType(parsed, itself))
    return { type: duckdbType, arrow: arrowType(duckdbType) };
  if (type !== undefined) return { type, arrow: arrowType(type) };
  throw new TransferError(
    'Unsupported',
    `column ${JSON.stringify(column)} has the type ${arrowType(duckdbType)}, which ${format} cannot hold; remove it with RemoveColumns, or choose another data format`,
  );
}

/** For comparison with what a rule makes of a type. */
function itself(type: EngineType): string | undefined {
  switch (type.kind) {
    case 'simple':
      return type.name;
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`;
    case 'array':
      return `${mapType(type.item, itself)}[${type.length}]`;
    case 'other':
      return `${type.name}(${type.parameters})`;
    default:
      return undefined;
  }
}

/** For text: values are written as they are, and read as what `rule` says. */
export function spelledAs(duckdbType: string, rule: Rule): HeldType {
  const read = mapType(parseEngineType(duckdbType), rule) ?? 'VARCHAR';
  return { type: duckdbType, arrow: arrowType(read) };
}
