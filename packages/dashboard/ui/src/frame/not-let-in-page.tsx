import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { live } from '../live/sign-in.ts';
import { Icon } from '../parts/icon.tsx';
import { texts } from '../texts/texts.ts';

/** For an application that authorizes the requests itself: there is no token to ask for. */
export function NotLetInPage(): VNode {
  const { notLetIn, loading } = texts.value;
  const isAsking = useSignal(false);
  const tryAgain = async () => {
    isAsking.value = true;
    await live.connect();
    isAsking.value = false;
  };
  return (
    <main class="sign-in" id="main">
      <div class="card sign-in-card">
        <span class="brand-mark">
          <Icon name="mark" />
        </span>
        <h1>{notLetIn.title}</h1>
        <p>{notLetIn.text}</p>
        {/* Not disabled meanwhile, which would take the focus away. */}
        <button type="button" class="btn btn-primary btn-block" onClick={() => void tryAgain()}>
          {isAsking.value ? `${loading}…` : notLetIn.tryAgain}
        </button>
      </div>
    </main>
  );
}
