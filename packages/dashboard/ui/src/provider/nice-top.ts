/** Half of each is a round number too. */
const leading = [1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10];

/** The next round number from here, as the top of a scale that begins at 0. */
export function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return (leading.find((each) => each * power >= value) ?? 10) * power;
}
