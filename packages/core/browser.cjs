// The `browser` export condition of this package.
function refuse() {
  throw new Error(
    'API keys must not reach a browser: @api-key-fallback/core is in code that was built for one. ' +
      'Import it on the server only, for example in a route handler, and call that from the browser.',
  );
}

// The names of the exports stay unknown to bundlers, so that they accept every import.
module.exports = refuse();
