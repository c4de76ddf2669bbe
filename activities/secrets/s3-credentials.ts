import { TransferError } from '../failures.ts';
import type { S3Credentials } from '../stores/s3/client.ts';
import type { SecretValues } from './secrets.ts';

/** The access key stands in a header of every request: printable ASCII. */
const IN_HEADER = /^[\x20-\x7e]*$/;

/** Both spellings that Fybrik's components use. */
export function s3Credentials(values: SecretValues, where: string): S3Credentials {
  const accessKey = values['accessKey'] ?? values['access_key'];
  const secretKey = values['secretKey'] ?? values['secret_key'];
  if (!accessKey || !secretKey)
    throw new TransferError('SecretNotFound', `${where}: accessKey and secretKey must both be given`);
  if (!IN_HEADER.test(accessKey))
    throw new TransferError(
      'InvalidOption',
      `${where}.${values['accessKey'] ? 'accessKey' : 'access_key'}: holds a control character or one that is not ASCII (a newline at its end?); give the access key as the store issued it`,
    );
  return { accessKey, secretKey };
}
