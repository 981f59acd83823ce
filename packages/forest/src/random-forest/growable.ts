/** A list of numbers that keeps its memory when it is emptied (`length = 0`) and filled again. */
export interface Growable {
  at: Float64Array;
  length: number;
  /** Makes room for so many more. */
  reserve(more: number): void;
}

export function createGrowable(): Growable {
  return {
    at: new Float64Array(1024),
    length: 0,
    reserve(more) {
      if (this.length + more <= this.at.length) return;
      const larger = new Float64Array(2 * (this.length + more));
      larger.set(this.at.subarray(0, this.length));
      this.at = larger;
    },
  };
}
