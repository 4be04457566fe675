const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** A time ahead in its two largest units: `42 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function timeLeft(ms: number): string {
  const left = Math.max(0, Math.ceil(ms / second) * second);
  if (left < minute) return `${left / second} s`;
  if (left < hour) return two(left, [minute, 'min'], [second, 's']);
  if (left < day) return two(left, [hour, 'h'], [minute, 'min']);
  return two(left, [day, 'd'], [hour, 'h']);
}

type Unit = readonly [ms: number, name: string];

function two(ms: number, [large, name]: Unit, [small, smallName]: Unit): string {
  const rest = Math.floor((ms % large) / small);
  return `${Math.floor(ms / large)} ${name}${rest === 0 ? '' : ` ${rest} ${smallName}`}`;
}
