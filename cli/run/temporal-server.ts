import { fileURLToPath } from 'node:url';
import { startSharedServers } from '../../deploy/local/shared.ts';
import { ExitError } from '../exit-error.ts';

const ROOT = fileURLToPath(new URL('../../.ddc/run', import.meta.url));

export interface TemporalServer {
  /** host:port */
  address: string;
  /** URL of the Web UI, where it is known. */
  ui?: string;
  stop(): Promise<void>;
}

/**
 * The Temporal server at hand, or a development server that dies with this process.
 * @param address absent: none is at hand
 * @param tell what is done to get one, which may take minutes the first time
 * @throws ExitError that says what was tried
 */
export async function temporalServer(
  address: string | undefined,
  tell: (line: string) => void,
): Promise<TemporalServer> {
  if (address !== undefined) return { address, stop: () => Promise.resolve() };
  try {
    const options = { root: ROOT, name: 'run', env: process.env, log: tell } as const;
    const servers = await startSharedServers(['temporal'], options);
    const { DDC_TEMPORAL_ADDRESS: started, DDC_TEMPORAL_UI: ui } = servers.running.environment;
    return { address: started!, ...(ui !== undefined && { ui }), stop: () => servers.stop() };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ExitError(1, `${why}\nOr name a Temporal server that runs: --temporal-address`);
  }
}
