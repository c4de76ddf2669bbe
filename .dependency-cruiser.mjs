/** Imports point one way: workflows <- activities, operator <- worker, cli (docs/architecture.md). */
const only = (name, from, allowed, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: from },
  to: { pathNot: allowed, dependencyTypesNot: ['core'] },
});

export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'nothing-undeclared',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'] },
    },
    only(
      'workflows-are-alone',
      '^workflows/',
      ['^workflows/', '^node_modules/@temporalio/(workflow|common)/'],
      'Workflow code is deterministic: it sees only the workflow API and itself.',
    ),
    {
      name: 'contract-imports-nothing',
      severity: 'error',
      from: { path: '^workflows/contract(\\.ts$|/)' },
      to: { path: '.', pathNot: '^workflows/contract/' },
    },
    {
      name: 'only-the-contract-leaves-workflows',
      severity: 'error',
      comment: 'Others share names and types, never workflow code.',
      from: { path: '^(activities|operator|worker|cli)/' },
      to: { path: '^workflows/(?!contract(\\.ts$|/))' },
    },
    {
      name: 'activities-know-no-operator',
      severity: 'error',
      from: { path: '^(workflows|activities)/' },
      to: { path: '^(operator|worker|cli|deploy|bench|test)/' },
    },
    {
      name: 'operator-is-thin',
      severity: 'error',
      comment:
        'The operator turns resources into workflows; it never touches data. Of the activities it knows what can be said about transformations without data.',
      from: { path: '^operator/' },
      to: {
        path: '^(activities|worker|cli|deploy|bench|test)/',
        pathNot: '^activities/(transforms/|engine/clause-judge\\.ts$)',
      },
    },
    {
      name: 'transforms-know-no-store-and-no-format',
      severity: 'error',
      from: { path: '^activities/transforms/' },
      to: { path: '^activities/(stores|formats|batch|sync|secrets)/' },
    },
    {
      name: 'stores-know-no-format',
      severity: 'error',
      from: { path: '^activities/stores/' },
      to: { path: '^activities/(formats/(?!format\\.ts$)|transforms|batch|sync|secrets)' },
    },
    {
      name: 'formats-know-no-store-and-no-transform',
      severity: 'error',
      from: { path: '^activities/formats/' },
      to: { path: '^activities/(stores|transforms|batch|sync|secrets)/' },
    },
    {
      name: 'product-knows-no-test-or-bench',
      severity: 'error',
      from: { path: '^(workflows|activities|operator|worker|cli|deploy)/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'reconcile-is-pure',
      severity: 'error',
      from: { path: '^operator/reconcile/' },
      to: { path: '^(node_modules/(@temporalio|@kubernetes)|operator/(watch|apply)/)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
