import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import type { Engine } from './engine.ts';

/** What only looks. */
export type Queries = Pick<Engine, 'query' | 'columns'>;

export function queriesOf(connection: DuckDBConnection): Queries {
  return {
    async query(sql, parameters) {
      const reader = await connection.runAndReadAll(sql, parameters as DuckDBValue[] | undefined);
      return reader.getRowObjectsJS();
    },
    async columns(sql) {
      const described = await connection.runAndReadAll(`DESCRIBE ${sql}`);
      const { column_name: names, column_type: types } = described.getColumnsObjectJS();
      return (names as string[]).map((name, index) => ({ name, type: (types as string[])[index]! }));
    },
  };
}
