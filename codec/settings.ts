import { Option, type Command } from 'commander';

/** Where a process finds the keys for what it tells Temporal. Absent, or empty, directory: nothing is encrypted. */
export interface CodecSettings {
  codecKeysDir?: string | undefined;
  /** Absent: as the keys' directory says. */
  codecKeyId?: string | undefined;
}

/** The command with the settings of encryption. */
export function withCodecOptions(program: Command): Command {
  return program
    .addOption(
      new Option(
        '--codec-keys-dir <path>',
        'directory of the keys that encrypt what goes to Temporal: a file a key, named by its id; without it nothing is encrypted',
      ).env('DDC_CODEC_KEYS_DIR'),
    )
    .addOption(
      new Option(
        '--codec-key-id <id>',
        'the key to encrypt with (default: the one that the file "current" in the directory names, or the only one)',
      ).env('DDC_CODEC_KEY_ID'),
    );
}

/** The settings as the environment gives them. */
export function codecSettingsOf(env: Record<string, string | undefined>): CodecSettings {
  return { codecKeysDir: env['DDC_CODEC_KEYS_DIR'], codecKeyId: env['DDC_CODEC_KEY_ID'] };
}
