import { createPublicKey } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { TransferError } from '../activities/failures.ts';
import { keyName, newReceiptKeys } from '../activities/receipts/keys.ts';

/** `ddc receipt key generate`: the worker's key. Prints nothing secret. */
export function receiptKeyCommand(): Command {
  const generateCommand = new Command('generate')
    .description('Makes the Ed25519 key that signs receipts. Files that exist are not replaced.')
    .option('--out <file>', 'file for the private key, for DDC_RECEIPT_KEY_FILE', 'ddc-receipt-key.pem')
    .option('--public-out <file>', 'file for the public key; by default that of the private key and .pub')
    .action(generate);
  return new Command('key').description('The key that signs receipts.').addCommand(generateCommand);
}

async function generate({
  out,
  publicOut = `${out}.pub`,
}: {
  out: string;
  publicOut?: string;
}): Promise<void> {
  const { privateKey, publicKey } = newReceiptKeys();
  await create('--out', out, privateKey, 0o600);
  await create('--public-out', publicOut, publicKey, 0o644);
  console.log(`private key  ${out} (readable by you alone)`);
  console.log(`public key   ${publicOut}`);
  console.log(`key          ${keyName(createPublicKey(publicKey))}`);
}

async function create(option: string, file: string, content: string, mode: number): Promise<void> {
  await writeFile(file, content, { mode, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'EEXIST' ? 'exists, and is not replaced' : `cannot be written (${error.code})`;
    throw new TransferError('InvalidOption', `${option}: ${file} ${why}`);
  });
}
