/** What happens in the demo: some keys are in trouble, none is, or OpenAI has no key left. */
export const scenes = ['incident', 'calm', 'exhausted'] as const;
export type Scene = (typeof scenes)[number];
