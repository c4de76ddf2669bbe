import type { ObjectStore } from '../object-store.ts';
import type { S3Connection } from './client.ts';
import { copyMethods } from './copies.ts';
import { keyCheck } from './keys.ts';
import { objectMethods } from './objects.ts';
import { mayWrite } from './permission.ts';
import { fill, rangeReader } from './read.ts';
import { requestsTo } from './requests.ts';
import { uploadMethods } from './uploads.ts';

/**
 * An S3-compatible bucket. Keeps to what AWS, IBM COS, MinIO and versitygw have in common: Content-MD5 on bodies (with other
 * checksums AWS demands part numbers without gaps; see createGaplessUpload), no GetObjectAttributes, no trailing
 * checksums, no DeleteObjects (its checksum differs between stores).
 */
export function connectS3(connection: S3Connection): ObjectStore {
  const requests = requestsTo(connection);
  const check = keyCheck(requests);
  const objects = objectMethods(requests, check);
  const uploads = uploadMethods(requests, check);
  const { endpoint, bucket, location, client } = requests;
  return {
    endpoint,
    bucket,
    location,
    ...objects,
    ...uploads,
    ...copyMethods(requests, check, { ...objects, ...uploads }),
    open: (object) => rangeReader(requests, object),
    fill: (object, start, target) => fill(requests, object, start, target),
    mayWrite: (key) => mayWrite(requests, key),
    close: () => client.destroy(),
  };
}
