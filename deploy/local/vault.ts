import { get } from './http.ts';
import type { PlanInput, ServerPlan } from './plan.ts';
import { secretKeyOf } from './secret-key.ts';

/** HashiCorp Vault as a development server: KV version 2 at secret/; all is kept in memory, and gone with the process. */
export function planVault({ dir, port, program }: PlanInput): ServerPlan {
  const address = `127.0.0.1:${port('vault')}`;
  const rootToken = secretKeyOf(dir);
  return {
    environment: { DDC_VAULT_ADDR: `http://${address}`, DDC_VAULT_ROOT_TOKEN: rootToken },
    processes: [
      {
        name: 'vault',
        readyWithinMs: 30_000,
        command: {
          program: program('vault'),
          env: { HOME: dir, VAULT_DEV_LISTEN_ADDRESS: address, VAULT_DEV_ROOT_TOKEN_ID: rootToken },
          args: ['server', '-dev', '-dev-no-store-token'],
        },
        async probe(signal) {
          await get(`http://${address}/v1/sys/health`, { signal });
        },
      },
    ],
  };
}
