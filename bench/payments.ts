import { createWriteStream, existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { paymentsCsv } from '../deploy/local/payments.ts';
import { log } from './log.ts';

const DIRECTORY = fileURLToPath(new URL('../.ddc/bench-data', import.meta.url));
/** Of generated payments, on average. */
const BYTES_PER_ROW = 81;

export const rowsFor = (bytes: number): number => Math.max(1, Math.round(bytes / BYTES_PER_ROW));

/** A file of generated payments; kept for the next run. */
export async function paymentsFile(rows: number): Promise<string> {
  const file = join(DIRECTORY, `payments-${rows}.csv`);
  if (existsSync(file)) return file;
  mkdirSync(DIRECTORY, { recursive: true });
  log(`generating ${rows} payments`);
  await pipeline(Readable.from(paymentsCsv(rows)), createWriteStream(`${file}.part`));
  renameSync(`${file}.part`, file);
  return file;
}
