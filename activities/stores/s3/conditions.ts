import { TransferError } from '../../failures.ts';
import type { ObjectInfo, WriteCondition } from '../object-store.ts';
import { sameEtag } from './etags.ts';
import { head } from './head.ts';
import type { Requests } from './requests.ts';

export interface ConditionHeaders {
  IfMatch?: string;
  IfNoneMatch?: string;
}

/**
 * A write that happens only if the object at the key is as it should be. Looks first, because some stores ignore the
 * headers; with stores that know them nothing can come in between.
 * @throws TransferError DestinationChanged
 */
export async function conditionally<T>(
  requests: Requests,
  key: string,
  condition: WriteCondition,
  write: (headers: ConditionHeaders) => Promise<T>,
): Promise<T> {
  const headers = headersOf(condition);
  if (headers === undefined) return write({});
  const refused = (cause?: unknown): TransferError =>
    new TransferError(
      'DestinationChanged',
      `writing ${requests.location(key)}: ${condition.creates === true ? 'there is an object already' : 'the object there has changed or is gone'}`,
      { cause },
    );
  if (!allows(condition, await head(requests, key))) throw refused();
  try {
    return await write(headers);
  } catch (error) {
    if (!(error instanceof TransferError)) throw error;
    // A store that knows the headers for reading only.
    if (error.code === 'Unsupported') return write({});
    // 412; or 404, where there is nothing to replace.
    if (error.code !== 'SourceChanged' && error.code !== 'ObjectNotFound') throw error;
    throw refused(error);
  }
}

function headersOf({ replaces, creates }: WriteCondition): ConditionHeaders | undefined {
  if (creates === true) return { IfNoneMatch: '*' };
  return replaces === undefined ? undefined : { IfMatch: replaces };
}

function allows({ replaces, creates }: WriteCondition, present: ObjectInfo | undefined): boolean {
  if (creates === true) return present === undefined;
  return replaces === undefined || (present !== undefined && sameEtag(present.etag, replaces));
}
