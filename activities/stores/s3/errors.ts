import { EgressDenied } from '../../../egress/rules.ts';
import { TransferError } from '../../failures.ts';
import { BY_NAME, BY_STATUS, KEY_REFUSALS, UNREACHABLE, WORDS, type ServiceError } from './codes.ts';
import { wrongPlace } from './wrong-place.ts';

/** Of node:tls and OpenSSL; they do not pass by waiting. */
const TLS = /^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/;
const UNKNOWN_AUTHORITY = /^(DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/;

/**
 * Turns what the S3 client throws into an error of ours. The text is composed here: messages of the client
 * may repeat request data.
 */
export function storeError(error: unknown, doing: string, endpoint: string): TransferError {
  if (error instanceof TransferError) return error;
  if (!(error instanceof Error)) return new TransferError('Internal', `${doing}: unknown error`);
  if (error instanceof EgressDenied) return new TransferError('EgressDenied', `${doing}: ${error.message}`);
  const service = error as ServiceError;
  const reason = UNREACHABLE[service.code ?? ''] ?? UNREACHABLE[service.name];
  if (reason !== undefined && service.$metadata?.httpStatusCode === undefined)
    return new TransferError('StoreUnavailable', `${doing}: cannot reach ${endpoint}: ${reason}`);
  if (TLS.test(service.code ?? ''))
    return new TransferError(
      'InvalidEndpoint',
      `${doing}: no TLS connection to ${endpoint}: ${service.code}${UNKNOWN_AUTHORITY.test(service.code ?? '') ? '; an authority that is not generally known must be given in caCertificate' : ''}`,
    );
  const place = wrongPlace(service);
  if (place !== undefined)
    return new TransferError('InvalidEndpoint', `${doing}: ${place}; the endpoint is ${endpoint}`);
  const refusal = KEY_REFUSALS[service.name];
  if (refusal !== undefined)
    return new TransferError('InvalidOption', `${doing}: ${refusal} (${service.name})`);
  const status = service.$metadata?.httpStatusCode;
  const code = BY_NAME[service.name] ?? (status === undefined ? undefined : BY_STATUS[status]);
  const answer = [service.name, status].filter((part) => part !== undefined).join(' ');
  if (code !== undefined) {
    const seconds = Number(service.$response?.headers?.['retry-after']);
    return new TransferError(code, `${doing}: ${WORDS[code] ?? 'refused'} (${answer})`, {
      ...(seconds > 0 ? { retryAfterMs: Math.min(seconds, 300) * 1000 } : {}),
    });
  }
  if (status !== undefined && status >= 500)
    return new TransferError('StoreUnavailable', `${doing}: the store at ${endpoint} failed (${answer})`);
  if (status !== undefined && status >= 400)
    return new TransferError(
      'InvalidOption',
      `${doing}: the store at ${endpoint} refused the request (${answer})`,
    );
  // Not an answer of a store at all: a web page, a truncated or foreign body.
  return new TransferError('StoreUnavailable', `${doing}: no valid answer from ${endpoint} (${answer})`);
}

/** Whether the same request may succeed within seconds. */
export function isTransient(error: unknown): boolean {
  return error instanceof TransferError && (error.code === 'StoreUnavailable' || error.code === 'Throttled');
}
