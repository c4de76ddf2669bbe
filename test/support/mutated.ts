import * as fc from 'fast-check';

/** A copy of the resource with the value at a random place replaced or removed. */
export const mutated = (resource: object) =>
  fc.tuple(fc.nat(), fc.oneof(fc.jsonValue(), fc.constant(undefined))).map(([place, value]) => {
    const places: (() => void)[] = [];
    const copy: unknown = structuredClone(resource);
    const visit = (at: unknown) => {
      if (typeof at !== 'object' || at === null) return;
      for (const key of Object.keys(at)) {
        places.push(() => Object.assign(at, { [key]: value }));
        visit(Reflect.get(at, key));
      }
    };
    visit(copy);
    places[place % places.length]?.();
    return copy;
  });
