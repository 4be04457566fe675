import { expect, it } from 'vitest';
import { clientRequest } from '../../src/adapter.ts';

it.each([
  ['https://api.acme.example', 'https://api.acme.example/v1/me'],
  ['https://api.acme.example/', 'https://api.acme.example/v1/me'],
  ['https://gateway.example/acme//?tenant=1', 'https://gateway.example/acme/v1/me?tenant=1'],
])('appends the path to %s', (baseURL, url) => {
  expect(clientRequest(baseURL, 'v1/me')).toMatchObject({ method: 'GET', url });
});

it('adds the query, without what is undefined', () => {
  const { url } = clientRequest('https://api.acme.example?a=1&b=2', 'me', { query: { b: '3', c: undefined, d: 'é' } });
  expect(url).toBe('https://api.acme.example/me?a=1&b=3&d=%C3%A9');
});

it('takes headers of any form; the later ones win', () => {
  const { headers } = clientRequest('https://api.acme.example', 'me', {
    headers: [{ A: '1', B: '1', none: null }, undefined, new Headers({ b: '2' }), [['c', '3']]],
  });
  expect(Object.fromEntries(headers)).toEqual({ a: '1', b: '2', c: '3' });
});

it('throws for an address that is not a URL', () => {
  expect(() => clientRequest('api.acme.example', 'me')).toThrow(TypeError);
});

it('throws for a misspelt option', () => {
  const misspelt = { header: { a: '1' } } as never;
  expect(() => clientRequest('https://api.acme.example', 'me', misspelt)).toThrow('Did you mean "headers"?');
});
