import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { countdown } from '../format/duration.ts';
import { signIn, signInFailure, type SignInFailure } from '../live/sign-in.ts';
import { Icon } from '../parts/icon.tsx';
import { nowMs } from '../state/clock.ts';
import { texts } from '../texts/texts.ts';

export function SignInPage(): VNode {
  const words = texts.value.signIn;
  const isSending = useSignal(false);
  const failure = signInFailure.value;
  const token = useRef<HTMLInputElement>(null);
  const onSubmit = async (event: SubmitEvent) => {
    event.preventDefault();
    isSending.value = true;
    await signIn(token.current?.value ?? '');
    isSending.value = false;
  };
  return (
    <main class="sign-in" id="main">
      <form class="card sign-in-card" onSubmit={(event) => void onSubmit(event)}>
        <span class="brand-mark">
          <Icon name="mark" />
        </span>
        <h1>{words.title}</h1>
        <label class="field">
          <span>{words.token}</span>
          <input
            ref={token}
            type="password"
            class="input-plain"
            autocomplete="current-password"
            required
            autofocus
            aria-describedby="sign-in-hint"
            aria-invalid={failure?.kind === 'wrong'}
          />
        </label>
        <p
          id="sign-in-hint"
          class={`small ${failure ? 'tone-bad' : 'dim'}`}
          {...(failure && { role: 'alert' as const })}
        >
          {failure ? failureText(failure, nowMs.value) : words.hint}
        </p>
        <button class="btn btn-primary btn-block" type="submit" disabled={isSending.value}>
          {words.submit}
        </button>
        <p class="small dim sign-in-foot">
          <Icon name="lock" />
          {words.noKeys}
        </p>
      </form>
    </main>
  );
}

function failureText(failure: SignInFailure, now: number): string {
  const words = texts.value.signIn;
  if (failure.kind !== 'wait') return words[failure.kind];
  return failure.untilMs > now ? words.wait(countdown(failure.untilMs - now)) : words.hint;
}
