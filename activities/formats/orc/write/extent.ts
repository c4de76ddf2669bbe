/**
 * Least, greatest and sum of integers. Up to 64 bits they are kept in halves: bigints would take ten times as long.
 */
export class Extent {
  /** Of what was added as 64 bits; the halves of its least and greatest. */
  #count = 0;
  #minLow = 0;
  #minHigh = 0;
  #maxLow = 0;
  #maxHigh = 0;
  #sumLow = 0;
  #sumHigh = 0;
  /** Of larger ones, and of sums that were carried over before they became inexact. */
  #minimum: bigint | undefined;
  #maximum: bigint | undefined;
  #sum = 0n;

  /** The low and the high half of a signed number. */
  add(low: number, high: number): void {
    const lower = low >>> 0;
    this.#sumLow += lower;
    this.#sumHigh += high;
    if (this.#count++ === 0) {
      this.#minLow = this.#maxLow = lower;
      this.#minHigh = this.#maxHigh = high;
    } else if (high < this.#minHigh || (high === this.#minHigh && lower < this.#minLow)) {
      this.#minLow = lower;
      this.#minHigh = high;
    } else if (high > this.#maxHigh || (high === this.#maxHigh && lower > this.#maxLow)) {
      this.#maxLow = lower;
      this.#maxHigh = high;
    }
    if ((this.#count & 0xfffff) === 0) this.#carry();
  }

  /** Numbers of 32 bits. */
  addAll(values: Int32Array): void {
    for (let i = 0; i < values.length; i++) this.add(values[i]!, values[i]! >> 31);
  }

  /** Numbers of 64 bits, each as its low and its high half. */
  addHalves(halves: Int32Array): void {
    for (let i = 0; i < halves.length; i += 2) this.add(halves[i]!, halves[i + 1]!);
  }

  addLarge(value: bigint): void {
    if (this.#minimum === undefined || value < this.#minimum) this.#minimum = value;
    if (this.#maximum === undefined || value > this.#maximum) this.#maximum = value;
    this.#sum += value;
  }

  /** Undefined when nothing was added. */
  bounds(): { minimum: bigint; maximum: bigint; sum: bigint } | undefined {
    if (this.#count > 0) {
      this.#carry();
      const least = joinHalves(this.#minLow, this.#minHigh);
      const greatest = joinHalves(this.#maxLow, this.#maxHigh);
      if (this.#minimum === undefined || least < this.#minimum) this.#minimum = least;
      if (this.#maximum === undefined || greatest > this.#maximum) this.#maximum = greatest;
    }
    if (this.#minimum === undefined || this.#maximum === undefined) return undefined;
    return { minimum: this.#minimum, maximum: this.#maximum, sum: this.#sum };
  }

  #carry(): void {
    this.#sum += (BigInt(this.#sumHigh) << 32n) + BigInt(this.#sumLow);
    this.#sumLow = 0;
    this.#sumHigh = 0;
  }
}

const joinHalves = (low: number, high: number): bigint => (BigInt(high) << 32n) | BigInt(low);
