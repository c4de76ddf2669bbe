import { z } from 'zod';
import type { TransferKind } from '../../../workflows/contract/identity.ts';
import { providerUrlProblems } from '../checks/secret-address.ts';
import { canonicalDataType, DATA_TYPE_SPELLINGS } from '../data-types.ts';
import { defaults } from '../default-values.ts';
import { text } from './block.ts';
import { side, SOURCE_RULES } from './side.ts';
import { transformations } from './transformation.ts';

const dataType = (what: string, byDefault: 'LogData' | 'ChangeData') =>
  text(32, (value) => (canonicalDataType(value) === undefined ? ['must be LogData or ChangeData'] : []))
    .meta({
      'x-kubernetes-validations': [
        {
          rule: `self.lowerAscii() in [${Object.keys(DATA_TYPE_SPELLINGS)
            .map((spelling) => JSON.stringify(spelling))
            .join(', ')}]`,
          message: 'must be LogData or ChangeData',
        },
      ],
    })
    .default(byDefault)
    .describe(
      `${what}: LogData (rows) or ChangeData (changes by key). log, change and cdc are accepted too. Default: ${byDefault}.`,
    );

/** Fields of the spec that both kinds have. */
export function commonFields(kind: TransferKind) {
  const byDefault = defaults[kind];
  return {
    source: side('What is read.', SOURCE_RULES),
    destination: side('What is written.'),
    transformation: transformations,
    flowType: z
      .enum(['Batch', 'Stream'])
      .default(byDefault.flowType)
      .describe(`Always ${byDefault.flowType} for a ${kind}.`),
    readDataType: dataType('What the source holds', byDefault.readDataType),
    writeDataType: dataType('What to write', byDefault.writeDataType),
    writeOperation: z
      .enum(['Overwrite', 'Append', 'Update'])
      .default(byDefault.writeOperation)
      .describe(
        `What to do with data that the destination already holds. Only Overwrite is supported yet. Default: ${byDefault.writeOperation}.`,
      ),
    suspend: z
      .boolean()
      .optional()
      .describe('Start nothing for the time being; a run that goes on goes on. Default: false.'),
    noFinalizer: z
      .boolean()
      .optional()
      .describe(
        'Keep the written data when this resource is deleted. Overridden by NO_FINALIZER of the operator. Default: false.',
      ),
    secretProviderURL: text(2048, providerUrlProblems)
      .optional()
      .describe(
        'Secret provider that vaultPath is looked up at. Default: SECRET_PROVIDER_URL of the operator, else of the worker.',
      ),
    secretProviderRole: text(1024)
      .optional()
      .describe(
        'Role to ask the secret provider with. Default: SECRET_PROVIDER_ROLE of the operator, else of the worker.',
      ),
    image: text(4096).optional().describe('Accepted for compatibility, without effect: no image is started.'),
    imagePullPolicy: z
      .enum(['Always', 'IfNotPresent', 'Never'])
      .default(byDefault.imagePullPolicy)
      .describe('Accepted for compatibility, without effect: no image is started. Default: IfNotPresent.'),
  };
}
