import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { StoreRequest } from './store-faults.ts';
import type { StoreProxy } from './store-proxy.ts';

const run = promisify(execFile);

export interface HoldPoint {
  reached: Promise<void>;
  /** What was held goes on, as if there had been a pause. */
  release(): void;
  /** What was held never goes on, as after the death of whoever sent it; what comes from now on passes. */
  abandon(): void;
}

/**
 * From the first request on that matches, requests are held.
 * @param when `before`: the store has not seen it; `after`: it has done what was asked, but nobody knows
 */
export function holdAt(
  proxy: StoreProxy,
  when: 'before' | 'after',
  matches: (request: StoreRequest) => boolean,
): HoldPoint {
  let reach = (): void => undefined;
  let release = (): void => undefined;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const released = new Promise<void>((resolve) => (release = resolve));
  let holding = false;
  const hold = async (request: StoreRequest): Promise<void> => {
    holding ||= matches(request);
    if (!holding) return;
    reach();
    await released;
  };
  const abandon = (): void => {
    proxy[when] = () => undefined;
  };
  proxy[when] = hold;
  return {
    reached,
    release() {
      abandon();
      release();
    },
    abandon,
  };
}

/** Requests that match are held; all others pass. */
export function stallAt(
  proxy: StoreProxy,
  when: 'before' | 'after',
  matches: (request: StoreRequest) => boolean,
): HoldPoint {
  const point = holdAt(proxy, when, () => true);
  const hold = proxy[when];
  proxy[when] = (request) => (matches(request) ? hold(request) : undefined);
  return point;
}

/** The record of a finished chunk, which makes it part of the ledger. */
export const isRecord = ({ method, path }: StoreRequest): boolean =>
  method === 'PUT' && /\/chunks\/\d+\.json/.test(path);

/** The same, but of the requests from the first record on; none before it matches. */
export function fromRecord(matches: (request: StoreRequest) => boolean): (request: StoreRequest) => boolean {
  let recorded = false;
  return (request) => (recorded ||= isRecord(request)) && matches(request);
}

/** True from the request on that is number `count` of those that match. */
export function countdown(
  count: number,
  matches: (request: StoreRequest) => boolean = () => true,
): (request: StoreRequest) => boolean {
  let left = count;
  return (request) => matches(request) && --left <= 0;
}

/** The children of a process whose command line contains the text. */
export async function childrenOf(parent: number, text: string): Promise<number[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,args=']);
  return stdout
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null && Number(match[2]) === parent && match[3]!.includes(text))
    .map((match) => Number(match![1]));
}

/** One line of an operator's or worker's log. */
export interface LogLine extends Record<string, unknown> {
  msg: string;
  pid: number;
}

export function readLog(file: string): LogLine[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as LogLine);
}
