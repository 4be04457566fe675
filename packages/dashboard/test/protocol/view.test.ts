import { describe, expect, it } from 'vitest';
import { parseClientMessage } from '../../src/live/parse-client-message.ts';
import { formatView, parseView, type ProviderView } from '../../src/protocol/view.ts';

describe('views', () => {
  it.each([
    'page=overview',
    'page=overview&pools=3&search=openai',
    'page=provider&provider=openai',
    'page=provider&provider=openai&pool=batch&range=24h&search=team+a&state=cooling&sort=failed&order=desc&keys=7&key=ab12',
    'page=events',
    'page=events&provider=openai&kinds=health.store&search=429',
    'page=alerts',
  ])('are the same after they were read and written: %s', (query) => {
    expect(formatView(parseView(query))).toBe(query);
  });

  it('have one form for each screen', () => {
    const forms = [
      'provider=openai&page=provider',
      'page=provider&provider=openai&pool=default&range=1h&keys=1',
      'page=provider&provider=openai&range=2h&state=on&sort=size&keys=-4&more=1',
    ];
    expect(forms.map((query) => formatView(parseView(query)))).toEqual(
      forms.map(() => 'page=provider&provider=openai'),
    );
  });

  it('show the overview for what names no page', () => {
    for (const query of ['', 'page=settings', '%%%', 'page'])
      expect(formatView(parseView(query))).toBe('page=overview');
  });

  it('show no kind of event if none is chosen', () => {
    expect(parseView('page=events&kinds=')).toMatchObject({ kinds: [] });
    expect(formatView(parseView('page=events&kinds='))).toBe('page=events&kinds=');
    expect(formatView(parseView('page=events&kinds=store.health.calls.actions'))).toBe('page=events');
  });

  it('are bounded', () => {
    const view = parseView(`page=provider&provider=${'x'.repeat(5000)}&keys=99999999999`);
    expect(view).toMatchObject({ provider: 'x'.repeat(128), keyPage: 1_000_000 });
    expect(parseView(`page=overview&search=${'x'.repeat(5000)}`)).toMatchObject({ search: 'x'.repeat(100) });
  });

  it('name the longest pools, in any script', () => {
    const pool = '鍵'.repeat(128);
    const view = {
      ...(parseView('page=provider') as ProviderView),
      provider: 'p'.repeat(64),
      pool,
      search: '鍵'.repeat(100),
    };
    expect(parseView(formatView(view))).toEqual(view);
    expect(parseClientMessage(JSON.stringify({ type: 'subscribe', view: formatView(view) }))).toEqual({
      type: 'subscribe',
      view: formatView(view),
    });
  });
});
