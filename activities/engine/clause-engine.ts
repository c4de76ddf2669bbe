import { DuckDBInstance } from '@duckdb/node-api';
import pLimit from 'p-limit';
import type { ClauseEngine } from '../transforms/filter/check.ts';
import { parseExpression, printExpression, typeOfExpression } from './expressions.ts';
import { queriesOf } from './queries.ts';

/** An engine for looking at expressions: nothing but its own functions, no file, no setting can be reached. */
export async function openClauseEngine(): Promise<ClauseEngine> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '1',
    memory_limit: '64MB',
    temp_directory: '',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    enable_external_access: 'false',
    lock_configuration: 'true',
  });
  const engine = queriesOf(await instance.connect());
  const one = pLimit(1);
  return {
    parseExpression: (text) => one(() => parseExpression(engine, text)),
    printExpression: (tree) => one(() => printExpression(engine, tree)),
    typeOf: (relation, sql) => one(() => typeOfExpression(engine, relation, sql)),
  };
}
