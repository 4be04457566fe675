/** What a path of Gemini's API asks for. */
export interface GeminiPath {
  readonly collection?: string;
  /** The id of a model. */
  readonly id?: string;
  /** The part after the colon, for example `generateContent`. */
  readonly method?: string;
}

const pattern =
  /^\/v1(?:beta|alpha)?\/(?<collection>models|tunedModels|interactions)(?:\/(?<id>[^:/]+))?(?::(?<method>\w+))?$/;

/** Returns `undefined` for a path of another API. */
export function parseGeminiPath(path: string): GeminiPath | undefined {
  const match = pattern.exec(path);
  return match ? { ...match.groups } : undefined;
}
