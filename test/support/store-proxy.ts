import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { PassThrough, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Fault, StoreRequest } from './store-faults.ts';

export interface StoreProxy {
  readonly endpoint: string;
  /** Every request so far, as `METHOD path`. */
  readonly seen: string[];
  /** Those that the store has carried out, though the answer may not have come through. */
  readonly done: string[];
  /** Every fault so far. */
  readonly faults: Fault[];
  /** Told of all that arrives, piece by piece: of every request its head, then its body. */
  arrived: (piece: Buffer) => void;
  /** Called before a request is passed on, which waits for the result. */
  before: (request: StoreRequest) => Promise<void> | void;
  /** Called when the store has done what was asked, before its answer is passed back. */
  after: (request: StoreRequest) => Promise<void> | void;
  /** What is to go wrong with a request, e.g. `faultsFor(0.1, 1)`. */
  fault: (request: StoreRequest) => Fault | undefined;
  close(): Promise<void>;
}

/**
 * Stands between the product and an object store, so that a test can stop the world at an exact request, or have
 * exchanges fail. Requests pass unchanged: their signatures name this proxy as the host, which is what the store
 * verifies.
 * @param tls PEM; the proxy then speaks TLS, as `localhost`
 */
export async function startStoreProxy(
  storeEndpoint: string,
  tls?: { key: string; cert: string },
): Promise<StoreProxy> {
  const { hostname, port } = new URL(storeEndpoint);
  const listener = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    // Either side may be killed at any moment; what remains of the exchange goes with it.
    forward(incoming, outgoing).catch(() => outgoing.destroy());
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  const proxy: StoreProxy = {
    endpoint: '',
    seen: [],
    done: [],
    faults: [],
    arrived: () => undefined,
    before: () => undefined,
    after: () => undefined,
    fault: () => undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `${tls === undefined ? 'http://127.0.0.1' : 'https://localhost'}:${(server.address() as AddressInfo).port}`;
  return Object.assign(proxy, { endpoint: address });

  async function forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = incoming;
    proxy.seen.push(`${method} ${path}`);
    proxy.arrived(Buffer.from(`${method} ${path}\n${JSON.stringify(headers)}\n`));
    const fault = proxy.fault({ method, path });
    if (fault !== undefined) proxy.faults.push(fault);
    await proxy.before({ method, path });
    const corrupt = fault?.kind === 'corrupt';
    if (fault?.done === false && !corrupt) return spoil(fault, incoming, outgoing);
    const passed = request({ hostname, port, method, path, headers });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      passed.once('response', resolve);
      passed.once('error', reject);
    });
    // The store may answer, and hang up, before it has read everything.
    const way = corrupt && !fault.done ? flippedBit() : listened((piece) => proxy.arrived(piece));
    pipeline(incoming, way, passed).catch(() => undefined);
    const answer = await answered;
    if (answer.statusCode! < 300) proxy.done.push(`${method} ${path}`);
    await proxy.after({ method, path });
    if (fault !== undefined && !corrupt) return spoil(fault, answer, outgoing);
    outgoing.writeHead(answer.statusCode!, answer.headers);
    await pipeline(answer, corrupt && fault.done ? flippedBit() : new PassThrough(), outgoing);
  }
}

function listened(hear: (piece: Buffer) => void): Transform {
  return new Transform({
    transform(piece: Buffer, _encoding, callback) {
      hear(piece);
      callback(null, piece);
    },
  });
}

/** One bit, in the middle of the first piece. */
function flippedBit(): Transform {
  let done = false;
  return new Transform({
    transform(piece: Buffer, _encoding, callback) {
      const changed = Buffer.from(piece);
      if (!done) changed[piece.length >> 1]! ^= 1;
      done = true;
      callback(null, changed);
    },
  });
}

/** @param received the request, or the store's answer to it */
async function spoil(fault: Fault, received: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of received) pieces.push(piece as Buffer);
  switch (fault.kind) {
    case 'error':
      outgoing.writeHead(500).end(errorBody('InternalError'));
      return;
    case 'slowDown':
      outgoing.writeHead(503).end(errorBody('SlowDown'));
      return;
    case 'denied':
      outgoing.writeHead(403).end(errorBody('InvalidAccessKeyId'));
      return;
    // Until the other side gives up.
    case 'hang':
      return;
    case 'truncate': {
      const body = Buffer.concat(pieces);
      outgoing.writeHead(received.statusCode!, received.headers);
      outgoing.write(body.subarray(0, Math.floor(body.length / 2)), () => outgoing.destroy());
      return;
    }
    default:
      outgoing.destroy();
  }
}

const errorBody = (code: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>as the test wants</Message></Error>`;
