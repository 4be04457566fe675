/** Returns a text of at most `longest` characters (UTF-16 units): a longer one is cut, without halves of characters, and ends in `…`. */
export function shorten(text: string, longest: number): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, longest - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
