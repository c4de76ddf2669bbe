import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { messageOf } from '../kubernetes.ts';
import type { Admission } from './admit.ts';
import { Bodies, BodyRefused } from './body.ts';
import type { Certificate } from './certificate.ts';
import { listen, type Listening } from './listen.ts';
import { readReview, reviewOf } from './review.ts';

/** Milliseconds. */
const HEADERS_TIMEOUT = 5_000;
const REQUEST_TIMEOUT = 15_000;
/** Longer than the API server keeps idle connections, so that it never sends on one that is being closed. */
const KEEP_ALIVE = 150_000;
const STOP_GRACE = 10_000;
const MAX_CONNECTIONS = 256;

export interface WebhookOptions {
  /** 0: any free one. */
  port: number;
  certificate: Certificate;
  /** By path. */
  admissions: Readonly<Record<string, Admission>>;
  log: Logger;
}

export interface WebhookServer extends Listening {
  /** Of connections from now on; those that are open go on. */
  setCertificate(certificate: Certificate): void;
}

/** An HTTPS server that answers AdmissionReviews on all interfaces. @throws Error when it cannot listen on the port */
export async function serveWebhook(options: WebhookOptions): Promise<WebhookServer> {
  const { port, certificate, admissions, log } = options;
  const bodies = new Bodies();
  const timeouts = {
    headersTimeout: HEADERS_TIMEOUT,
    requestTimeout: REQUEST_TIMEOUT,
    keepAliveTimeout: KEEP_ALIVE,
  };
  const server = createServer({ ...timeouts, ...certificate, minVersion: 'TLSv1.2' }, (request, response) => {
    void answer(request, response, admissions, bodies, log);
  });
  server.maxConnections = MAX_CONNECTIONS;
  // Whoever is no TLS client, or does not trust the certificate.
  server.on('tlsClientError', (error) =>
    log.debug({ reason: messageOf(error) }, 'webhook: no TLS connection'),
  );
  const listening = await listen(server, { port, grace: STOP_GRACE });
  server.on('error', (error) => log.error({ reason: messageOf(error) }, 'webhook'));
  return {
    ...listening,
    setCertificate: (renewed) => server.setSecureContext({ ...renewed, minVersion: 'TLSv1.2' }),
  };
}

/** Never rejects. */
async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  admissions: WebhookOptions['admissions'],
  bodies: Bodies,
  log: Logger,
): Promise<void> {
  const path = (request.url ?? '').split('?')[0]!;
  const admission = Object.hasOwn(admissions, path) ? admissions[path] : undefined;
  try {
    if (path === '/healthz') return send(response, 200, 'ok');
    if (admission === undefined) return send(response, 404, `no such path; there are ${known(admissions)}`);
    if (request.method !== 'POST') return send(response, 405, 'POST an AdmissionReview');
    await bodies.read(request, async (body) => {
      const asked = readReview(parsed(body));
      if (asked === undefined) return send(response, 400, 'not an AdmissionReview of admission.k8s.io/v1');
      send(response, 200, JSON.stringify(reviewOf(asked, await admission(asked))), 'application/json');
    });
  } catch (error) {
    if (error instanceof BodyRefused) return refuse(response, error);
    // The API server decides by its failurePolicy.
    log.error({ path, reason: messageOf(error) }, 'webhook: a request could not be answered');
    if (!response.headersSent) send(response, 500, 'the resource could not be checked');
  }
}

function send(response: ServerResponse, status: number, body: string, type = 'text/plain'): void {
  response.writeHead(status, { 'content-type': type }).end(body);
}

/** Without reading the rest of what comes. */
function refuse(response: ServerResponse, { status, message }: BodyRefused): void {
  response.shouldKeepAlive = false;
  send(response, status, message);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function known(admissions: WebhookOptions['admissions']): string {
  return [...Object.keys(admissions), '/healthz'].join(', ');
}
