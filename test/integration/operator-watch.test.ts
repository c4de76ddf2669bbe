import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import pino from 'pino';
import { KubernetesClient, KubernetesError, loadKubeConfig } from '../../operator/kubernetes.ts';
import { Outage } from '../../operator/watch/outage.ts';
import { watchCollection, type WatchSource } from '../../operator/watch/watcher.ts';
import { createNamespace } from '../support/kubernetes.ts';
import { specTo } from '../support/operator-cluster.ts';
import { poll } from '../support/poll.ts';

interface Item {
  metadata: { name: string; resourceVersion: string };
}

let direct: KubernetesClient;
let path: string;
let stop: AbortController;
let finished: Promise<void> | undefined;
let seen: string[];

beforeAll(async () => {
  direct = new KubernetesClient(loadKubeConfig(process.env['KUBECONFIG']));
  path = `/apis/fybrik.io/v1/namespaces/${await createNamespace('watch')}/batchtransfers`;
});
beforeEach(() => {
  stop = new AbortController();
  seen = [];
});
afterEach(async () => {
  stop.abort();
  await finished;
});
afterAll(() => direct.close());

function watch(source: WatchSource): void {
  finished = watchCollection<Item>(
    source,
    {
      path,
      onList: (items) => seen.push('list', ...items.map(({ metadata }) => metadata.name)),
      onEvent: (type, { metadata }) => seen.push(`${type} ${metadata.name}`),
      onReconnect: () => seen.push('reconnect'),
      outage: new Outage(pino({ level: 'silent' }), 'API'),
      timings: { backoffBase: 1, backoffMax: 50 },
    },
    stop.signal,
  );
}

const create = (name: string): Promise<unknown> =>
  direct.create(path, {
    apiVersion: 'fybrik.io/v1',
    kind: 'BatchTransfer',
    metadata: { name },
    spec: specTo('out'),
  });
const until = (what: string): Promise<string[]> =>
  poll(
    () => seen,
    (all) => all.includes(what),
    what,
  );

test('a watch from where the server has forgotten the past: a new list, and on from there', async () => {
  let lists = 0;
  let forgotten = 0;
  const source: WatchSource = {
    async list<T>(from: string, signal: AbortSignal) {
      lists += 1;
      const list = await direct.list<T>(from, signal);
      // as after an outage that was longer than what the server keeps
      return lists === 1 ? { ...list, resourceVersion: '1' } : list;
    },
    async *watch<T>(...request: Parameters<WatchSource['watch']>) {
      try {
        for await (const event of direct.watch<T & { code?: number }>(...request)) {
          if (event.type === 'ERROR' && event.object.code === 410) forgotten += 1;
          yield event;
        }
      } catch (error) {
        if (error instanceof KubernetesError && error.status === 410) forgotten += 1;
        throw error;
      }
    },
  };
  watch(source);
  await poll(
    () => lists,
    (count) => count > 1,
    'another list',
  );
  expect(forgotten).toBeGreaterThan(0);
  await create('after-410');
  await until('ADDED after-410');
});

test('connections that break, and a server that is away: what happened meanwhile is told', async () => {
  const sockets = new Set<Socket>();
  const server = new URL(loadKubeConfig(process.env['KUBECONFIG']).getCurrentCluster()!.server);
  const relay = (): Server =>
    createServer((socket) => {
      const upstream = connect(Number(server.port), server.hostname);
      for (const side of [socket, upstream]) {
        sockets.add(side);
        side.on('error', () => undefined).on('close', () => [socket, upstream].map((each) => each.destroy()));
      }
      socket.pipe(upstream).pipe(socket);
    });
  let proxy = relay();
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as AddressInfo;
  const config = loadKubeConfig(process.env['KUBECONFIG']);
  config.clusters = config.clusters.map((cluster) => ({ ...cluster, server: `https://127.0.0.1:${port}` }));
  const client = new KubernetesClient(config);
  watch(client);
  await until('list');
  await create('before');
  await until('ADDED before');

  // a connection that breaks
  for (const socket of sockets) socket.destroy();
  await until('reconnect');
  await create('between');
  await until('ADDED between');

  // a server that is away for a while
  seen.length = 0;
  const closed = new Promise((resolve) => proxy.close(resolve));
  for (const socket of sockets) socket.destroy();
  await closed;
  await create('meanwhile');
  proxy = relay();
  await new Promise<void>((resolve) => proxy.listen(port, '127.0.0.1', resolve));
  await until('ADDED meanwhile');
  expect(seen).toEqual(['reconnect', 'ADDED meanwhile']);

  stop.abort();
  client.close();
  proxy.close();
  for (const socket of sockets) socket.destroy();
});
