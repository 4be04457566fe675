/** What `alerts` says. */
export const alerts = {
  description: 'Try the alert channels of the configuration',
  test: 'Send a test through all alert channels, or through one',
  channel: 'the name of the channel, such as slack',
  sending: 'Sending a test …',
  delivered: 'delivered',
  failed: 'not delivered',
  columns: { channel: 'CHANNEL', result: 'RESULT', error: 'WHY' },
  noChannels: (file: string): string => `There are no alert channels. Write them into ${file}:`,
  example: [
    "import { slack } from '@api-key-fallback/alerts';",
    "import { defineConfig } from 'api-key-fallback';",
    '',
    'export default defineConfig({',
    "  channels: [slack(process.env['SLACK_WEBHOOK_URL'])],",
    '});',
  ] as readonly string[],
  unknownChannel: (name: string, closest: string | undefined, known: string): string =>
    `Unknown channel "${name}".${closest === undefined ? '' : ` Did you mean ${closest}?`} Known: ${known}.`,
};

export type AlertsTexts = typeof alerts;
