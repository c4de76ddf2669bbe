import {
  DuckDBInstance,
  type DuckDBConnection,
  type DuckDBScalarFunction,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { Engine } from './engine.ts';
import { literal } from './engine.ts';
import { registerChecksums, type ChecksumMeter } from './checksums.ts';
import { registerFunctions } from './functions.ts';
import { queriesOf } from './queries.ts';
import { NO_SECRETS, type TransformSecrets } from '../transforms/secrets.ts';

export interface EngineOptions {
  /** The only directory the engine may read and write; also where it spills. */
  directory: string;
  /** Bytes for buffers; beyond it the engine spills or fails. */
  memoryLimit: number;
  /** For the functions that transformations use; none when absent. */
  secrets?: TransformSecrets;
  /** Functions besides those of the registered transformations. */
  functions?: readonly DuckDBScalarFunction[];
}

/**
 * Opens one instance of one thread (several instances in parallel beat one instance with several threads), gives
 * it to `work` and closes it. Inside, no other file can be reached and no setting changed: the SQL it
 * runs derives from text of users.
 */
export async function withEngine<T>(
  options: EngineOptions,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '1',
    memory_limit: `${Math.floor(options.memoryLimit / 1e6)}MB`,
    temp_directory: options.directory,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    preserve_insertion_order: 'true',
  });
  try {
    const connection = await instance.connect();
    try {
      registerFunctions(connection, options.secrets ?? NO_SECRETS);
      for (const each of options.functions ?? []) connection.registerScalarFunction(each);
      const meter = registerChecksums(connection);
      // Results must be the same wherever the worker runs.
      await connection.run("SET TimeZone = 'UTC'");
      await connection.run(`SET allowed_directories = [${literal(`${options.directory}/`)}]`);
      await connection.run('SET enable_external_access = false');
      await connection.run('SET lock_configuration = true');
      return await work(engineOf(connection, meter));
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

function engineOf(connection: DuckDBConnection, meter: ChecksumMeter): Engine {
  return {
    ...queriesOf(connection),
    checksums: (columns) => meter.take(columns),
    async run(sql, parameters) {
      const result = await connection.run(sql, parameters as DuckDBValue[] | undefined);
      return result.rowsChanged;
    },
  };
}
