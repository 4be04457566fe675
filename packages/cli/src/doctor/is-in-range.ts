/** Whether a version is in a range as our packages state it for their clients: `^7.0.0` or `>=6.9.0`, or several joined by `||`. */
export function isInRange(version: string, range: string): boolean {
  const given = numbersOf(version);
  return range.split('||').some((part) => {
    const least = numbersOf(part);
    const isOpen = part.trim().startsWith('>=');
    return isAtLeast(given, least) && (isOpen || given[0] === least[0]);
  });
}

type Version = readonly [major: number, minor: number, patch: number];

function numbersOf(text: string): Version {
  const [major = 0, minor = 0, patch = 0] = (text.match(/\d+/g) ?? []).map(Number);
  return [major, minor, patch];
}

function isAtLeast([major, minor, patch]: Version, least: Version): boolean {
  if (major !== least[0]) return major > least[0];
  return minor === least[1] ? patch >= least[2] : minor > least[1];
}
