import { Connection } from '@temporalio/client';
import { Option } from 'commander';
import { grpcMessage } from '../operator/apply/temporal-errors.ts';
import { ExitError } from './exit-error.ts';

/** Milliseconds. */
const CONNECT_TIMEOUT = 10_000;

export const temporalAddressOption = (): Option =>
  new Option('--temporal-address <host:port>', 'Temporal frontend').env('DDC_TEMPORAL_ADDRESS');

export const temporalNamespaceOption = (): Option =>
  new Option('--temporal-namespace <name>', 'Temporal namespace')
    .env('DDC_TEMPORAL_NAMESPACE')
    .default('default');

/** Calls `work` with a Temporal server. @throws ExitError that names the address when it cannot be reached */
export async function withTemporal<T>(
  address: string,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await Connection.connect({ address, connectTimeout: CONNECT_TIMEOUT }).catch(
    (error: unknown) => {
      throw new ExitError(1, `Temporal at ${address} cannot be reached: ${grpcMessage(error)}`);
    },
  );
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}
