import { request as httpsRequest, Agent } from 'node:https';
import { connect } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import pino from 'pino';
import { validateTransfer } from '../../operator/api/index.ts';
import { clauseChecker } from '../../operator/clauses.ts';
import { admissions } from '../../operator/webhook/admit.ts';
import { bundle } from '../../operator/webhook/certificate-secret.ts';
import { makeCertificate, type Certificate } from '../../operator/webhook/certificate.ts';
import { serveWebhook, type WebhookServer } from '../../operator/webhook/server.ts';
import { review } from '../support/admission.ts';
import { mutated } from '../support/mutated.ts';
import { runs } from '../support/runs.ts';
import { batchTransfer, S3, syncTransfer } from './api-resources.ts';

const log = pino({ level: 'silent' });
const { check: clauses, close } = clauseChecker(log);
let certificate: Certificate;
let server: WebhookServer;

const certificateNow = () =>
  makeCertificate(['localhost'], {
    from: new Date(Date.now() - 60_000),
    until: new Date(Date.now() + 3_600_000),
  });
const serve = (certificate: Certificate) =>
  serveWebhook({
    port: 0,
    certificate,
    log,
    admissions: {
      ...admissions({}, clauses),
      '/broken': () => Promise.reject(new Error('no idea')),
    },
  });

beforeAll(async () => {
  certificate = await certificateNow();
  server = await serve(certificate);
});
afterAll(() => {
  close();
  return server.stop();
});

interface Reply {
  status: number;
  body: string;
  /** Of the certificate. */
  fingerprint: string;
}

interface Send {
  method?: string;
  path?: string;
  body?: string | Buffer;
  ca?: string;
  agent?: Agent;
  port?: number;
}

const send = ({ method = 'POST', path = '/validate', body = '', ca = certificate.cert, ...more }: Send) =>
  new Promise<Reply>((resolve, reject) => {
    const { agent = new Agent(), port = server.port } = more;
    const options = { host: 'localhost', port, method, path, agent, ca };
    const sent = httpsRequest(options, (response) => {
      const { fingerprint256 } = (response.socket as TLSSocket).getPeerCertificate();
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('end', () => {
        resolve({ status: response.statusCode!, body: text, fingerprint: fingerprint256 });
        if (more.agent === undefined) agent.destroy();
      });
    });
    sent.on('error', reject).end(body);
  });

const validated = async (object: unknown, agent?: Agent) => {
  const { status, body } = await send({ body: JSON.stringify(review({ object })), ...(agent && { agent }) });
  return { status, response: status === 200 ? JSON.parse(body).response : body };
};

describe('over HTTPS', () => {
  test('a resource that is right is allowed, one that is wrong is refused', async () => {
    expect(await validated(batchTransfer())).toEqual({
      status: 200,
      response: { uid: 'request-1', allowed: true },
    });
    const { response } = await validated(batchTransfer({ schedule: 'x' }));
    expect(response).toMatchObject({ allowed: false, status: { code: 422 } });
  });

  test('defaults come as a JSON patch', async () => {
    const { body } = await send({
      path: '/default?timeout=5s',
      body: JSON.stringify(review({ object: batchTransfer() })),
    });
    const { patchType, patch } = JSON.parse(body).response;
    expect(patchType).toBe('JSONPatch');
    expect(JSON.parse(Buffer.from(patch, 'base64').toString())).toEqual([
      { op: 'add', path: '/spec/source/description', value: 's3://myBucket/in.csv' },
      { op: 'add', path: '/spec/destination/description', value: 's3://myBucket/obj.parq' },
    ]);
  });

  test.each<[string, Send, number]>([
    ['it is alive', { method: 'GET', path: '/healthz' }, 200],
    ['another path', { path: '/constructor' }, 404],
    ['another method', { method: 'GET' }, 405],
    ['nothing', {}, 400],
    ['no JSON', { body: '{' }, 400],
    ['no review', { body: '[]' }, 400],
    ['a review without a request', { body: JSON.stringify({ ...review({}), request: undefined }) }, 400],
    ['more than there may be', { body: Buffer.alloc(7 * 2 ** 20, ' ') }, 413],
    ['what cannot be answered', { path: '/broken', body: JSON.stringify(review({})) }, 500],
  ])('%s', async (_, sent, status) => {
    expect(await send(sent)).toMatchObject({ status });
    expect(await validated(batchTransfer())).toMatchObject({ status: 200 });
  });

  test('many large bodies at once are refused, not held', async () => {
    const body = Buffer.alloc(6 * 2 ** 20, ' ');
    const replies = await Promise.allSettled(Array.from({ length: 20 }, () => send({ body })));
    const statuses = replies.map((reply) => (reply.status === 'fulfilled' ? reply.value.status : 0));
    expect(statuses).toContain(400);
    expect(await validated(batchTransfer())).toMatchObject({ status: 200 });
  });

  test('deep nesting does no harm', async () => {
    const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    for (const operation of ['CREATE', 'UPDATE']) {
      const object = batchTransfer({ transformation: [{ action: 'Redact', columns: ['a'], options: 0 }] });
      const oldObject = batchTransfer({ transformation: [{ action: 'Redact', columns: ['a'], options: 0 }] });
      const body = JSON.stringify(review({ operation, object, oldObject })).replaceAll(
        '"options":0',
        `"options":${deep}`,
      );
      const { status, body: said } = await send({ body });
      expect(status === 200 ? JSON.parse(said).response.allowed : status).toBe(
        operation === 'CREATE' ? false : 500,
      );
    }
    expect(await validated(batchTransfer())).toMatchObject({ status: 200 });
  });
});

