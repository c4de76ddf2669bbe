import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withEngine } from '../activities/engine/duckdb.ts';
import type { Engine } from '../activities/engine/engine.ts';
import { compileSelect, renderSelect } from '../activities/engine/select.ts';
import { TRANSFORMS } from '../activities/transforms/all.ts';
import type { Transformation } from '../workflows/contract.ts';
import { figureLine, median } from './figures.ts';

const KEY = randomBytes(32).toString('base64');

interface Case {
  name: string;
  action: string;
  options?: Record<string, unknown>;
  secrets?: Record<string, string>;
  /** Values a second on one core. */
  aim?: number;
}

const digest = (algo: string, aim: number): Case => ({
  name: algo,
  action: 'DigestColumns',
  options: { algo },
  aim,
});
const redact = (redactType: string, options = {}): Case => ({
  name: `redact-${redactType}`,
  action: 'RedactColumns',
  options: { redactType, ...options },
});
const encrypt = (algorithm: string, aim?: number): Case => ({
  name: algorithm.toLowerCase(),
  action: 'EncryptColumns',
  options: { algorithm },
  secrets: { key: KEY },
  ...(aim === undefined ? {} : { aim }),
});

const CASES: readonly Case[] = [
  ...['md5', 'sha1', 'sha256'].map((algo) => digest(algo, 1_500_000)),
  ...['sha512', 'crc32', 'xxhash32', 'xxhash64', 'murmur3', 'murmur32'].map((algo) => digest(algo, 700_000)),
  { ...digest('md5', 0), name: 'md5-salted', secrets: { salt: 'salt' }, aim: 1_500_000 },
  { name: 'hmac-sha256', action: 'DigestColumns', options: { algo: 'sha256' }, secrets: { key: KEY } },
  encrypt('AES-256-GCM', 50_000),
  encrypt('AES-SIV'),
  encrypt('FF1'),
  redact('fixed'),
  redact('random'),
  redact('formatted', { keepLast: 4 }),
];

/** Digests, encryption and redaction of values of 20 bytes, by the compiled SELECT in the engine of production: one core. */
export async function benchDigests(given: { values: number; runs: number }): Promise<void> {
  for (const { name, action, options = {}, secrets = {}, aim } of CASES) {
    const directory = await mkdtemp(join(tmpdir(), 'ddc-bench-'));
    const all = { options: [secrets], seed: 'seed' };
    const transformation = { action, columns: ['s'], options, secretOptions: Object.keys(secrets) };
    const rates = await withEngine({ directory, memoryLimit: 1e9, secrets: all }, async (engine) => {
      // Encrypting is slower by far.
      const values = action === 'EncryptColumns' ? Math.ceil(given.values / 10) : given.values;
      await engine.run(`CREATE TABLE t AS SELECT printf('4%019d', i * 7919) AS s FROM range(${values}) r(i)`);
      const seconds: number[] = [];
      for (let run = 0; run < given.runs; run += 1)
        seconds.push(await secondsFor(engine, transformation, all));
      return seconds.map((each) => values / each);
    });
    await rm(directory, { recursive: true });
    const figure = { name: `digests-${name}`, value: Math.round(median(rates)), unit: 'rec/s' as const };
    console.log(
      figureLine({ ...figure, ...(aim === undefined ? {} : { aim: { value: aim, at: 'least' } }) }),
    );
  }
}

/** CPU time of this process, all threads: what a core needs, whatever else the machine does. */
async function secondsFor(
  engine: Engine,
  transformation: Transformation,
  secrets: NonNullable<Parameters<typeof compileSelect>[4]>['secrets'] & object,
): Promise<number> {
  const source = { columns: [{ name: 's', type: 'VARCHAR', nullable: true }] };
  const compiled = await compileSelect(source, [transformation], TRANSFORMS, engine, { secrets });
  const chunk = { relation: 't', rowIdentity: { object: 'bucket/key@etag', first: 0 } };
  const sql = renderSelect(compiled, chunk, false);
  const before = process.cpuUsage();
  // The least value: every one must be computed, and none is kept.
  await engine.query(`SELECT min(s) FROM (${sql})`);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
