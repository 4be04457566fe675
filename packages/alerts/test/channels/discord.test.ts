import { discord, type Notification } from '@api-key-fallback/alerts';
import { expect, it } from 'vitest';
import { resolvedAlert, sampleAlert, sampleNotification } from '../sample-notification.ts';
import { sendThrough } from '../send-through.ts';
import { Sink } from '../sink.ts';
import { fillings, worstNotification } from '../worst-notification.ts';

async function sent(notification: Notification): Promise<any> {
  await using sink = await Sink.start();
  await sendThrough(discord(sink.url), notification);
  return sink.json();
}

it('writes an embed', async () => {
  expect(await sent(sampleNotification())).toMatchInlineSnapshot(`
    {
      "allowed_mentions": {
        "parse": [],
      },
      "embeds": [
        {
          "color": 14427686,
          "description": "**What is wrong**
    None of the 2 keys of OpenAI can be used.

    **Started**
    03:12 UTC, 12 minutes ago

    **What the service does meanwhile**
    Calls fail now, unless they wait (onExhausted: 'wait') or go on with another pool (fallbackTo).

    **When it gets better**
    The first key is back in 4 hours, 36 minutes (08:00 UTC).

    **What you can do**
    Create a new key at the provider and replace the refused key with replaceKey() or refreshKeys(), or restart. If the key is correct, call enable(key). Raise the quota at the provider, or add a key with a quota of its own.

    **Keys**
    - **OPENAI\\_API\\_KEY** (sk-…ab12): refused as invalid. Last error: Incorrect API key provided: \\[redacted\\]
    - **OPENAI\\_API\\_KEY\\_2** (sk-…cd34): quota used up until 08:00 UTC",
          "timestamp": "2026-11-30T03:24:00.000Z",
          "title": "\\[critical\\] OpenAI: no key left",
          "url": "https://keys.example/dashboard",
        },
      ],
    }
  `);
});

it('has the colour of the severity, and green when it is over', async () => {
  const colours = new Set<number>();
  const alerts = [
    sampleAlert(),
    sampleAlert({ severity: 'warning' }),
    sampleAlert({ severity: 'info' }),
    resolvedAlert(),
  ];
  for (const alert of alerts) {
    const { embeds } = await sent(sampleNotification({ alerts: [alert] }));
    colours.add(embeds[0].color);
  }
  expect(colours.size).toBe(4);
});

it('shows Markdown in a text of others as it is written', async () => {
  const message = '@everyone [here](https://evil.example) **now** <@123> # title';
  const { embeds, allowed_mentions } = await sent(
    sampleNotification({ alerts: [sampleAlert({ rule: 'own', message })] }),
  );
  expect(embeds[0].description).toContain(
    String.raw`\@everyone \[here\](https://evil.example) \*\*now\*\* \<\@123\> \# title`,
  );
  expect(allowed_mentions).toEqual({ parse: [] });
});

it.each(fillings)("stays within Discord's limits for texts full of %s", async (filling) => {
  const { embeds } = await sent(worstNotification(filling));
  const [{ title, description }] = embeds;
  expect(title.length).toBeLessThanOrEqual(256);
  expect(description.length).toBeLessThanOrEqual(4096);
  expect(embeds).toHaveLength(1);
});
