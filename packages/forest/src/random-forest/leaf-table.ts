/** Distributions of classes, each kept once: most leaves of a deep forest are of one class alone. */
export interface LeafTable {
  /** Number of the distribution in which class c has all. */
  pure(c: number): number;
  /** Number of the distribution with these weights, of which one at least is above 0. */
  mixed(weights: Float64Array): number;
  /** All distributions, `classes` numbers each. */
  values(): Float64Array;
}

const FREE = -1;

export function createLeafTable(classes: number): LeafTable {
  let values = new Float64Array(64 * classes);
  let count = 0;
  /** Numbers of distributions by the hash of their bits, the next place taken where one is taken. */
  let places = new Int32Array(256).fill(FREE);
  const shares = new Float64Array(classes);
  const bits = new Uint32Array(shares.buffer);

  function hash(): number {
    let mixed = 0;
    for (let i = 0; i < bits.length; i++) {
      mixed = Math.imul(mixed ^ bits[i], 0x9e3779b1);
      mixed ^= mixed >>> 15;
    }
    return mixed >>> 0;
  }

  function equals(number: number): boolean {
    for (let c = 0; c < classes; c++) if (values[number * classes + c] !== shares[c]) return false;
    return true;
  }

  /** The place of `shares` among the places: of its number, or free. */
  function placeOf(): number {
    let place = hash() % places.length;
    while (places[place] !== FREE && !equals(places[place])) place = (place + 1) % places.length;
    return place;
  }

  function grow(): void {
    const larger = new Float64Array(2 * values.length);
    larger.set(values);
    values = larger;
    places = new Int32Array(2 * places.length).fill(FREE);
    for (let number = 0; number < count; number++) {
      shares.set(values.subarray(number * classes, (number + 1) * classes));
      places[placeOf()] = number;
    }
  }

  function numberOf(): number {
    const place = placeOf();
    if (places[place] !== FREE) return places[place];
    places[place] = count;
    values.set(shares, count * classes);
    count++;
    const kept = count - 1;
    if (count * classes === values.length) grow();
    return kept;
  }

  return {
    pure(c) {
      shares.fill(0);
      shares[c] = 1;
      return numberOf();
    },
    mixed(weights) {
      let sum = 0;
      for (let c = 0; c < classes; c++) sum += weights[c];
      for (let c = 0; c < classes; c++) shares[c] = weights[c] / sum;
      return numberOf();
    },
    values: () => values.slice(0, count * classes),
  };
}
