import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const LOWEST = 15_000;
const RELEASE_MS = 1_000;
/** Where Linux and macOS begin to give out ports for outgoing connections, unless configured otherwise. */
const USUAL_EPHEMERAL_START = 32_768;

const handedOut = new Set<number>();

/**
 * A free loopback port. Below the range that the system uses for outgoing connections: a server that is killed and
 * started again must find its port free, and a client that keeps dialling a dead port of that range can end up
 * connected to itself.
 */
export async function freePort(): Promise<number> {
  const end = ephemeralStart();
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = randomInt(LOWEST, end);
    if (handedOut.has(port)) continue;
    handedOut.add(port);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port found on 127.0.0.1 between ${LOWEST} and ${end}`);
}

export async function freePorts(names: readonly string[]): Promise<Record<string, number>> {
  const ports: Record<string, number> = {};
  for (const name of names) ports[name] = await freePort();
  return ports;
}

/** Whether a port is free, or soon will be: a process that has just been killed may hold it for a moment longer. */
export async function becomesFree(port: number): Promise<boolean> {
  for (const deadline = Date.now() + RELEASE_MS; ;) {
    if (await isFree(port)) return true;
    if (Date.now() >= deadline) return false;
    await delay(20);
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

function ephemeralStart(): number {
  try {
    const start = Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s+/)[0]);
    return start > LOWEST + 1000 ? start : USUAL_EPHEMERAL_START;
  } catch {
    return USUAL_EPHEMERAL_START;
  }
}
