import { InvalidOptionsError } from '@api-key-fallback/core';
import { createDashboard, type DashboardOptions } from '@api-key-fallback/dashboard';
import { expect, it } from 'vitest';
import { managerOf, token } from './dashboard-scene.ts';

const auth = { token };
const authorize = () => true;
const howToMakeOne = 'Make one with: node -e "console.log(crypto.randomUUID())"';

/** The message of the error that these options provoke. */
function mistake(options: unknown): string {
  try {
    void createDashboard(options as DashboardOptions).close();
  } catch (error) {
    return error instanceof InvalidOptionsError ? error.message : `no InvalidOptionsError: ${String(error)}`;
  }
  return 'none';
}

it.each([
  [undefined, '{ auth: { token: process.env.DASHBOARD_TOKEN } }'],
  [{}, '"auth" is missing. Write auth: { token: process.env.DASHBOARD_TOKEN }.'],
  [{ auth: true }, '{ token: process.env.DASHBOARD_TOKEN }'],
  [{ auth: {} }, '"auth.token" is empty. Is its environment variable set?'],
  [{ auth: { token: undefined } }, `"auth.token" is empty. Is its environment variable set? ${howToMakeOne}`],
  [{ auth: { token: '' } }, '"auth.token" is empty.'],
  [{ auth: { token: 'fifteen letters' } }, `"auth.token" must have at least 16 characters. ${howToMakeOne}`],
  [{ auth: { token: 42 } }, '"auth.token" must have at least 16 characters.'],
  [{ auth: { token: 'a token with some spaces' } }, '"auth.token" must have no spaces'],
  [{ auth: { tken: token } }, 'Unknown option "auth.tken". Did you mean "auth.token"?'],
  [{ auth: { token, actor: '' } }, `"auth.actor" must be a name of 1 to 100 characters, for example 'ana'.`],
  [{ auth: { token, tokens: { ana: token } } }, '"auth" has either "token"'],
  [{ auth: { tokens: {} } }, '"auth.tokens" must be an object such as { ana: process.env.ANA_TOKEN }.'],
  [{ auth: { tokens: [token] } }, '"auth.tokens" must be an object'],
  [{ auth: { tokens: { ana: token, bia: undefined } } }, 'Token 2 of "auth.tokens" is empty.'],
  [{ auth: { tokens: { ana: token, bia: token } } }, 'Two actors of "auth.tokens" have the same token.'],
  [{ auth: { tokens: { '': token } } }, 'Name 1 of "auth.tokens" must be a name'],
  [{ auth: false }, '"authorize" must be a function such as (request) => isAdmin(request), because "auth" is false;'],
  [{ auth, authorize }, '"authorize" needs auth: false.'],
  [{ auth, base: '/' }, 'Unknown option "base".'],
  [{ auth, readonly: true }, 'Did you mean "readOnly"?'],
  [{ auth, readOnly: 'yes' }, '"readOnly" must be true or false; it is "yes".'],
  [{ auth, basePath: '' }, '"basePath" must be a path such as /ops/keys'],
  [{ auth, basePath: 'ops' }, '"basePath" must be a path such as /ops/keys, without a host and a query; it is "ops".'],
  [{ auth, basePath: 'https://example.com/ops' }, '"basePath" must be a path'],
  [{ auth, basePath: '//evil.example' }, '"basePath" must be a path'],
  [{ auth, basePath: '/ops/../keys' }, '"basePath" must be a path'],
  [{ auth, basePath: '/"><script>' }, '"basePath" must be a path'],
  [{ auth, title: '' }, '"title" must be a text of 1 to 100 characters in one line, without a key;'],
  [{ auth, environment: 'two\nlines' }, '"environment" must be a text of 1 to 100 characters'],
  [{ auth, locale: 'fr' }, '"locale" must be one of en, pt-BR; it is "fr".'],
  [{ auth, logger: {} }, '"logger" needs the methods debug, info, warn and error; debug is missing.'],
  [
    { auth, allowedHosts: 'keys.example.com' },
    `"allowedHosts" must be a list of host names, for example ['keys.example.com'];`,
  ],
  [{ auth, allowedHosts: ['https://keys.example.com'] }, '"allowedHosts" must be a list of host names'],
  [{ auth, allowedHosts: ['*'] }, '"allowedHosts" must be a list of host names'],
  [{ auth, managers: {} }, '"managers" must be a list of key managers, for example [manager];'],
  [{ auth, managers: [{}] }, '"managers" must be a list of key managers'],
  [{ auth, alerts: {} }, '"alerts" must be what watchKeys() of @api-key-fallback/alerts returns;'],
  [{ auth, runtime: 1 }, '"runtime" must be an object with now, timer, sleep or random; it is 1.'],
])('says what to write instead of %j', (options, message) => {
  expect(mistake(options)).toContain(message);
});

it('refuses two managers of one pool', () => {
  const managers = [managerOf(['a']), managerOf(['b'])];
  expect(mistake({ auth, managers })).toContain('give one of them a { pool } of its own');
});

it('never shows a token, wherever it stands', () => {
  const wrong = [
    { auth: token },
    { auth: { token: [token] } },
    { auth: { token: `${token} ${token}` } },
    { auth: { tokens: { [token]: 'ana' } } },
    { auth: { tokens: { [token.repeat(10)]: token } } },
    { auth: { tokens: token } },
    { auth: { tokens: [token] } },
    { auth: { tokens: { ana: token, bia: token } } },
    { auth: { token }, authorize },
    { auth: { token, actor: token.repeat(10) } },
  ];
  for (const options of wrong) {
    expect(mistake(options)).not.toBe('none');
    expect(mistake(options)).not.toContain(token);
  }
});

it('takes all options', async () => {
  const dashboard = createDashboard({
    auth: { tokens: { ana: token, bia: 'another-token-of-the-test' } },
    managers: [],
    basePath: '/ops/api-keys_1.0/~ana/',
    readOnly: true,
    title: 'Chaves',
    environment: 'produção',
    locale: 'pt-BR',
    allowedHosts: ['keys.example.com', 'localhost:3000', '[2001:db8::1]:8080', '10.0.0.5'],
    logger: false,
    runtime: {},
  });
  expect(Object.keys(dashboard)).toEqual(['fetch', 'node', 'attachWebSocket', 'listen', 'close']);
  await dashboard.close();
});
