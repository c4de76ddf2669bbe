import { createHash } from 'node:crypto';
import { paymentsCsv } from '../../deploy/local/payments.ts';
import type { ResourceStatus } from '../../operator/api/status.ts';
import { bucketsOf } from './buckets.ts';
import { batchTransfer, clusterOf } from './cluster.ts';
import type { ServerEnvironment } from './server-environment.ts';
import type { Stack } from './stack.ts';
import { startStoreProxy, type StoreProxy } from './store-proxy.ts';
import { workflowsOf } from './workflows.ts';

const TRANSFORMATION = [{ action: 'DigestColumns', columns: ['nameDest'], options: { algo: 'sha256' } }];
/** Time-outs of dead workers and leaders pass, retries become due. */
const DEADLINE_MS = 100_000;

/** Copies of generated payments in a bucket of their own, through a proxy that can stop the world. */
export interface PaymentCopies {
  proxy: StoreProxy;
  /** Resources that copy so many payments each to `out/<name>.parquet`; `more` of their specs, and their annotations. */
  start(names: string[], rows: number, more?: object, annotations?: object): Promise<void>;
  /** Puts other payments in the place of those that such copies read. */
  replaceSource(rows: number): Promise<void>;
  /** Waits for the end. */
  end(name: string): Promise<ResourceStatus>;
  /** SHA-256 of the object that the copy made. */
  result(name: string): Promise<string>;
  /** Chunks whose record is in some ledger. */
  recordedChunks(): Promise<number[]>;
  /** Objects that are neither source nor result, and unfinished uploads. */
  leftovers(): Promise<string[]>;
  /** What was ever started for the resource, and the reasons of its events that must be unique. */
  history(name: string): Promise<{ workflows: number; started: number; success: number }>;
  close(): Promise<void>;
}

export const ONCE = { workflows: 1, started: 1, success: 1 };

export async function paymentCopies(stack: Stack, servers: ServerEnvironment): Promise<PaymentCopies> {
  const { namespace } = stack;
  const cluster = clusterOf(servers);
  const buckets = bucketsOf(servers);
  const workflows = await workflowsOf(servers);
  const proxy = await startStoreProxy(buckets.endpoint);
  const bucket = await buckets.createBucket('payments');
  const sources = new Set<string>();
  const sourceKey = (rows: number): string => `in/${rows}.csv`;

  return {
    proxy,
    async start(names, rows, more = {}, annotations = {}) {
      const source = sourceKey(rows);
      if (!sources.has(source)) await buckets.put(bucket, source, [...paymentsCsv(rows)].join(''));
      sources.add(source);
      const side = (key: string): object => buckets.s3Side(bucket, key, { endpoint: proxy.endpoint });
      const items = names.map((name) => ({
        ...batchTransfer(namespace, name, {
          source: side(source),
          destination: side(`out/${name}.parquet`),
          transformation: TRANSFORMATION,
          ...more,
        }),
        metadata: { namespace, name, annotations },
      }));
      const { code, stderr } = await cluster.apply({ apiVersion: 'v1', kind: 'List', items });
      if (code !== 0) throw new Error(stderr);
    },
    replaceSource: (rows) => buckets.put(bucket, sourceKey(rows), [...paymentsCsv(rows, 2)].join('')),
    end: (name) => cluster.untilStatus(namespace, name, ['Succeeded', 'Fatal'], DEADLINE_MS),
    async result(name) {
      const object = await buckets.get(bucket, `out/${name}.parquet`);
      return createHash('sha256').update(object).digest('hex');
    },
    async recordedChunks() {
      const records = (await buckets.keys(bucket)).map((key) => /\/chunks\/(\d+)\.json$/.exec(key)?.[1]);
      return records.filter((chunk) => chunk !== undefined).map(Number);
    },
    async leftovers() {
      const others = (await buckets.keys(bucket)).filter((key) => !/^(in|out)\//.test(key));
      return [...others, ...(await buckets.uploads(bucket))];
    },
    async history(name) {
      const events = await cluster.eventsOf(namespace, name);
      const count = (reason: string): number => events.filter((event) => event.reason === reason).length;
      const runs = (await workflows.ofNamespace(namespace)).filter(({ workflowId }) =>
        workflowId.startsWith(`BatchTransfer/${namespace}/${name}/`),
      );
      return { workflows: runs.length, started: count('Started'), success: count('Success') };
    },
    async close() {
      await Promise.all([workflows.close(), proxy.close()]);
    },
  };
}
