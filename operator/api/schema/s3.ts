import { z } from 'zod';
import { certificateProblems } from '../checks/certificates.ts';
import { endpointProblems } from '../checks/endpoint.ts';
import { sizeProblems } from '../checks/size.ts';
import { bucketProblems, objectKeyProblems } from '../checks/object-name.ts';
import { all, any, atMostOne, given, has, not, ruled } from '../rules.ts';
import { block, text } from './block.ts';
import { givenSchema } from './given-schema.ts';
import { formatBlocks } from './format-options.ts';
import { inlineSecret, secretFields } from './secrets.ts';

const accessKey = any(given('accessKey'), given('access_key'));
const secretKey = any(given('secretKey'), given('secret_key'));

export const s3 = ruled(
  block({
    endpoint: text(2048, endpointProblems).describe(
      'URL of the S3 service, e.g. https://s3.eu-de.cloud-object-storage.appdomain.cloud. Without a scheme https is used, http for localhost.',
    ),
    bucket: text(255, bucketProblems).describe('Name of the bucket, 3 to 255 characters. It must exist.'),
    objectKey: text(1024, objectKeyProblems)
      .optional()
      .describe(
        'Key of the object to read or write, e.g. payments/2024.csv. A source may be a prefix: all data below it is read; a destination that ends with / gets objects below it. Absent: dataAsset is the key.',
      ),
    region: text(255)
      .optional()
      .describe(
        'Region of the store, e.g. eu-de: signs requests, which most services other than AWS ignore, and decides whose workers do the work.',
      ),
    addressing: z
      .enum(['path', 'virtual'])
      .optional()
      .describe(
        'Where requests name the bucket: path (https://host/bucket) or virtual (https://bucket.host). Absent: virtual with AWS, path with others.',
      ),
    caCertificate: text(32_768, certificateProblems)
      .optional()
      .describe(
        "Certificates in PEM of the authorities that the endpoint's certificate comes from, trusted besides the generally known ones.",
      ),
    accessKey: inlineSecret('Access key of HMAC credentials. Absent, with secretKey: anonymous access.'),
    secretKey: inlineSecret('Secret key of HMAC credentials.'),
    access_key: inlineSecret('Other spelling of accessKey.'),
    secret_key: inlineSecret('Other spelling of secretKey.'),
    dataFormat: text(64)
      .optional()
      .describe(
        'Format of the data: csv, json, parquet, orc or binary (byte for byte). Absent: by the extension of the key, else by the content.',
      ),
    ...formatBlocks,
    schema: givenSchema,
    partitionBy: z
      .array(text(1024))
      .max(100)
      .optional()
      .describe(
        "Of a destination: columns whose values divide the result, one object for each combination, in Hive's layout (objectKey/country=DE/part-00000.parquet).",
      ),
    dropPartitionColumns: z
      .boolean()
      .optional()
      .describe(
        'Of a destination with partitionBy: leave the columns out of the data; the paths hold their values. Default: false.',
      ),
    maxObjectSize: text(32, sizeProblems('5Mi'))
      .optional()
      .describe(
        'Of a destination: a result larger than this, e.g. 1Gi, becomes several objects below objectKey. Default: one object.',
      ),
    ...secretFields,
  }),
  [
    {
      condition: any(not(any(accessKey, secretKey)), not(has('vault'))),
      message: 'Can only set vault or accessKey/secretKey!',
    },
    {
      condition: any(
        all(accessKey, secretKey),
        not(any(accessKey, secretKey)),
        has('vault'),
        given('vaultPath'),
        given('secretImport'),
      ),
      message: 'accessKey and secretKey go together: set both, or neither for anonymous access',
    },
    {
      condition: atMostOne(has('accessKey'), has('access_key')),
      message: 'accessKey and access_key are two spellings of the same field: set one of them',
    },
    {
      condition: atMostOne(has('secretKey'), has('secret_key')),
      message: 'secretKey and secret_key are two spellings of the same field: set one of them',
    },
  ],
).describe('Object store with the S3 API: AWS, IBM Cloud Object Storage, MinIO and others.');
