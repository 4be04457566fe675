export const formats = ['table', 'json', 'ndjson'] as const;

/** How results are written: for people, as one JSON document, or as one JSON object a line. */
export type Format = (typeof formats)[number];
