/** The value of a JSON text; `undefined` if it is not JSON. The error of `JSON.parse` quotes the text, which can contain a key. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
