import { createRequire } from 'node:module';
import { teams, type Notification } from '@api-key-fallback/alerts';
import { expect, it } from 'vitest';
import { refusedKey, sampleAlert, sampleNotification } from '../sample-notification.ts';
import { sendThrough } from '../send-through.ts';
import { Sink } from '../sink.ts';
import { fillings, worstNotification } from '../worst-notification.ts';

// Its modules import each other without the endings that Node needs; its bundle works.
const { AdaptiveCard, SerializationContext, Versions } = createRequire(import.meta.url)(
  'adaptivecards/dist/adaptivecards.js',
) as typeof import('adaptivecards');

async function sent(notification: Notification): Promise<any> {
  await using sink = await Sink.start();
  await sendThrough(teams(sink.url), notification);
  return sink.json();
}

/** What the card's own parser says of a card. */
function mistakesIn(content: object): string[] {
  const context = new SerializationContext(Versions.v1_5);
  const card = new AdaptiveCard();
  card.parse(content, context);
  const events = Array.from({ length: context.eventCount }, (_, index) => context.getEventAt(index));
  const invalid = card.validateProperties().validationEvents;
  return [...events, ...invalid].map(({ message }) => message);
}

it('posts an Adaptive Card as a workflow takes it', async () => {
  const { attachments, ...message } = await sent(sampleNotification());
  expect(message).toEqual({ type: 'message' });
  expect(attachments).toHaveLength(1);
  expect(attachments[0].contentType).toBe('application/vnd.microsoft.card.adaptive');
  expect(attachments[0].content).toMatchInlineSnapshot(`
    {
      "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
      "actions": [
        {
          "title": "Open the dashboard",
          "type": "Action.OpenUrl",
          "url": "https://keys.example/dashboard",
        },
      ],
      "body": [
        {
          "bleed": true,
          "items": [
            {
              "inlines": [
                {
                  "text": "critical",
                  "type": "TextRun",
                },
              ],
              "spacing": "Small",
              "type": "RichTextBlock",
            },
            {
              "inlines": [
                {
                  "size": "Large",
                  "text": "OpenAI: no key left",
                  "type": "TextRun",
                  "weight": "Bolder",
                },
              ],
              "spacing": "Small",
              "type": "RichTextBlock",
            },
          ],
          "style": "attention",
          "type": "Container",
        },
        {
          "inlines": [
            {
              "text": "What is wrong",
              "type": "TextRun",
              "weight": "Bolder",
            },
          ],
          "spacing": "Medium",
          "type": "RichTextBlock",
        },
        {
          "inlines": [
            {
              "text": "None of the 2 keys of OpenAI can be used.",
              "type": "TextRun",
            },
          ],
          "spacing": "Small",
          "type": "RichTextBlock",
        },
        {
          "inlines": [
            {
              "text": "Started",
              "type": "TextRun",
              "weight": "Bolder",
            },
          ],
          "spacing": "Medium",
          "type": "RichTextBlock",
        },
        {
          "inlines": [
            {
              "text": "03:12 UTC, 12 minutes ago",
              "type": "TextRun",
            },
          ],
          "spacing": "Small",
          "type": "RichTextBlock",
        },
        {
          "inlines": [
            {
              "text": "What the service does meanwhile",
              "type": "TextRun",
              "weight": "Bolder",
            },
          ],
          "spacing": "Medium",
          "type": "RichTextBlock",
        },
        {
          "inlines": [
            {
              "text": "Calls fail now, unless they wait (onExhausted: 'wait') or go on with another pool (fallbackTo).",
              "type": "TextRun",
            },
          ],
          "spacing": "Small",
          "type": "RichTextBlock",
        },
        {
          "inlines": [
            {
              "text": "When it gets better",
              "type": "TextRun",
              "weight": "Bolder",
            },
          ],
          "spacing": "Medium",
          "type": "RichTextBlock",
        },
        {
          "inlines": [
            {
              "text": "The first key is back in 4 hours, 36 minutes (08:00 UTC).",
              "type": "TextRun",
            },
          ],
          "spacing": "Small",
          "type": "RichTextBlock",
        },
        {
          "inlines": [
            {
              "text": "What you can do",
              "type": "TextRun",
              "weight": "Bolder",
            },
          ],
          "spacing": "Medium",
          "type": "RichTextBlock",
        },
        {
          "inlines": [
            {
              "text": "Create a new key at the provider and replace the refused key with replaceKey() or refreshKeys(), or restart. If the key is correct, call enable(key). Raise the quota at the provider, or add a key with a quota of its own.",
              "type": "TextRun",
            },
          ],
          "spacing": "Small",
          "type": "RichTextBlock",
        },
        {
          "inlines": [
            {
              "text": "Keys",
              "type": "TextRun",
              "weight": "Bolder",
            },
          ],
          "spacing": "Medium",
          "type": "RichTextBlock",
        },
        {
          "inlines": [
            {
              "text": "OPENAI_API_KEY",
              "type": "TextRun",
              "weight": "Bolder",
            },
            {
              "text": " (sk-…ab12): refused as invalid. Last error: Incorrect API key provided: [redacted]",
              "type": "TextRun",
            },
          ],
          "spacing": "Small",
          "type": "RichTextBlock",
        },
        {
          "inlines": [
            {
              "text": "OPENAI_API_KEY_2",
              "type": "TextRun",
              "weight": "Bolder",
            },
            {
              "text": " (sk-…cd34): quota used up until 08:00 UTC",
              "type": "TextRun",
            },
          ],
          "spacing": "Small",
          "type": "RichTextBlock",
        },
      ],
      "fallbackText": "[critical] OpenAI: no key left",
      "type": "AdaptiveCard",
      "version": "1.5",
    }
  `);
});

it.each<Partial<Notification>>([
  {},
  { locale: 'pt-BR', kind: 'resolved' },
  { kind: 'summary', count: 7, severity: 'warning', alerts: [sampleAlert(), sampleAlert()] },
  { kind: 'test', severity: 'info', alerts: [] },
])('writes a card that is valid: %#', async (changes) => {
  const { attachments } = await sent(sampleNotification(changes));
  expect(mistakesIn(attachments[0].content)).toEqual([]);
  expect(mistakesIn({ ...attachments[0].content, body: [{ type: 'Nothing' }] })).toHaveLength(1);
});

it('shows Markdown in texts of others as it is written, also in titles and headings', async () => {
  const hostile = '[here](https://evil.example) **now**';
  const names = { rule: hostile, pool: hostile, displayName: hostile };
  const alert = sampleAlert({ ...names, message: hostile, keys: [refusedKey(hostile)] });
  const { attachments } = await sent(sampleNotification({ alerts: [alert, alert] }));
  const [{ items }, ...blocks] = attachments[0].content.body;
  const runs = [...items, ...blocks].flatMap(({ inlines }) => inlines).map(({ text }) => text);
  expect(runs.filter((text) => text.includes(hostile)).length).toBeGreaterThan(4);
  expect(JSON.stringify(attachments)).not.toContain('"TextBlock"');
});

it.each(fillings)('stays within 28 KB for texts full of %s', async (filling) => {
  const message = await sent(worstNotification(filling));
  expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThan(28 * 1024);
  expect(mistakesIn(message.attachments[0].content)).toEqual([]);
});
