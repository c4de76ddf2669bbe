import { Option, type Command } from 'commander';
import {
  DEFAULT_APPROLE_PATH,
  DEFAULT_TOKEN_FILE,
  SECRET_VARIABLES,
  type GivenSecretSettings,
} from '../activities/secrets/settings.ts';

const OPTIONS: Record<keyof GivenSecretSettings, [flags: string, text: string, byDefault?: string]> = {
  vaultTokenFile: [
    '--vault-token-file <file>',
    'service account token to log in to Vault with; read for every login',
    DEFAULT_TOKEN_FILE,
  ],
  appRolePath: [
    '--app-role-path <path>',
    'logins to Vault at this authPath are made by AppRole, whatever the role of the reference',
    DEFAULT_APPROLE_PATH,
  ],
  roleIdFile: ['--role-id-file <file>', 'role id of the worker for such logins'],
  secretIdFile: ['--secret-id-file <file>', 'secret id of the worker for such logins'],
  secretProviderUrl: [
    '--secret-provider-url <url>',
    'secret provider for vaultPath, where neither resource nor operator name one',
  ],
  secretProviderRole: ['--secret-provider-role <role>', 'role to ask the secret provider with, likewise'],
  secretDir: [
    '--secret-dir <path>',
    'directory below which secrets are mounted that secretImport may read; without it none may',
  ],
};

/** The command with the settings for secrets that resources refer to. */
export function withSecretOptions(program: Command): Command {
  for (const name of Object.keys(OPTIONS) as (keyof GivenSecretSettings)[]) {
    const [flags, text, byDefault] = OPTIONS[name];
    const option = new Option(flags, text).env(SECRET_VARIABLES[name]);
    program.addOption(byDefault === undefined ? option : option.default(byDefault));
  }
  return program;
}
