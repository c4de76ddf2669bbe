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

/** The bound: one DuckDB with all cores, local file to local file, the same work. Seconds, without process start. */
export async function localDuckdb(source: string, target: string): Promise<number> {
  const program = fileURLToPath(import.meta.url);
  const { stdout } = await promisify(execFile)(process.execPath, [program, source, target]);
  return Number(stdout);
}

async function main(source: string, target: string): Promise<void> {
  const began = performance.now();
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const replaced = [...HIDDEN.map((name) => `'XXXXX' AS "${name}"`), 'md5("nameDest") AS "nameDest"'];
  const columns = Object.entries(COLUMNS).map(([name, type]) => `'${name}': '${type}'`);
  await connection.run(
    `COPY (SELECT * REPLACE (${replaced.join(', ')}) FROM read_csv('${source}', header = true, auto_detect = false,
       columns = {${columns.join(', ')}}))
     TO '${target}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 122880)`,
  );
  connection.closeSync();
  instance.closeSync();
  process.stdout.write(String((performance.now() - began) / 1000));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv[2]!, process.argv[3]!);
