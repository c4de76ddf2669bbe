import type { ObjectStore } from '../../../activities/stores/object-store.ts';
import { connectS3 } from '../../../activities/stores/s3/s3-store.ts';
import { stores } from '../../support/stores.ts';
import { conditionContract } from './conditions.ts';
import { copyContract } from './copies.ts';
import { keyContract } from './keys.ts';
import { objectStoreContract } from './object-store.ts';

for (const { name, endpoint, accessKey, secretKey, createBucket } of stores) {
  const open = async (): Promise<ObjectStore> =>
    connectS3({
      endpoint,
      bucket: await createBucket('store'),
      credentials: { accessKey, secretKey },
    });
  objectStoreContract(name, open);
  conditionContract(name, open);
  copyContract(name, open);
  keyContract(name, open);
}
