import type { VNode } from 'preact';
import { ConfirmDialog } from './actions/confirm-dialog.tsx';
import { AlertsPage } from './alerts/alerts-page.tsx';
import { EventsPage } from './events/events-page.tsx';
import { Announcer } from './frame/announcer.tsx';
import { EmptyPage } from './frame/empty-page.tsx';
import { Header } from './frame/header.tsx';
import { NotLetInPage } from './frame/not-let-in-page.tsx';
import { Patterns } from './frame/patterns.tsx';
import { SignInPage } from './frame/sign-in-page.tsx';
import { StatusLine } from './frame/status-line.tsx';
import { UnknownPoolPage } from './frame/unknown-pool-page.tsx';
import { OverviewPage } from './overview/overview-page.tsx';
import { Notice } from './parts/notice.tsx';
import { ProviderPage } from './provider/provider-page.tsx';
import { connection, page } from './state/page.ts';
import { view } from './state/view.ts';
import { texts } from './texts/texts.ts';

export function App(): VNode {
  const { kind } = connection.value;
  if (kind === 'signed-out' || kind === 'not-let-in') {
    return <div class="app">{kind === 'signed-out' ? <SignInPage /> : <NotLetInPage />}</div>;
  }
  return (
    <div class={`app ${kind === 'lost' ? 'is-stale' : ''}`}>
      <Patterns />
      <SkipLink />
      <div class="sticky">
        <Header />
        <StatusLine />
      </div>
      <main id="main" tabIndex={-1}>
        <Page />
      </main>
      <Notice />
      <Announcer />
      <ConfirmDialog />
    </div>
  );
}

function SkipLink(): VNode {
  const skip = (event: Event) => {
    // The address belongs to the view.
    event.preventDefault();
    document.getElementById('main')?.focus();
  };
  return (
    <a class="skip" href="#main" onClick={skip}>
      {texts.value.skip}
    </a>
  );
}

function Page(): VNode {
  const wanted = view.value;
  const shown = page.value;
  if (!shown) return <p class="none">{texts.value.loading}…</p>;
  const { frame, page: document } = shown;
  const isEmpty = frame.headline.kind === 'empty' && wanted.page !== 'events' && wanted.page !== 'alerts';
  if (isEmpty) return <EmptyPage />;
  if (document.kind === 'provider' && wanted.page === 'provider') {
    return <ProviderPage document={document} view={wanted} />;
  }
  if (document.kind === 'events' && wanted.page === 'events') return <EventsPage document={document} view={wanted} />;
  if (document.kind === 'alerts') return <AlertsPage document={document} />;
  if (document.kind === 'unknown-pool') return <UnknownPoolPage document={document} />;
  if (document.kind === 'overview') return <OverviewPage headline={frame.headline} document={document} />;
  return <p class="none">{texts.value.loading}…</p>;
}
