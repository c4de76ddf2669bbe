import { stringify } from 'yaml';
import { customResourceDefinition } from './crds.ts';
import { API_GROUP, KINDS, PLURALS } from './group.ts';

const HEADER = '# Generated from operator/api by `npm run crds -- --write`; do not edit.\n';

/** The files of deploy/crds/, one for each kind, in YAML. */
export function crdFiles(): { name: string; content: string }[] {
  return KINDS.map((kind) => ({
    name: `${API_GROUP}_${PLURALS[kind]}.yaml`,
    content:
      HEADER + stringify(customResourceDefinition(kind), { aliasDuplicateObjects: false, lineWidth: 0 }),
  }));
}
