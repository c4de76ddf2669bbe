import { Client, Connection } from '@temporalio/client';
import { Option } from 'commander';
import { codecSettingsOf } from '../codec/settings.ts';
import { openTemporalData, type TemporalData } from '../codec/temporal-data.ts';
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

/** How this program reads and writes what Temporal keeps, by its environment. @throws CodecError */
export function temporalData(): Promise<TemporalData> {
  return openTemporalData(codecSettingsOf(process.env), (reason) => console.error(`ddc: ${reason}`));
}

/** A client of a namespace that reads what operator and worker have encrypted. @throws CodecError */
export async function temporalClient(connection: Connection, namespace: string): Promise<Client> {
  return new Client({ connection, namespace, dataConverter: (await temporalData()).dataConverter });
}
