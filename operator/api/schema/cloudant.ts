import { z } from 'zod';
import { any, given, has, not, ruled } from '../rules.ts';
import { block, text } from './block.ts';
import { inlineSecret, secretFields } from './secrets.ts';

export const cloudant = ruled(
  block({
    host: text(2048).describe('Host of the Cloudant instance.'),
    database: text(1024).describe('Database to read or write.'),
    username: z.string().max(1024).optional().describe('User to log in with.'),
    password: inlineSecret('Password of the user.'),
    ...secretFields,
  }),
  [{ condition: any(not(given('password')), not(has('vault'))), message: 'Can only set vault or password!' }],
).describe('IBM Cloudant. Known from earlier versions of the API, and refused: it is not supported.');
