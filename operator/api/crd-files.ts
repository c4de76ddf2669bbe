import { stringify } from 'yaml';
import { customResourceDefinition } from './crds.ts';
import { groupOf, PLURALS, RESOURCE_TYPES } from './group.ts';

const HEADER = '# Generated from operator/api by `npm run crds -- --write`; do not edit.\n';

/** The files of deploy/crds/, one for each type of resource, in YAML. */
export function crdFiles(): { name: string; content: string }[] {
  return RESOURCE_TYPES.map((type) => ({
    name: `${groupOf(type)}_${PLURALS[type.kind]}.yaml`,
    content:
      HEADER + stringify(customResourceDefinition(type), { aliasDuplicateObjects: false, lineWidth: 0 }),
  }));
}
