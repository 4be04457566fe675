/** The name under which backends show where the spans and metrics come from. */
export const scope = '@api-key-fallback/telemetry';
