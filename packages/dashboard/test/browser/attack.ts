import type { Page } from 'playwright-core';

/** What a page of another site can send to the dashboard at `target`. Each attempt says what came of it. */
interface Attempt {
  readonly name: string;
  /** A script. `target` is the address of the dashboard, `action` the path of a change, `viewPath` that of data. */
  readonly script: string;
}

/** Waits for the event that ends the loading of an element. */
const loaded = `(element) => new Promise((resolve) => {
  element.onload = () => resolve('loaded');
  element.onerror = () => resolve('error');
  document.body.append(element);
})`;

const read = `async (path, init) => {
  try {
    const response = await fetch(target + path, init);
    return response.status + ' ' + (await response.text());
  } catch (error) {
    return error.name;
  }
}`;

/** With the visitor's cookie, and the header that the dashboard asks for. */
const own = `{ method: 'POST', credentials: 'include', headers: { 'x-api-key-fallback': '1' } }`;

const attempts: readonly Attempt[] = [
  { name: 'reads data without the cookie', script: 'read(viewPath)' },
  { name: 'reads data with the cookie', script: `read(viewPath, { credentials: 'include' })` },
  { name: 'reads data without CORS', script: `read(viewPath, { mode: 'no-cors', credentials: 'include' })` },
  { name: 'reads the page', script: `read('', { mode: 'no-cors', credentials: 'include' })` },
  { name: 'acts without CORS', script: `read(action, { method: 'POST', mode: 'no-cors', credentials: 'include' })` },
  { name: 'acts with the header', script: `read(action, ${own})` },
  { name: 'acts while it leaves', script: `Promise.resolve(String(navigator.sendBeacon(target + action)))` },
  {
    name: 'sends a form',
    script: `new Promise((resolve) => {
      const frame = Object.assign(document.createElement('iframe'), { name: 'answer', onload: () => resolve('sent') });
      const form = Object.assign(document.createElement('form'), { method: 'POST', action: target + action, target: 'answer' });
      document.body.append(frame, form);
      form.submit();
    })`,
  },
  { name: 'shows data as an image', script: `loaded(Object.assign(new Image(), { src: target + viewPath }))` },
  {
    name: 'runs data as a script',
    script: `loaded(Object.assign(document.createElement('script'), { src: target + viewPath }))`,
  },
  {
    name: 'uses data as a style sheet',
    script: `loaded(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: target + viewPath }))`,
  },
  {
    name: 'follows the event stream',
    script: `new Promise((resolve) => {
      const source = new EventSource(target + 'api/v1/stream?page=overview', { withCredentials: true });
      source.onmessage = ({ data }) => resolve(data);
      source.onerror = () => resolve('error');
    })`,
  },
  {
    name: 'opens the WebSocket',
    script: `new Promise((resolve) => {
      const socket = new WebSocket(target.replace('http', 'ws') + 'api/v1/live', 'api-key-fallback.v1');
      socket.onmessage = ({ data }) => resolve(data);
      socket.onclose = ({ code }) => resolve('closed ' + code);
    })`,
  },
  // The last one, because nothing works after it.
  { name: 'signs the visitor out', script: `read('api/v1/logout', ${own})` },
];

/** Makes all attempts from a page, one after the other. Returns what came of each. */
export async function attack(page: Page, target: string, action: string): Promise<Record<string, string>> {
  const results: Record<string, string> = {};
  for (const { name, script } of attempts) {
    results[name] = await page.evaluate<string>(`(async () => {
      const [target, action, viewPath] = ${JSON.stringify([target, action, 'api/v1/view?page=overview'])};
      const [loaded, read] = [${loaded}, ${read}];
      try {
        return await ${script};
      } catch (error) {
        return error.name;
      }
    })()`);
  }
  return results;
}
