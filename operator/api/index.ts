export { defaults } from './default-values.ts';
export { withDefaults } from './defaults.ts';
export type { ParseEnvironment } from './defaults.ts';
export { renderErrors } from './errors.ts';
export { API_GROUP, API_VERSION, PLURALS } from './group.ts';
export { parseTransfer } from './parse.ts';
export type { ParsedTransfer } from './parse.ts';
export type { ResourceStatus } from './status.ts';
export { MOST_COLUMNS, MOST_TEXTS } from './plan-status.ts';
