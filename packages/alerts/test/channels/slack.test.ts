import { slack, type Notification } from '@api-key-fallback/alerts';
import { expect, it } from 'vitest';
import { resolvedAlert, sampleAlert, sampleNotification } from '../sample-notification.ts';
import { sendThrough } from '../send-through.ts';
import { Sink } from '../sink.ts';
import { fillings, worstNotification } from '../worst-notification.ts';

async function sent(notification: Notification): Promise<any> {
  await using sink = await Sink.start();
  await sendThrough(slack(sink.url), notification);
  return sink.json();
}

it('writes a header, and a section for each part', async () => {
  expect(await sent(sampleNotification())).toMatchInlineSnapshot(`
    {
      "blocks": [
        {
          "text": {
            "text": "🔴 OpenAI: no key left",
            "type": "plain_text",
          },
          "type": "header",
        },
        {
          "elements": [
            {
              "text": "critical",
              "type": "plain_text",
            },
          ],
          "type": "context",
        },
        {
          "text": {
            "text": "*What is wrong*
    None of the 2 keys of OpenAI can be used.",
            "type": "mrkdwn",
          },
          "type": "section",
        },
        {
          "text": {
            "text": "*Started*
    03:12 UTC, 12 minutes ago",
            "type": "mrkdwn",
          },
          "type": "section",
        },
        {
          "text": {
            "text": "*What the service does meanwhile*
    Calls fail now, unless they wait (onExhausted: 'wait') or go on with another pool (fallbackTo).",
            "type": "mrkdwn",
          },
          "type": "section",
        },
        {
          "text": {
            "text": "*When it gets better*
    The first key is back in 4 hours, 36 minutes (08:00 UTC).",
            "type": "mrkdwn",
          },
          "type": "section",
        },
        {
          "text": {
            "text": "*What you can do*
    Create a new key at the provider and replace the refused key with replaceKey() or refreshKeys(), or restart. If the key is correct, call enable(key). Raise the quota at the provider, or add a key with a quota of its own.",
            "type": "mrkdwn",
          },
          "type": "section",
        },
        {
          "text": {
            "text": "*Keys*
    • *OPENAI_API_KEY* (sk-…ab12): refused as invalid. Last error: Incorrect API key provided: [redacted]
    • *OPENAI_API_KEY_2* (sk-…cd34): quota used up until 08:00 UTC",
            "type": "mrkdwn",
          },
          "type": "section",
        },
        {
          "text": {
            "text": "<https://keys.example/dashboard|Open the dashboard>",
            "type": "mrkdwn",
          },
          "type": "section",
        },
      ],
      "text": "[critical] OpenAI: no key left",
    }
  `);
});

it('shows how much it matters by the sign in the header', async () => {
  const signs = [
    [{}, '🔴 OpenAI: no key left'],
    [{ alerts: [sampleAlert({ severity: 'warning' }), resolvedAlert()] }, '🟠 OpenAI: no key left (and 1 more)'],
    [{ kind: 'resolved' }, '🟢 OpenAI: no key left'],
    [{ kind: 'test', severity: 'info', alerts: [] }, '🔵 A test message'],
  ] as const;
  for (const [changes, header] of signs) {
    const { blocks } = await sent(sampleNotification(changes));
    expect(blocks[0].text.text).toBe(header);
  }
});

it('mentions no one, and hides no link, in a text of others', async () => {
  const message = 'See <https://evil.example|here> <!channel> <@U123> & more';
  const { blocks } = await sent(sampleNotification({ alerts: [sampleAlert({ rule: 'own', message })] }));
  expect(blocks[2].text.text).toBe(
    '*What is wrong*\nSee &lt;https://evil.example|here&gt; &lt;!channel&gt; &lt;@U123&gt; &amp; more',
  );
});

it('hides a key in a link without the end of the link', async () => {
  const { blocks } = await sent(sampleNotification({ dashboardUrl: 'https://keys.example/?key=quiet' }));
  expect(blocks.at(-1).text.text).toBe('<https://keys.example/?key=[redacted]|Open the dashboard>');
});

it.each(fillings)("stays within Slack's limits for texts full of %s", async (filling) => {
  const { text, blocks } = await sent(worstNotification(filling));
  expect(blocks.length).toBeLessThanOrEqual(50);
  expect(text.length).toBeLessThanOrEqual(3000);
  const [header, , ...sections] = blocks.map(({ text: { text: own } = { text: '' } }: any) => own);
  expect(header.length).toBeLessThanOrEqual(150);
  for (const section of sections) {
    expect(section.length).toBeLessThanOrEqual(3000);
    expect(section).not.toMatch(/<!|^$/);
  }
});
