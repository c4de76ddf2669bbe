import type { ColumnSchema } from '../../workflows/contract/metadata.ts';
import { TransferError } from '../failures.ts';
import { engineTypeOf } from '../formats/arrow-names.ts';
import { arrowType } from '../formats/arrow-types.ts';
import type { Column, Format } from '../formats/format.ts';

/** Columns named in one message, of each kind of difference. */
const MOST_NAMED = 10;

const PATH = 'spec.source.s3.schema';

/** The schema of a resource in the engine's types. InvalidOption names a type that is none. */
export function givenColumns(schema: readonly ColumnSchema[]): Column[] {
  return schema.map(({ name, type, nullable }, index) => {
    try {
      return { name, type: engineTypeOf(type), nullable };
    } catch (error) {
      throw new TransferError(
        'InvalidOption',
        `${PATH}[${index}].type: ${JSON.stringify(type)} is ${(error as Error).message}`,
        { cause: error },
      );
    }
  });
}

/**
 * The source's columns in its own order, with the types of the given ones where the format has none. MalformedData lists
 * what is expected and what is found where they differ.
 */
export function withGivenSchema(
  given: readonly Column[],
  found: readonly Column[],
  { inferred }: Pick<Format, 'inferred'>,
  location: string,
): Column[] {
  const named = (columns: readonly Column[], name: string): Column | undefined =>
    columns.find((column) => column.name === name);
  const missing = given.filter(({ name }) => named(found, name) === undefined);
  const unexpected = found.filter(({ name }) => named(given, name) === undefined);
  const different =
    inferred === undefined
      ? given.flatMap((expected) => {
          const there = named(found, expected.name);
          if (there === undefined || arrowType(there.type) === arrowType(expected.type)) return [];
          return [
            `${JSON.stringify(expected.name)} (expected ${arrowType(expected.type)}, found ${arrowType(there.type)})`,
          ];
        })
      : [];
  const differences = [
    ...(inferred === 'columns' ? [] : [listed('missing', missing.map(described))]),
    listed('unexpected', unexpected.map(described)),
    listed('of another type', different),
  ].flat();
  if (differences.length > 0)
    throw new TransferError(
      'MalformedData',
      `${PATH}: ${location} is not as expected: ${differences.join('; ')}`,
    );
  return [
    ...found.map(({ name, type }) => {
      const expected = named(given, name)!;
      return { name, type: inferred === undefined ? type : expected.type, nullable: expected.nullable };
    }),
    ...missing,
  ];
}

const described = ({ name, type }: Column): string => `${JSON.stringify(name)} (${arrowType(type)})`;

function listed(what: string, columns: readonly string[]): string[] {
  if (columns.length === 0) return [];
  const more = columns.length > MOST_NAMED ? ` and ${columns.length - MOST_NAMED} more` : '';
  return [`${what}: ${columns.slice(0, MOST_NAMED).join(', ')}${more}`];
}
