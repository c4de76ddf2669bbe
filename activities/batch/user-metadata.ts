import { TransferError } from '../failures.ts';

/** Bytes of names and values that S3 stores hold for an object. */
const MOST_BYTES = 2_048;
/** Of every name. AWS and versitygw do not count it, MinIO does. */
const PREFIX = 'x-amz-meta-';

type Metadata = Record<string, string>;

/**
 * The metadata of a copy: that of its source, and what DDC adds. Known before anything is visible, instead of by the answer
 * to a write.
 * @param location for messages
 * @throws TransferError Unsupported when that is more than a store holds
 */
export function joinMetadata(theirs: Metadata, ours: Metadata, location: string): Metadata {
  const joined = { ...theirs, ...ours };
  const bytes = sizeOf(joined);
  if (bytes <= MOST_BYTES) return joined;
  throw new TransferError(
    'Unsupported',
    `${location}: its metadata takes ${bytes} bytes with what is added to a copy, and S3 stores hold ${MOST_BYTES}; remove ${bytes - MOST_BYTES} bytes or more from the metadata of the source object`,
  );
}

const sizeOf = (metadata: Metadata): number =>
  Object.entries(metadata).reduce(
    (sum, [name, value]) => sum + PREFIX.length + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  );
