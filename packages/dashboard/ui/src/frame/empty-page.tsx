import type { VNode } from 'preact';
import { texts } from '../texts/texts.ts';

/** Until the process has a key manager: how to get one. It waits by itself. */
export function EmptyPage(): VNode {
  const words = texts.value.empty;
  return (
    <div class="page narrow">
      <div class="empty card">
        <h1>{words.title}</h1>
        <p class="lead">{words.lead}</p>
        <ol class="howto">
          <Step
            place={1}
            title={words.install}
            code="npm install @api-key-fallback/core @api-key-fallback/openai openai"
          />
          <Step place={2} title={words.environment} code={'OPENAI_API_KEY=…\nOPENAI_API_KEY_2=…'} />
          <Step
            place={3}
            title={words.importAdapter}
            code={`import '@api-key-fallback/openai'; // ${words.importComment}`}
          />
        </ol>
        <p class="waiting">
          <span class="dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {words.waiting}
        </p>
        <div class="other">
          <h2>{words.otherTitle}</h2>
          <p>{words.other}</p>
          <p>
            {words.doctor} <code>npx api-key-fallback doctor</code>
          </p>
        </div>
      </div>
    </div>
  );
}

interface StepProps {
  readonly place: number;
  readonly title: string;
  readonly code: string;
}

function Step({ place, title, code }: StepProps): VNode {
  return (
    <li>
      <span class="step-n num">{place}</span>
      <div>
        <h2>{title}</h2>
        <pre tabIndex={0} role="group" aria-label={title}>
          {code}
        </pre>
      </div>
    </li>
  );
}
