import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { crdFiles } from '../../operator/api/crd-files.ts';
import { customResourceDefinition } from '../../operator/api/crds.ts';
import { RESOURCE_TYPES } from '../../operator/api/group.ts';
import type { ResourceType } from '../../operator/api/group.ts';
import { property } from '../../operator/api/json.ts';
import { structuralSchema } from '../../operator/api/structural.ts';

const directory = join(import.meta.dirname, '..', '..', 'deploy', 'crds');

function schemaOf(type: ResourceType): unknown {
  const spec = property(customResourceDefinition(type), 'spec');
  const versions = property(spec, 'versions');
  if (!Array.isArray(versions) || versions.length !== 1) throw new Error('not one version');
  return property(property(versions[0], 'schema'), 'openAPIV3Schema');
}

/** Calls back for every schema in a schema, with its path. */
function visit(schema: unknown, path: string, found: (schema: unknown, path: string) => void): void {
  if (schema === undefined) return;
  found(schema, path);
  for (const [name, value] of Object.entries(property(schema, 'properties') ?? {}))
    visit(value, `${path}.${name}`, found);
  visit(property(schema, 'items'), `${path}[]`, found);
  visit(property(schema, 'additionalProperties'), `${path}.*`, found);
}

describe('generated CRDs', () => {
  test('the files in deploy/crds are up to date (npm run crds -- --write)', () => {
    const files = readdirSync(directory).map((name) => ({
      name,
      content: readFileSync(join(directory, name), 'utf8'),
    }));
    expect(files).toEqual(crdFiles());
  });

  test.each(RESOURCE_TYPES)('$kind of $apiVersion: every field is described', (type) => {
    const { kind } = type;
    const silent: string[] = [];
    visit(schemaOf(type), kind, (schema, path) => {
      const isItem = path.endsWith('[]') || path.endsWith('.*');
      if (!isItem && path !== `${kind}.metadata` && !property(schema, 'description')) silent.push(path);
    });
    expect(silent).toEqual([]);
  });

  test.each(RESOURCE_TYPES)(
    '$kind of $apiVersion: every schema has one type, lists and texts of the spec have a limit',
    (type) => {
      visit(property(property(schemaOf(type), 'properties'), 'spec'), type.kind, (schema, path) => {
        const type = property(schema, 'type');
        expect({ path, type: typeof type }).toEqual({ path, type: 'string' });
        if (type === 'array')
          expect({ path, limit: property(schema, 'maxItems') }).toEqual({ path, limit: expect.any(Number) });
        if (type === 'string' && !property(schema, 'enum'))
          expect({ path, limit: property(schema, 'maxLength') }).toEqual({ path, limit: expect.any(Number) });
      });
    },
  );

  test('what has no place in a structural schema is not let through', () => {
    expect(() => structuralSchema(z.object({ a: z.union([z.string(), z.int()]) }))).toThrow('$.a: "anyOf"');
    expect(
      structuralSchema(z.strictObject({ a: z.record(z.string(), z.unknown()), b: z.int().optional() })),
    ).toEqual({
      type: 'object',
      required: ['a'],
      properties: {
        a: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        b: { type: 'integer', format: 'int64' },
      },
    });
  });
});
