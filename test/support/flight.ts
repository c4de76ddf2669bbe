import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { lastLines, startWatched, stopGroup } from '../../deploy/local/process.ts';
import { obtainPyarrow } from './obtain-pyarrow.ts';
import { poll } from './poll.ts';

const script = (name: string): string =>
  fileURLToPath(new URL(`../../deploy/local/flight/${name}`, import.meta.url));

export interface FlightReader {
  /** The rows that the notebook of Fybrik's sample gets. */
  read(asset: string, columns?: string[]): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

/**
 * A reader over Arrow Flight.
 * @param assets as deploy/local/flight/reader.py wants them, by name
 */
export async function startFlightReader(dir: string, assets: object): Promise<FlightReader> {
  mkdirSync(dir, { recursive: true });
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: dir,
    PYTHONPATH: await obtainPyarrow({ env: process.env, log }),
  };
  const file = join(dir, 'assets.json');
  writeFileSync(file, JSON.stringify(assets), { mode: 0o600 });
  const logFile = join(dir, 'reader.log');
  const reader = await startWatched(
    { program: 'python3', args: [script('reader.py'), file], env },
    { logFile },
  );
  const addressOf = (): string | undefined => /reader ready: (\S+)/.exec(readFileSync(logFile, 'utf8'))?.[1];
  let ended = false;
  void reader.ended.then(() => (ended = true));
  await poll(addressOf, (address) => ended || address !== undefined, 'the Flight reader');
  const address = addressOf();
  if (address === undefined) throw new Error(`the Flight reader ended: ${lastLines(logFile, 5).join('\n')}`);
  return {
    async read(asset, columns = []) {
      const args = [script('notebook.py'), address, asset, ...columns];
      const { stdout } = await promisify(execFile)('python3', args, { env, maxBuffer: 2 ** 28 });
      return stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    },
    stop: () => stopGroup(reader, 0),
  };
}
