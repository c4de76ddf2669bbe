import type { S3Block, Side } from './schema/side.ts';

/** The store block of a side, by type, and the spelling that the resource uses for it. */
export type Store =
  | { type: 's3'; spelling: 's3' | 'cos'; block: S3Block }
  | { type: 'kafka'; spelling: 'kafka'; block: NonNullable<Side['kafka']> }
  | { type: 'database'; spelling: 'database' | 'db'; block: NonNullable<Side['database']> }
  | { type: 'cloudant'; spelling: 'cloudant'; block: NonNullable<Side['cloudant']> };

/** The store of a valid side; validation guarantees that there is exactly one. */
export function storeOf(side: Side): Store | undefined {
  if (side.s3) return { type: 's3', spelling: 's3', block: side.s3 };
  if (side.cos) return { type: 's3', spelling: 'cos', block: side.cos };
  if (side.kafka) return { type: 'kafka', spelling: 'kafka', block: side.kafka };
  if (side.database) return { type: 'database', spelling: 'database', block: side.database };
  if (side.db) return { type: 'database', spelling: 'db', block: side.db };
  if (side.cloudant) return { type: 'cloudant', spelling: 'cloudant', block: side.cloudant };
  return undefined;
}

/** What people see where the resource gives no description. */
export function describeStore(store: Store, dataAsset: string | undefined): string {
  switch (store.type) {
    case 's3':
      return `s3://${store.block.bucket}/${store.block.objectKey ?? dataAsset ?? ''}`;
    case 'kafka':
      return `kafka://${store.block.kafkaTopic}`;
    case 'database':
      return `${withoutProperties(store.block.db2URL)}/${store.block.table || dataAsset || ''}`;
    default:
      return `cloudant://${store.block.host}/${store.block.database}`;
  }
}

/** A JDBC URL may carry the password in its properties: `jdbc:db2://host:50000/DB:user=me;password=secret;`. */
function withoutProperties(url: string): string {
  return /^[^/]*\/\/[^/;@]*(?:\/[^:;@]*)?/.exec(url)?.[0] ?? '';
}
