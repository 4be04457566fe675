// What the `browser` export condition of this package leads to. CommonJS, so that bundlers accept every named import of it.
throw new Error(
  'API keys must not reach a browser: @api-key-fallback/core is in code that was built for one. ' +
    'Import it on the server only, for example in a route handler, and call that from the browser.',
);
