import { TransferError } from '../failures.ts';
import type { S3Credentials } from '../stores/s3/client.ts';
import type { SecretValues } from './secrets.ts';

/** Both spellings that Fybrik's components use. */
export function s3Credentials(values: SecretValues, where: string): S3Credentials {
  const accessKey = values['accessKey'] ?? values['access_key'];
  const secretKey = values['secretKey'] ?? values['secret_key'];
  if (!accessKey || !secretKey)
    throw new TransferError('SecretNotFound', `${where}: accessKey and secretKey must both be given`);
  return { accessKey, secretKey };
}
