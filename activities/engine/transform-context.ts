import type { TransformContext } from '../transforms/transform.ts';
import { identifier, type Engine } from './engine.ts';
import { fieldsOfStruct, parseExpression, printExpression, typeOfExpression } from './expressions.ts';
import type { RowColumns } from './hidden-columns.ts';

/** What the engine does for a transformation. */
export function transformContext(
  about: Pick<TransformContext, 'path' | 'index' | 'changeData'>,
  row: RowColumns,
  engine: Engine,
): TransformContext {
  const hidden = [
    { name: row.object, type: 'VARCHAR' },
    { name: row.number, type: 'BIGINT' },
  ];
  return {
    ...about,
    row: { object: identifier(row.object), number: identifier(row.number) },
    parseExpression: (text) => parseExpression(engine, text),
    printExpression: (tree) => printExpression(engine, tree),
    typeOf: (relation, sql) => typeOfExpression(engine, [...relation, ...hidden], sql),
    fieldsOf: (type) => fieldsOfStruct(engine, type),
  };
}
