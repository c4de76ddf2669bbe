import type { EgressRules, PatternList } from './rules.ts';

/** Whether one of the patterns stands for the text; see EgressRules. A namespace is itself, whatever characters it has. */
export function matchesAny(patterns: readonly string[], text: string, namespace: string): boolean {
  return patterns.some((pattern) => expression(pattern, namespace).test(text));
}

/** Why a text is not allowed by a list of patterns; undefined when it is. */
export function patternProblem(rules: EgressRules, list: PatternList, text: string): string | undefined {
  const patterns = rules[list];
  if (patterns === undefined || matchesAny(patterns, text, rules.namespace)) return undefined;
  return `the egress policy does not let namespace ${JSON.stringify(rules.namespace)} use ${JSON.stringify(text)}; ${allowed(patterns, rules)}`;
}

/** What is allowed, for messages. */
export function allowed(patterns: readonly string[], { namespace }: EgressRules): string {
  if (patterns.length === 0) return 'nothing is allowed here';
  return `allowed: ${patterns.map((pattern) => pattern.replaceAll('{namespace}', () => namespace)).join(', ')}`;
}

function expression(pattern: string, namespace: string): RegExp {
  const parts = pattern.split(/(\*|\{namespace\})/).map((part) => {
    if (part === '*') return '[^?&]*';
    return escaped(part === '{namespace}' ? namespace : part);
  });
  return new RegExp(`^${parts.join('')}$`, 's');
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
