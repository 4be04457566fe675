import { effect, untracked } from '@preact/signals';
import { render } from 'preact';
import { App } from './app.tsx';
import { followHealth } from './frame/announcer.tsx';
import { headlineText } from './frame/headline-text.ts';
import { live, signIn, takeToken } from './live/sign-in.ts';
import { startClock } from './state/clock.ts';
import { connection, frame, session } from './state/page.ts';
import { followPreferences } from './state/preferences.ts';
import { followAddress, view } from './state/view.ts';
import { texts } from './texts/texts.ts';
import './styles/main.css';

// Before anything reads the address.
const token = takeToken();
// A link with a token may be opened in a tab that shows the page already.
addEventListener('popstate', () => {
  const next = takeToken();
  if (next !== undefined) void signIn(next);
});
followAddress();
followPreferences();
startClock();
followHealth();
followTitle();
followPages();
live.start();
if (token === undefined) void live.connect();
else void signIn(token);
const app = document.getElementById('app');
if (app) render(<App />, app);

/** A tab in the background says what is wrong. */
function followTitle(): void {
  effect(() => {
    const words = texts.value;
    const headline = frame.value && headlineText(frame.value.headline);
    const titles: Readonly<Record<string, string>> = {
      'signed-out': words.signIn.title,
      'not-let-in': words.notLetIn.title,
    };
    document.title = [titles[connection.value.kind] ?? headline, session.value?.title ?? words.keys]
      .filter((part) => part !== undefined)
      .join(' · ');
  });
}

/** Another page begins at its top, and the keyboard in its content. */
function followPages(): void {
  let before = '';
  effect(() => {
    const shown = view.value;
    const next = shown.page === 'provider' ? `${shown.provider}/${shown.pool}` : shown.page;
    if (before !== '' && before !== next) untracked(startPage);
    before = next;
  });
}

function startPage(): void {
  scrollTo(0, 0);
  document.getElementById('main')?.focus({ preventScroll: true });
}
