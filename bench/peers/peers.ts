import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withEngine } from '../../activities/engine/duckdb.ts';
import { expectRows, secondsOf } from '../bound.ts';
import { median, type Figure } from '../figures.ts';
import { log } from '../log.ts';
import { paymentsFile, rowsFor } from '../payments.ts';
import { maskedCopy } from '../specs.ts';
import { withSystem, type System } from '../system.ts';
import { dlt } from './dlt.ts';
import type { Peer, PeerCopy } from './peer.ts';
import { spark } from './spark.ts';

const PEERS: readonly Peer[] = [spark, dlt];
const SOURCE = 'in/all.csv';

/** The same copy by this project and by its peers in turn; theirs from the start of their process to its end. */
export async function benchPeers(options: { bytes: number; runs: number }): Promise<void> {
  const ready: { peer: Peer; copy: (copy: PeerCopy) => Promise<void> }[] = [];
  for (const peer of PEERS) ready.push({ peer, copy: await peer.prepare() });
  const rows = rowsFor(options.bytes);
  const file = await paymentsFile(rows);
  await withSystem(async (system) => {
    await system.store.put(SOURCE, file);
    const own: number[] = [];
    const theirs = ready.map((): number[] => []);
    for (let run = 0; run < options.runs; run += 1) {
      own.push(await ownSeconds(system, run, rows));
      for (const [index, { peer, copy }] of ready.entries())
        theirs[index]!.push(await peerSeconds(system, `${peer.name}-${run}`, copy, rows));
    }
    const wall = (name: string, seconds: number[]): Figure => ({
      name: `peers.${name}.wall`,
      value: median(seconds),
      unit: 's',
    });
    const figures = ready.flatMap(({ peer: { name, aim } }, index): Figure[] => {
      const ratios = theirs[index]!.map((seconds, run) => seconds / own[run]!);
      const ratio = { name: `peers.${name}`, value: median(ratios), unit: 'x' } as const;
      return [wall(name, theirs[index]!), { ...ratio, aim: { value: aim, at: 'least' } }];
    });
    return [wall('ddc', own), ...figures];
  });
}

async function ownSeconds({ runner, store }: System, run: number, rows: number): Promise<number> {
  const { seconds, status } = await runner.run(
    `all-${run}`,
    maskedCopy(store.access, SOURCE, `out/${run}.parquet`),
  );
  expectRows('this project', status.numRecords, rows);
  log(`this project: ${seconds.toFixed(1)} s`);
  return seconds;
}

async function peerSeconds(
  { dir, store }: System,
  name: string,
  copy: (copy: PeerCopy) => Promise<void>,
  rows: number,
): Promise<number> {
  const directory = join(dir, name);
  await mkdir(directory);
  const target = `peers/${name}`;
  const seconds = await secondsOf(() => copy({ access: store.access, source: SOURCE, target, directory }));
  expectRows(name, await maskedRows(store, target, directory), rows);
  await rm(directory, { recursive: true });
  log(`${name}: ${seconds.toFixed(1)} s`);
  return seconds;
}

/** Rows of all the Parquet objects of a result; only those that are masked as they should be. The objects are removed. */
async function maskedRows(store: System['store'], prefix: string, directory: string): Promise<number> {
  const result = join(directory, 'result');
  await mkdir(result);
  let count = 0;
  for (const key of await store.list(`${prefix}/`)) {
    if (key.endsWith('.parquet')) await store.get(key, join(result, `${(count += 1)}.parquet`));
    await store.delete(key);
  }
  return withEngine({ directory, memoryLimit: 1e9 }, async (engine) => {
    const files = `read_parquet('${join(result, '*.parquet')}')`;
    const names = (await engine.columns(`SELECT * FROM ${files}`)).map(({ name }) => name);
    // dlt spells names its own way
    const [origin, destination] = [/^name_?orig$/i, /^name_?dest$/i].map((like) =>
      names.find((name) => like.test(name)),
    );
    const masked = `"${origin}" = 'XXXXX' AND length("${destination}") = 32`;
    const [row] = await engine.query(`SELECT count(*) AS rows FROM ${files} WHERE ${masked}`);
    return Number(row!['rows']);
  });
}
