import { rmSync } from 'node:fs';

export default async function stopTestServers(): Promise<void> {
  const servers = globalThis.ddcTestServers;
  if (servers === undefined) return;
  await servers.running.stop();
  rmSync(servers.dir, { recursive: true, force: true });
}
