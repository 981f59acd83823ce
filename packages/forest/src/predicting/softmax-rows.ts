/** Turns scores into probabilities in place, row by row. */
export function softmaxRows(scores: Float64Array, classes: number): void {
  for (let at = 0; at < scores.length; at += classes) {
    let highest = -Infinity;
    for (let c = 0; c < classes; c++) if (scores[at + c] > highest) highest = scores[at + c];
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      const power = Math.exp(scores[at + c] - highest);
      scores[at + c] = power;
      sum += power;
    }
    for (let c = 0; c < classes; c++) scores[at + c] /= sum;
  }
}
