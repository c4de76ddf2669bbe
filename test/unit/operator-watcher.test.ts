import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { KubeConfig } from '@kubernetes/client-node';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import pino from 'pino';
import { KubernetesClient, KubernetesError } from '../../operator/kubernetes.ts';
import { Outage } from '../../operator/watch/outage.ts';
import { readiness } from '../../operator/watch/readiness.ts';
import { watchCollection } from '../../operator/watch/watcher.ts';
import type { WatchTimings } from '../../operator/watch/watcher.ts';
import { poll } from '../support/poll.ts';

interface Item {
  metadata: { name: string; resourceVersion: string };
}

/** A fake API server: each request is answered by the next step of the script. */
type Step = (request: URL, response: ServerResponse) => void;

let script: Step[];
let requests: URL[];
let seen: string[];
let logged: string[];
let stop: AbortController;
let finished: Promise<void> | undefined;
const server = createServer((request: IncomingMessage, response) => {
  const url = new URL(request.url ?? '', 'http://localhost');
  requests.push(url);
  const step = script.shift();
  // the script is over: a watch that stays silent
  if (step) step(url, response);
  else response.writeHead(200).flushHeaders();
});

beforeEach(async () => {
  [script, requests, seen, logged] = [[], [], [], []];
  stop = new AbortController();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  stop.abort();
  await finished;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function client(): KubernetesClient {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'fake', server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: 'user' },
  );
  return new KubernetesClient(config);
}

function watch(timings: Partial<WatchTimings> = {}): void {
  const log = pino({ base: null, timestamp: false }, { write: (line: string) => void logged.push(line) });
  finished = watchCollection<Item>(
    client(),
    {
      path: '/things',
      onList: (items) => seen.push(`list ${items.map(({ metadata }) => metadata.name).join(',')}`),
      onEvent: (type, { metadata }) => seen.push(`${type} ${metadata.name}`),
      onReconnect: () => seen.push('reconnect'),
      onMissing: () => seen.push('missing'),
      outage: new Outage(log, 'API'),
      timings: { backoffBase: 1, backoffMax: 5, ...timings },
    },
    stop.signal,
  );
}

const item = (name: string, resourceVersion: string): Item => ({ metadata: { name, resourceVersion } });
const json =
  (body: unknown, status = 200): Step =>
  (_, response) =>
    void response.writeHead(status).end(JSON.stringify(body));
const list = (resourceVersion: string, ...items: Item[]): Step =>
  json({ metadata: { resourceVersion }, items });
const line = (type: string, object: unknown): string => `${JSON.stringify({ type, object })}\n`;
/** A watch that sends these lines, then ends as told. */
const stream =
  (lines: string[], end: 'end' | 'reset' | 'open'): Step =>
  (_, response) => {
    response.writeHead(200);
    response.write(lines.join(''), () => {
      if (end === 'end') response.end();
      if (end === 'reset') response.destroy();
    });
  };
const until = (count: number) =>
  poll(
    () => requests.length,
    (length) => length >= count,
    `${count} requests`,
    5_000,
  );
const versions = () => requests.map(({ searchParams }) => searchParams.get('resourceVersion'));

test('lists in pages, then watches from there with bookmarks', async () => {
  script = [
    json({ metadata: { resourceVersion: '5', continue: 'more' }, items: [item('a', '1')] }),
    list('5', item('b', '2')),
    stream([line('ADDED', item('c', '6'))], 'open'),
  ];
  watch();
  await poll(
    () => seen.length,
    (length) => length === 2,
    'list and event',
    5_000,
  );
  expect(seen).toEqual(['list a,b', 'ADDED c']);
  expect(requests[1]?.searchParams.get('continue')).toBe('more');
  expect(requests[0]?.searchParams.get('limit')).toBe('100');
  expect(Object.fromEntries(requests[2]!.searchParams)).toMatchObject({
    watch: '1',
    resourceVersion: '5',
    allowWatchBookmarks: 'true',
  });
  expect(Number(requests[2]?.searchParams.get('timeoutSeconds'))).toBeGreaterThanOrEqual(240);
});

test('a watch that the server ends goes on from the last bookmark, without a list', async () => {
  script = [list('5'), stream([line('BOOKMARK', item('', '90'))], 'end')];
  watch();
  await until(3);
  expect(versions()).toEqual([null, '5', '90']);
  expect(seen).toEqual(['list ']);
  expect(logged).toEqual([]);
});

