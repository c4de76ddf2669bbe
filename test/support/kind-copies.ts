import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import type { ResourceStatus } from '../../operator/api/status.ts';
import { bucketsOf } from './buckets.ts';
import { batchTransfer, clusterOf } from './cluster.ts';
import { KEY, copyKinds, kindSources } from './copy-kinds.ts';
import type { ServerEnvironment } from './server-environment.ts';
import type { Stack } from './stack.ts';
import { startStoreProxy, type StoreProxy } from './store-proxy.ts';

/** Time-outs of dead workers pass, retries become due; the machine may be busy. */
const DEADLINE_MS = 150_000;

/** Copies of every kind in a bucket of their own, through a proxy that can stop the world or have exchanges fail. */
export interface KindCopies {
  proxy: StoreProxy;
  bucket: string;
  kinds: string[];
  /** A resource that copies data of this kind. */
  start(kind: string, name: string): Promise<void>;
  /** Waits for the end. */
  end(name: string): Promise<ResourceStatus>;
  /** Object, as named behind the copy's own key -> SHA-256 of it, or of its rows where nonces are random. */
  result(kind: string, name: string): Promise<Record<string, string>>;
  /** Key of the copy. */
  keyOf(kind: string, name: string): string;
  /** Everything in the bucket but the sources: keys, in order, and unfinished uploads. */
  holds(): Promise<{ keys: string[]; uploads: string[] }>;
  /** Records of chunks that were written more than once, or for another plan than the first. */
  repeated(): string[];
  close(): Promise<void>;
}

export async function kindCopies(stack: Stack, servers: ServerEnvironment): Promise<KindCopies> {
  const { namespace } = stack;
  const cluster = clusterOf(servers);
  const buckets = bucketsOf(servers);
  const proxy = await startStoreProxy(buckets.endpoint);
  const bucket = await buckets.createBucket('kinds');
  const kinds = copyKinds(proxy.endpoint.replace('127.0.0.1', 'localhost'));
  for (const [key, data] of Object.entries(await kindSources())) await buckets.put(bucket, `in/${key}`, data);
  const keyFile = join(stack.dir, 'key');
  writeFileSync(keyFile, `${KEY}\n`);
  const keyOf = (kind: string, name: string): string => `out/${name}${kinds[kind]!.target}`;
  const own = (key: string): boolean => !key.startsWith('in/');

  return {
    proxy,
    bucket,
    kinds: Object.keys(kinds),
    async start(kind, name) {
      const { source, sourceSide, destinationSide, transformation } = kinds[kind]!;
      const side = (key: string, more: object = {}): object =>
        buckets.s3Side(bucket, key, { endpoint: proxy.endpoint, ...more });
      const spec = {
        source: side(`in/${source}`, sourceSide),
        destination: side(keyOf(kind, name), destinationSide),
        ...(transformation && { transformation }),
      };
      const { code, stderr } = await cluster.apply(batchTransfer(namespace, name, spec));
      if (code !== 0) throw new Error(stderr);
    },
    end: (name) => cluster.untilStatus(namespace, name, ['Succeeded', 'Fatal'], DEADLINE_MS),
    keyOf,
    async result(kind, name) {
      const { several, encrypted } = kinds[kind]!;
      const key = keyOf(kind, name);
      const prefix = key.endsWith('/') ? key : `${key}/`;
      const all = await buckets.keys(bucket);
      const result: Record<string, string> = {};
      for (const found of all.filter((each) => (several ? each.startsWith(prefix) : each === key))) {
        const object = await buckets.get(bucket, found);
        const data = encrypted === undefined ? object : await decrypted(object, encrypted, keyFile);
        result[found.slice(key.length)] = createHash('sha256').update(data).digest('hex');
      }
      return result;
    },
    async holds() {
      const keys = (await buckets.keys(bucket)).filter(own);
      return { keys, uploads: await buckets.uploads(bucket) };
    },
    repeated() {
      const records = proxy.done.filter((line) => /^PUT .*\/chunks\/\d+\.json/.test(line));
      const again = records.filter((line, index) => records.indexOf(line) < index);
      return [...again, ...records.filter((line) => !line.includes('/0/chunks/'))];
    },
    close: () => proxy.close(),
  };
}

/** By `ddc decrypt`. */
async function decrypted(csv: Buffer, column: string, keyFile: string): Promise<Buffer> {
  const args = ['decrypt', '--key-file', keyFile, '--column', column, '--format', 'csv'];
  const child = spawn(process.execPath, ['cli/main.ts', ...args]);
  child.stdin.end(csv);
  const [stdout, stderr] = await Promise.all([buffer(child.stdout), text(child.stderr)]);
  if (stdout.length === 0) throw new Error(`ddc decrypt: ${stderr}`);
  return stdout;
}
