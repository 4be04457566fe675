/** Keys of several kinds. */
export const keys = [
  'sk-proj-Qz7Wx5Cv3Bn1Mk9Jh8Gf6Ds4Ap2',
  'AIzaSyRt5Yu7Io9Pa1Sd3Fg5Hj7Kl9Zx1Cv3',
  'plain+Vb6Nm4Qw2Er8/Ty0Ui5Op=',
  `od"d\\Lk3Jh5Gf7Ds9'Aq1~Sw2!De3`,
  'fifteen-Zz9Yy8X',
];
const shortestRun = 12;

const spellings = keys.flatMap((key) => [
  key,
  encodeURIComponent(key),
  Buffer.from(key).toString('base64'),
  Buffer.from(key).toString('base64url'),
  Buffer.from(key).toString('hex'),
  JSON.stringify(key).slice(1, -1),
]);
const runs = spellings.flatMap((spelling) =>
  Array.from({ length: spelling.length - shortestRun + 1 }, (_, at) =>
    spelling.toLowerCase().slice(at, at + shortestRun),
  ),
);

/** Finds the first part of a key in a text, with its surroundings. */
export function leakIn(kind: string, text: string): string[] {
  const lowerCase = text.toLowerCase();
  const run = runs.find((part) => lowerCase.includes(part));
  if (run === undefined) return [];
  const at = lowerCase.indexOf(run);
  return [`${kind}: ${text.slice(Math.max(0, at - 60), at + shortestRun)}`];
}
