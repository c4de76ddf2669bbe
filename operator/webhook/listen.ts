import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Listening {
  readonly port: number;
  /** Finishes requests that are under way. */
  stop(): Promise<void>;
}

/**
 * Has a server listen. @throws Error when it cannot
 * @param host absent: all interfaces
 * @param port 0: any free one
 * @param grace milliseconds for requests that are under way when it is stopped
 */
export async function listen(
  server: Server,
  { host, port, grace }: { host?: string; port: number; grace: number },
): Promise<Listening> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        const timer = setTimeout(() => server.closeAllConnections(), grace);
        server.close(() => {
          clearTimeout(timer);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}
