import { BUCKET, type Access } from './store.ts';

/** What the demo hides. */
const TRANSFORMATIONS = [
  {
    action: 'RedactColumns',
    columns: ['nameOrig', 'oldbalanceOrg', 'newbalanceOrig'],
    options: { redactValue: 'XXXXX' },
  },
  { action: 'DigestColumns', columns: ['nameDest'], options: { algo: 'md5' } },
];

/** Spec of a BatchTransfer in the benchmark's bucket; the formats follow from the keys. */
export function maskedCopy(access: Access, from: string, to: string): object {
  return { ...plainCopy({ access, key: from }, { access, key: to }), transformation: TRANSFORMATIONS };
}

/** Without transformations: `dataFormat` of both sides may be `binary`. */
export function plainCopy(
  source: { access: Access; key: string },
  destination: { access: Access; key: string },
  dataFormat?: string,
): object {
  const side = ({ access, key }: { access: Access; key: string }): object => ({
    s3: { ...access, bucket: BUCKET, objectKey: key, ...(dataFormat === undefined ? {} : { dataFormat }) },
  });
  return { source: side(source), destination: side(destination) };
}
