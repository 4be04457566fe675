import type { VNode } from 'preact';
import { texts } from '../texts/texts.ts';

const install = 'npm install @api-key-fallback/alerts';
const example = `import { slack, watchKeys } from '@api-key-fallback/alerts';

const alerts = watchKeys({ channels: [slack(process.env.SLACK_WEBHOOK_URL)] });
const dashboard = createDashboard({ alerts, … });`;

/** What to write to have alerts. */
export function NotSetUp(): VNode {
  const { notSetUp } = texts.value.alerts;
  return (
    <section class="card narrow empty" aria-labelledby="alerts-not-set-up">
      <h2 id="alerts-not-set-up">{notSetUp.title}</h2>
      <p class="lead">{notSetUp.text}</p>
      <ol class="howto">
        {[
          { title: notSetUp.install, code: install },
          { title: notSetUp.write, code: example },
        ].map(({ title, code }, index) => (
          <li key={code}>
            <span class="step-n num" aria-hidden="true">
              {index + 1}
            </span>
            <div>
              <h3>{title}</h3>
              <pre tabIndex={0} role="region" aria-label={title}>
                {code}
              </pre>
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
