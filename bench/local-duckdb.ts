import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';

const HIDDEN = ['nameOrig', 'oldbalanceOrg', 'newbalanceOrig'];
const COLUMNS = {
  step: 'BIGINT',
  type: 'VARCHAR',
  amount: 'DOUBLE',
  nameOrig: 'VARCHAR',
  oldbalanceOrg: 'DOUBLE',
  newbalanceOrig: 'DOUBLE',
  nameDest: 'VARCHAR',
  oldbalanceDest: 'DOUBLE',
  newbalanceDest: 'DOUBLE',
  isFraud: 'BIGINT',
  isFlaggedFraud: 'BIGINT',
};
const TYPES = `columns = {${Object.entries(COLUMNS)
  .map(([name, type]) => `'${name}': '${type}'`)
  .join(', ')}}`;

/** Formats that the engine itself reads and writes. */
export type EngineFormat = 'csv' | 'json' | 'parquet';

const READ: Record<EngineFormat, (file: string) => string> = {
  csv: (file) => `read_csv(${file}, header = true, auto_detect = false, ${TYPES})`,
  json: (file) => `read_json(${file}, format = 'newline_delimited', ${TYPES})`,
  parquet: (file) => `read_parquet(${file})`,
};
const WRITE: Record<EngineFormat, string> = {
  csv: 'FORMAT csv, HEADER true',
  json: 'FORMAT json',
  parquet: 'FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 122880',
};

interface Work {
  from: { format: EngineFormat; file: string };
  to: { format: EngineFormat; file: string };
  /** Whether the demo's transformations are made. */
  masked: boolean;
}

/** One DuckDB process with all cores, local file to local file. Seconds, without process start; and rows. */
export async function localDuckdb(work: Work): Promise<{ seconds: number; rows: number }> {
  const program = fileURLToPath(import.meta.url);
  const { stdout } = await promisify(execFile)(process.execPath, [program, JSON.stringify(work)]);
  return JSON.parse(stdout) as { seconds: number; rows: number };
}

async function main({ from, to, masked }: Work): Promise<void> {
  const began = performance.now();
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const replaced = [...HIDDEN.map((name) => `'XXXXX' AS "${name}"`), 'md5("nameDest") AS "nameDest"'];
  const columns = masked ? `* REPLACE (${replaced.join(', ')})` : '*';
  const { rowsChanged: rows } = await connection.run(
    `COPY (SELECT ${columns} FROM ${READ[from.format](`'${from.file}'`)}) TO '${to.file}' (${WRITE[to.format]})`,
  );
  connection.closeSync();
  instance.closeSync();
  process.stdout.write(JSON.stringify({ seconds: (performance.now() - began) / 1000, rows }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(JSON.parse(process.argv[2]!) as Work);
