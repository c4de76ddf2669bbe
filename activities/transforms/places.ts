import { TransferError } from '../failures.ts';
import { foldName } from './columns.ts';
import type { TransformColumn, TransformContext } from './transform.ts';

/** A way from a value to one inside it: a field of a struct, or all elements of a list. */
export type Step = { field: string } | 'element';

/** Values that a name means: those of a column, or inside of it. */
export interface Place {
  column: string;
  steps: Step[];
}

/** In change data a name means these columns' fields. */
const CHANGE_COLUMNS = ['key', 'value'];

type Same = (a: string, b: string) => boolean;
const MATCHES: readonly Same[] = [(a, b) => a === b, (a, b) => foldName(a) === foldName(b)];

/**
 * Where the values lie that a user means: the column of this name, else what the name leads to as a path (`a.b`) through
 * structs and lists of structs; exactly so, else in another case. In change data the same inside of `key` and of
 * `value`: up to two places. None when there is nothing of this name.
 */
export async function findPlaces(
  name: string,
  relation: readonly TransformColumn[],
  context: TransformContext,
): Promise<Place[]> {
  const path = name.split('.');
  if (context.changeData) {
    const inside = await Promise.all(
      CHANGE_COLUMNS.map((column) => findPlace([column, ...path], relation, context)),
    );
    const found = inside.filter((place) => place !== undefined);
    if (found.length > 0) return found;
  }
  const place = await findPlace(path, relation, context);
  return place === undefined ? [] : [place];
}

async function findPlace(
  path: readonly string[],
  relation: readonly TransformColumn[],
  context: TransformContext,
): Promise<Place | undefined> {
  for (const same of MATCHES) {
    const names = await follow(path, relation, same, context);
    if (names === undefined) continue;
    const [first, ...steps] = names;
    return { column: (first as { field: string }).field, steps };
  }
  return undefined;
}

/** The longest beginning of the path that names a column, and the rest inside of it. */
async function follow(
  path: readonly string[],
  columns: readonly TransformColumn[],
  same: Same,
  context: TransformContext,
): Promise<Step[] | undefined> {
  for (let length = path.length; length > 0; length -= 1) {
    const head = path.slice(0, length).join('.');
    const column = columns.find(({ name }) => same(name, head));
    if (column === undefined) continue;
    const step = { field: column.name };
    if (length === path.length) return [step];
    const rest = await enter(path.slice(length), column, same, context);
    if (rest !== undefined) return [step, ...rest];
  }
  return undefined;
}

async function enter(
  path: readonly string[],
  { name, type }: TransformColumn,
  same: Same,
  context: TransformContext,
): Promise<Step[] | undefined> {
  const element = elementType(type);
  if (element !== undefined) {
    const inside = await enter(path, { name, type: element }, same, context);
    return inside === undefined ? undefined : ['element', ...inside];
  }
  if (isStruct(type)) return follow(path, await context.fieldsOf(type), same, context);
  if (!/^(MAP|UNION)\(/.test(type)) return undefined;
  throw new TransferError(
    'InvalidOption',
    `${context.path}.columns: ${[name, ...path].join('.')}: "${name}" is a ${type.startsWith('MAP') ? 'map' : 'union'}, ` +
      'whose values have no paths; name the whole column',
  );
}

/** Type of a list's elements, undefined for other types. */
export function elementType(type: string): string | undefined {
  return /^(.*)\[\d*\]$/s.exec(type)?.[1];
}

export function isStruct(type: string): boolean {
  return type.startsWith('STRUCT(') && type.endsWith(')');
}
