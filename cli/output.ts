import { Option } from 'commander';
import { stringify } from 'yaml';

export type OutputFormat = 'text' | 'json' | 'yaml';

export const outputOption = (): Option =>
  new Option('-o, --output <format>', 'for people, or for programs')
    .choices(['text', 'json', 'yaml'])
    .default('text');

/** @param lines the same for people */
export function print(format: OutputFormat, value: unknown, lines: () => string[]): void {
  writeOut(rendered(format, value, lines));
}

/** To standard output. */
export function writeOut(text: string): void {
  // Whoever reads may have seen enough (`| head`).
  if (process.stdout.listenerCount('error') === 0) process.stdout.on('error', () => process.exit());
  process.stdout.write(text);
}

function rendered(format: OutputFormat, value: unknown, lines: () => string[]): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(value, undefined, 2)}\n`;
    case 'yaml':
      return stringify(value);
    case 'text':
      return `${lines().join('\n')}\n`;
  }
}
