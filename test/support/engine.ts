import { DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import type { Engine } from '../../activities/engine/engine.ts';
import { registerFunctions } from '../../activities/engine/functions.ts';

/** An engine in this process, for tests: no sandbox directory, all external access denied. */
export interface TestEngine extends Engine {
  close(): void;
}

export async function openEngine(): Promise<TestEngine> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', enable_external_access: 'false' });
  const connection = await instance.connect();
  registerFunctions(connection);
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run('SET lock_configuration = true');
  return {
    async run(sql, parameters) {
      return (await connection.run(sql, values(parameters))).rowsChanged;
    },
    async query(sql, parameters) {
      return (await connection.runAndReadAll(sql, values(parameters))).getRowObjectsJS();
    },
    async columns(sql) {
      const rows = await connection.runAndReadAll(`DESCRIBE ${sql}`);
      return rows
        .getRowObjectsJson()
        .map((row) => ({ name: text(row['column_name']), type: text(row['column_type']) }));
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

function values(parameters: readonly (string | number | null)[] | undefined): DuckDBValue[] | undefined {
  return parameters === undefined ? undefined : [...parameters];
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('DESCRIBE answers with texts');
  return value;
}
