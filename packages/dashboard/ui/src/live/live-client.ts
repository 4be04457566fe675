import { effect, untracked } from '@preact/signals';
import type { Problem } from '../../../src/protocol/actions.ts';
import { silenceMs, type ServerMessage, type SessionInfo } from '../../../src/protocol/messages.ts';
import { formatView, type View } from '../../../src/protocol/view.ts';
import { serverTime, setServerTime } from '../state/clock.ts';
import { connection, session } from '../state/page.ts';
import { view } from '../state/view.ts';
import type { Channel, ChannelListener } from './channel.ts';
import { openSocket } from './open-socket.ts';
import { openStream } from './open-stream.ts';
import { DocumentCache } from './document-cache.ts';
import { request } from './request.ts';

const firstPauseMs = 500;
const longestPauseMs = 4000;
const healthyMs = 10_000;
/** A WebSocket that has not opened this often, although the server answers, is given up for the event stream. */
const socketTries = 2;

/** Keeps the page connected to the server, over one channel at a time. Opens another one when it is lost. */
export class LiveClient {
  readonly #documents = new DocumentCache();
  #channel: Channel | undefined;
  #incarnation = '';
  #view: View = view.peek();
  #pauseMs = firstPauseMs;
  #failedSockets = 0;
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #healthy: ReturnType<typeof setTimeout> | undefined;

  start(): void {
    effect(() => {
      const next = view.value;
      untracked(() => this.#turnTo(next));
    });
    addEventListener('online', () => this.tryNow());
    document.addEventListener('visibilitychange', () => this.#onVisibility());
  }

  /** Connects without waiting for the next try. */
  tryNow(): void {
    const now = connection.peek();
    if (now.kind === 'lost' && now.nextTryAtMs !== undefined) void this.connect();
  }

  /** Connects, and again after a sign-in. */
  async connect(): Promise<void> {
    this.#disconnect();
    const attempt = ++this.#attempt;
    const { kind } = connection.peek();
    connection.value = { kind: kind === 'lost' || kind === 'not-let-in' ? kind : 'connecting' };
    // The browser does not say why a WebSocket was refused.
    const reply = await request<SessionInfo>('GET', 'api/v1/session', { timeoutMs: longestPauseMs });
    if (attempt !== this.#attempt) return;
    if (reply.kind === 'problem' && reply.problem.status === 401) return this.signedOut(reply.problem.code);
    if (reply.kind !== 'answer') return this.#scheduleRetry();
    session.value = reply.answer;
    this.#channel = this.#open();
    this.#expectMessage(longestPauseMs);
  }

  /** Final: only a sign-in connects again. A channel that ends says nothing about who decides, but the session did. */
  signedOut(code: Problem['code'] = session.peek()?.canSignOut === false ? 'not-let-in' : 'unauthorized'): void {
    this.#disconnect();
    this.#attempt++;
    this.#documents.clear();
    session.value = undefined;
    connection.value = { kind: code === 'not-let-in' ? 'not-let-in' : 'signed-out' };
  }

  #open(): Channel {
    const listener: ChannelListener = {
      onMessage: (message) => this.#onMessage(message),
      onEnd: ({ wasOpen, isSignedOut }) => {
        if (isSignedOut) return this.signedOut();
        this.#lost(wasOpen);
      },
    };
    if (this.#failedSockets < socketTries) return openSocket(listener);
    const name = formatView(this.#view);
    return openStream(listener, name, this.#documents.seen(name));
  }

  #onMessage(message: ServerMessage): void {
    this.#expectMessage(silenceMs);
    setServerTime(message.nowMs);
    if (message.type === 'hello') {
      this.#incarnation = message.incarnation;
      this.#failedSockets = this.#usesStream ? this.#failedSockets : 0;
      session.value = message.session;
      connection.value = { kind: 'live' };
      this.#healthy ??= setTimeout(() => {
        this.#pauseMs = firstPauseMs;
      }, healthyMs);
      // The address of a stream is its subscription.
      if (isHidden() || !this.#usesStream) this.#subscribe();
      return;
    }
    // While the page is hidden it follows no view, so a heartbeat does not confirm what it shows.
    if (message.type === 'heartbeat' && isHidden()) return;
    if (this.#documents.receive(message, this.#incarnation)) return;
    this.#channel?.subscribe(formatView(this.#view), undefined);
  }

  get #usesStream(): boolean {
    return this.#failedSockets >= socketTries;
  }

  #subscribe(): void {
    if (isHidden()) return this.#unsubscribe();
    const name = formatView(this.#view);
    this.#channel?.subscribe(name, this.#documents.seen(name));
  }

  #turnTo(next: View): void {
    const before = this.#view;
    if (formatView(next) === formatView(before) && this.#documents.seen(formatView(next))) return;
    this.#view = next;
    this.#documents.turnTo(formatView(next), isSamePage(before, next));
    this.#subscribe();
  }

  #unsubscribe(): void {
    this.#channel?.unsubscribe();
    // A closed stream is silent, but not lost.
    if (this.#usesStream) clearTimeout(this.#silence);
  }

  #onVisibility(): void {
    if (isHidden()) {
      this.#unsubscribe();
    } else if (connection.peek().kind === 'live') {
      this.#expectMessage(silenceMs);
      this.#subscribe();
    } else {
      this.tryNow();
    }
  }

  #expectMessage(withinMs: number): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#lost(withinMs === silenceMs), withinMs);
  }

  #lost(wasOpen: boolean): void {
    if (!wasOpen && !this.#usesStream) this.#failedSockets++;
    this.#disconnect();
    this.#scheduleRetry();
  }

  #scheduleRetry(): void {
    const pauseMs = Math.random() * this.#pauseMs;
    this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 2);
    connection.value = { kind: 'lost', nextTryAtMs: serverTime() + pauseMs };
    this.#retry = setTimeout(() => void this.connect(), pauseMs);
  }

  #disconnect(): void {
    for (const timer of [this.#retry, this.#silence, this.#healthy]) clearTimeout(timer);
    this.#healthy = undefined;
    this.#channel?.close();
    this.#channel = undefined;
  }
}

function isHidden(): boolean {
  return document.visibilityState === 'hidden';
}

/** Whether only a filter or a page of a list has changed. */
function isSamePage(a: View, b: View): boolean {
  if (a.page !== b.page) return false;
  return a.page !== 'provider' || b.page !== 'provider' || (a.provider === b.provider && a.pool === b.pool);
}
