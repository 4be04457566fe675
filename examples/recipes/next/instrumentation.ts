/** Runs once when the server starts, before the first request, and not in `next build`. */
export async function register(): Promise<void> {
  if (process.env['NEXT_RUNTIME'] !== 'nodejs') return;
  const { registry } = await import('@api-key-fallback/core');
  await import('@api-key-fallback/openai');
  // Without a key, this throws. With API_KEY_STATE_DIR, the first request knows what is known of the keys.
  await registry.get('openai').ready();
}
