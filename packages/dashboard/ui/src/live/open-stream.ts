import type { Seen, ServerMessage } from '../../../src/protocol/messages.ts';
import type { Channel, ChannelListener } from './channel.ts';

/** Opens event streams (SSE), one for each view: for hosts and proxies that let no WebSocket through. */
export function openStream(listener: ChannelListener, view: string, seen: Seen | undefined): Channel {
  let source: EventSource | undefined;
  const close = () => {
    source?.close();
    source = undefined;
  };
  const subscribe = (wanted: string, known: Seen | undefined) => {
    close();
    const opened = new EventSource(`api/v1/stream?${addressOf(wanted, known)}`);
    let wasOpen = false;
    source = opened;
    opened.addEventListener('message', ({ data }: MessageEvent<string>) => {
      wasOpen = true;
      if (source === opened) listener.onMessage(JSON.parse(data) as ServerMessage);
    });
    // The browser would reconnect by itself, but without checking the session and without jitter.
    opened.addEventListener('error', () => {
      if (source !== opened) return;
      close();
      listener.onEnd({ wasOpen, isSignedOut: false });
    });
  };
  subscribe(view, seen);
  return { subscribe, unsubscribe: close, close };
}

function addressOf(view: string, seen: Seen | undefined): string {
  const fields = new URLSearchParams(view);
  if (seen) fields.set('seen', `${seen.incarnation}:${seen.sequence}`);
  return fields.toString();
}