describe('certificates', () => {
  test('are exchanged without a failed request: new connections get the new one', async () => {
    const [first, second] = [await certificateNow(), await certificateNow()];
    const own = await serve(first);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ca = bundle([first.cert, second.cert]);
    const ask = (used?: Agent) =>
      send({
        port: own.port,
        ca,
        body: JSON.stringify(review({ object: batchTransfer() })),
        ...(used && { agent: used }),
      });
    const before = await ask(agent);
    own.setCertificate(second);
    const [kept, opened] = await Promise.all([ask(agent), ask()]);
    expect([before.status, kept.status, opened.status]).toEqual([200, 200, 200]);
    expect(opened.fingerprint).not.toBe(before.fingerprint);
    agent.destroy();
    await own.stop();
  });

  test('stopping finishes what is under way, and takes nothing more', async () => {
    const under = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const slow = await serveWebhook({
      port: 0,
      certificate,
      log,
      admissions: {
        '/validate': async () => {
          begun.resolve();
          await under.promise;
          return { allowed: true, warnings: [] };
        },
      },
    });
    const asked = send({ port: slow.port, body: JSON.stringify(review({ object: batchTransfer() })) });
    await begun.promise;
    const stopped = slow.stop();
    await expect(send({ port: slow.port })).rejects.toThrow(/ECONNREFUSED/);
    under.resolve();
    expect(await asked).toMatchObject({ status: 200 });
    await stopped;
  });

  test('who does not trust it, or speaks no TLS, does no harm', async () => {
    const distrusting = connectTls({ port: server.port, host: 'localhost' });
    await new Promise((resolve) => distrusting.once('error', resolve));
    const plain = connect({ port: server.port, host: 'localhost' }).on('error', () => undefined);
    plain.write('GET / HTTP/1.1\r\n\r\n');
    await new Promise((resolve) => plain.once('close', resolve));
    expect(await validated(batchTransfer())).toMatchObject({ status: 200 });
  });
});

const everything = batchTransfer({
  source: { s3: { ...S3, objectKey: 'in.csv', csv: { delimiter: ';' } } },
  transformation: [
    { action: 'Redact', columns: ['a'], options: { redactType: 'formatted', keepLast: 4 } },
    { action: 'Digest', columns: ['a'], options: { algo: 'sha256', salt: 's' } },
    { action: 'Filter', options: { clause: "a > 1 AND b RLIKE '^x' OR c LIKE 'a%'" } },
    { action: 'Encrypt', columns: ['a'], options: { key: Buffer.alloc(32).toString('base64') } },
    { action: 'Sample', options: { fraction: '0.5', seed: 1 } },
    { action: 'Remove', columns: ['b'] },
  ],
  schedule: '@daily',
  limits: { bandwidth: '1Mi' },
});
const resources = fc.oneof(
  fc.jsonValue(),
  mutated(everything),
  mutated(syncTransfer()),
  mutated(batchTransfer()),
);
const clauseTexts = fc
  .array(
    fc.constantFrom(
      ...`a "b" 'x' 1 = < AND OR NOT ( ) , RLIKE LIKE IN CASE WHEN THEN END abs now . || IS NULL`.split(' '),
    ),
  )
  .map((words) => words.join(' '));

describe('whatever is sent', () => {
  test('is answered, and as the operator would decide', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const asked = fc.oneof(
      resources,
      clauseTexts.map((clause) =>
        batchTransfer({ transformation: [{ action: 'Filter', options: { clause } }] }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(asked, async (resource) => {
        const { apiVersion, kind, spec } = Object(resource);
        const stored = { apiVersion, kind, spec, metadata: batchTransfer()['metadata'] };
        const parsed = await validateTransfer(stored, {}, clauses);
        const { status, response } = await validated(resource, agent);
        expect(status).toBe(200);
        expect(response.allowed).toBe(parsed.ok || parsed.state === 'Fatal');
        if (!response.allowed) expect(response.status.details.causes.length).toBeGreaterThan(0);
      }),
      { numRuns: runs(300) },
    );
    agent.destroy();
  });

  test('10,000 resources are decided on without an error', async () => {
    const decide = admissions({ SECRET_PROVIDER_URL: 'u' }, clauses)['/default']!;
    await fc.assert(
      fc.asyncProperty(resources, async (object) => {
        const { request } = review({ object }) as { request: Parameters<typeof decide>[0] };
        expect(await decide(request)).toHaveProperty('allowed');
      }),
      { numRuns: runs(10_000) },
    );
  });
});
