import type { z } from 'zod';
import { objectKeyProblems } from '../checks/object-name.ts';
import { property } from '../json.ts';
import { any, atMostOne, exactlyOne, given, has, not, ruled } from '../rules.ts';
import type { Rule } from '../rules.ts';
import { block, text } from './block.ts';
import { cloudant } from './cloudant.ts';
import { database } from './database.ts';
import { kafka } from './kafka.ts';
import { s3 } from './s3.ts';

const needsObjectKey = (name: string): Rule => ({
  condition: any(not(has(name)), has(`${name}.objectKey`), given('dataAsset')),
  message: `is required: name the object here, or in dataAsset beside the ${name} block`,
  field: `${name}.objectKey`,
});

const needsTable = (name: string): Rule => ({
  condition: any(not(has(name)), given(`${name}.table`), given('dataAsset')),
  message: 'Table cannot be empty!',
  field: `${name}.table`,
});

/** What is wrong with dataAsset where it stands for the object key. */
function dataAssetProblem(side: unknown): string | undefined {
  const store = property(side, 's3') ?? property(side, 'cos');
  const dataAsset = property(side, 'dataAsset');
  if (store === undefined || property(store, 'objectKey') !== undefined) return undefined;
  return typeof dataAsset === 'string' ? objectKeyProblems(dataAsset)[0] : undefined;
}

/** How something is written is no business of a source. */
const ofDestinations = (field: string): Rule => ({
  condition: not(has(field)),
  message: 'is for destinations: the data of a source says it itself; remove it',
  field,
});
export const SOURCE_RULES: readonly Rule[] = ['s3', 'cos'].flatMap((name) => [
  ofDestinations(`${name}.parquet.compression`),
  ofDestinations(`${name}.orc.compression`),
]);

/** Where one end of a transfer is. */
export const side = (what: string, rules: readonly Rule[] = []) =>
  ruled(
    block({
      description: text(4096)
        .optional()
        .describe('For people, shown by kubectl get. Default: made of the store block.'),
      dataAsset: text(1024)
        .optional()
        .describe(
          'Name of the asset in the store, where the store block does not give it: the object key or the table.',
        ),
      s3: s3.optional(),
      cos: s3.optional().describe('Other spelling of s3.'),
      kafka: kafka.optional(),
      database: database.optional(),
      db: database.optional().describe('Other spelling of database. Not supported yet.'),
      cloudant: cloudant.optional(),
    }).refine((value) => dataAssetProblem(value) === undefined, {
      path: ['dataAsset'],
      error: ({ input }) => dataAssetProblem(input),
      when: () => true,
    }),
    [
      {
        condition: exactlyOne(
          any(has('s3'), has('cos')),
          has('kafka'),
          any(has('database'), has('db')),
          has('cloudant'),
        ),
        message: 'exactly one store is needed: s3 (or cos), kafka, database (or db) or cloudant',
      },
      {
        condition: atMostOne(has('s3'), has('cos')),
        message: 's3 and cos are two spellings of the same store: set one of them',
      },
      {
        condition: atMostOne(has('database'), has('db')),
        message: 'database and db are two spellings of the same store: set one of them',
      },
      needsObjectKey('s3'),
      needsObjectKey('cos'),
      needsTable('database'),
      needsTable('db'),
      ...rules,
    ],
  ).describe(what);

export type Side = z.output<ReturnType<typeof side>>;
export type S3Block = NonNullable<Side['s3']>;
