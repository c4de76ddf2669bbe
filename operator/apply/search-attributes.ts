import type { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { Logger } from 'pino';
import { SEARCH_ATTRIBUTES } from '../../workflows/contract.ts';
import { messageOf } from '../kubernetes.ts';
import { isUnavailable } from './temporal-errors.ts';

const KEYWORD = proto.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD;

/**
 * Registers the search attributes that a Temporal namespace lacks. Only the Web UI's columns and filters depend on
 * them, so that a server which does not allow it is no reason to stop.
 * @throws the client's error when Temporal does not answer
 * @returns whether workflows can be started with them
 */
export async function ensureSearchAttributes(
  connection: Connection,
  namespace: string,
  log: Logger,
): Promise<boolean> {
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    const missing = SEARCH_ATTRIBUTES.filter((name) => customAttributes[name] === undefined);
    if (missing.length === 0) return true;
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map((name) => [name, KEYWORD])),
    });
    log.info({ namespace, searchAttributes: missing }, 'registered search attributes with Temporal');
    return true;
  } catch (error) {
    if (isUnavailable(error)) throw error;
    log.warn(
      { namespace, reason: messageOf(error) },
      `transfers will not be searchable in Temporal: register ${SEARCH_ATTRIBUTES.join(', ')} as Keyword ` +
        '(temporal operator search-attribute create --type Keyword --name ...)',
    );
    return false;
  }
}
