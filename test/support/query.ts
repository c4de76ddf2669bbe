import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

/** Runs a query in which `$name` stands for a file with these bytes. Rows as objects of plain values. */
export async function query(
  sql: string,
  files: Record<string, Buffer | string>,
): Promise<Record<string, unknown>[]> {
  const directory = mkdtempSync(join(tmpdir(), 'ddc-query-'));
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  try {
    let text = sql;
    for (const [name, content] of Object.entries(files)) {
      const file = join(directory, name);
      writeFileSync(file, content);
      text = text.replaceAll(`$${name}`, `'${file}'`);
    }
    return (await connection.runAndReadAll(text)).getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
    rmSync(directory, { recursive: true });
  }
}

/** The bytes of a Parquet file that the query's result makes. */
export async function parquetOf(sql: string, options = ''): Promise<Buffer> {
  const directory = mkdtempSync(join(tmpdir(), 'ddc-parquet-'));
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  try {
    const file = join(directory, 'out.parquet');
    await connection.run(`COPY (${sql}) TO '${file}' (FORMAT parquet${options})`);
    return readFileSync(file);
  } finally {
    connection.closeSync();
    instance.closeSync();
    rmSync(directory, { recursive: true });
  }
}
