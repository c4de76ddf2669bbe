import { stringify } from 'yaml';

export const DEMO_NAMESPACE = 'ddc-demo';
export const DEMO_NAME = 'payments';

export interface DemoStore {
  endpoint: string;
  accessKey: string;
  secretKey: string;
  bucket: string;
}

export const SOURCE_KEY = 'in/payments.csv';
export const DESTINATION_KEY = 'out/payments.parquet';

/** The manifest that the demo applies. */
export function demoManifest(store: DemoStore): string {
  const { endpoint, bucket, accessKey, secretKey } = store;
  const side = (objectKey: string, dataFormat: string): object => ({
    s3: { endpoint, bucket, objectKey, dataFormat, accessKey, secretKey },
  });
  return stringify({
    apiVersion: 'fybrik.io/v1',
    kind: 'BatchTransfer',
    metadata: { name: DEMO_NAME, namespace: DEMO_NAMESPACE },
    spec: {
      source: side(SOURCE_KEY, 'csv'),
      destination: side(DESTINATION_KEY, 'parquet'),
      transformation: [
        {
          name: 'hide who paid and what is left',
          action: 'RedactColumns',
          columns: ['nameOrig', 'oldbalanceOrg', 'newbalanceOrig'],
          options: { redactValue: 'XXXXX' },
        },
        {
          name: 'pseudonyms for who was paid',
          action: 'DigestColumns',
          columns: ['nameDest'],
          options: { algo: 'md5' },
        },
      ],
    },
  });
}