test('a broken connection resumes where it was; one log line for the outage, one for its end', async () => {
  script = [
    list('5'),
    stream([line('MODIFIED', item('a', '7')), '{"type":"MODI'], 'reset'),
    (_, response) => void response.destroy(),
    (_, response) => void response.destroy(),
  ];
  watch();
  await until(5);
  await poll(
    () => seen,
    (all) => all.includes('reconnect'),
    'reconnect',
    5_000,
  );
  expect(versions()).toEqual([null, '5', '7', '7', '7']);
  expect(seen).toEqual(['list ', 'MODIFIED a', 'reconnect']);
  expect(logged.map((entry) => JSON.parse(entry).msg)).toEqual([
    'API cannot be used; trying again until it can',
    'API can be used again',
  ]);
});

test.each([
  ['as an event', stream([line('ERROR', { code: 410, message: 'too old resource version' })], 'end')],
  ['as a reply', json({ code: 410, message: 'too old' }, 410)],
])('a forgotten version (410 %s) means a new list', async (_, forgotten) => {
  script = [list('5', item('a', '1')), forgotten, list('50', item('b', '49'))];
  watch();
  await until(4);
  expect(seen).toEqual(expect.arrayContaining(['list a', 'list b']));
  expect(versions()).toEqual([null, '5', null, '50']);
  expect(logged).toEqual([]);
});

test('silence means a dead connection', async () => {
  script = [list('5'), stream([], 'open')];
  watch({ watch: 0, grace: 50 });
  await until(3);
  // the next watch is silent, too, and may have been given up by now
  expect(versions().slice(0, 3)).toEqual([null, '5', '5']);
  expect(JSON.parse(logged[0]!).reason).toMatch(/nothing received for 0.05 s/);
});

test('a watch that ends at once, and again, is a failure', async () => {
  script = [list('5'), stream([], 'end'), stream([], 'end')];
  watch();
  await until(4);
  expect(JSON.parse(logged[0]!).reason).toBe('the watch ended at once');
});

test('lists anew from time to time', async () => {
  script = [list('5'), stream([], 'end'), list('6'), stream([], 'end')];
  watch({ relist: 0, shortest: 0 });
  await until(4);
  expect(seen.slice(0, 2)).toEqual(['list ', 'list ']);
});

test('a missing custom resource definition says what to do', async () => {
  script = [(_, response) => void response.writeHead(404).end('404 page not found'), list('1')];
  watch();
  await until(3);
  expect(JSON.parse(logged[0]!).reason).toMatch(/kubectl apply -f deploy\/crds/);
});

test('refusals carry status and message; a request without reply ends in time', async () => {
  script = [json({ message: 'the object has been modified' }, 409), () => undefined];
  const api = client();
  await expect(api.get('/a')).rejects.toMatchObject({
    status: 409,
    message: expect.stringMatching(/GET \/a: 409 the object/),
  });
  const error: unknown = await api.get('/b', { timeout: 50 }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(KubernetesError);
  expect(error).toMatchObject({ status: 0, unavailable: true, message: 'GET /b: no reply: timed out' });
});

test('what is not installed is said to be missing, and is looked for again', async () => {
  const none = json({ message: 'not found' }, 404);
  script = [none, none, list('5', item('a', '1')), stream([], 'open')];
  watch();
  await until(4);
  expect(seen).toEqual(['missing', 'missing', 'list a', 'reconnect']);
  expect(logged.map((text): unknown => JSON.parse(text))).toEqual([
    expect.objectContaining({
      reason: expect.stringContaining('definition is not installed: kubectl apply'),
    }),
    expect.objectContaining({ msg: 'API can be used again' }),
  ]);
});

test('the operator is ready when all types have been looked for and some are there', () => {
  const batch = { apiVersion: 'fybrik.io/v1', kind: 'BatchTransfer' } as const;
  const motion = { ...batch, apiVersion: 'motion.fybrik.io/v1alpha1' };
  let ready = 0;
  const looked = readiness([batch, motion], () => (ready += 1));
  looked(motion, false);
  looked(motion, false);
  expect(ready).toBe(0);
  looked(batch, false);
  expect(ready).toBe(0);
  looked(batch, true);
  expect(ready).toBe(1);
  looked(motion, true);
  expect(ready).toBe(1);
});
