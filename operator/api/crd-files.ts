import { stringify } from 'yaml';
import { customResourceDefinitions } from './crds.ts';

const HEADER = '# Generated from operator/api by `npm run crds -- --write`; do not edit.\n';

/** The files of deploy/crds/, one for each kind, in YAML. */
export function crdFiles(): { name: string; content: string }[] {
  return customResourceDefinitions().map((definition) => {
    const { group, names } = definition['spec'] as { group: string; names: { plural: string } };
    return {
      name: `${group}_${names.plural}.yaml`,
      content: HEADER + stringify(definition, { aliasDuplicateObjects: false, lineWidth: 0 }),
    };
  });
}
