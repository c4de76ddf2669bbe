import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { TransferError } from '../activities/failures.ts';
import { readPublicKey } from '../activities/receipts/keys.ts';
import { unseal, type UnsealedReceipt } from '../activities/receipts/unseal.ts';
import { summaryOf } from './receipt-summary.ts';

/** `ddc receipt verify`: offline. */
export function receiptVerifyCommand(): Command {
  return new Command('verify')
    .description(
      'Checks that a receipt is as it was signed, and tells what it says. Ends with 1 when it is not.',
    )
    .argument('<file>', 'receipt; - is standard input')
    .option(
      '--public-key <file>',
      'Ed25519 public key in PEM that must have signed; without it the receipt is held against the key that it names itself',
    )
    .action(verify);
}

async function verify(file: string, { publicKey }: { publicKey?: string }): Promise<void> {
  const expected = publicKey === undefined ? undefined : await readPublicKey(publicKey);
  const content =
    file === '-'
      ? await text(process.stdin)
      : await readFile(file, 'utf8').catch(() => {
          throw new TransferError('InvalidOption', `${file} cannot be read`);
        });
  const unsealed = unseal(content, expected);
  for (const [name, value] of [...summaryOf(unsealed.receipt), ...sealOf(unsealed)])
    console.log(`${name.padEnd(16)}${value}`);
}

function sealOf({ sha256, signedBy, trusted }: UnsealedReceipt): [string, string][] {
  const unsigned = 'no: anybody can have written it';
  const unknown = `by ${signedBy}, which anybody can be: give the key that you expect by --public-key`;
  const signed = signedBy === undefined ? unsigned : trusted ? `by ${signedBy}, as expected` : unknown;
  return [
    ['sha256', `${sha256}, as it should be`],
    ['signed', signed],
  ];
}
