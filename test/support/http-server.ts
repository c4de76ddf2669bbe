import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP server on loopback for as long as `use` takes; the listener sees requests whose bodies have been read. */
export async function withServer<T>(
  listener: RequestListener,
  use: (endpoint: string) => Promise<T>,
): Promise<T> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      listener(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
