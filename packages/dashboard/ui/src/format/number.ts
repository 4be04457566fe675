import { locale, type Locale } from '../texts/texts.ts';

const formats = new Map<string, Intl.NumberFormat>();

/** `1,234` or `1.234`. */
export function number(value: number, digits = 0): string {
  return formatOf(locale.value, `number ${digits}`, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
}

/** A share from 0 to 1 as `98.3%`. */
export function percent(share: number, digits = 0): string {
  return formatOf(locale.value, `percent ${digits}`, {
    style: 'percent',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(share);
}

/** `9,999`, then `10K`. */
export function compact(value: number): string {
  if (value < 10_000) return number(value);
  return formatOf(locale.value, 'compact', { notation: 'compact', maximumFractionDigits: 1 }).format(value);
}

/** To create a format costs much more than to use it. */
function formatOf(language: Locale, name: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${language} ${name}`;
  const known = formats.get(key) ?? new Intl.NumberFormat(language, options);
  formats.set(key, known);
  return known;
}
