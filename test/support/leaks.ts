import { spellings } from './spellings.ts';

/** Everything that is written anywhere, by where: a place where a secret must not turn up. */
export class Findings {
  readonly #places = new Map<string, Buffer[]>();

  add(place: string, content: string | Buffer | undefined): void {
    if (content === undefined) return;
    const pieces = this.#places.get(place) ?? [];
    this.#places.set(place, [...pieces, Buffer.from(content)]);
  }

  addJson(place: string, value: unknown): void {
    this.add(place, JSON.stringify(value));
  }

  get places(): string[] {
    return [...this.#places.keys()].sort();
  }

  /** Places that hold the text in any spelling, with the spelling's name. The text itself is not repeated. */
  search(text: string): { place: string; spelling: string }[] {
    const needles = spellings(text);
    return this.places.flatMap((place) =>
      needles
        .filter(({ bytes }) => this.#places.get(place)!.some((content) => content.includes(bytes)))
        .map(({ name }) => ({ place, spelling: name })),
    );
  }
}
