/**
 * The block with every quoted value (pairs of offsets, ascending) as a JSON string of its own text: the engine reads
 * numbers into text and decimals by way of doubles, but strings as they are.
 */
export function withQuotes(block: Buffer, quotes: readonly number[]): Buffer[] {
  if (quotes.length === 0) return [block];
  const pieces: Buffer[] = [];
  let from = 0;
  for (let k = 0; k < quotes.length; k += 2) {
    const [start, end] = [quotes[k] as number, quotes[k + 1] as number];
    pieces.push(block.subarray(from, start), Buffer.from(JSON.stringify(block.toString('utf8', start, end))));
    from = end;
  }
  pieces.push(block.subarray(from));
  return pieces;
}
