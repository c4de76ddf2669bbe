/**
 * Sample data in the shape of PaySim (mobile money payments): made up, and the same for the same seed.
 */
const HEADER =
  'step,type,amount,nameOrig,oldbalanceOrg,newbalanceOrig,nameDest,oldbalanceDest,newbalanceDest,isFraud,isFlaggedFraud';

const TYPES = ['PAYMENT', 'TRANSFER', 'CASH_OUT', 'CASH_IN', 'DEBIT'];
const ROWS_PER_STEP = 2_000;
const PIECE_ROWS = 5_000;

/** CSV text with a header line, in pieces of some thousand rows. */
export function* paymentsCsv(rows: number, seed = 1): Generator<string> {
  const random = mulberry32(seed);
  const account = (letter: string): string => `${letter}${Math.floor(random() * 2_000_000_000) + 1_000_000}`;
  const cents = (value: number): string => {
    const text = (Math.round(value * 100) / 100).toString();
    return text.includes('.') ? text : `${text}.0`;
  };
  let lines = [HEADER];
  for (let row = 0; row < rows; row += 1) {
    const type = TYPES[Math.floor(random() * TYPES.length)]!;
    const amount = random() ** 3 * 1_000_000;
    const before = random() ** 2 * 500_000;
    const after = Math.max(0, type === 'CASH_IN' ? before + amount : before - amount);
    const merchant = type === 'PAYMENT';
    const destBefore = merchant ? 0 : random() * 1_000_000;
    const fraud = type === 'TRANSFER' && random() < 0.01;
    lines.push(
      [
        1 + Math.floor(row / ROWS_PER_STEP),
        type,
        cents(amount),
        account('C'),
        cents(before),
        cents(after),
        account(merchant ? 'M' : 'C'),
        cents(destBefore),
        cents(merchant ? 0 : destBefore + amount),
        fraud ? 1 : 0,
        fraud && amount > 900_000 ? 1 : 0,
      ].join(','),
    );
    if (lines.length >= PIECE_ROWS) {
      yield `${lines.join('\n')}\n`;
      lines = [];
    }
  }
  if (lines.length > 0) yield `${lines.join('\n')}\n`;
}

/** A small seeded generator of numbers in [0, 1) (mulberry32, public domain). */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
