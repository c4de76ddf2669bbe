import { z } from 'zod';
import { databaseUrlProblems, JDBC_URL } from '../checks/database-url.ts';
import { any, given, has, matches, not, ruled } from '../rules.ts';
import { block, text } from './block.ts';
import { inlineSecret, secretFields } from './secrets.ts';

export const database = ruled(
  block({
    db2URL: text(4096, databaseUrlProblems).describe(
      'JDBC URL, e.g. jdbc:db2://host:50000/MYDB:sslConnection=true;',
    ),
    table: z
      .string()
      .max(1024)
      .optional()
      .describe('Table with its schema, e.g. MY.TABLE. Absent: dataAsset names it.'),
    user: z.string().max(1024).optional().describe('User to log in with.'),
    password: inlineSecret('Password of the user.'),
    ...secretFields,
  }),
  [
    {
      condition: any(not(given('db2URL')), matches('db2URL', JDBC_URL)),
      message: 'Invalid JDBC string!',
      field: 'db2URL',
    },
    { condition: any(not(given('password')), not(has('vault'))), message: 'Can only set vault or password!' },
  ],
).describe('Relational database (Db2). Not supported yet.');
