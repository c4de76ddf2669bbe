import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';

/** A request on its way to the store. */
export interface StoreRequest {
  method: string;
  /** With the query, e.g. `/bucket/key?uploadId=...`. */
  path: string;
}

export interface StoreProxy {
  readonly endpoint: string;
  /** Every request so far, as `METHOD path`. */
  readonly seen: string[];
  /** Called before a request is passed on, which waits for the result. */
  before: (request: StoreRequest) => Promise<void> | void;
  /** Called when the store has done what was asked, before its answer is passed back. */
  after: (request: StoreRequest) => Promise<void> | void;
  close(): Promise<void>;
}

/**
 * Stands between the product and an object store, so that a test can stop the world at an exact request.
 * Requests pass unchanged: their signatures name this proxy as the host, which is what the store verifies.
 */
export async function startStoreProxy(storeEndpoint: string): Promise<StoreProxy> {
  const { hostname, port } = new URL(storeEndpoint);
  const server = createServer((incoming, outgoing) => {
    // Either side may be killed at any moment; what remains of the exchange goes with it.
    forward(incoming, outgoing).catch(() => outgoing.destroy());
  });
  const proxy: StoreProxy = {
    endpoint: '',
    seen: [],
    before: () => undefined,
    after: () => undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(proxy, { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });

  async function forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = incoming;
    proxy.seen.push(`${method} ${path}`);
    await proxy.before({ method, path });
    const passed = request({ hostname, port, method, path, headers });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      passed.once('response', resolve);
      passed.once('error', reject);
    });
    // The store may answer, and hang up, before it has read everything.
    pipeline(incoming, passed).catch(() => undefined);
    const answer = await answered;
    await proxy.after({ method, path });
    outgoing.writeHead(answer.statusCode!, answer.headers);
    await pipeline(answer, outgoing);
  }
}
