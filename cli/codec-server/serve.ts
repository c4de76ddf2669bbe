import {
  createServer as createHttp,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { PayloadCodec } from '@temporalio/common';
import type { Logger } from 'pino';
import { CodecError } from '../../codec/errors.ts';
import { Bodies, BodyRefused } from '../../operator/webhook/body.ts';
import { listen, type Listening } from '../../operator/webhook/listen.ts';
import type { Authenticate } from './authenticate.ts';
import { BadBody, OPERATIONS, transformed, type Operation } from './payloads.ts';

/** Bytes of one request: what the Web UI shows of a history at once. */
const MAX_BODY = 32 * 2 ** 20;
/** Milliseconds. */
const HEADERS_TIMEOUT = 5_000;
const REQUEST_TIMEOUT = 15_000;
const STOP_GRACE = 5_000;
const MAX_CONNECTIONS = 256;
/** Seconds for which browsers may remember what they are allowed. */
const PREFLIGHT_AGE = '600';

export interface CodecServerOptions {
  host: string;
  /** 0: any free one. */
  port: number;
  /** PEM; absent: plain HTTP. */
  certificate?: { cert: Buffer; key: Buffer };
  codec: PayloadCodec;
  authenticate: Authenticate;
  /** Of web pages that may ask, e.g. `https://temporal.example.com`. */
  origins: readonly string[];
  log: Logger;
}

/**
 * Encrypts and decrypts for people who look at Temporal, by its remote codec protocol: POST to paths that end in /encode and
 * /decode. @throws Error when it cannot listen
 */
export async function serveCodec(options: CodecServerOptions): Promise<Listening> {
  const { host, port, certificate } = options;
  const bodies = new Bodies(MAX_BODY);
  const timeouts = { headersTimeout: HEADERS_TIMEOUT, requestTimeout: REQUEST_TIMEOUT };
  const listener = (request: IncomingMessage, response: ServerResponse): void =>
    void answer(request, response, bodies, options);
  const server: Server = certificate
    ? createHttps({ ...timeouts, ...certificate, minVersion: 'TLSv1.2' }, listener)
    : createHttp(timeouts, listener);
  server.maxConnections = MAX_CONNECTIONS;
  return listen(server, { host, port, grace: STOP_GRACE });
}

/** Never rejects. */
async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  bodies: Bodies,
  { codec, authenticate, origins, log }: CodecServerOptions,
): Promise<void> {
  const path = (request.url ?? '').split('?')[0]!;
  const operation = OPERATIONS.find((name) => path.endsWith(`/${name}`));
  const { origin, authorization } = request.headers;
  const about: { operation?: Operation; who?: string } = operation === undefined ? {} : { operation };
  const send = (status: number, body: string, type = 'text/plain'): void => {
    if (operation !== undefined) log.info({ ...about, status }, 'codec server');
    // without reading the rest of what comes
    if (status === 413 || status === 503) response.shouldKeepAlive = false;
    response.writeHead(status, { 'content-type': type }).end(body);
  };
  try {
    if (path === '/healthz') return send(200, 'ok');
    if (operation === undefined)
      return send(404, 'no such path; there are .../encode, .../decode and /healthz');
    response.setHeader('vary', 'origin');
    if (origin !== undefined) {
      if (!origins.includes(origin)) return send(403, `${origin} is none of the origins that may ask`);
      allow(response, origin, request.headers['access-control-request-headers']);
    }
    if (request.method === 'OPTIONS') return void response.writeHead(204).end();
    if (request.method !== 'POST') return send(405, 'POST payloads');
    const who = await authenticate(authorization);
    if (who === undefined) {
      response.setHeader('www-authenticate', 'Bearer');
      return send(401, 'a valid token is missing: Authorization: Bearer <token>');
    }
    about.who = who;
    const result = await bodies.read(request, (body) => transformed(codec, operation, body));
    send(200, result, 'application/json');
  } catch (error) {
    if (error instanceof BodyRefused) return send(error.status, error.message);
    if (error instanceof BadBody || error instanceof CodecError) return send(400, error.message);
    log.error(
      { ...about, reason: error instanceof Error ? error.message : String(error) },
      'codec server failed',
    );
    if (!response.headersSent) send(503, 'it cannot be told who asks, or the request broke off');
  }
}

/** What a browser must be told before a page of another origin may ask. */
function allow(response: ServerResponse, origin: string, asked: string | undefined): void {
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-allow-methods', 'POST');
  // versions of the Web UI differ in the headers they send
  if (asked !== undefined) response.setHeader('access-control-allow-headers', asked);
  response.setHeader('access-control-allow-credentials', 'true');
  response.setHeader('access-control-max-age', PREFLIGHT_AGE);
}
